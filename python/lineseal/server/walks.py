"""Trace and Impact: streams over one snapshot. May use `_core`, call, ledgers and messages."""

from __future__ import annotations

from lineseal import _core
from lineseal.errors import LinesealError
from lineseal.server.call import Call, parse
from lineseal.server.ledgers import Ledgers, Slot
from lineseal.server.messages import event, name_text, name_texts
from lineseal.v1 import provenance_pb2 as pb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from lineseal._core import StoredRow

    Limited: TypeAlias = pb.TraceRequest | pb.ImpactRequest

#: A message has at most so many events, and is full with so many bytes of blocks.
EVENTS, BYTES = 256, 1024 * 1024


def trace(ledgers: Ledgers, call: Call, request: bytes) -> Iterator[bytes]:
    """Events and their ancestors."""
    asked = parse(pb.TraceRequest, request)
    ledger = ledgers.get(asked.ledger)
    names = name_texts(asked.names)
    after = asked.after_index if asked.HasField("after_index") else None
    walk = ledger.use(
        lambda it: _core.trace_walk(it.core, names, after_index=after, control=call.control)
    )
    for rows in pages(ledger, walk, asked, call):
        yield pb.TraceResponse(events=map(event, rows)).SerializeToString()


def impact(ledgers: Ledgers, call: Call, request: bytes) -> Iterator[bytes]:
    """Descendants of an event."""
    asked = parse(pb.ImpactRequest, request)
    ledger = ledgers.get(asked.ledger)
    name = name_text(asked.name, "name")
    after = asked.after_index if asked.HasField("after_index") else None
    walk = ledger.use(
        lambda it: _core.impact_walk(it.core, name, after_index=after, control=call.control)
    )
    for rows in pages(ledger, walk, asked, call):
        yield pb.ImpactResponse(events=map(event, rows)).SerializeToString()


def pages(ledger: Slot, walk: _core.Walk, asked: Limited, call: Call) -> Iterator[list[StoredRow]]:
    """The walk's events in messages, as many as are asked for."""
    left = asked.limit if asked.HasField("limit") else None
    while left is None or left > 0:
        size = EVENTS if left is None else min(left, EVENTS)
        try:
            rows = walk.page(size, bytes=BYTES, control=call.control)
        except LinesealError as error:
            raise ledger.told(error) from error
        if not rows:
            return
        left = None if left is None else left - len(rows)
        yield rows
