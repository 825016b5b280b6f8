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
    address: str | os.PathLike[str],
    *,
    read_only: bool = False,
    create: bool = True,
    timeout: float | None = None,
) -> LedgerAPI:
    """Opens the ledger in a directory (see `Tracker`) or of a service (see `Client`).

    Args:
        address: The directory, or `grpc://host:port/ledger`.
        read_only: Neither write nor take the lock. The ledger must be there.
        create: Make the ledger when it is not there.
        timeout: Seconds that a service may take to be found, and to answer; `Client` says what it
            takes otherwise.
    """
    text = as_path(address, "the ledger's address")
    scheme, colon, _ = text.partition("://")
    if not colon or not scheme.isalpha():
        return Tracker(text, read_only=read_only, create=create)
    if scheme != "grpc":
        raise InvalidArgumentError(
            f"{scheme}:// is no scheme of ledgers",
            remedy="Give the path of a ledger's directory, or grpc://host:port/ledger",
        )
    from lineseal import Client
    from lineseal.client.address import split

    target, ledger = split(text)
    seconds = {} if timeout is None else {"timeout": timeout, "connect_timeout": timeout}
    return Client(target, ledger, read_only=read_only, create=create, **seconds)
