"""`lineseal init`: a new ledger. May use the cli's shared modules."""

from pathlib import Path
from typing import Annotated

import typer

from lineseal import open_ledger
from lineseal.cli.opening import place
from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.output import emit
from lineseal.cli.text import safe


def init(
    path: Annotated[
        Path | None, typer.Argument(metavar="PATH", help="Where; like --ledger.")
    ] = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a ledger: a directory that holds nothing else.

    One that is there already stays as it is.

    \b
    Examples:
      lineseal init                                   # ./lineseal-ledger
      lineseal init runs.ledger
    """
    where = place(path or ledger)
    created = not (Path(where) / "ledger.json").exists()
    with open_ledger(where) as tracker:
        document = {"ledger": where, "created": created, "events": len(tracker)}
    said = "made a ledger at" if created else f"already a ledger of {document['events']:,} events:"
    emit(as_json, document, lambda out: out.print(said, safe(where)))
