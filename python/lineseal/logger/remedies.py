"""What can be done about a ledger's errors where a logger or `lineseal spool` meets them: not what
whoever called a Client could do. May use errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lineseal.errors import (
    LedgerLockedError,
    LedgerNotFoundError,
    LedgerTimeoutError,
    LinesealError,
    OperationCancelledError,
    OutcomeUnknownError,
    ParentNotFoundError,
    ServiceOverloadedError,
    ServiceUnavailableError,
    StorageError,
    StorageFullError,
)

REMEDIES: dict[type[LinesealError], str] = {
    LedgerNotFoundError: "Make it with `lineseal init {address}`, or correct the target",
    LedgerLockedError: "See which process has it",
    LedgerTimeoutError: "See what keeps `lineseal serve`",
    OperationCancelledError: "See what keeps `lineseal serve`",
    OutcomeUnknownError: "See to the ledger's disk",
    ServiceOverloadedError: "See what keeps `lineseal serve`",
    ServiceUnavailableError: "Is `lineseal serve` running there? Else correct the target",
    StorageError: "See to the ledger's disk",
    StorageFullError: "Make room on the ledger's disk",
}
ORPHAN = "Record the parent first, or bring it back; then `lineseal spool retry`"


@contextmanager
def in_own_words(address: str | None, meanwhile: str) -> Iterator[None]:
    """Gives the ledger's errors other remedies, and says what becomes of the rows."""
    try:
        yield
    except ParentNotFoundError as error:
        error.remedy = ORPHAN
        raise
    except LinesealError as error:
        mend(error, address, meanwhile)
        raise


def mend(error: LinesealError, address: str | None, meanwhile: str) -> None:
    """Says what can be done about an error of the whole ledger, and what happens meanwhile."""
    remedy = REMEDIES.get(type(error))
    if remedy is not None and not is_stranger(error):
        error.remedy = ". ".join(filter(None, [remedy.format(address=address), meanwhile]))


def is_stranger(error: LinesealError) -> bool:
    """Whether somebody answers, but no ledger: asking again does not help."""
    return isinstance(error, ServiceUnavailableError) and not error.retry
