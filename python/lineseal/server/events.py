"""GetEvent, ListEvents and FindEvents. May use `_core`, call, ledgers, messages and tokens."""

from __future__ import annotations

from lineseal import _core
from lineseal.errors import InvalidArgumentError
from lineseal.server import tokens
from lineseal.server.call import Call, parse
from lineseal.server.ledgers import Ledgers
from lineseal.server.messages import PAGE_BYTES, event, name_text
from lineseal.v1 import provenance_pb2 as pb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lineseal._core import StoredRow

#: Events in one page at most.
MAX_PAGE = 10_000
MAX_BLOCK = 1024 * 1024


def get_event(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """One event."""
    asked = parse(pb.GetEventRequest, request)
    ledger = ledgers.get(asked.ledger)
    (row,) = _core.get_many(ledger.core, [name_text(asked.name, "name")])
    return pb.GetEventResponse(event=event(row)).SerializeToString()


def list_events(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """A page of events in the order of the log."""
    asked = parse(pb.ListEventsRequest, request)
    ledger = ledgers.get(asked.ledger)
    place = tokens.read(asked.page_token, asked, ledger.id)
    after = asked.after_index if asked.HasField("after_index") else None
    length = place.length if place else len(ledger.core)
    size = page_size(asked.page_size, MAX_PAGE)
    rows = _core.events_page(
        ledger.core,
        types=list(asked.types),
        since=asked.since if asked.HasField("since") else None,
        until=asked.until if asked.HasField("until") else None,
        after_index=place.last if place else after,
        limit=size,
    )
    shown = [row for row in fit(rows) if row[1] < length]
    answer = pb.ListEventsResponse(events=map(event, shown))
    if shown and may_go_on(shown, size) and shown[-1][1] + 1 < length:
        place = tokens.Place(shown[-1][1], length)
        answer.next_page_token = tokens.write(place, asked, ledger.id)
    return answer.SerializeToString()


def find_events(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """A page of events with a key, newest first."""
    asked = parse(pb.FindEventsRequest, request)
    ledger = ledgers.get(asked.ledger)
    place = tokens.read(asked.page_token, asked, ledger.id)
    key = asked.WhichOneof("key")
    if key is None:
        raise InvalidArgumentError("no key is given", path="key", remedy="Give exactly one")
    before = asked.before_index if asked.HasField("before_index") else None
    length = place.length if place else len(ledger.core)
    size = page_size(asked.page_size, MAX_PAGE)
    rows = _core.find_page(
        ledger.core,
        key,
        getattr(asked, key),
        before_index=place.last if place else before,
        limit=size,
    )
    shown = fit(rows)
    answer = pb.FindEventsResponse(events=map(event, shown))
    if shown and may_go_on(shown, size) and shown[-1][1] > 0:
        place = tokens.Place(shown[-1][1], length)
        answer.next_page_token = tokens.write(place, asked, ledger.id)
    return answer.SerializeToString()


def page_size(asked: int, most: int, usual: int | None = None) -> int:
    """How many are asked for; 0 is `usual`, and more than `most` counts as that."""
    if asked < 0:
        raise InvalidArgumentError(
            f"page_size is {asked}", path="page_size", remedy="Give 0 or more"
        )
    return min(asked or usual or most, most)


def fit(rows: list[StoredRow]) -> list[StoredRow]:
    """As many of the rows as fit into a message, one at least."""
    room, kept = PAGE_BYTES, 0
    for row in rows:
        room -= len(row[2])
        if room < 0 and kept:
            break
        kept += 1
    return rows[:kept]


def may_go_on(rows: list[StoredRow], size: int) -> bool:
    """Whether a page ended because it was full: of events, or of bytes."""
    return len(rows) >= size or sum(len(row[2]) for row in rows) > PAGE_BYTES - MAX_BLOCK
