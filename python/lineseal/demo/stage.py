"""Where the story is told: headings, remarks, and real command lines with verdict and time.

May use the cli. What `command` shows is what happened: it runs the line it prints.
"""

import contextlib
import io
import os
import shlex
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from lineseal.cli.errors import INTERRUPTED
from lineseal.cli.output import console

MEANINGS = {0: "all holds", 1: "caught", 2: "refused", 6: "undetermined"}


def activation() -> str | None:
    """The line after which a shell finds `lineseal`; None when it does so anyway."""
    script = Path(sys.prefix, "bin", "activate")
    if shutil.which("lineseal") or not script.is_file():
        return None
    return f". {shlex.quote(min(os.path.relpath(script), str(script), key=len))}"


@dataclass
class Stage:
    """Prints the story (nothing when `quiet`) and keeps its steps for `--json`."""

    quiet: bool = False
    steps: list[dict[str, Any]] = field(default_factory=list)
    out: Console = field(default_factory=console)

    def heading(self, text: str) -> None:
        """The title of a part."""
        self._print(Text(f"\n{text}", "bold underline" if self.out.is_terminal else ""))

    def say(self, text: str) -> None:
        """A remark."""
        self._print(Text(text))

    def command(self, *arguments: str, expected: int = 0, word: str | None = None) -> None:
        """Run `lineseal ARGUMENTS`; show the line, its output, its verdict and its time."""
        from lineseal.cli.app import run

        line = shlex.join(["lineseal", *arguments])
        self._print(Text(f"$ {line}", "bold cyan"))
        hidden = io.StringIO()
        start = time.perf_counter()
        with contextlib.redirect_stdout(hidden) if self.quiet else contextlib.nullcontext():
            status = run(arguments)
        seconds = time.perf_counter() - start
        if status == INTERRUPTED:
            raise KeyboardInterrupt
        self.steps.append({"command": line, "exit": status, "seconds": round(seconds, 4)})
        said = word or MEANINGS.get(status, "failed")
        style = "bold green" if status == expected else "bold red"
        self._print(Text.assemble((f"→ {said}", style), f": exit {status}, {seconds * 1e3:.0f} ms"))
        if status != expected:
            raise RuntimeError(f"{line} ended with {status}, not with {expected}")

    def _print(self, text: Text) -> None:
        if not self.quiet:
            self.out.print(text, soft_wrap=True)
