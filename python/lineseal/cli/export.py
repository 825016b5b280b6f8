"""`lineseal export`: events into a file. May use the cli's shared modules."""

import sys
from typing import Annotated, Literal

import typer

from lineseal.cli.opening import reading
from lineseal.cli.options import JsonOption, LedgerOption, SinceOption, TypesOption, UntilOption
from lineseal.cli.output import emit
from lineseal.cli.progress import bar
from lineseal.cli.text import safe
from lineseal.cli.times import moment
from lineseal.errors import InvalidArgumentError


def export(
    target: Annotated[str, typer.Argument(metavar="FILE", help="The file to write; - for stdout.")],
    hashes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="HASH", help="Events to export with all their ancestors. None: the log."
        ),
    ] = None,
    format: Annotated[
        Literal["car", "parquet"] | None,
        typer.Option(
            help="What to write; without it FILE ends in .car or .parquet. stdout gets CAR."
        ),
    ] = None,
    types: TypesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    after: Annotated[
        int | None,
        typer.Option("--after-index", min=0, metavar="N", help="Only behind this index."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, metavar="N", help="How many at most.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write events to a file: CAR to copy and keep them, Parquet to analyse them.

    A CAR file holds the events' blocks, parents first; lineseal import takes it, and any CAR tool
    lists it, as not all do a ledger's own segments, which hold raw blocks, too. A Parquet file has
    a row for each event. The file appears when it is whole, also where there is no event to write.
    Filters choose events of the log without their ancestors; a HASH takes all its ancestors along.

    \b
    Examples:
      lineseal export all.car                         # the whole ledger
      lineseal export p-1.car 7d9f0b2c                # one event and its ancestors
      lineseal export day2.car --after-index 4711     # what is new
      lineseal export june.parquet --since 2026-06-01 --until 2026-07-01
      lineseal export - | ssh elsewhere lineseal import -
    """
    chosen = format or _format(target)
    if target == "-":
        _refuse_terminal(as_json)
    with reading(ledger) as tracker, bar("exporting", hidden=as_json) as progress:
        count = tracker.export(
            sys.stdout.buffer if target == "-" else target,
            hashes or None,
            types=types or None,
            since=moment(since, "--since"),
            until=moment(until, "--until"),
            after_index=after,
            limit=limit,
            format=chosen,
            overwrite=force,
            progress=progress,
        )
    if target == "-":
        return
    document = {"file": target, "format": chosen, "events": count}
    new = "nothing new: " if not count and after is not None else ""
    said = f"{new}{count:,} events in {safe(target)}"
    emit(as_json, document, lambda out: out.print(said, soft_wrap=True))


def _format(target: str) -> Literal["car", "parquet"]:
    """What the file's name says; what it does not say is not guessed."""
    if target == "-" or target.endswith(".car"):
        return "car"
    if target.endswith(".parquet"):
        return "parquet"
    raise InvalidArgumentError(
        f"{target} does not say what to write: it ends neither in .car nor in .parquet",
        path=target,
        remedy="Choose one of these endings, or give --format car or --format parquet",
    )


def _refuse_terminal(as_json: bool) -> None:
    if as_json:
        raise InvalidArgumentError(
            "--json prints a document on stdout, where the events go",
            remedy="Export to a file, or leave out --json",
        )
    if sys.stdout.isatty():
        raise InvalidArgumentError(
            "stdout is a terminal, which these bytes would garble",
            remedy="Name a file, or send stdout into one or into a pipe",
        )
