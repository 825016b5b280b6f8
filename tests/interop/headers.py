"""Runs what the header of an example says, as it stands, from the repository's root.

Lines that begin with "$ " are commands, those behind are what they print, up to an empty line or
the end of the comment; `…` stands for anything. A command that ends in "&" goes on until the header
ends; the next begins once it has printed what it should. The root is a folder of links to it, so
that what is made there is gone behind it; ports 50051 and 8080 are free ones here.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from threading import Timer

from docs.pages import Block, _run_console, check
from docs.serving import Serving, environment
from languages import ROOT

PATIENCE = 120
SIGNS = " \t*/#"
TYPED = re.compile(rf"[{SIGNS}]*\$ ")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
PORT = "8080"


def follow_header(file: Path, folder: Path) -> list[str]:
    """Does what the file's header says; the commands that were run."""
    for entry in ROOT.iterdir():
        if not entry.name.startswith("."):
            (folder / entry.name).symlink_to(entry)
    found = commands(file)
    where = str(file.relative_to(ROOT))
    with Terminal(folder) as terminal:
        for goes_on, some in groupby(found, lambda each: each[0].endswith("&")):
            if goes_on:
                for command, output in some:
                    said = terminal.start(command[:-1].strip(), output.count("\n"))
                    check(Block("console", "", "", 0), output, said, f"{where}: $ {command}")
            else:
                text = "".join(f"$ {command}\n{output}" for command, output in some)
                _run_console(Block("console", "", text, 0), folder, terminal, where)
    return [command for command, _ in found]


def commands(file: Path) -> list[tuple[str, str]]:
    """The commands of a file's header, and what each prints."""
    found: list[tuple[str, str]] = []
    column = None
    for line in file.read_text(encoding="utf-8").splitlines():
        if typed := TYPED.match(line):
            column = typed.end() - 2
            found.append((line[typed.end() :], ""))
        elif line[:column].strip(SIGNS) or not line[column:]:
            column = None
        elif column is not None:
            found[-1] = (found[-1][0], f"{found[-1][1]}{line[column:]}\n")
    return found


class Terminal(Serving):
    """What is typed and printed, with ports as they are here; and what goes on meanwhile."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, environment())
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = str(free.getsockname()[1])
        self._examples = ExitStack()

    def translated(self, text: str) -> str:
        return super().translated(text).replace(PORT, self._port)

    def untranslated(self, text: str) -> str:
        return COLOUR.sub("", super().untranslated(text).replace(self._port, PORT))

    def start(self, command: str, lines: int) -> str:
        """Starts what goes on; returns the first so many lines that it prints."""
        if command.startswith("lineseal "):
            return super().start(command, lines)
        running = subprocess.Popen(
            ["bash", "-c", self.translated(command)],
            cwd=self._folder, env=self.environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self._examples.callback(_stopped, running)
        assert running.stdout is not None
        late = Timer(PATIENCE, os.killpg, (running.pid, signal.SIGKILL))
        late.start()
        said = "".join(running.stdout.readline() for _ in range(lines))
        late.cancel()
        return self.untranslated(said)

    def __exit__(self, *failure: object) -> None:
        try:
            self._examples.close()
        finally:
            super().__exit__(*failure)


def _stopped(running: subprocess.Popen[str]) -> None:
    """As by Ctrl-C."""
    with running:
        os.killpg(running.pid, signal.SIGINT)
        try:
            running.wait(60)
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
