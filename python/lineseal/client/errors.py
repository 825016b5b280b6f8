"""A service's errors as the exceptions that a Tracker raises. May use lineseal.errors."""

from __future__ import annotations

import re
from typing import cast

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from lineseal import errors
from lineseal.errors import LinesealError

DOMAIN = "lineseal"
#: How grpc's texts begin where it did not get as far as a connection.
UNREACHED = ("failed to connect", "errors resolving", "DNS resolution failed", "empty address list")
ABSENT = "Is `lineseal serve` running there? Check the address, or give a longer timeout"
#: How implementations of gRPC say that a message passes a limit.
TOO_LONG = re.compile("larger than max|exceeds (the )?max|length too large", re.IGNORECASE)
POSITION = re.compile(r"[0-9]{1,20}", re.ASCII)


def rebuilt(error: grpc.RpcError, address: str) -> tuple[LinesealError, float | None]:
    """The exception, and the seconds after which the server wants to be asked again."""
    status = _status(error)
    try:
        info, delay = _details(status)
    except (DecodeError, ValueError, OverflowError):
        # Not what a server of ours says.
        return _foreign(error, address), None
    if info is None or info.domain != DOMAIN or status is None:
        return _foreign(error, address), None
    kind = errors._BY_CODE.get(info.reason.lower(), errors.InternalError)
    said = info.metadata
    position = said.get("position", "")
    made = kind(
        status.message,
        field=said.get("field"),
        path=said.get("path"),
        hash=said.get("hash"),
        position=int(position) if POSITION.fullmatch(position) else None,
        remedy=said.get("remedy"),
    )
    return made, delay


def _details(
    status: status_pb2.Status | None,
) -> tuple[error_details_pb2.ErrorInfo | None, float | None]:
    """What the details say of the error, and of sending again."""
    info, delay = None, None
    for detail in status.details if status else ():
        if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            info = error_details_pb2.ErrorInfo()
            detail.Unpack(info)
        elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            retry = error_details_pb2.RetryInfo()
            detail.Unpack(retry)
            delay = retry.retry_delay.ToTimedelta().total_seconds()
    return info, delay


def _status(error: grpc.RpcError) -> status_pb2.Status | None:
    try:
        return rpc_status.from_call(cast("grpc.Call", error))
    except ValueError:
        # Details that do not fit the status: someone in between, or worse.
        return None


def _foreign(error: grpc.RpcError, address: str) -> LinesealError:
    """Errors that gRPC itself makes, or another service at this address."""
    code, text = error.code(), (error.details() or "").strip()
    said = f": {text}" if text else ""
    match code:
        case grpc.StatusCode.UNAVAILABLE if text.startswith(UNREACHED):
            return errors.ServiceUnavailableError(f"nobody answers at {address}", remedy=ABSENT)
        case grpc.StatusCode.UNAVAILABLE:
            return errors.ServiceUnavailableError(
                f"the connection to {address} broke{said}", remedy=ABSENT
            )
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return errors.LedgerTimeoutError(
                f"{address} did not answer in time", remedy="Give a longer timeout"
            )
        case grpc.StatusCode.CANCELLED:
            # Not by us: a server that stops drops so what it has not begun.
            return errors.ServiceUnavailableError(
                f"the service at {address} dropped the call{said}",
                remedy="It stops, or took the call for one that nobody reads: try again",
            )
        case grpc.StatusCode.RESOURCE_EXHAUSTED | grpc.StatusCode.OUT_OF_RANGE if TOO_LONG.search(
            text
        ):
            return errors.InvalidArgumentError(
                f"{address} refused the message{said}", remedy="Send less at a time"
            )
        case grpc.StatusCode.RESOURCE_EXHAUSTED:
            return errors.ServiceOverloadedError(
                f"{address}, or a proxy before it, has too much to do{said}",
                remedy="Send less often, or ask for more",
            )
        case grpc.StatusCode.UNIMPLEMENTED:
            return errors.UnsupportedFormatError(
                f"the service at {address} does not know this call{said}",
                remedy="Is it a lineseal server, and not older than this client?",
            )
    return errors.InternalError(
        f"{address} answered {code.name}{said}", remedy="Is it a lineseal server?"
    )
