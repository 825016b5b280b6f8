"""Which ledger a logger sends to, and which events its rows have for parents. May use open."""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lineseal import _core
from lineseal._arguments import as_path, as_text
from lineseal._ledger_api import LedgerAPI
from lineseal.errors import (
    AmbiguousHashError,
    EventNotFoundError,
    InvalidArgumentError,
    LedgerLockedError,
    LedgerTimeoutError,
    LinesealError,
    ServiceUnavailableError,
    StorageError,
)
from lineseal.open import HOST_PORT, is_service, open_ledger
from lineseal.tracker import Tracker

if TYPE_CHECKING:
    from lineseal.event import Event

LOG = logging.getLogger("lineseal.logger")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
#: Names of which events are understood.
KINDS = ("model", "deployment")
#: Candidates that an error lists.
LISTED = 10
#: The ledger cannot be asked now, but may be later.
ABSENT = (ServiceUnavailableError, LedgerTimeoutError, LedgerLockedError, StorageError)


class Target:
    """A ledger to send to: opened when it is needed, and anew in a forked child."""

    def __init__(
        self, given: str | os.PathLike[str] | LedgerAPI | None, ledger: str | None, timeout: float
    ) -> None:
        self._timeout, self._own = timeout, not isinstance(given, LedgerAPI)
        self._process = os.getpid()
        self._handle: LedgerAPI | None = None
        if isinstance(given, LedgerAPI):
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
                raise InvalidArgumentError(
                    "a ledger in memory cannot be written to from a forked process",
                    remedy="Give a directory or a service, or make the logger in each process",
                )
            self._handle = open_ledger(self.address, create=False, timeout=self._timeout)
        return self._handle

    def asked(self, question: Callable[[LedgerAPI], Any]) -> Any:
        """An answer of the ledger; one opened for that alone is closed again, since what is open
        does not survive a fork that may follow."""
        if self._handle is not None:
            return question(self._handle)
        assert self.address is not None
        with open_ledger(self.address, read_only=True, timeout=self._timeout) as ledger:
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


def resolved(target: Target, given: Any) -> list[tuple[str, str]]:
    """Hashes and roles of the parents: each a hash, a receipt, `model:name@version` or
    `deployment:name`; one, several, or a mapping from roles."""
    if given is None:
        text = os.environ.get("LINESEAL_PARENTS")
        if not text:
            raise InvalidArgumentError(
                "the logger has no parents",
                field="parents",
                remedy="Give the hash of the model, model:name@version or deployment:name, here or"
                " in LINESEAL_PARENTS; () where there is none on purpose",
            )
        given = {}
        for part in text.split(","):
            role, equals, name = part.strip().partition("=")
            given.setdefault(role if equals else "", []).append(name if equals else role)
    roles = given if isinstance(given, Mapping) else {"": given}
    pairs = [(as_text(role, "a role"), one) for role, some in roles.items() for one in _each(some)]
    names = [_named(name) for _, name in pairs]
    if not names:
        return []
    try:
        hashes = target.asked(lambda ledger: [_hash(ledger, name) for name in names])
    except ABSENT as error:
        full = [_core.full_hash(name) for name in names]
        if not all(full):
            raise
        LOG.warning("the parents could not be looked up, and are taken as given: %s", error)
        hashes = full
    return [(hash, role) for hash, (role, _) in zip(hashes, pairs, strict=True)]


def _each(given: Any) -> Sequence[Any]:
    return given if isinstance(given, (list, tuple)) else [given]


def _named(given: Any) -> str:
    """The text of a parent's name."""
    name = getattr(given, "hash", given)
    return as_text(name, "a parent").strip()


def _hash(ledger: LedgerAPI, name: str) -> str:
    kind, colon, wanted = name.partition(":")
    if not colon:
        return ledger.get(name).hash
    if kind not in KINDS or not wanted:
        raise InvalidArgumentError(
            f"the parent {name!r:.80} is of no known kind",
            field="parents",
            remedy="Give a hash, model:name@version or deployment:name",
        )
    found = ledger.find(**{kind: wanted}, limit=LISTED + 1)  # type: ignore[arg-type]
    if len(found) == 1:
        return found[0].hash
    raise _nothing(name, kind) if not found else _several(name, found)


def _nothing(name: str, kind: str) -> LinesealError:
    error = EventNotFoundError(f"the ledger holds no {name}")
    error.field = "parents"
    error.remedy = f"Record the {kind} first, or see `lineseal events --type {kind}`"
    return error


def _several(name: str, found: list[Event]) -> LinesealError:
    lines = []
    for event in found[:LISTED]:
        what = event.payload.get("version") or event.payload.get("stage") or "no version"
        lines.append(f"{event.hash} ({what}, recorded {event.recorded_at:%Y-%m-%d %H:%M:%S})")
    more = ", and more" if len(found) > LISTED else ""
    error = AmbiguousHashError(f"{name} may be any of: {', '.join(lines)}{more}")
    error.field = "parents"
    error.remedy = "Give the hash of the one that is meant"
    return error
