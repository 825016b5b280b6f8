"""The log in small pages, so that memory stays bounded. May use the primitives of `LedgerAPI`."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from lineseal.errors import EventNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineseal._filters import Filters
    from lineseal._ledger_api import LedgerAPI
    from lineseal.event import Event

#: Events held at a time: 256 MiB when all are of the greatest size.
PAGE = 256


def pages(ledger: LedgerAPI, filters: Filters) -> Iterator[list[Event]]:
    """The events that the filters let through, page by page."""
    after, left = filters.after_index, filters.limit
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        events = ledger._events_page(**filters.page(after, size))
        if events:
            yield events
        if len(events) < size:
            return
        after = events[-1].index
        left = None if left is None else left - len(events)


def extent(ledger: LedgerAPI, filters: Filters) -> tuple[int, Event]:
    """How many events the filters let through now, and the last of them."""
    count, last = 0, None
    if not filters.types and filters.since is None and filters.until is None:
        first = 0 if filters.after_index is None else filters.after_index + 1
        count = max(0, len(ledger) - first)
        count = count if filters.limit is None else min(count, filters.limit)
        if count:
            before = first + count - 2
            (last,) = ledger._events_page(**filters.page(before if before >= 0 else None, 1))
    else:
        for events in pages(ledger, filters):
            count, last = count + len(events), events[-1]
    if last is None:
        raise EventNotFoundError(
            f"{ledger!r} holds no such events: there is nothing to export",
            remedy="Check the filters, and that this is the ledger",
        )
    return count, last


def first(count: int, batches: Iterator[list[Event]]) -> Iterator[list[Event]]:
    """The first `count` events: more may have been recorded since they were counted."""
    while count > 0 and (events := next(batches, None)) is not None:
        yield events[:count]
        count -= len(events)


def batched(events: Iterator[Event]) -> Iterator[list[Event]]:
    """The same events, some at a time."""
    while batch := list(itertools.islice(events, PAGE)):
        yield batch
