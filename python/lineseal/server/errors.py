"""Errors on the wire: google.rpc.Status with ErrorInfo, BadRequest and RetryInfo.

May use lineseal.errors and the status messages. The gRPC status comes from the one error table.
"""

import logging
from typing import NoReturn

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from lineseal.errors import InternalError, LinesealError

log = logging.getLogger("lineseal.server")

DOMAIN = "lineseal"
#: When a client should ask again; a poisoned ledger is opened anew after a second.
RETRY_AFTER = Duration(seconds=1)
#: Trailers have 8 KiB by default, and the message stands in them twice.
LONGEST = 1_000


def abort(context: grpc.ServicerContext, error: BaseException) -> NoReturn:
    """Ends the call with the error; what is no error of lineseal is logged, not told."""
    if not isinstance(error, LinesealError):
        log.error("a call failed", exc_info=error)
        error = InternalError(
            f"a fault in the server: {type(error).__name__}",
            remedy="The server's log says more; please report it",
        )
    context.abort_with_status(rpc_status.to_status(status(error)))


def status(error: LinesealError) -> status_pb2.Status:
    """The error as a message."""
    answer = status_pb2.Status(
        code=code_pb2.Code.Value(error.grpc_status), message=cut(error.message)
    )
    places = {key: getattr(error, key) for key in ("field", "path", "hash", "position", "remedy")}
    info = error_details_pb2.ErrorInfo(
        domain=DOMAIN,
        reason=error.code.upper(),
        metadata={key: cut(str(value)) for key, value in places.items() if value is not None},
    )
    answer.details.add().Pack(info)
    if (at := error.path or error.field) and error.grpc_status == "INVALID_ARGUMENT":
        at_fault = error_details_pb2.BadRequest.FieldViolation(
            field=cut(at), description=cut(error.message)
        )
        answer.details.add().Pack(error_details_pb2.BadRequest(field_violations=[at_fault]))
    if error.retry:
        answer.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=RETRY_AFTER))
    return answer


def cut(text: str) -> str:
    """The text, if need be without its end."""
    raw = text.encode(errors="replace")
    if len(raw) <= LONGEST:
        return raw.decode()
    return raw[: LONGEST - 3].decode(errors="ignore") + "…"
