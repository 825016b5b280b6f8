"""`lineseal stats`: what a ledger holds. May use the cli's shared modules."""

from typing import Any

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
    slots = ", ".join(numbers["durable_slots"]).replace("empty", "not used yet")
    told = numbers | {"durable_slots": slots}
    shown = [
        (name.replace("_", " "), text) for name, value in told.items() for text in _texts(value)
    ]
    emit(as_json, numbers, lambda out: facts(out, shown))


def _texts(value: object) -> list[str]:
    """A line for each thing of a list; none for what is empty."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [_torn(value)]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [] if value is None else [f"{value:,}" if isinstance(value, int) else str(value)]


def _torn(tail: dict[str, Any]) -> str:
    """What a crash left behind the last whole frame of a segment."""
    saved = f"cut off and kept in {tail['saved']}" if tail["saved"] else "the next writer cuts it"
    return (
        f"segment {tail['segment']}: {tail['bytes']:,} bytes of an unfinished write behind byte"
        f" {tail['offset']:,}; {saved}"
    )
