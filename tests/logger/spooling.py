"""Ledgers to log to, services to be killed, programs in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lineseal import Event, open_ledger

#: A parent that no ledger has.
MISSING = "cd" * 32

SERVE = [sys.executable, "-m", "lineseal.cli", "serve"]


class Place(NamedTuple):
    """A ledger's address, and the hash of the model in it."""

    address: str
    model: str

    def predictions(self) -> list[Event]:
        with open_ledger(self.address, read_only=True) as ledger:
            return list(ledger.events("prediction"))

    def gaps(self) -> list[dict[str, Any]]:
        with open_ledger(self.address, read_only=True) as ledger:
            return [event.payload for event in ledger.events("lineseal/gap")]


class Service:
    """`lineseal serve` on one port, started and killed at will; in `default` is a model."""

    def __init__(self, folder: Path) -> None:
        self.data, self.log = folder / "served", folder / "server.log"
        self.popen: subprocess.Popen[str] | None = None
        self.listen = "127.0.0.1:0"
        self.start()
        try:
            with open_ledger(self.address) as ledger:
                self.model = ledger.record_model(name="digits-lr", version="1.0").hash
        except BaseException:
            self.kill()
            raise

    @property
    def address(self) -> str:
        return f"grpc://{self.listen}/default"

    @property
    def place(self) -> Place:
        return Place(self.address, self.model)

    def start(self, under: Sequence[str] = ()) -> None:
        end = time.monotonic() + 20
        while True:
            self.popen = subprocess.Popen(
                [*under, *SERVE, "--data", str(self.data), "--listen", self.listen],
                stdout=subprocess.PIPE,
                stderr=self.log.open("a"),
                text=True,
                start_new_session=True,
            )
            assert self.popen.stdout is not None
            line = self.popen.stdout.readline().strip()
            if line:
                self.listen = line
                return
            self.popen.wait()
            assert time.monotonic() < end, self.log.read_text()

    def kill(self) -> None:
        assert self.popen is not None
        assert self.popen.stdout is not None
        if self.popen.returncode is not None:
            return
        os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        self.popen.stdout.close()


def child(program: str, *arguments: object, **environ: str) -> subprocess.Popen[str]:
    """A Python program in a process of its own, which prints lines."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, text=True, env=os.environ | environ, **pipes)


def seqs(events: list[Event]) -> dict[str, list[int]]:
    """The numbers of each stream, in the order of the ledger."""
    found: dict[str, list[int]] = {}
    for event in events:
        found.setdefault(event.payload["stream"], []).append(event.payload["seq"])
    return found


def refused_files(spool: Path) -> list[dict[str, Any]]:
    """What lies in `refused/`."""
    return [json.loads(file.read_bytes()) for file in sorted((spool / "refused").glob("*.json"))]


VICTIM = """
import sys
from lineseal import PredictionLogger
target, parent, spool, rows = sys.argv[1:5]
logger = PredictionLogger(target, parent, spool=spool, batch_age=float(sys.argv[5]), timeout=0.5)
for i in range(int(rows)):
    print(logger.log(output=i), flush=True)
sys.stdin.read()
"""


def killed(place: Place, spool: Path, rows: int, age: float = 3600) -> list[str]:
    """The hashes that a process was given before it was killed."""
    with child(VICTIM, place.address, place.model, spool, rows, age) as process:
        assert process.stdout is not None
        hashes = [process.stdout.readline().strip() for _ in range(rows)]
        process.kill()
    return hashes


def names(place: Place) -> list[str]:
    return [event.hash for event in place.predictions()]
