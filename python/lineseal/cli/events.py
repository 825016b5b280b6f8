"""`lineseal events`: the log, in its order. May use the cli's shared modules."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from lineseal import Event
from lineseal.cli.damage import Readable
from lineseal.cli.opening import reading
from lineseal.cli.options import (
    JsonOption,
    LedgerOption,
    LimitOption,
    SinceOption,
    TypesOption,
    UntilOption,
)
from lineseal.cli.times import moment
from lineseal.cli.views import list_events


def events(
    types: TypesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    after: Annotated[
        int | None,
        typer.Option("--after-index", min=0, metavar="N", help="Go on behind this index."),
    ] = None,
    limit: LimitOption = 50,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """List events, in the order of the log.

    An event's time is the one its producer stated; where it states none, when it was recorded.
    In a damaged ledger the list ends before the damage with an error; --after-index reads on
    behind it.

    \b
    Examples:
      lineseal events --type training --type evaluation
      lineseal events --since 2026-01-01 --limit 0
      lineseal events --after-index 49               # the next page
    """
    with reading(ledger) as tracker:
        readable = Readable(
            tracker.events(
                types=types or None,
                since=moment(since, "--since"),
                until=moment(until, "--until"),
                after_index=after,
                limit=limit + 1 if limit else None,
            )
        )
        page = Page(readable, limit)
        return readable.emit(as_json, page, page.ending, page.show)


class Page:
    """The first events of many, as many as the limit says (0: all), and where the next begin."""

    def __init__(self, events: Iterable[Event], limit: int) -> None:
        self._events = events
        self._limit = limit
        self._following: int | None = None

    def __iter__(self) -> Iterator[Event]:
        last = None
        for count, event in enumerate(self._events):
            if last is not None and count == self._limit:
                self._following = last.index
                return
            last = event
            yield event

    def ending(self) -> dict[str, int | None]:
        """What the document has besides the events."""
        return {"next_after_index": self._following}

    def show(self, out: Console, events: Iterable[Event]) -> None:
        """Print a table of them, and how to see the next page."""
        if not list_events(out, events):
            out.print("no events")
        if self._following is not None:
            out.print(Text(f"more: --after-index {self._following}", "dim"))
