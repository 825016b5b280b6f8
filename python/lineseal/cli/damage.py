"""Events of a ledger that may be damaged: what can be read is shown, then the error that ended it.

May use lineseal and the cli's errors and output.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.console import Console

from lineseal import Event
from lineseal.cli.errors import describe, report
from lineseal.cli.output import console, emit, print_json
from lineseal.errors import CorruptLedgerError


class Readable:
    """Events up to the damage, if there is any."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = events
        self._error: CorruptLedgerError | None = None

    def __iter__(self) -> Iterator[Event]:
        any_read = False
        try:
            for event in self._events:
                any_read = True
                yield event
        except CorruptLedgerError as error:
            if not any_read:
                raise
            self._error = error

    def emit(self, as_json: bool, document: dict[str, Any], show: Callable[[Console], None]) -> int:
        """Print what was read, and with it the error, if there was one; returns the status."""
        if self._error is None:
            emit(as_json, document, show)
            return 0
        if as_json:
            status, error = describe(self._error)
            print_json(document | {"error": error})
            return status
        show(console())
        return report(self._error, as_json=False)
