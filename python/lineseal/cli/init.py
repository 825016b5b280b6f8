"""`lineseal init`: a new ledger. May use the cli's shared modules."""

from typing import Annotated

import typer

from lineseal import LedgerNotFoundError, open_ledger
from lineseal.cli.opening import LOCK_TIMEOUT, place, timeout
from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.output import emit
from lineseal.cli.text import safe


def init(
    path: Annotated[
        str | None, typer.Argument(metavar="PLACE", help="Where; like --ledger.")
    ] = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a ledger: a directory that holds nothing else, or one of a service.

    One that is there already stays as it is.

    \b
    Examples:
      lineseal init                                   # ./lineseal-ledger
      lineseal init runs.ledger
      lineseal init grpc://localhost:50051/runs
    """
    where, patience = place(path or ledger), timeout(LOCK_TIMEOUT)
    try:
        open_ledger(where, create=False, timeout=timeout(), lock_timeout=patience).close()
        created = False
    except LedgerNotFoundError:
        created = True
    with open_ledger(where, timeout=timeout(), lock_timeout=patience) as tracker:
        document = {"ledger": where, "created": created, "events": len(tracker)}
    said = "made a ledger at" if created else f"already a ledger of {document['events']:,} events:"
    emit(as_json, document, lambda out: out.print(said, safe(where)))
