"""Servers to be called: in this process, and in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from calling import TIMEOUT, Stubs
from lineseal.server import Config, Server

COMMAND = [sys.executable, "-m", "lineseal.cli", "serve", "--listen", "127.0.0.1:0"]


@contextmanager
def serving(data: Path, **settings: Any) -> Iterator[Stubs]:
    """A server in this process."""
    config = Config(data=str(data), listen="127.0.0.1:0", **settings)
    with Server(config) as server:
        stubs = Stubs(server.address)
        stubs.server = server
        yield stubs
        stubs.channel.close()


class Process(AbstractContextManager["Process"]):
    """`lineseal serve` in a process of its own, `under` another command where one is given."""

    def __init__(
        self, data: Path, *arguments: str, under: Sequence[str] = (), **environ: str
    ) -> None:
        self.log = data.parent / "server.log"
        self.popen = subprocess.Popen(
            [*under, *COMMAND, "--data", str(data), *arguments],
            stdout=subprocess.PIPE,
            stderr=self.log.open("a"),
            text=True,
            env=os.environ | environ,
        )
        assert self.popen.stdout is not None
        self.address = self.popen.stdout.readline().strip()
        self.stubs = Stubs(self.address)

    def stop(self) -> int:
        """Asks it to stop, and waits until it has."""
        self.popen.terminate()
        return self.popen.wait(TIMEOUT)

    def __exit__(self, *_error: object) -> None:
        self.stubs.channel.close()
        if self.popen.poll() is None:
            self.popen.kill()
        self.popen.wait()
        assert self.popen.stdout is not None
        self.popen.stdout.close()
