"""`lineseal stats`: what a ledger holds. May use the cli's shared modules."""

from lineseal.cli.opening import reading
from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.output import emit, facts


def stats(ledger: LedgerOption = None, as_json: JsonOption = False) -> None:
    """Show what the ledger holds, and what opening it found.

    \b
    Examples:
      lineseal stats
      lineseal stats --ledger runs.ledger --json
    """
    with reading(ledger) as tracker:
        numbers = tracker.stats()
    emit(as_json, numbers, lambda out: facts(out, numbers.items()))
