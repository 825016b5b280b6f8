"""`lineseal import`: events recorded elsewhere. May use the cli's shared modules."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.console import Console

from lineseal.cli.opening import writing
from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.output import emit
from lineseal.cli.progress import bar


def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A CAR file, - for one on stdin, or a ledger: its directory, or "
            "grpc://HOST:PORT/NAME.",
        ),
    ],
    hashes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="HASH", help="Events to copy with all their ancestors. None: all events."
        ),
    ] = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy events from a CAR file or from another ledger, as they are.

    Hashes stay what they are, and what the ledger holds already is skipped. Every block is verified
    before the first is recorded; when one does not hold, nothing is recorded. Parents must be in
    the source or in the ledger.

    \b
    Examples:
      lineseal import all.car
      lineseal import all.car 7d9f0b2c                # one event of it and its ancestors
      lineseal import grpc://localhost:50051/runs
    """
    with (
        writing(ledger) as tracker,
        _place(source) as place,
        bar("importing", hidden=as_json) as progress,
    ):
        if hashes:
            copied = tracker.copy(hashes, place, progress=progress)
        else:
            copied = tracker.copy_all(place, progress=progress)
    document = {
        "events": copied.events,
        "created": copied.created,
        "duplicates": copied.duplicates,
        "others": copied.others,
    }
    emit(as_json, document, lambda out: _show(out, document))


@contextlib.contextmanager
def _place(source: str) -> Iterator[str]:
    """The source; stdin as a file, because the blocks are read twice."""
    if source != "-":
        yield source
        return
    with tempfile.NamedTemporaryFile(prefix="lineseal-", suffix=".car") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.flush()
        yield file.name


def _show(out: Console, counts: dict[str, Any]) -> None:
    there = counts["events"] - counts["created"]
    said = [f"{counts['created']:,} new events"]
    said += [f"{there:,} were there already"] if there else []
    said += [f"{counts['others']:,} blocks are no events"] if counts["others"] else []
    out.print("; ".join(said))
