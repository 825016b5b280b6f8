"""Nothing that a server says is believed: what it sends is held against what was asked.

May use `_core` and errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from lineseal import _core
from lineseal.errors import CorruptLedgerError, LinesealError

#: Events that do not belong to a trace, after which nothing more is taken: findings name them.
STRAYS = 1_000


class Checks:
    """The checks, with the server's address for their errors."""

    def __init__(self, address: str) -> None:
        self._address = address

    def lie(self, message: str, hash: str | None = None) -> CorruptLedgerError:
        """The refusal of an answer."""
        return CorruptLedgerError(
            f"the server at {self._address} {message}",
            hash=hash,
            remedy="Do not trust this answer; keep your receipts, and ask the server's operator",
        )

    def row(self, event: Any) -> _core.StoredRow:
        """An event's row, its block hashed here."""
        row = raw(event)
        found = sha256(row[2]).hexdigest()
        if found != row[0]:
            raise self.lie(
                f"sent a block as event {row[0]} whose hash is {found}: it was changed", row[0]
            )
        return row

    def read(self, row: _core.StoredRow) -> Any:
        """What the block of a row says."""
        try:
            return _core.read_event(row[2])
        except LinesealError as error:
            lie = self.lie(f"sent {row[0]}, which is no event: {error.message}", row[0])
            raise lie from error

    def named(self, row: _core.StoredRow, name: str) -> _core.StoredRow:
        """The row, which must be that of the event asked for."""
        if not is_named(row[0], name):
            raise self.lie(f"was asked for {name} and sent another event, {row[0]}", row[0])
        return row

    def ordered(
        self, rows: Iterable[_core.StoredRow], after: int | None, *, descending: bool
    ) -> Iterator[_core.StoredRow]:
        """The rows, whose indices must go on in their direction."""
        for row in rows:
            if after is not None and (row[1] >= after if descending else row[1] <= after):
                raise self.lie(
                    f"sent event {row[0]} with index {row[1]} behind index {after}: out of order",
                    row[0],
                )
            after = row[1]
            yield row

    def gapless(self, rows: Iterable[_core.StoredRow], after: int | None) -> None:
        """Refuses a list of all events in which one is left out."""
        for due, row in enumerate(rows, 0 if after is None else after + 1):
            if row[1] != due:
                raise self.lie(
                    f"sent event {row[0]} with index {row[1]} where index {due} is next: "
                    "events are left out",
                    row[0],
                )

    def bounded(
        self, rows: Iterable[_core.StoredRow], names: list[str]
    ) -> Iterator[_core.StoredRow]:
        """The rows of a trace; refuses a stream that goes on and on with what is not part of it."""
        wanted = {full for name in names if (full := _core.full_hash(name))}
        shortened = [name for name in names if _core.full_hash(name) is None]
        strays = 0
        for row in rows:
            if row[0] in wanted or any(is_named(row[0], name) for name in shortened):
                wanted.discard(row[0])
                shortened = [name for name in shortened if not is_named(row[0], name)]
                wanted.update(_parents(row))
            elif (strays := strays + 1) > STRAYS:
                raise self.lie(f"goes on sending events like {row[0]}, no part of the trace")
            yield row

    def lineage(
        self, rows: Iterable[_core.StoredRow], names: list[str]
    ) -> Iterator[_core.StoredRow]:
        """The rows of a trace, each as soon as it is known to belong there; none may be missing.

        What is awaited and has not come is all that is kept.
        """
        awaited = {full for name in names if (full := _core.full_hash(name))}
        shortened = {name for name in names if _core.full_hash(name) is None}
        for row in rows:
            asked = {name for name in shortened if is_named(row[0], name)}
            if row[0] not in awaited and not asked:
                raise self.lie(f"sent event {row[0]}, which does not belong to the trace", row[0])
            awaited.discard(row[0])
            shortened -= asked
            awaited.update(self.read(row)[4])
            yield row
        for missing in sorted(awaited | shortened):
            raise self.lie(f"left {missing} out of the trace", missing)

    def filtered(
        self, row: _core.StoredRow, types: list[str], since: int | None, until: int | None
    ) -> None:
        """Refuses an event that was not asked for."""
        if not types and since is None and until is None:
            return
        _, kind, time, *_rest = self.read(row)
        when = row[3] if time is None else time
        if types and kind not in types:
            raise self.lie(f"was asked for {', '.join(types)} and sent {kind} {row[0]}", row[0])
        if (since is not None and when < since) or (until is not None and when >= until):
            raise self.lie(f"sent event {row[0]} of another time than was asked for", row[0])

    def key(self, row: _core.StoredRow, kind: str, text: str) -> None:
        """Refuses an event that does not have the key."""
        if not _core.has_key(row[2], kind, text):
            raise self.lie(f"was asked for {kind} {text!r} and sent event {row[0]}", row[0])


def raw(event: Any) -> _core.StoredRow:
    """An event's row as it came."""
    return (event.hash.hex(), event.index, event.block, event.recorded_at)


def _parents(row: _core.StoredRow) -> Iterable[str]:
    """The parents that a row's event names, if the block is the event's."""
    if sha256(row[2]).hexdigest() != row[0]:
        return ()
    try:
        return _core.read_event(row[2])[4]
    except LinesealError:
        return ()


def is_named(hash: str, name: str) -> bool:
    """Whether a name, whole or shortened, stands for this hash."""
    full = _core.full_hash(name)
    return hash == full if full else hash.startswith(name.lower())
