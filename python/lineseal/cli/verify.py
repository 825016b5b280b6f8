"""`lineseal verify`: does everything still hold? May use the cli's shared modules."""

import time
from typing import Annotated

import typer

from lineseal.cli.atfile import lines_of
from lineseal.cli.opening import reading
from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.output import emit
from lineseal.cli.progress import bar
from lineseal.cli.shapes import report_document
from lineseal.cli.views import show_report

STATUS = {"ok": 0, "failed": 1, "undetermined": 6}


def verify(
    hashes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="HASH", help="Events to verify with their ancestors. None: everything."
        ),
    ] = None,
    expect: Annotated[
        list[str] | None,
        typer.Option(
            "--expect",
            metavar="HASH",
            help="A full hash or CID kept elsewhere (not one just copied from this ledger), which "
            "must be there, with all its ancestors; may be repeated. @FILE: one on each line.",
        ),
    ] = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Recompute every hash and say what does not hold.

    Without HASH the whole ledger is read from its files. Events of a service are rehashed here; its
    files the server looks at, and it could hide damage of these. A ledger that was rewritten with
    all its hashes is consistent in itself: only a hash from outside, a HASH in full or --expect,
    shows it.
    Exit status 0: all holds; 1: something does not; 6: undetermined (events of a newer version).

    \b
    Examples:
      lineseal verify
      lineseal verify --expect 4f1c…64 digits… --expect @kept-hashes.txt
      lineseal verify 4f1c09d2                        # one event and its ancestors
    """
    if hashes and expect:
        raise typer.BadParameter("--expect goes with the whole ledger: give HASH or --expect")
    expected = [line for item in expect or () for line in lines_of(item)]
    with reading(ledger, warn=False) as tracker, bar("verifying", hidden=as_json) as progress:
        start = time.perf_counter()
        if hashes:
            report = tracker.verify(hashes, progress=progress)
        else:
            report = tracker.verify_all(expect=expected, progress=progress)
        seconds = time.perf_counter() - start
    document = report_document(report) | {"seconds": round(seconds, 6)}
    emit(as_json, document, lambda out: show_report(out, report, seconds))
    return STATUS[report.verdict]
