"""`lineseal show`: one event. May use the cli's shared modules."""

import sys
from typing import Annotated

import typer

from lineseal.cli.opening import reading
from lineseal.cli.options import HashArgument, JsonOption, LedgerOption
from lineseal.cli.output import emit
from lineseal.cli.shapes import event_document
from lineseal.cli.views import show_event


def show(
    hash: HashArgument,
    block: Annotated[
        bool, typer.Option("--block", help="Write the event's bytes to stdout, nothing else.")
    ] = False,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one event: its content, its parents, its place.

    \b
    Examples:
      lineseal show 7d9f0b2c
      lineseal show 7d9f0b2c --json
      lineseal show 7d9f0b2c --block | sha256sum      # the hash, computed by someone else
    """
    with reading(ledger) as tracker:
        event = tracker.get(hash)
    if block:
        sys.stdout.buffer.write(event.block)
        return
    emit(as_json, event_document(event), lambda out: show_event(out, event))
