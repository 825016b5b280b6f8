"""A progress bar on stderr, seen only on a terminal, and only of what takes its time. May use
output and rich."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lineseal.cli.output import console

Report = Callable[[int, int], None]


@contextmanager
def bar(what: str, *, hidden: bool = False) -> Iterator[Report | None]:
    """Yields the function to call with (done, total), or None when nobody would see the bar."""
    if hidden or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console(stderr=True), transient=True)
    task = progress.add_task(what, total=None)

    def report(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total or None)
        if done < total or (done and not total):
            progress.start()

    try:
        yield report
    finally:
        progress.stop()
