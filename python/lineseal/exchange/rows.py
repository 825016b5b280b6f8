"""The log, some events at a time, so that memory stays bounded. May use `LedgerAPI`."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from lineseal._ledger_api import read_pages
from lineseal.errors import CorruptLedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineseal._filters import Filters
    from lineseal._ledger_api import LedgerAPI
    from lineseal.event import Event

#: Events that are passed on at a time.
PAGE = 256


def pages(ledger: LedgerAPI, filters: Filters) -> Iterator[list[Event]]:
    """The events that the filters let through, some at a time."""

    def page(after: int | None, size: int) -> list[Event]:
        return ledger._events_page(**filters.page(after, size))

    return batched(read_pages(page, filters.after_index, filters.limit))


def extent(ledger: LedgerAPI, filters: Filters) -> tuple[int, Event | None]:
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
    return count, last


def first(count: int, batches: Iterator[list[Event]]) -> Iterator[list[Event]]:
    """The first `count` events: more may have been recorded since they were counted."""
    left = count
    while left > 0 and (events := next(batches, None)) is not None:
        yield events[:left]
        left -= len(events)
    if left > 0:
        raise CorruptLedgerError(
            f"{count} events were counted, and {count - left} were there",
            remedy="Verify the ledger to see what is missing",
        )


def batched(events: Iterator[Event]) -> Iterator[list[Event]]:
    """The same events, some at a time."""
    while batch := list(itertools.islice(events, PAGE)):
        yield batch
