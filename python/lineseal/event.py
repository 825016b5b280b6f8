"""Events as they are read. May use `_core`, `_time`, `_shown` and, for notebooks, `_html`."""

from __future__ import annotations

from lineseal import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any


class Event:
    """One immutable event of a ledger: its bytes, their name, and its place.

    Two events are equal when their hashes are. What the block says is read from it when first
    asked for, so that long lists stay cheap.
    """

    # Properties over slots: read-only, and as cheap to make as plain attributes.
    __slots__ = ("_block", "_hash", "_index", "_recorded_at_us", "_said")

    def __init__(self, hash: str, index: int, block: bytes, recorded_at_us: int) -> None:
        self._hash = hash
        self._index = index
        self._block = block
        self._recorded_at_us = recorded_at_us
        self._said: _core.EventRow | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of the block, 64 hex digits: the event's name."""
        return self._hash

    @property
    def index(self) -> int:
        """Place in the ledger, from 0; a parent's is lower than its child's."""
        return self._index

    @property
    def block(self) -> bytes:
        """The canonical bytes (strict DAG-CBOR)."""
        return self._block

    @property
    def recorded_at_us(self) -> int:
        """The writer's clock when the event became durable, in microseconds since 1970-01-01 UTC.

        A claim of the ledger, not part of the event.
        """
        return self._recorded_at_us

    def _read(self) -> _core.EventRow:
        if self._said is None:
            self._said = _core.read_event(self.block)
        return self._said

    @property
    def cid(self) -> str:
        """The hash as a CIDv1 (`bafyrei…`)."""
        return _core.hash_cid(self.hash)

    @property
    def version(self) -> int:
        """Version of the event format; this library knows 1."""
        return self._read()[0]

    @property
    def type(self) -> str:
        """`dataset`, `prediction`, …, or `namespace/name`."""
        return self._read()[1]

    @property
    def time_us(self) -> int | None:
        """When it happened, in microseconds since 1970-01-01 UTC; None for things."""
        return self._read()[2]

    @property
    def time(self) -> datetime | None:
        """When it happened, as its producer stated it (UTC); None for things.

        Beyond the years 1 to 9999 the nearest that datetime has; `time_us` is exact.
        """
        from lineseal._time import moment

        micros = self.time_us
        return None if micros is None else moment(micros)

    @property
    def recorded_at(self) -> datetime:
        """The writer's clock when the event became durable (UTC)."""
        from lineseal._time import moment

        return moment(self.recorded_at_us)

    @property
    def actor(self) -> str | None:
        """Who recorded it, as its producer stated it."""
        return self._read()[3]

    @property
    def parents(self) -> tuple[str, ...]:
        """Hashes of its parents in the block's order; one that has two roles stands there twice."""
        return self._read()[4]

    @property
    def roles(self) -> tuple[str, ...]:
        """As what each of `parents` was used, in the same order; `""` where nothing was said."""
        return self._read()[5]

    @property
    def payload(self) -> dict[str, Any]:
        """The record. NaN and infinities are floats, arrays are `lineseal.Tensor`, links `Link`.

        The dict is yours to change; the event stays what its block says.
        """
        return _core.read_payload(self.block)

    def __str__(self) -> str:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return self._hash == other._hash if isinstance(other, Event) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._hash)

    def __repr__(self) -> str:
        from lineseal._shown import readable

        parts = [f"{self.type} {self.hash[:12]}…", f"index={self.index}"]
        if self.time_us is not None:
            parts.append(f"time={_short(self.time)}")
        if self.actor is not None:
            parts.append(f"actor={self.actor!r}")
        if self.parents:
            parts.append(f"parents={len(self.parents)}")
        parts += [f"{key}={_short(value)}" for key, value in readable(self).items()]
        return f"<Event {' '.join(parts)}>"

    def _repr_html_(self) -> str:
        from lineseal._html import event_html

        return event_html(self)


def _short(value: object) -> str:
    # Only times of the format come as datetimes, always UTC.
    text = f"{value:%Y-%m-%dT%H:%M:%S.%fZ}" if hasattr(value, "tzinfo") else repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
