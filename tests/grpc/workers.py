"""Client processes that record, and what they were told. Their script is worker.py."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from calling import TIMEOUT
from lineseal import Client

SCRIPT = Path(__file__).with_name("worker.py")


def quiet_port() -> int:
    """A free port that stays free: below those which the system gives to connections."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)):
                return port


@dataclass(frozen=True)
class Told:
    """One acknowledged batch: when its call began and ended; id, hash and index of each event."""

    begun: float
    ended: float
    events: list[tuple[str, str, int]]


class Worker(AbstractContextManager["Worker"]):
    """One client process."""

    def __init__(self, address: str, label: str, folder: Path) -> None:
        self._said = folder / f"{label}.acknowledged"
        self._errors = folder / f"{label}.errors"
        self.popen = subprocess.Popen(
            [sys.executable, str(SCRIPT), address, label],
            stdin=subprocess.PIPE,
            stdout=self._said.open("wb"),
            stderr=self._errors.open("wb"),
        )

    @property
    def told(self) -> list[Told]:
        """What it was told until now."""
        lines = self._said.read_text().splitlines(keepends=True)
        return [read(line) for line in lines if line.endswith("\n")]

    @property
    def size(self) -> int:
        """Grows with each acknowledged batch."""
        return self._said.stat().st_size

    def finish(self) -> None:
        """Lets its last call end; an error of any call is an error of the test."""
        assert self.popen.stdin is not None
        self.popen.stdin.close()
        status = self.popen.wait(2 * TIMEOUT)
        assert status == 0, self._errors.read_text()

    def __exit__(self, *_error: object) -> None:
        self.popen.kill()
        self.popen.wait()
        if self.popen.stdin is not None:
            self.popen.stdin.close()


def read(line: str) -> Told:
    """A line of a worker."""
    begun, ended, *events = line.split()
    parts = [event.split(":") for event in events]
    return Told(float(begun), float(ended), [(id, hash, int(index)) for id, hash, index in parts])


def check(address: str, told: list[Told], *, exact: bool = True) -> None:
    """What was acknowledged is there once, at its index, and verifies from the client's side.

    `exact` says that nothing else is there: every client lived until its last answer.
    """
    events = {id: (hash, index) for batch in told for id, hash, index in batch.events}
    with Client(address) as client:
        there = list(client.events(types="prediction"))
        ids = Counter(event.payload["prediction_id"] for event in there)
        assert not {id for id, times in ids.items() if times > 1}, "recorded twice"
        assert not events.keys() - ids.keys(), "acknowledged and lost"
        assert not exact or ids.keys() == events.keys(), "there and never acknowledged"
        found = {event.payload["prediction_id"]: (event.hash, event.index) for event in there}
        assert {id: found[id] for id in events} == events, "a receipt told something else"
        report = client.verify_all(expect=[hash for hash, _index in events.values()])
        assert report, report
        assert client.server_verify_all()
