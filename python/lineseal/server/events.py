"""GetEvent, ListEvents and FindEvents. May use `_core`, call, ledgers, messages and tokens."""

from __future__ import annotations

from lineseal import _core
from lineseal.errors import InvalidArgumentError
from lineseal.server import tokens
from lineseal.server.call import Call, parse
from lineseal.server.ledgers import Ledgers, Opened
from lineseal.server.messages import PAGE_BYTES, event, name_text
from lineseal.v1 import provenance_pb2 as pb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from lineseal._core import StoredRow

    Paged: TypeAlias = pb.ListEventsRequest | pb.FindEventsRequest

#: Events in one page at most.
MAX_PAGE = 10_000


def get_event(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """One event."""
    asked = parse(pb.GetEventRequest, request)
    ledger = ledgers.get(asked.ledger)
    name = name_text(asked.name, "name")
    (row,) = ledger.use(lambda it: _core.get_many(it.core, [name], control=call.control))
    return pb.GetEventResponse(event=event(row)).SerializeToString()


def list_events(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """A page of events in the order of the log."""
    asked = parse(pb.ListEventsRequest, request)
    ledger = ledgers.get(asked.ledger)
    size = page_size(asked.page_size, MAX_PAGE)

    def page(it: Opened) -> bytes:
        at = start(it, asked, asked.after_index if asked.HasField("after_index") else None)
        rows = _core.events_page(
            it.core,
            types=list(asked.types),
            since=asked.since if asked.HasField("since") else None,
            until=asked.until if asked.HasField("until") else None,
            after_index=at.last,
            limit=size,
            bytes=PAGE_BYTES,
            control=call.control,
        )
        # What was recorded after the first page is not shown.
        shown = [row for row in rows if row[1] < at.length]
        answer = pb.ListEventsResponse(events=map(event, shown))
        if is_full(shown, size) and shown[-1][1] + 1 < at.length:
            answer.next_page_token = follow(it, asked, at, shown)
        return answer.SerializeToString()

    return ledger.use(page)


def find_events(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """A page of events with a key, newest first."""
    asked = parse(pb.FindEventsRequest, request)
    ledger = ledgers.get(asked.ledger)
    size = page_size(asked.page_size, MAX_PAGE)
    key = asked.WhichOneof("key")
    if key is None:
        raise InvalidArgumentError("no key is given", path="key", remedy="Give exactly one")

    def page(it: Opened) -> bytes:
        at = start(it, asked, asked.before_index if asked.HasField("before_index") else None)
        rows = _core.find_page(
            it.core,
            key,
            getattr(asked, key),
            before_index=at.last,
            limit=size,
            bytes=PAGE_BYTES,
        )
        answer = pb.FindEventsResponse(events=map(event, rows))
        if is_full(rows, size) and rows[-1][1] > 0:
            answer.next_page_token = follow(it, asked, at, rows)
        return answer.SerializeToString()

    return ledger.use(page)


def page_size(asked: int, most: int, usual: int | None = None) -> int:
    """How many are asked for; 0 is `usual`, and more than `most` counts as that."""
    if asked < 0:
        raise InvalidArgumentError(
            f"page_size is {asked}", path="page_size", remedy="Give 0 or more"
        )
    return min(asked or usual or most, most)


def start(ledger: Opened, asked: Paged, first: int | None) -> tokens.Place:
    """Where the page begins: behind the last one, or at the request's `first`."""
    place = tokens.read(asked.page_token, asked, ledger.id)
    return tokens.Place(first, len(ledger.core)) if place is None else place


def follow(ledger: Opened, asked: Paged, at: tokens.Place, rows: list[StoredRow]) -> str:
    """The token of the next page."""
    return tokens.write(tokens.Place(rows[-1][1], at.length), asked, ledger.id)


def is_full(rows: list[StoredRow], size: int) -> bool:
    """Whether the page ended because it was full, of events or of bytes."""
    return bool(rows) and (len(rows) >= size or sum(len(row[2]) for row in rows) >= PAGE_BYTES)
