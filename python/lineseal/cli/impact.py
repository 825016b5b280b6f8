"""`lineseal impact`: what an event went into. May use the cli's shared modules."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

from rich.console import Console

from lineseal import Event
from lineseal.cli.damage import Readable
from lineseal.cli.opening import reading
from lineseal.cli.options import HashArgument, JsonOption, LedgerOption, LimitOption, TypesOption
from lineseal.cli.output import refuse_silence
from lineseal.cli.progress import bar
from lineseal.cli.views import list_events, say_counts


def impact(
    hash: HashArgument,
    types: TypesOption = None,
    limit: LimitOption = 20,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show all that was made from an event, directly or not.

    Oldest first. --limit says how many are listed; then all descendants are counted, by type, which
    takes its time where there are a million.

    \b
    Examples:
      lineseal impact 7d9f0b2c                        # what did this dataset touch?
      lineseal impact 7d9f0b2c --type prediction --limit 0 --json
    """
    with reading(ledger) as tracker:
        readable = Readable(tracker.impact(hash))
        found = Descendants(readable, types, limit, len(tracker))
        events = itertools.chain(found.listed(), found.rest()) if as_json else found.listed()
        return readable.emit(as_json, events, found.ending, found.show)


class Descendants:
    """Some descendants to list, and the count of all, which is known only when all are read."""

    def __init__(
        self, events: Iterable[Event], types: list[str] | None, limit: int, ledger: int
    ) -> None:
        self._events = (event for event in events if not types or event.type in types)
        self._limit = limit or None
        self._ledger = ledger
        self._listed = 0
        self._counts: Counter[str] = Counter()

    def listed(self) -> Iterator[Event]:
        """Those to list."""
        for event in itertools.islice(self._events, self._limit):
            self._listed += 1
            self._counts[event.type] += 1
            yield event

    def rest(self, hidden: bool = True) -> Iterator[Event]:
        """Nothing, when the others are counted."""
        with bar("counting", hidden=hidden) as progress:
            for event in self._events:
                self._counts[event.type] += 1
                if self._counts.total() % 1024 == 0:
                    refuse_silence()
                    if progress is not None:
                        progress(event.index, self._ledger)
        yield from ()

    def ending(self) -> dict[str, object]:
        """What the document has besides the events."""
        total = self._counts.total()
        return {
            "count": total,
            "types": dict(self._counts),
            "truncated": self._listed < total,
        }

    def show(self, out: Console, events: Iterable[Event]) -> None:
        """Print a table of those to list, then the counts."""
        list_events(out, events)
        list(self.rest(hidden=False))
        say_counts(out, self._listed, self._counts)
