"""Exceptions: one class for each row of the core's error table (`_core.error_table`).

May use `_core` alone. Every error says what is wrong, where, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence

from lineseal import _core

__all__ = [
    "AmbiguousHashError",
    "CorruptLedgerError",
    "EncodingError",
    "EventNotFoundError",
    "ForkedError",
    "InternalError",
    "InvalidArgumentError",
    "InvalidRecordError",
    "LedgerClosedError",
    "LedgerLockedError",
    "LedgerNotFoundError",
    "LedgerTimeoutError",
    "LinesealError",
    "NotALedgerError",
    "OperationCancelledError",
    "OutcomeUnknownError",
    "ParentNotFoundError",
    "ReadOnlyError",
    "ServiceOverloadedError",
    "ServiceUnavailableError",
    "StorageError",
    "StorageFullError",
    "UnsupportedFormatError",
]


class LinesealError(Exception):
    """Base of all errors that lineseal raises.

    Attributes:
        message: What is wrong, in a phrase.
        field: Name of the record's field at fault (`num_rows`), if one is.
        path: Place inside the value (`payload.inputs.pixels[3]`), or the file.
        hash: The event, 64 hex digits.
        position: Place in the batch, from 0; or the byte offset in a block or file.
        remedy: What to do about it.
        code: Stable machine name (`invalid_record`).
        exit_code: Exit status of the command line.
        grpc_status: Name of the gRPC status.
        retry: Whether sending the same request again may help.
        recorded: How many rows `record_predictions`, or events `copy`, recorded before it, in
            batches of their own.
        receipts: The receipts of these rows.
    """

    code = "internal"
    exit_code = 70
    grpc_status = "INTERNAL"
    retry = False
    recorded: int | None = None
    receipts: Sequence[_core.Receipt] = ()

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        path: str | None = None,
        hash: str | None = None,
        position: int | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.path = path
        self.hash = hash
        self.position = position
        self.remedy = remedy

    def __str__(self) -> str:
        text = self.message
        places = []
        if self.path and self.path not in text:
            places.append(f"at {self.path}")
        if self.position is not None and str(self.position) not in text:
            places.append(f"position {self.position}")
        if self.hash and self.hash not in text:
            places.append(f"event {self.hash}")
        if self.recorded:
            rows = f"the first {self.recorded} rows are recorded: go on behind them"
            places.append(rows if self.receipts else f"{self.recorded} events are recorded")
        if places:
            text += f" ({', '.join(places)})"
        return f"{text}. {self.remedy}" if self.remedy else text

    def __reduce__(self) -> tuple[object, ...]:
        place = (self.field, self.path, self.hash, self.position, self.remedy)
        return (_from_core, (self.code, self.message, *place))


class InvalidRecordError(LinesealError, ValueError):
    """A record, draft or block breaks a rule of the event format; see `field` and `path`."""


class EncodingError(LinesealError, ValueError):
    """Bytes are not canonical DAG-CBOR (`position`), or a value has no encoding (`path`)."""


class InvalidArgumentError(LinesealError, ValueError):
    """An argument of a call is unusable."""


class ParentNotFoundError(LinesealError, LookupError):
    """An event names a parent that the ledger does not hold: `hash`."""


class EventNotFoundError(LinesealError, LookupError):
    """The ledger holds no such event: `hash`."""


class AmbiguousHashError(LinesealError, LookupError):
    """A shortened hash fits several events."""


class LedgerNotFoundError(LinesealError, LookupError):
    """There is no ledger at this place: `path`."""


class NotALedgerError(LinesealError):
    """The directory holds other things than a ledger: `path`."""


class UnsupportedFormatError(LinesealError):
    """The ledger or event has a format that this version does not read."""


class LedgerLockedError(LinesealError):
    """Another process is writing to the ledger."""


class CorruptLedgerError(LinesealError):
    """Stored bytes are not what was written."""


class OutcomeUnknownError(LinesealError):
    """The disk failed while a batch was written: it may or may not be there."""


class ReadOnlyError(LinesealError):
    """The ledger cannot be written through this handle or on this file system."""


class ForkedError(LinesealError):
    """The ledger was opened before a fork and is used in the child."""


class LedgerClosedError(LinesealError):
    """The handle is closed."""


class StorageFullError(LinesealError):
    """There is no room left on the disk."""


class StorageError(LinesealError):
    """The operating system refused to read or write."""


class LedgerTimeoutError(LinesealError, TimeoutError):
    """The deadline passed first."""


class OperationCancelledError(LinesealError):
    """The caller gave up."""


class ServiceUnavailableError(LinesealError, ConnectionError):
    """Nobody answers at the service's address, or not in time."""


class ServiceOverloadedError(LinesealError):
    """The service has too much to do at the moment; send the same request again."""


class InternalError(LinesealError):
    """A fault in lineseal itself; please report it."""


def _bind() -> dict[str, type[LinesealError]]:
    """Takes code, statuses and the choice of class from the core's table, row by row."""
    classes: dict[str, type[LinesealError]] = {}
    for name, class_name, grpc, exit_code, retry, _meaning in _core.error_table():
        row: type[LinesealError] = globals()[class_name]
        row.code, row.grpc_status, row.exit_code, row.retry = name, grpc, exit_code, retry
        classes[name] = row
    return classes


_BY_CODE = _bind()


def _from_core(
    code: str,
    message: str,
    field: str | None,
    path: str | None,
    hash: str | None,
    position: int | None,
    remedy: str | None,
) -> LinesealError:
    """Called by the core: the exception of the row `code`."""
    return _BY_CODE[code](
        message, field=field, path=path, hash=hash, position=position, remedy=remedy
    )
