"""Trace and Impact: streams over one snapshot. May use `_core`, call, ledgers and messages."""

from collections.abc import Iterator

from lineseal import _core
from lineseal.server.call import Call, parse
from lineseal.server.ledgers import Ledgers
from lineseal.server.messages import event, name_text, name_texts
from lineseal.v1 import provenance_pb2 as pb

#: A message has at most so many events.
PAGE = 256


def trace(ledgers: Ledgers, call: Call, request: bytes) -> Iterator[bytes]:
    """Events and their ancestors."""
    asked = parse(pb.TraceRequest, request)
    ledger = ledgers.get(asked.ledger)
    rows = _core.trace_page(
        ledger.core,
        name_texts(asked.names),
        after_index=asked.after_index if asked.HasField("after_index") else None,
        limit=asked.limit if asked.HasField("limit") else None,
    )
    for at in range(0, len(rows), PAGE):
        yield pb.TraceResponse(events=map(event, rows[at : at + PAGE])).SerializeToString()


def impact(ledgers: Ledgers, call: Call, request: bytes) -> Iterator[bytes]:
    """Descendants of an event."""
    asked = parse(pb.ImpactRequest, request)
    ledger = ledgers.get(asked.ledger)
    after = asked.after_index if asked.HasField("after_index") else None
    left = asked.limit if asked.HasField("limit") else None
    name = name_text(asked.name, "name")
    while left is None or left > 0:
        size = PAGE if left is None else min(left, PAGE)
        rows = _core.impact_page(ledger.core, name, after_index=after, limit=size)
        if rows:
            yield pb.ImpactResponse(events=map(event, rows)).SerializeToString()
        if len(rows) < size:
            return
        after = rows[-1][1]
        left = None if left is None else left - len(rows)
