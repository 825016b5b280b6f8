"""`lineseal record`: new events, from flags or from JSON. May use the cli's shared modules.

One subcommand a record type, made from the core's schema; without a subcommand JSON drafts come on
stdin. However they come, drafts are JSON text and the core alone judges them.
"""

import sys

import typer

from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.record.batch import BatchOption, record_lines
from lineseal.cli.record.commands import add_commands
from lineseal.cli.record.send import record_draft

record = typer.Typer(name="record", rich_markup_mode=None, invoke_without_command=True)


@record.callback()
def read_stdin(
    ctx: typer.Context,
    batch: BatchOption = False,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record events, from flags or from JSON drafts on stdin.

    A draft is {"type", "time", "actor", "parents": [{"hash", "role"}], "record": {…}}. Its time is
    an integer, microseconds since 1970-01-01 UTC (--time takes ISO 8601); a happening without one
    gets the present, a prediction without a prediction_id gets a new one. With --batch each line is
    a draft, and a parent may be {"position": N}: the line with N lines before it, 0 for the first.

    \b
    Examples:
      lineseal record dataset --name digits --num-rows 1797
      lineseal record training --run-id r1 --model-name lr --parent train=7d9f0b2c
      lineseal record < draft.json
      lineseal record --batch < drafts.jsonl
      lineseal record dataset --help                  # the fields of a type
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = (ledger, as_json)
    elif sys.stdin.isatty():
        print(ctx.get_help())
        raise typer.Exit(2)
    elif batch:
        record_lines(sys.stdin.buffer, ledger, as_json)
    else:
        record_draft(sys.stdin.buffer.read(), ledger, as_json)


add_commands(record)
