"""Ledgers under one directory, opened on demand, one writer each.

May use `_core`, claim, later and errors.
"""

import contextlib
import copy
import logging
import re
import shlex
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from lineseal import _core
from lineseal.errors import (
    CorruptLedgerError,
    InvalidArgumentError,
    LedgerClosedError,
    LedgerLockedError,
    LedgerNotFoundError,
    LinesealError,
    OutcomeUnknownError,
    ReadOnlyError,
    ServiceOverloadedError,
    StorageError,
    StorageFullError,
)
from lineseal.server.claim import Claim
from lineseal.server.later import SUPPORTED, Answers

T = TypeVar("T")

log = logging.getLogger("lineseal.server")

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
#: How long a ledger that failed stays closed to writers before it is opened anew.
REST = 1.0
#: How long a call waits for a ledger that another one opens.
PATIENCE = 0.5


def check_name(name: str) -> str:
    """The name, if a ledger may have it: names are never paths."""
    if NAME.fullmatch(name):
        return name
    shown = repr(name[:80]) + ("…" if len(name) > 80 else "")
    raise InvalidArgumentError(
        f"{shown} is no name of a ledger" if name else "no ledger is named",
        path="ledger",
        remedy="Use 1 to 63 of a-z, 0-9 and -, not beginning with -",
    )


class Opened:
    """An open ledger. `refusal` says why it is only read, if it is."""

    def __init__(self, name: str, path: Path, *, create: bool = False) -> None:
        self.name = name
        self.refusal: LinesealError | None = None
        self._failed_at: float | None = None
        began = time.monotonic()
        try:
            self.core = _core.open_ledger(str(path), read_only=False, create=create)
        except LedgerNotFoundError:
            raise not_found(name) from None
        except CorruptLedgerError as error:
            self.core = self._only_read(path, error)
        except (ReadOnlyError, StorageError, StorageFullError, OutcomeUnknownError) as error:
            self.core = self._only_read(path, error)
            self._failed_at = time.monotonic()
        # Opening a large ledger takes long, and should not be all that is done.
        self._rest = max(REST, 2 * (time.monotonic() - began))
        stats = self.stats()
        self.id = str(stats["id"])
        self.answers = Answers(name) if SUPPORTED and self.refusal is None else None
        if "invalid" in stats["durable_slots"]:
            log.warning(
                "ledger %s: a slot of %s was damaged; the log was read to its end, and whoever"
                " writes next writes the slot anew: look at the disk", name, path / "DURABLE"
            )  # fmt: skip

    def _only_read(self, path: Path, error: LinesealError) -> _core.Ledger:
        is_damage = isinstance(error, CorruptLedgerError)
        look = f"; verify it: lineseal verify -l {shlex.quote(str(path))}" if is_damage else ""
        try:
            core = _core.open_ledger(str(path), read_only=True, create=False)
        except LinesealError as worse:
            help = f". {worse.remedy}{look}" if is_damage else ""
            log.error("ledger %s cannot be opened: %s%s", self.name, error.message, help)
            error.remedy = "See the server's log"
            if is_damage:
                error.remedy = f"On the server's machine: {worse.remedy}; then `lineseal verify` it"
            raise error from None
        log.warning("ledger %s is opened for reading only: %s%s", self.name, error.message, look)
        error.remedy = "Reading and verifying it goes on; see the server's log"
        self.refusal = error
        return core

    def stats(self) -> dict[str, Any]:
        """The ledger in numbers."""
        return _core.stats(self.core)

    def writable(self) -> _core.Ledger:
        """The core's ledger, if it may be written."""
        if self.refusal is not None:
            # A new one each time: one that is raised again and again collects tracebacks.
            raise copy.copy(self.refusal)
        return self.core

    def close(self) -> None:
        """Commits and answers what is begun, and closes the ledger."""
        try:
            self.core.close()
        finally:
            if self.answers is not None:
                self.answers.close()

    def failed(self) -> None:
        """Called after an error of recording: notes when the ledger accepts nothing more."""
        if self._failed_at is None and (why := self.stats()["poisoned"]):
            log.error("ledger %s accepts nothing more: %s", self.name, why)
            self._failed_at = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether it failed long enough ago to be opened anew."""
        return self._failed_at is not None and time.monotonic() - self._failed_at >= self._rest


class Slot:
    """The place of one ledger: opened once, and anew after a failure, by one thread."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        self._opened: Opened | None = None
        self._lock = threading.Lock()

    def use(self, work: Callable[[Opened], T]) -> T:
        """Does the work on the ledger; once more when it was opened anew under our hands."""
        try:
            opened = self.open()
            try:
                return work(opened)
            except LedgerClosedError:
                if self._opened is opened:
                    raise
                return work(self.open())
        except LinesealError as error:
            raise self.told(error) from error

    def open(self) -> Opened:
        """The open ledger; after a failure it is closed and opened anew."""
        opened = self._opened
        if opened is not None and not opened.is_due:
            return opened
        # Opening may take long, and who waits for it holds a thread that other ledgers need.
        if not self._lock.acquire(timeout=PATIENCE):
            raise ServiceOverloadedError(
                f"the ledger {self.name} is being opened",
                remedy="Send the same request again in a moment",
            )
        try:
            if self._opened is not None and self._opened.is_due:
                log.warning("ledger %s failed: closing it and opening it anew", self.name)
                self._opened.close()
                self._opened = None
            if self._opened is None:
                self._opened = Opened(self.name, self.path)
            return self._opened
        finally:
            self._lock.release()

    def create(self) -> tuple[Opened, bool]:
        """The open ledger, made if need be; and whether it was made."""
        with self._lock:
            is_new = not (self.path / "ledger.json").exists()
            if self._opened is not None and is_new:
                log.warning("ledger %s is gone from the disk: making it anew", self.name)
                self._opened.close()
                self._opened = None
            try:
                self._opened = self._opened or Opened(self.name, self.path, create=True)
            except LinesealError as error:
                raise self.told(error) from error
            return self._opened, is_new

    def told(self, error: LinesealError) -> LinesealError:
        """The error with the ledger's name instead of its place on the server's disk."""
        error = copy.copy(error)
        if isinstance(error, LedgerLockedError):
            log.warning("ledger %s: %s", self.name, error.message)
            error.message = f"{self.name} is kept locked by a process on the server's machine"
            error.remedy = "See the server's log for which one, and why it does not go on"
        for part in ("message", "path", "remedy"):
            if (text := getattr(error, part)) is not None:
                setattr(error, part, text.replace(str(self.path), self.name))
        return error

    def close(self) -> None:
        """Closes it."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()


class Ledgers:
    """All ledgers of a server."""

    def __init__(self, data: str) -> None:
        self._data = Path(data)
        self._slots: dict[str, Slot] = {}
        self._lock = threading.Lock()
        self._claim: Claim | None = None

    def prepare(self) -> None:
        """Makes the directory, and claims it; one without ledgers gets one."""
        if (self._data / "ledger.json").exists():
            raise InvalidArgumentError(
                f"{self._data} is itself a ledger",
                path="data",
                remedy="Give the directory that it lies in; its name is then the ledger's",
            )
        try:
            self._data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidArgumentError(
                f"{self._data} cannot be made a directory of ledgers: {error.strerror}",
                path="data",
                remedy="Give a directory with --data; it is made where it is missing",
            ) from None
        self._claim = Claim(self._data)
        if unnamed := [path.name for path in self._all() if not NAME.fullmatch(path.name)]:
            log.warning(
                "not served, for no ledger can have such a name: %s; rename to %s, as in: mv %s %s",
                ", ".join(map(repr, unnamed)), NAME.pattern, shlex.quote(unnamed[0]), "runs",
            )  # fmt: skip
        if not self.names():
            self.create("default")

    def get(self, name: str) -> Slot:
        """The ledger of that name."""
        slot = self._slots.get(name)
        if slot is None:
            check_name(name)
            if not self._path(name).is_dir():
                raise not_found(name)
            slot = self._slot(name)
        return slot

    def create(self, name: str) -> tuple[Opened, bool]:
        """The ledger of that name, made if need be; and whether it was made."""
        check_name(name)
        slot = self._slot(name)
        try:
            return slot.create()
        except LinesealError:
            with self._lock:
                self._slots.pop(name, None)
            raise

    def names(self) -> list[str]:
        """All names, ascending."""
        return [path.name for path in self._all() if NAME.fullmatch(path.name)]

    def close(self) -> None:
        """Closes all, though one of them cannot be left in order."""
        with contextlib.ExitStack() as rest, self._lock:
            if self._claim is not None:
                rest.callback(self._claim.close)
            for slot in self._slots.values():
                rest.callback(slot.close)

    def _all(self) -> list[Path]:
        """The directories of ledgers, damaged ones too, and nothing else that lies there."""
        marks = ("ledger.json", "segments")
        return sorted(
            path for path in self._data.iterdir() if any((path / mark).exists() for mark in marks)
        )

    def _slot(self, name: str) -> Slot:
        with self._lock:
            return self._slots.setdefault(name, Slot(name, self._path(name)))

    def _path(self, name: str) -> Path:
        return self._data / name


def not_found(name: str) -> LedgerNotFoundError:
    """The error about a ledger that is not there."""
    return LedgerNotFoundError(
        f"there is no ledger {name!r}",
        path="ledger",
        remedy="ListLedgers says which there are; CreateLedger makes one",
    )
