"""Opens a ledger by its address, and says which there are."""

from __future__ import annotations

import os
import re

from lineseal._arguments import as_path
from lineseal.errors import InvalidArgumentError, LedgerNotFoundError
from lineseal.tracker import Tracker

#: What every ledger's directory has.
MARK = "ledger.json"
#: What looks like a service without its scheme.
HOST_PORT = re.compile(r"([A-Za-z0-9.-]+|\[[0-9a-f:.]+\]):[0-9]{1,5}(/[^/]*)?")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lineseal._ledger_api import LedgerAPI
    from lineseal.report import Progress


def open_ledger(
    address: str | os.PathLike[str],
    *,
    read_only: bool = False,
    create: bool = True,
    timeout: float | None = None,
    lock_timeout: float | None = None,
    progress: Progress | None = None,
) -> LedgerAPI:
    """Opens the ledger in a directory (see `Tracker`) or of a service (see `Client`).

    Args:
        address: The directory, or `grpc://host:port/ledger`; without a port it is 50051, without a
            ledger it is `default`.
        read_only: Neither write nor take the lock. The ledger must be there.
        create: Make the ledger when it is not there.
        timeout: Seconds that a service may take to be found, and to answer; `Client` says what it
            takes otherwise.
        lock_timeout: Seconds to wait for other processes that record into the same directory; see
            `Tracker`. A service does that by itself.
        progress: Called while a directory's log is read; see `Tracker`.
    """
    text = as_path(address, "the ledger's address")
    if not is_service(text):
        return Tracker(
            text,
            read_only=read_only,
            create=create,
            lock_timeout=lock_timeout,
            progress=progress,
        )
    from lineseal import Client
    from lineseal.client.address import split

    target, ledger = split(text)
    seconds = {} if timeout is None else {"timeout": timeout, "connect_timeout": timeout}
    return Client(target, ledger, read_only=read_only, create=create, **seconds)


def list_ledgers(place: str | os.PathLike[str]) -> list[str]:
    """The ledgers of a service or in a directory, each as `open_ledger` takes it.

    Args:
        place: `grpc://host:port`, or a directory that ledgers lie in; of a ledger, that one.
    """
    text = as_path(place, "the place")
    if not is_service(text):
        from pathlib import Path  # not for everyone who imports lineseal

        if not Path(text).is_dir():
            raise LedgerNotFoundError(
                f"there is no directory {text}",
                path=text,
                remedy="Give grpc://host:port, or a directory that ledgers lie in",
            )
        if (Path(text) / MARK).exists():
            return [text]
        return sorted(str(mark.parent) for mark in Path(text).glob(f"*/{MARK}"))
    from lineseal.client.address import split
    from lineseal.client.listing import ledger_names

    target, ledger = split(text)
    names = ledger_names(target)
    if text.removeprefix("grpc://").partition("/")[2]:
        if ledger not in names:
            raise LedgerNotFoundError(
                f"there is no ledger {ledger!r}",
                path=text,
                remedy=f"`lineseal ledgers grpc://{target}` says which there are",
            )
        names = [ledger]
    return [f"grpc://{target}/{name}" for name in names]


def is_service(text: str) -> bool:
    """Whether the address is a service's; one that may be meant so is refused."""
    scheme, colon, _ = text.partition("://")
    if colon and scheme.isalpha():
        if scheme == "grpc":
            return True
        raise InvalidArgumentError(
            f"{scheme}:// is no scheme of ledgers",
            remedy="Give the path of a ledger's directory, or grpc://host:port/ledger",
        )
    if text.startswith("grpc:") and not os.path.exists(text):
        right = f"grpc://{text.removeprefix('grpc:').lstrip('/')}"
        raise InvalidArgumentError(
            f"{text} is no address of a service", remedy=f"Write {right}, with two slashes"
        )
    if HOST_PORT.fullmatch(text) and not os.path.exists(text):
        raise InvalidArgumentError(
            f"{text} may be a service or a directory",
            remedy=f"Write grpc://{text} for a service, or ./{text} for a directory",
        )
    return False
