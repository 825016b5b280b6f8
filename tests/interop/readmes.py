"""Follows a client's README literally, in an empty folder.

Console blocks are run as tests/docs/pages.py says; a block of another language behind a line that
ends in "`name`:" is written to that file. LINESEAL is where this repository lies.
"""

from __future__ import annotations

import re
from pathlib import Path

from docs.pages import Block, _run_console, _start, blocks
from docs.serving import Serving, environment

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`([\w./-]+)`:$")


def follow(page: Path, folder: Path) -> tuple[int, int]:
    """Does what it says; how many files were written and console blocks were run."""
    lines = page.read_text(encoding="utf-8").splitlines()
    written = ran = 0
    with Serving(folder, environment() | {"LINESEAL": str(ROOT)}) as serving:
        for block in blocks(page):
            where = f"{page.relative_to(ROOT)}:{block.line}"
            name = _file(block, lines)
            if name is not None:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(serving.translated(block.text), encoding="utf-8")
                written += 1
            elif block.note == "server":
                _start(block, serving, where)
            elif block.language == "console":
                _run_console(block, folder, serving, where)
                ran += 1
    return written, ran


def _file(block: Block, lines: list[str]) -> str | None:
    """The file that the line above a block asks for."""
    above = "\n".join(lines[: block.line - 2]).rstrip()
    found = NAMED.search(above)
    return found[1] if found and block.language != "console" else None
