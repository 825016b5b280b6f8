"""Opens a ledger by its address."""

from __future__ import annotations

from lineseal._arguments import as_path
from lineseal.errors import InvalidArgumentError
from lineseal.tracker import Tracker

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os

    from lineseal._ledger_api import LedgerAPI


def open_ledger(
    address: str | os.PathLike[str], *, read_only: bool = False, create: bool = True
) -> LedgerAPI:
    """Opens the ledger in a directory (see `Tracker`).

    Args:
        address: The directory. `grpc://host:port/ledger` comes with the service.
        read_only: Neither write nor take the lock. The ledger must be there.
        create: Make the ledger when it is not there.
    """
    text = as_path(address, "the ledger's address")
    scheme, colon, _ = text.partition("://")
    if colon and scheme.isalpha():
        raise InvalidArgumentError(
            f"this version cannot open {text!r}: the client comes with the service",
            remedy="Give the path of a ledger's directory",
        )
    return Tracker(text, read_only=read_only, create=create)
