"""`lineseal ledgers`: which ledgers there are. May use the cli's shared modules."""

from typing import Annotated

import typer

from lineseal import list_ledgers
from lineseal.cli.opening import place
from lineseal.cli.options import JsonOption
from lineseal.cli.output import emit
from lineseal.cli.text import safe


def ledgers(
    where: Annotated[
        str | None,
        typer.Argument(
            metavar="PLACE",
            help="grpc://HOST:PORT, or a directory of ledgers. Without it: as for --ledger.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the ledgers of a service or in a directory, each as --ledger takes it.

    \b
    Examples:
      lineseal ledgers grpc://localhost:50051
      lineseal ledgers ledgers
    """
    found = list_ledgers(place(where))
    lines = [safe(each) for each in found] or ["no ledgers"]
    emit(as_json, {"ledgers": found}, lambda out: out.print("\n".join(lines), soft_wrap=True))
