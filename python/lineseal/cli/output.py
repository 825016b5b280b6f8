"""Everything that a verb prints: one JSON document, or text for people. May use text and rich.

No markup is ever interpreted: whatever is printed goes through `safe` and is plain text or `Text`.
On a terminal rich adds colours (not with NO_COLOR); into a pipe go plain lines of full width.
"""

import contextlib
import io
import itertools
import json
import select
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lineseal.cli.text import safe

# Wide enough that nothing is wrapped or cut in a pipe; rich pads a table only to its content.
PIPE_WIDTH = 10_000

# Rows by which a table of unknown length is laid out.
PAGE = 200

STYLES = {"ok": "bold green", "failed": "bold red", "undetermined": "bold yellow"}


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr that interprets no markup."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width)


def emit(as_json: bool, document: Any, show: Callable[[Console], None]) -> None:
    """Print `document` as JSON, or have `show` print it for people."""
    if as_json:
        print_json(document)
    else:
        show(console())


def print_json(document: Any) -> None:
    """Print one JSON document on stdout: ASCII, so that no text in it can harm a terminal."""
    print(json.dumps(document, ensure_ascii=True, allow_nan=False), flush=True)


class LongJson:
    """One JSON document whose first member is a list, printed item by item, one on each line."""

    def __init__(self, name: str) -> None:
        self._begin = f'{{"{name}": ['
        self.empty = True

    def add(self, item: Any) -> None:
        """Print the next item; in one write, so that what breaks in leaves no half of it."""
        text = json.dumps(item, ensure_ascii=True, allow_nan=False)
        sys.stdout.write((self._begin if self.empty else ",\n") + text)
        self.empty = False

    def close(self, others: dict[str, Any]) -> None:
        """Print the other members, and the end."""
        members = json.dumps(others, ensure_ascii=True, allow_nan=False)[1:-1]
        begin = self._begin if self.empty else ""
        print(f"{begin}]{', ' if members else ''}{members}}}", flush=True)


def refuse_silence() -> None:
    """Raise what a write would, where whoever read our output has gone: `| head` is then done."""
    with contextlib.suppress(io.UnsupportedOperation):
        watched = select.poll()
        watched.register(sys.stdout.fileno(), 0)
        if any(event & select.POLLERR for _, event in watched.poll(0)):
            raise BrokenPipeError


def note(message: str, style: str = "dim") -> None:
    """Print a remark for people on stderr, where it disturbs no pipe."""
    console(stderr=True).print(Text(message, style=style), soft_wrap=True)


def facts(out: Console, pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values in two columns, without those whose value is None."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs:
        if value is not None:
            grid.add_row(safe(name), safe(value))
    _print(out, grid)


def table(out: Console, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Print rows under a header as they come, and return how many; where none come, nothing.

    The first page of rows says how wide the columns are.
    """
    cells = (tuple("" if cell is None else safe(cell) for cell in row) for row in rows)
    page = list(itertools.islice(cells, PAGE))
    if not page:
        return 0
    widths = [max(map(cell_len, column)) for column in zip(columns, *page, strict=True)]
    count, header = 0, True
    while page:
        if out.is_terminal:
            out.print(_grid(columns, _fitted(widths, out.width), page, header))
        else:
            out.file.writelines(_aligned([tuple(columns), *page][not header :], columns, widths))
        out.file.flush()
        count, header = count + len(page), False
        page = list(itertools.islice(cells, PAGE))
    return count


def verdict(word: str, text: str) -> Text:
    """A line that begins with a coloured verdict."""
    return Text.assemble((word.upper(), STYLES.get(word, "bold")), "  ", text)


def _aligned(
    lines: Iterable[Sequence[str]], names: Sequence[str], widths: Sequence[int]
) -> Iterator[str]:
    """Lines as rich lays them out in a table, without its work: a pipe may take a million."""
    for line in lines:
        pads = [" " * (width - cell_len(cell)) for width, cell in zip(widths, line, strict=True)]
        cells = [
            pad + cell if name == "index" else cell + pad
            for name, pad, cell in zip(names, pads, line, strict=True)
        ]
        yield "  ".join(cells).rstrip() + "\n"


def _grid(
    columns: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[str]], header: bool
) -> Table:
    """A part of a table, laid out as all its parts are."""
    grid = Table(box=None, pad_edge=False, header_style="bold", show_header=header)
    for name, width in zip(columns, widths, strict=True):
        side: Literal["left", "right"] = "right" if name == "index" else "left"
        grid.add_column(name, overflow="fold", justify=side, width=width)
    for row in rows:
        grid.add_row(*row)
    return grid


def _fitted(widths: Sequence[int], room: int) -> list[int]:
    """The widths, the greatest made less until all columns fit into a line of the terminal."""
    fitted = list(widths)
    while sum(fitted) + 2 * (len(fitted) - 1) > room and max(fitted) > 1:
        fitted[fitted.index(max(fitted))] -= 1
    return fitted


def _print(out: Console, grid: Table) -> None:
    """Print a table; into a pipe without the blanks that rich pads each line with."""
    if out.is_terminal:
        out.print(grid)
        return
    with out.capture() as captured:
        out.print(grid)
    out.file.writelines(line.rstrip() + "\n" for line in captured.get().splitlines())
