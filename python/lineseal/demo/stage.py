"""Where the story is told: headings, remarks, and commands and code with verdict and time.

May use the cli. What is shown is what happened: the lines that it prints are those that it runs.
"""

import contextlib
import io
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
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
        said = f"{word or MEANINGS.get(status, 'failed')}: exit {status}"
        self.verdict({"command": line, "exit": status}, said, seconds, good=status == expected)

    def shell(self, line: str, *, word: str) -> str:
        """Run a line of bash; returns what it printed."""
        self._print(Text(f"$ {line}", "bold cyan"))
        start = time.perf_counter()
        done = subprocess.run(
            ["bash", "-c", line], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30, check=False,
        )  # fmt: skip
        seconds = time.perf_counter() - start
        self.say(done.stdout.rstrip())
        status = done.returncode
        self.verdict({"command": line, "exit": status}, word, seconds, good=status == 0)
        return done.stdout

    def code(self, source: str, names: dict[str, Any], *, word: str, prints: str = "") -> None:
        """Run Python over `names` as if typed; show it, what it prints, its verdict and time."""
        for line in source.splitlines():
            prompt = "..." if line.startswith((" ", ")")) else ">>>"
            self._print(Text(f"{prompt} {line}", "bold cyan"))
        out = io.StringIO()
        start = time.perf_counter()
        with contextlib.redirect_stdout(out):
            exec(compile(source, "<the demo>", "exec"), names)
        seconds = time.perf_counter() - start
        said = out.getvalue().rstrip()
        if said:
            self.say(said)
        self.verdict({"code": source, "printed": said}, word, seconds, good=said == prints)

    def act(self, line: str, action: Callable[[], str]) -> None:
        """Show a command line while `action` does what it says, and returns how it went."""
        self._print(Text(f"$ {line}", "bold cyan"))
        start = time.perf_counter()
        said = action()
        self.verdict({"command": line, "exit": 0}, said, time.perf_counter() - start)

    def verdict(
        self, step: dict[str, Any], said: str, seconds: float, *, good: bool = True
    ) -> None:
        """How a step went; what went otherwise than the story has it ends the story."""
        self.steps.append({**step, "seconds": round(seconds, 4)})
        style = "bold green" if good else "bold red"
        head, colon, rest = said.partition(":")
        self._print(Text.assemble((f"→ {head}", style), f"{colon}{rest}, {seconds * 1e3:,.0f} ms"))
        if not good:
            raise RuntimeError(f"the story is not as it should be: {step}")

    def _print(self, text: Text) -> None:
        if not self.quiet:
            self.out.print(text, soft_wrap=True)
