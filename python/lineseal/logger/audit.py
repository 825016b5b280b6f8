"""Which rows of which streams are missing from a ledger, and which of those a gap event explains.

One pass over the log, in pages; what is kept is a few spans a stream, not its rows. What is missing
at the end of a stream no ledger can know. May use lineseal's readers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lineseal._ledger_api import LedgerAPI

GAP = "lineseal/gap"
#: Numbers with two rows that are listed of one stream.
LISTED = 1_000


class Spans:
    """Whole numbers as spans that neither touch nor overlap."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._firsts, self._lasts, strict=True)

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self._lasts[at]

    def add(self, first: int, last: int) -> None:
        """Adds the numbers from `first` to `last`."""
        if self._lasts and first == self._lasts[-1] + 1:
            self._lasts[-1] = last  # By far the most frequent: rows in their order.
            return
        begin = bisect_right(self._firsts, first)
        if begin and self._lasts[begin - 1] >= first - 1:
            begin -= 1
            first = self._firsts[begin]
        end = begin
        while end < len(self._firsts) and self._firsts[end] <= last + 1:
            last = max(last, self._lasts[end])
            end += 1
        self._firsts[begin:end], self._lasts[begin:end] = [first], [last]

    def missing(self) -> Iterator[tuple[int, int]]:
        """The spans that are not there, from 0 to the last number."""
        next_ = 0
        for first, last in self:
            if first > next_:
                yield next_, first - 1
            next_ = last + 1

    def without(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """What of a span is not in here."""
        at = max(bisect_right(self._firsts, first) - 1, 0)
        for have, till in zip(self._firsts[at:], self._lasts[at:], strict=True):
            if have > last:
                break
            if have > first:
                yield first, have - 1
            first = max(first, till + 1)
        if first <= last:
            yield first, last


@dataclass
class Stream:
    """What a ledger has of one stream."""

    name: str
    rows: int = 0
    duplicates: int = 0
    #: The first of the numbers that several rows have.
    doubled: list[int] = field(default_factory=list)
    seen: Spans = field(default_factory=Spans)
    gaps: Spans = field(default_factory=Spans)

    def unexplained(self) -> list[tuple[int, int]]:
        """First and last numbers of what is missing, and not said to be."""
        every = Spans()
        for first, last in [*self.seen, *self.gaps]:
            every.add(first, last)
        return list(every.missing())

    def explained(self) -> list[tuple[int, int]]:
        """First and last numbers of what is missing, and said to be."""
        return [left for gap in self.gaps for left in self.seen.without(*gap)]

    @property
    def last(self) -> int | None:
        """The greatest number that is there, or said to be missing."""
        ends = [last for _, last in [*self.seen, *self.gaps]]
        return max(ends, default=None)

    @property
    def ok(self) -> bool:
        """Whether nothing is missing without a word, and nothing there twice."""
        return not self.duplicates and not self.unexplained()


def audit_streams(ledger: LedgerAPI, stream: str | None = None) -> list[Stream]:
    """Every stream of a ledger, or the one of that name, by name."""
    streams: dict[str, Stream] = {}
    events = (
        ledger.events(["prediction", GAP])
        if stream is None
        else ledger._found("stream", stream, None)
    )
    for event in events:
        payload = event.payload
        name = payload.get("stream")
        if not isinstance(name, str):
            continue
        span = _span(payload, event.type == GAP)
        if span is None:
            continue
        found = streams.get(name) or streams.setdefault(name, Stream(name))
        if event.type == GAP:
            found.gaps.add(*span)
        else:
            _row(found, span[0])
    return [streams[name] for name in sorted(streams)]


def _span(payload: Mapping[str, Any], gap: bool) -> tuple[int, int] | None:
    """The numbers that an event is about: a copy from elsewhere may have anything there."""
    first, last = (payload.get(key) for key in (("first_seq", "last_seq") if gap else ("seq",) * 2))
    if type(first) is int and type(last) is int and 0 <= first <= last:
        return first, last
    return None


def _row(stream: Stream, seq: int) -> None:
    stream.rows += 1
    if seq in stream.seen:
        stream.duplicates += 1
        if len(stream.doubled) < LISTED:
            stream.doubled.append(seq)
    else:
        stream.seen.add(seq, seq)
