"""A ledger in this process: the primitives of `LedgerAPI` over the core, and nothing else."""

from __future__ import annotations

from lineseal import _core
from lineseal._arguments import as_blocks, as_drafts, as_path, seconds
from lineseal._ledger_api import FIRST_PAGE, LARGEST_PAGE, PAGE_BYTES, LedgerAPI
from lineseal.errors import InvalidArgumentError
from lineseal.event import Event
from lineseal.report import from_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from typing import Any

    from lineseal._arguments import Bytes
    from lineseal._core import Receipt, Receipts
    from lineseal.records import Record
    from lineseal.report import Progress, Report

#: More events than any ledger holds.
_MOST = 2**62


class Tracker(LedgerAPI):
    """A ledger in a directory, or in memory.

    Args:
        path: The ledger's directory; None for one in memory, gone when closed.
        read_only: Neither write nor take the lock. The ledger must be there.
        create: Make the ledger when it is not there; otherwise that is an error.
        lock_timeout: Seconds to wait, when opening and when recording, for other processes that
            record into the same ledger; 10 when not given, 0 does not wait.
        progress: Called while the log is read, about ten times a second, with the events read and
            the events in all (0: not known). Without an index that fits, the whole log is read.

    Raises:
        LedgerLockedError: Another process kept it to itself for longer than that.
        LedgerNotFoundError: It is not there.
        NotALedgerError: The directory holds other things.
        CorruptLedgerError: It is damaged; open it with `read_only=True` to see what is left.

    Example:
        >>> with Tracker("runs.ledger") as tracker:
        ...     data = tracker.record_dataset(name="digits", num_rows=1797)
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        read_only: bool = False,
        create: bool = True,
        lock_timeout: float | None = None,
        progress: Progress | None = None,
    ) -> None:
        if path is None and read_only:
            raise InvalidArgumentError(
                "a ledger in memory cannot be opened read-only", remedy="Give the path of a ledger"
            )
        self.path = None if path is None else as_path(path, "the ledger's path")
        if self.path is not None and self.path.startswith("grpc://"):
            raise InvalidArgumentError(
                f"{self.path} is a service, and a Tracker writes to this machine's disk",
                remedy="Use open_ledger, or Client",
            )
        self.read_only = read_only
        self._ledger = _core.open_ledger(
            self.path,
            read_only=read_only,
            create=create and not read_only,
            lock_timeout=seconds(lock_timeout, "lock_timeout"),
            progress=progress,
        )

    def record_many(self, records: Iterable[Record]) -> list[Receipt]:
        return _core.record_many(self._ledger, records)

    def record_blocks(self, blocks: Iterable[Bytes]) -> list[Receipt]:
        return _core.record_blocks(self._ledger, as_blocks(blocks))

    def record_json(self, drafts: Iterable[str | Bytes]) -> list[Receipt]:
        return _core.record_json(self._ledger, as_drafts(drafts))

    def _record_columns(self, columns: _core.Columns) -> Receipts:
        return _core.record_columns(self._ledger, columns)

    def stats(self) -> dict[str, Any]:
        return _core.stats(self._ledger)

    def close(self) -> None:
        self._ledger.close()

    def __len__(self) -> int:
        return len(self._ledger)

    def __repr__(self) -> str:
        place = "" if self.path is None else repr(self.path)
        if self.read_only:
            place += ", read_only=True"
        return f"Tracker({place})"

    def _place(self) -> str:
        return "the ledger in memory" if self.path is None else self.path

    def _get(self, name: str) -> Event:
        return Event(*_core.get_one(self._ledger, name))

    def _get_many(self, names: list[str]) -> list[Event]:
        return _events(_core.get_many(self._ledger, names))

    def _resolve(self, name: str) -> str:
        return _core.resolve_name(self._ledger, name)

    def _events_page(
        self,
        *,
        types: list[str],
        since: int | None,
        until: int | None,
        after_index: int | None,
        limit: int,
    ) -> list[Event]:
        rows = _core.events_page(
            self._ledger,
            types=types,
            since=since,
            until=until,
            after_index=after_index,
            limit=limit,
            bytes=PAGE_BYTES,
        )
        return _events(rows)

    def _find_page(
        self, kind: str, text: str, *, before_index: int | None, limit: int
    ) -> list[Event]:
        rows = _core.find_page(
            self._ledger, kind, text, before_index=before_index, limit=limit, bytes=PAGE_BYTES
        )
        return _events(rows)

    def _trace(
        self, names: list[str], *, after_index: int | None, limit: int | None
    ) -> list[Event]:
        walk = _core.trace_walk(self._ledger, names, after_index=after_index)
        return list(_walked(walk, limit))

    def _ancestors(self, names: list[str], *, after_index: int | None = None) -> Iterator[Event]:
        yield from _walked(_core.trace_walk(self._ledger, names, after_index=after_index))

    def _record_copies(self, blocks: list[bytes]) -> list[Receipt]:
        return _core.record_blocks(self._ledger, blocks, copies=True)

    def _impact(self, name: str, *, after_index: int | None) -> Iterator[Event]:
        yield from _walked(_core.impact_walk(self._ledger, name, after_index=after_index))

    def _verify(self, names: list[str], progress: Progress | None) -> Report:
        return from_row(_core.verify(self._ledger, names, progress=progress))

    def _verify_all(self, expect: list[str], progress: Progress | None) -> Report:
        return from_row(_core.verify_all(self._ledger, expect, progress=progress))


def _events(rows: list[_core.StoredRow]) -> list[Event]:
    return [Event(*row) for row in rows]


def _walked(walk: _core.Walk, limit: int | None = None) -> Iterator[Event]:
    """The events of a walk, page after page, and none read behind the limit."""
    size, left = FIRST_PAGE, _MOST if limit is None else limit
    while left and (rows := walk.page(min(size, left), bytes=PAGE_BYTES)):
        yield from _events(rows)
        left -= len(rows)
        size = min(size * 2, LARGEST_PAGE)
