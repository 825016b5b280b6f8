"""Everything that a verb prints: one JSON document, or text for people. May use text and rich.

No markup is ever interpreted: whatever is printed goes through `safe` and is plain text or `Text`.
On a terminal rich adds colours (not with NO_COLOR); into a pipe go plain lines of full width.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lineseal.cli.text import safe

# Wide enough that nothing is wrapped or cut in a pipe; rich pads a table only to its content.
PIPE_WIDTH = 10_000

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


def table(out: Console, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under a header."""
    if not out.is_terminal:
        cells = (tuple("" if cell is None else safe(cell) for cell in row) for row in rows)
        out.file.writelines(_aligned([tuple(columns), *cells]))
        return
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        grid.add_column(column, overflow="fold", justify="right" if column == "index" else "left")
    for row in rows:
        grid.add_row(*("" if cell is None else safe(cell) for cell in row))
    _print(out, grid)


def verdict(word: str, text: str) -> Text:
    """A line that begins with a coloured verdict."""
    return Text.assemble((word.upper(), STYLES.get(word, "bold")), "  ", text)


def _aligned(lines: list[tuple[str, ...]]) -> Iterator[str]:
    """Lines as rich lays them out in a table, without its work: a pipe may take a million."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        pads = [" " * (width - cell_len(cell)) for width, cell in zip(widths, line, strict=True)]
        cells = [
            pad + cell if name == "index" else cell + pad
            for name, pad, cell in zip(lines[0], pads, line, strict=True)
        ]
        yield "  ".join(cells).rstrip() + "\n"


def _print(out: Console, grid: Table) -> None:
    """Print a table; into a pipe without the blanks that rich pads each line with."""
    if out.is_terminal:
        out.print(grid)
        return
    with out.capture() as captured:
        out.print(grid)
    out.file.writelines(line.rstrip() + "\n" for line in captured.get().splitlines())
