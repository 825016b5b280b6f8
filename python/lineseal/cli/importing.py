"""`lineseal import`: events recorded elsewhere. May use the cli's shared modules."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from lineseal.cli.opening import writing
from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.output import emit
from lineseal.cli.progress import bar
from lineseal.errors import LinesealError, OperationCancelledError


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

    Hashes stay what they are, and what the ledger holds already is skipped. Parents must be in the
    source or in the ledger. Every block is verified before the first is recorded: a source in which
    one does not hold is refused, and nothing is recorded. Then events are recorded in batches: what
    is broken off leaves those that it recorded, and run again does the rest.

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
        _broken_off(source, place),
    ):
        if hashes:
            copied = tracker.copy(hashes, place, progress=progress)
        else:
            copied = tracker.copy_all(place, progress=progress)
    document = asdict(copied)
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


@contextlib.contextmanager
def _broken_off(source: str, place: str) -> Iterator[None]:
    """Says of errors, and of Ctrl-C, what is recorded, and calls stdin so."""
    try:
        yield
    except KeyboardInterrupt as stop:
        done = getattr(stop, "recorded", 0)
        raise OperationCancelledError(
            f"interrupted: {_so_far(done)}", remedy="Import again: what is there is skipped"
        ) from stop
    except LinesealError as error:
        if source != place:
            error.path = "stdin" if error.path == place else error.path
            error.message = error.message.replace(place, "stdin")
        if error.recorded:
            error.message += f"; {_so_far(error.recorded)}, and what is there is skipped next time"
        raise


def _so_far(done: int) -> str:
    return f"at least {done:,} events are recorded" if done else "nothing is recorded"


def _show(out: Console, counts: dict[str, int]) -> None:
    there, others = counts["duplicates"], counts["others"]
    said = [f"{counts['created']:,} new events"]
    said += [f"{there:,} were there already"] if there else []
    said += [f"{others:,} blocks are no events"] if others else []
    out.print("; ".join(said))
