"""The prediction logger. May use the other modules of this package."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Literal

from lineseal import _core
from lineseal.errors import LedgerClosedError, LinesealError, StorageFullError
from lineseal.logger import folders
from lineseal.logger.parents import resolved
from lineseal.logger.sender import Sender
from lineseal.logger.settings import Settings, checked, patience, spool_root
from lineseal.logger.targets import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from lineseal._ledger_api import LedgerAPI
    from lineseal.records import Parent

LOG = logging.getLogger("lineseal.logger")
#: Seconds that the end of the program waits for rows to be sent; the others stay in the spool.
AT_EXIT = 5.0
#: Seconds between two attempts to begin a spool, where there is no room for one.
NO_ROOM = 0.5


class PredictionLogger(_core.PredictionLogger):
    """Logs predictions: `log` checks, encodes and writes a row into a file of this machine, and
    returns its hash; a thread sends what is in the file to the ledger, until it has it.

    Threads may share it. After a fork the child goes on with a spool and a stream of its own.

    Args:
        target: A ledger's directory, `grpc://host:port/ledger`, or an open Tracker or Client.
            Without it LINESEAL_TARGET, or LINESEAL_LEDGER.
        parents: What predictions are made from: a hash or Receipt, `model:name@version` or
            `deployment:name`; one, several, or a mapping from roles. They are looked up now.
            Without it LINESEAL_PARENTS (several with commas, each maybe `role=`); () is none on
            purpose.
        ledger: Name of the service's ledger, where the target names none; or LINESEAL_LEDGER.
        durability: `process`: what was logged survives the end of the process, also by kill -9;
            `disk`: and that of the machine.
        spool: Folder of the spools of this user, on a local disk; LINESEAL_SPOOL, else
            `~/.local/state/lineseal/spool`.
        spool_bytes: What one process may have in its spool.
        when_full: `raise` StorageFullError, `block` until there is room, or `drop` the row, which
            is counted and recorded as a gap.
        batch_rows: Rows that are sent at once without waiting for more.
        batch_age: Seconds after which fewer are.
        stream: How streams begin; the rest says which process, since each numbers its own rows.
        actor: Who records, as you state it.
        timeout: Seconds that a service may take to be found, and to answer.

    Raises:
        AmbiguousHashError: A name stands for several events; the error lists them.
        EventNotFoundError: A parent is not in the ledger.
        ServiceUnavailableError: Nobody answers, and a name has to be looked up. With hashes alone
            the logger begins all the same.

    Example:
        >>> logger = PredictionLogger("grpc://localhost:50051/default", "model:digits-lr@1.0")
        >>> hash = logger.log(inputs={"pixels": [0.0, 5.0]}, output=3)
    """

    def __init__(
        self,
        target: str | os.PathLike[str] | LedgerAPI | None = None,
        parents: Parent | Sequence[Parent] | Mapping[str, Parent | Sequence[Parent]] | None = None,
        *,
        ledger: str | None = None,
        durability: Literal["process", "disk"] = "process",
        spool: str | os.PathLike[str] | None = None,
        spool_bytes: int = 1 << 30,
        when_full: Literal["raise", "block", "drop"] = "raise",
        batch_rows: int = 1_000,
        batch_age: float = 0.2,
        stream: str = "predictions",
        actor: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._settings = checked(
            Settings(
                durability=durability,
                spool=spool_root(spool),
                spool_bytes=spool_bytes,
                when_full=when_full,
                batch_rows=batch_rows,
                batch_age=batch_age,
                stream=stream,
                actor=actor,
                timeout=timeout,
            )
        )
        self._target = Target(target, ledger, timeout)
        #: Hashes and roles of the parents.
        self.parents = tuple(resolved(self._target, parents))
        self._root = folders.prepared(self._settings.spool)
        self._lock = threading.Lock()
        self._folder: folders.Folder | None = None
        self._sender: Sender | None = None
        self._closing, self._closed = threading.RLock(), False
        #: What closing came to.
        self._all_sent = False
        #: Rows for which there was no room before there was a spool; and when to look again.
        self._dropped = self._raised = 0
        self._again = 0.0
        self._last: dict[str, Any] | None = None
        _LOGGERS.add(self)

    @property
    def stream(self) -> str | None:
        """The stream of this process's rows; None before the first."""
        return None if self._folder is None else self._folder.about.stream

    def flush(self, timeout: float | None = None) -> bool:
        """Waits until the ledger has all that was logged before; false when time is up first."""
        timeout, sender = patience(timeout), self._sender
        return sender is None or sender.flush(timeout)

    async def aflush(self, timeout: float | None = None) -> bool:
        """`flush`, without keeping the event loop from its work."""
        return await asyncio.to_thread(self.flush, timeout)

    def close(self, timeout: float | None = 30.0) -> bool:
        """Refuses further rows and waits until the ledger has all of them; false when time is up.

        What is left then stays in the spool, and is sent by the next logger for the same ledger on
        this machine, or by `lineseal spool drain`.
        """
        timeout = patience(timeout)
        with self._closing:  # Whoever closes it, too, waits and is told the same.
            if not self._closed:
                self._all_sent = self._ended(timeout)
            return self._all_sent

    def _ended(self, timeout: float | None) -> bool:
        if self._dropped and self._sender is None:
            with contextlib.suppress(LinesealError):  # Nothing but a spool can tell of them.
                self._begin()
        with self._lock:
            self._closed = True
            sender, folder = self._sender, self._folder
        if sender is None and self._dropped:
            LOG.warning(
                "there was no room for a spool, so that no gap tells of the rows that were dropped"
            )
        if sender is None or folder is None:
            return not self._dropped
        self._close()
        start = time.monotonic()
        sender.flush(timeout)
        left = 1.0 if timeout is None else max(timeout - (time.monotonic() - start), 0.0)
        done = sender.stop(min(left, 1.0))
        self._last = self.stats()
        self._forget()
        if done:
            folder.delete()
        else:
            folder.close()
            _told_of_rest(self._last["depth"], str(folder.path))
        return done

    async def aclose(self, timeout: float | None = 30.0) -> bool:
        """`close`, without keeping the event loop from its work."""
        return await asyncio.to_thread(self.close, timeout)

    def stats(self) -> dict[str, Any]:
        """Counters of this process.

        Returns:
            `logged` rows; `depth`: events in the spool that the ledger does not have yet, `bytes`
            that they take and `age`, the seconds since the eldest of them; `sent` events, those of
            gaps included, `resent` after an error, `refused` by the ledger, `dropped` and `raised`
            when the spool was full; `adopted` spools of other processes, `damaged` bytes; the
            `stream`; and the `error` for which rows are kept at the moment.
        """
        sender = self._sender
        if self._last is not None:
            return self._last
        if sender is None:
            numbers = dict.fromkeys(NUMBERS, 0)
            numbers |= {"dropped": self._dropped, "raised": self._raised}
            return numbers | {"age": 0.0, "stream": self.stream, "error": None}
        sent = sender.bytes_sent()
        logged, depth, dropped, raised, size = self._counts()
        return {
            "logged": logged,
            "depth": depth,
            "bytes": max(size - sent, 0) if depth else 0,
            "sent": sender.sent,
            "resent": sender.resent,
            "refused": sender.refused,
            "dropped": dropped,
            "raised": raised,
            "adopted": sender.adopted,
            "damaged": sender.damaged,
            "age": sender.age(),
            "stream": self.stream,
            "error": sender.error,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"PredictionLogger({self._target.address!r}, stream={self.stream!r})"

    def _begin(self) -> bool:
        """Opens the spool of this process: called by the first `log` here. False where there is no
        room for one, and the row is dropped."""
        while True:
            with self._lock:
                if self._closed:
                    raise LedgerClosedError("the logger is closed", remedy="Make another logger")
                if self._sender is not None:
                    return True  # Another thread was quicker.
                if time.monotonic() >= self._again:
                    try:
                        self._open()
                        return True
                    except StorageFullError as error:
                        self._without_room(error)
                if self._settings.when_full == "drop":
                    self._dropped += 1
                    return False
            time.sleep(NO_ROOM / 5)

    def _open(self) -> None:
        settings = self._settings
        folder = folders.begin(self._root, settings.stream, self._target.address)
        try:
            self._start(
                folder.path,
                folder.about.stream,
                list(self.parents),
                settings.actor,
                total=settings.spool_bytes,
                segment=settings.segment_bytes,
                full=settings.when_full,
                durable=settings.durability == "disk",
                dropped=self._dropped,
                raised=self._raised,
            )
            self._sender = Sender(self, folder, self._target, self._root, settings)
        except BaseException:  # The next row tries anew.
            self._forget()
            folder.delete()
            raise
        self._folder, self._dropped, self._raised = folder, 0, 0

    def _without_room(self, error: StorageFullError) -> None:
        if self._settings.when_full == "raise":
            self._raised += 1
            raise error
        if not self._again:
            LOG.warning("there is no room for a spool: %s", error)
        self._again = time.monotonic() + NO_ROOM

    def _after_fork(self) -> None:
        """In the child: the spool and its thread are the parent's."""
        self._forget()
        self._lock, self._closing = threading.Lock(), threading.RLock()
        _OF_PARENTS.append(self._sender)
        self._folder = self._sender = None
        self._dropped = self._raised = 0


NUMBERS = (
    "logged",
    "depth",
    "bytes",
    "sent",
    "resent",
    "refused",
    "dropped",
    "raised",
    "adopted",
    "damaged",
)
#: Kept in a child, since what they hold must not be ended from there.
_OF_PARENTS: list[object] = []
_LOGGERS: weakref.WeakSet[PredictionLogger] = weakref.WeakSet()


def _in_child() -> None:
    for logger in list(_LOGGERS):
        logger._after_fork()


def _told_of_rest(left: int, where: str) -> None:
    """Says what a program that ends leaves behind: it may be the last that it ever logs."""
    if left:
        rows = "1 row is" if left == 1 else f"{left} rows are"
        LOG.warning(
            "%s left in the spool %s: the next logger for this ledger that uses its folder sends"
            " what is there, or `lineseal spool drain`",
            rows,
            where,
        )


def _at_exit() -> None:
    for logger in list(_LOGGERS):
        try:
            logger.close(AT_EXIT)
        except Exception:  # The others are closed all the same.
            LOG.exception("a logger could not be closed")


os.register_at_fork(after_in_child=_in_child)
atexit.register(_at_exit)
