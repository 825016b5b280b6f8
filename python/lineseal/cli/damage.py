"""Events printed as they are read; where reading them ends early, what was read and the error.

May use lineseal and the cli's errors, output and shapes. However long an answer is, a page of it is
in memory; in JSON it still is one document.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.console import Console

from lineseal import Event
from lineseal.cli.errors import Told, describe, report
from lineseal.cli.output import LongJson, console
from lineseal.cli.shapes import event_document
from lineseal.errors import LinesealError


class Readable:
    """Events up to where reading failed, if it did behind the first; can be read once."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = self._read(events)
        self._error: BaseException | None = None

    def __iter__(self) -> Iterator[Event]:
        return self._events

    def _read(self, events: Iterable[Event]) -> Iterator[Event]:
        any_read = False
        try:
            for event in events:
                any_read = True
                yield event
        except LinesealError as error:
            if not any_read:
                raise
            self._error = error

    def emit(
        self,
        as_json: bool,
        listed: Iterable[Event],
        ending: Callable[[], dict[str, Any]],
        show: Callable[[Console, Iterable[Event]], None],
    ) -> int:
        """Print `listed`, which reads from here, and how it ended; returns the status.

        In JSON the events come first, then the members of `ending()`, then an error.
        """
        if as_json:
            self._print_json(listed, ending)
        else:
            show(console(), listed)
            if self._error is not None:
                report(self._error, as_json=False)
        return 0 if self._error is None else Told(describe(self._error)[0])

    def _print_json(self, listed: Iterable[Event], ending: Callable[[], dict[str, Any]]) -> None:
        out = LongJson("events")
        try:
            for event in listed:
                out.add(event_document(event))
        except BrokenPipeError:
            raise
        except (Exception, KeyboardInterrupt) as error:
            if out.empty:
                raise
            # What has begun must become one document all the same.
            self._error = error
        failed = {} if self._error is None else {"error": describe(self._error)[1]}
        out.close(ending() | failed)
