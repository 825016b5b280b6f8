"""Which ledger a logger sends to. May use open and remedies."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Sequence
from typing import Any

from lineseal._arguments import as_path, as_text
from lineseal._ledger_api import LedgerAPI
from lineseal.errors import ForkedError, InvalidArgumentError, ReadOnlyError
from lineseal.logger.remedies import in_own_words
from lineseal.open import HOST_PORT, is_service, open_ledger
from lineseal.tracker import Tracker

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Target:
    """A ledger to send to: opened when it is needed, and anew in a forked child."""

    def __init__(
        self, given: str | os.PathLike[str] | LedgerAPI | None, ledger: str | None, timeout: float
    ) -> None:
        self.timeout, self._own = timeout, not isinstance(given, LedgerAPI)
        self._process = os.getpid()
        self._handle: LedgerAPI | None = None
        if isinstance(given, LedgerAPI):
            if getattr(given, "read_only", False):
                raise ReadOnlyError(
                    "target was opened read-only", remedy="Open it without read_only=True"
                )
            if ledger is not None:
                raise InvalidArgumentError(
                    "target is open already, and ledger= names another", remedy="Leave ledger out"
                )
            self._handle, self.address = given, address_of(given)
        else:
            self.address = _address(given, ledger)

    def handle(self) -> LedgerAPI:
        """The ledger, open."""
        self._of_this_process()
        if self._handle is None:
            if self.address is None:
                raise ForkedError(
                    "a ledger in memory cannot be written to from a forked process",
                    remedy="Give a directory or a service, or make the logger in each process",
                )
            self._handle = open_ledger(self.address, create=False, timeout=self.timeout)
        return self._handle

    def record(self, blocks: Sequence[bytes]) -> None:
        """Records the blocks."""
        with in_own_words(self.address, "Rows are kept, and sent again"):
            self.handle().record_blocks(blocks)

    def asked(self, question: Callable[[LedgerAPI], Any], within: float) -> Any:
        """An answer of the ledger, in so many seconds; one opened for that alone is closed again,
        since what is open does not survive a fork that may follow, and a client has its patience.
        """
        if self.address is None or isinstance(self._handle, Tracker):
            return question(self.handle())
        with open_ledger(self.address, read_only=True, timeout=within) as ledger:
            return question(ledger)

    def close(self) -> None:
        """Lets go of what was opened here."""
        self._of_this_process()
        handle = self._handle
        if self._own and handle is not None:
            self._handle = None
            handle.close()

    def reset(self) -> None:
        """Opens it anew for the next attempt: a disk that failed, or a connection, may be back."""
        with contextlib.suppress(Exception):
            self.close()

    def _of_this_process(self) -> None:
        if self._process != os.getpid():
            # Kept, since a connection of the parent's must not be ended from here.
            _OF_PARENTS.append(self._handle)
            self._handle, self._own, self._process = None, True, os.getpid()


_OF_PARENTS: list[object] = []


def address_of(ledger: LedgerAPI) -> str | None:
    """How other processes find an open ledger; None where they cannot."""
    if isinstance(ledger, Tracker):
        return None if ledger.path is None else os.path.abspath(ledger.path)
    channel, name = getattr(ledger, "_channel", None), getattr(ledger, "ledger", None)
    return None if channel is None else f"grpc://{channel.address}/{name}"


def _address(given: str | os.PathLike[str] | None, ledger: str | None) -> str:
    named = os.environ.get("LINESEAL_LEDGER") or None
    if given is None:
        given = os.environ.get("LINESEAL_TARGET") or None
        if given is None:
            given, named = named, None
    if given is None:
        raise InvalidArgumentError(
            "the logger has no target",
            remedy="Give target=, or set LINESEAL_TARGET, to a directory or grpc://host:port/ledger",
        )
    text = as_path(given, "the target")
    if ledger is not None:
        named = as_text(ledger, "ledger")
    elif named is not None and not NAME.fullmatch(named):
        named = None  # A whole place, as the command takes it: that of the command, not of this.
    if named is not None and HOST_PORT.fullmatch(text):
        text = f"grpc://{text}"
    if not is_service(text):
        if ledger is not None:
            raise InvalidArgumentError(
                f"{text} is a directory, which is one ledger", remedy="Leave ledger out"
            )
        return os.path.abspath(text)
    return _service(text, named, ledger is not None)


def _service(text: str, named: str | None, asked: bool) -> str:
    from lineseal.client.address import split

    target, own = split(text)
    with_ledger = bool(text.removeprefix("grpc://").partition("/")[2].strip("/"))
    if asked and with_ledger and named != own:
        raise InvalidArgumentError(
            f"the target {text} names one ledger, and ledger= another: {named}",
            remedy="Name it once",
        )
    return f"grpc://{target}/{own if with_ledger or named is None else named}"
