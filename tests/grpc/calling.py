"""Plain stubs to call a server with, as any language has them; and what its errors say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from lineseal.v1 import event_pb2
from lineseal.v1 import provenance_pb2 as pb
from lineseal.v1 import provenance_pb2_grpc as pb_grpc

TIMEOUT = 30


class Stubs:
    """Both services over plain stubs, as any language has them; and methods by name, in bytes."""

    #: The server, where it runs in this process.
    server: Any = None

    def __init__(self, address: str, **options: Any) -> None:
        self.address = address
        self.channel = grpc.insecure_channel(address, list(options.items()))
        self.provenance = pb_grpc.ProvenanceServiceStub(self.channel)
        self.ledgers = pb_grpc.LedgerServiceStub(self.channel)

    def raw(self, method: str, request: bytes, timeout: float = TIMEOUT) -> bytes:
        """Calls a method with one answer with these bytes."""
        service = "LedgerService" if "Ledger" in method else "ProvenanceService"
        return self.channel.unary_unary(f"/lineseal.v1.{service}/{method}")(
            request, timeout=timeout
        )

    def raw_stream(self, method: str, request: bytes) -> list[bytes]:
        """Calls a method with many answers with these bytes."""
        path = f"/lineseal.v1.ProvenanceService/{method}"
        return list(self.channel.unary_stream(path)(request, timeout=TIMEOUT))

    def record(self, *names: str, ledger: str = "default") -> list[pb.Receipt]:
        """Records datasets, all children of nothing."""
        request = pb.RecordRequest(ledger=ledger, events=[dataset(name) for name in names])
        return list(self.provenance.Record(request, timeout=TIMEOUT).receipts)


def dataset(name: str, *parents: int, **more: Any) -> event_pb2.NewEvent:
    """A draft of a dataset with parents by position."""
    return event_pb2.NewEvent(
        draft=event_pb2.EventDraft(
            dataset=event_pb2.DatasetRecord(name=name, **more),
            parents=[event_pb2.Parent(position=at) for at in parents],
        )
    )


@dataclass
class Refusal:
    """An error as a client of any language sees it."""

    code: str
    message: str
    reason: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    retry: float | None = None


def refusal(call: Callable[[], object]) -> Refusal:
    """The error that the call ends with."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return told(caught.value)


def told(error: Any) -> Refusal:
    """What an error says."""
    found = Refusal(error.code().name, error.details())
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        retry = error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            assert info.domain == "lineseal"
            found.reason, found.metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            found.violations = [each.field for each in bad.field_violations]
        elif detail.Unpack(retry):
            found.retry = retry.retry_delay.ToTimedelta().total_seconds()
    return found
