"""Clients and servers of neighbouring versions understand each other, where one has a field that
the other does not know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message
from lineseal import Client
from lineseal.v1 import provenance_pb2 as pb
from lying import Liar, lying
from running import serving

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "proto/lineseal.binpb"
NEW = 1000


class Version:
    """Messages of some version of the protocol."""

    def __init__(self, files: descriptor_pb2.FileDescriptorSet) -> None:
        pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            pool.Add(file)
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        found = self._pool.FindMessageTypeByName(f"lineseal.v1.{name}")
        return message_factory.GetMessageClass(found)


def committed() -> descriptor_pb2.FileDescriptorSet:
    return descriptor_pb2.FileDescriptorSet.FromString(COMMITTED.read_bytes())


def grown() -> descriptor_pb2.FileDescriptorSet:
    """The next version: every message has one more field."""
    files = committed()
    for file in files.file:
        if file.package == "lineseal.v1":
            for message in file.message_type:
                message.field.add(
                    name="news", number=NEW, type="TYPE_STRING", label="LABEL_OPTIONAL"
                )
    return files


PREVIOUS, NEXT = Version(committed()), Version(grown())


def with_news(message: Message) -> Message:
    """The same message in the next version, the new field set at every depth."""
    found = getattr(NEXT, message.DESCRIPTOR.name).FromString(message.SerializeToString())
    spread(found)
    return found


def spread(message: Any) -> None:
    message.news = "said by a newer version"
    for field, held in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for each in held if field.is_repeated else [held]:
            spread(each)


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[tuple[str, Liar]]:
    """A server of the next version."""
    with serving(tmp_path / "data") as stubs, lying(stubs.address) as (address, liar):
        for method in METHODS:
            liar.lies[method] = lambda answers: [with_news(answer) for answer in answers]
        yield address, liar


METHODS = [
    method.name for service in pb.DESCRIPTOR.services_by_name.values() for method in service.methods
]


def test_a_client_understands_a_server_with_one_more_field(newer: tuple[str, Liar]) -> None:
    address, liar = newer
    with Client(address) as client:
        data = client.record_dataset(name="digits")
        run = client.record_training(run_id="r", model_name="m", parents=data)
        assert client.get(run).payload["run_id"] == "r"
        assert [event.hash for event in client.events()] == [data.hash, run.hash]
        assert client.find(run_id="r")[0].hash == run.hash
        assert len(client.trace(run)) == 2
        assert [event.hash for event in client.impact(data)] == [run.hash]
        assert client.verify(run)
        assert client.verify_all(expect=[run])
        assert client.server_verify(run)
        assert client.server_verify_all()
        assert client.stats()["events"] == 2
    assert set(METHODS) - {"ListLedgers"} <= set(liar.calls), "every answer had the new field"


class Plain:
    """A client of some version, without any of our code."""

    def __init__(self, address: str, version: Version) -> None:
        self._channel = grpc.insecure_channel(address)
        self._version = version

    def __call__(self, method: str, request: Any) -> Any:
        service = "LedgerService" if "Ledger" in method else "ProvenanceService"
        kind = getattr(self._version, f"{method}Response")
        path = f"/lineseal.v1.{service}/{method}"
        ask, answer = type(request).SerializeToString, kind.FromString
        if method in ("Trace", "Impact"):
            call = self._channel.unary_stream(path, ask, answer)
            return list(call(request, timeout=30))
        return self._channel.unary_unary(path, ask, answer)(request, timeout=30)

    def close(self) -> None:
        self._channel.close()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path / "data") as stubs:
        yield stubs.address


def record(version: Version) -> Any:
    request = version.RecordRequest(ledger="default")
    request.events.add().draft.dataset.name = "digits"
    training = request.events.add().draft
    training.time, training.training.run_id, training.training.model_name = 5, "r", "m"
    training.parents.add(position=0, role="train")
    return request


def test_a_client_of_the_committed_descriptor_talks_to_this_server(address: str) -> None:
    plain = Plain(address, PREVIOUS)
    data, run = plain("Record", record(PREVIOUS)).receipts
    name = PREVIOUS.EventName(hash=run.hash)
    asked = PREVIOUS.GetEventRequest(ledger="default", name=name)
    assert plain("GetEvent", asked).event.index == 1
    traced = plain("Trace", PREVIOUS.TraceRequest(ledger="default", names=[name]))
    assert [event.hash for event in traced[0].events] == [run.hash, data.hash]
    plain.close()


def test_a_newer_client_is_understood_where_nothing_is_recorded(address: str) -> None:
    plain = Plain(address, NEXT)
    data, run = plain("Record", record(NEXT)).receipts
    assert (run.news, run.created) == ("", True), "what the server does not know is absent"
    name = NEXT.EventName(hash=run.hash)
    requests = {
        "GetEvent": NEXT.GetEventRequest(ledger="default", name=name),
        "ListEvents": NEXT.ListEventsRequest(ledger="default"),
        "FindEvents": NEXT.FindEventsRequest(ledger="default", run_id="r"),
        "Trace": NEXT.TraceRequest(ledger="default", names=[name]),
        "Impact": NEXT.ImpactRequest(ledger="default", name=NEXT.EventName(hash=data.hash)),
        "Verify": NEXT.VerifyRequest(ledger="default", names=[name]),
        "GetLedger": NEXT.GetLedgerRequest(ledger="default"),
        "CreateLedger": NEXT.CreateLedgerRequest(ledger="default"),
        "ListLedgers": NEXT.ListLedgersRequest(),
    }
    for method, request in requests.items():
        spread(request)
        assert plain(method, request), method
    plain.close()


def test_a_newer_client_is_told_what_of_a_draft_is_not_understood(address: str) -> None:
    """A draft's content must not vanish before it is hashed."""
    plain = Plain(address, NEXT)
    request = record(NEXT)
    request.events[1].draft.training.news = "a field of the next version"
    with pytest.raises(grpc.RpcError) as caught:
        plain("Record", request)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert f"training has no field {NEW}" in caught.value.details()
    plain.close()
