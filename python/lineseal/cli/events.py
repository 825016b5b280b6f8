"""`lineseal events`: the log, in its order. May use the cli's shared modules."""

from typing import Annotated

import typer

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
from lineseal.cli.shapes import event_document
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
        found = list(readable)
    page = found[:limit] if limit else found
    following = page[-1].index if len(found) > len(page) else None
    document = {"events": [event_document(e) for e in page], "next_after_index": following}
    return readable.emit(as_json, document, lambda out: list_events(out, page, following))
