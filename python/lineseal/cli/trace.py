"""`lineseal trace`: where an event comes from. May use the cli's shared modules."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer
from rich.text import Text

from lineseal import Event
from lineseal._ledger_api import LedgerAPI
from lineseal.cli.damage import Readable
from lineseal.cli.opening import reading
from lineseal.cli.options import HashArgument, JsonOption, LedgerOption, LimitOption
from lineseal.cli.output import console
from lineseal.cli.tree import MAX_DEPTH, show_tree


def trace(
    hash: HashArgument,
    mermaid: Annotated[
        bool, typer.Option("--mermaid", help="Print a mermaid flowchart instead of a tree.")
    ] = False,
    limit: LimitOption = 200,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Trace an event to all that it was made from.

    A tree: an event stands above its parents. An ancestor that several events share is shown in
    full where the tree first meets it, and nothing is drawn below 40 levels: --json --limit 0 lists
    all, however deep.

    \b
    Examples:
      lineseal trace 7d9f0b2c
      lineseal trace 7d9f0b2c --mermaid > lineage.mmd
      lineseal trace 7d9f0b2c --json --limit 0
    """
    with reading(ledger) as tracker:
        if as_json:
            readable = Readable(tracker.ancestors(hash))
            nearest = Nearest(readable, limit)
            return readable.emit(True, nearest, nearest.ending, lambda *_: None)
        if mermaid:
            print(tracker.trace(hash, limit=limit or None).to_mermaid())
        else:
            _draw(tracker, hash, limit)
    return 0


class Nearest:
    """The first events of a trace, as many as the limit says (0: all), and what they show."""

    def __init__(self, events: Iterable[Event], limit: int) -> None:
        self._events = iter(events)
        self._limit = limit or None
        self._roots: list[str] = []
        self._cut = False

    def __iter__(self) -> Iterator[Event]:
        for event in itertools.islice(self._events, self._limit):
            if not event.parents:
                self._roots.append(event.hash)
            yield event
        self._cut = next(self._events, None) is not None

    def ending(self) -> dict[str, object]:
        """What the document has besides the events."""
        return {"roots": self._roots, "truncated": self._cut}


def _draw(tracker: LedgerAPI, hash: str, limit: int) -> None:
    """The tree; without a limit its events are fetched as they are drawn."""
    out = console()
    if not limit:
        deeper = show_tree(
            out, tracker.get(hash), lambda hashes: {e.hash: e for e in tracker.get_many(hashes)}
        )
    else:
        found = tracker.trace(hash, limit=limit + 1)
        known = {event.hash: event for event in found[:limit]}
        deeper = show_tree(out, found[0], lambda _: known)
        if len(found) > limit:
            out.print(
                Text(f"the nearest {limit:,} events only: --limit 0 draws all to 40 levels", "dim")
            )
    if deeper:
        out.print(
            Text(f"nothing is drawn below {MAX_DEPTH} levels: --json --limit 0 lists all", "dim")
        )
