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
    shown = [(name.replace("_", " "), _text(value)) for name, value in numbers.items()]
    emit(as_json, numbers, lambda out: facts(out, shown))


def _text(value: object) -> object:
    """Lists as words; what is empty is left out."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or None
    return f"{value:,}" if type(value) is int else value
