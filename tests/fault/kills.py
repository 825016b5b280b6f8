"""Processes killed while they record: what they were told stays, and no batch in part."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jobs
from jobs import Job
from lineseal import Tracker

RECORDER = Path(__file__).with_name("recorder.py")


class Killing:
    """One ledger, killed over and over; what was acknowledged adds up."""

    def __init__(self, ledger: Path) -> None:
        self.ledger = ledger
        self.acknowledged: dict[str, list[str]] = {}

    def jobs(self, rounds: int) -> Iterator[Job]:
        for number in range(rounds):
            yield Job(f"kill {number}", lambda number=number: self.round(number))

    def round(self, number: int) -> str:
        before = len(self.acknowledged)
        self.acknowledged |= self._life(number)
        with Tracker(self.ledger) as tracker:
            check(tracker, self.acknowledged)
        return "idle" if len(self.acknowledged) == before else "recording"

    def _life(self, number: int) -> dict[str, list[str]]:
        """Lets a process record, kills it at any time; what it said was acknowledged."""
        rng = random.Random(f"{jobs.SEED} {number}")
        label = f"life{number}"
        command = [sys.executable, str(RECORDER), str(self.ledger), label, "1000000", "3"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = []
            if rng.random() < 0.8:
                lines.append(process.stdout.readline())
                time.sleep(rng.uniform(0, 0.05))
            else:  # most likely while it imports, opens or recovers
                time.sleep(rng.uniform(0, 0.15))
            process.kill()
            lines += process.stdout.readlines()
        words = [line.split() for line in lines if line.endswith("\n")]
        return {name: hashes for name, *hashes in words}


def check(tracker: Tracker, acknowledged: dict[str, list[str]]) -> None:
    """Everything acknowledged is there, every batch is whole, and all of it is sound."""
    events = list(tracker.events())
    assert [event.index for event in events] == list(range(len(events)))
    there = {event.hash for event in events}
    lost = [name for name, hashes in acknowledged.items() if not there.issuperset(hashes)]
    assert not lost, f"acknowledged and lost: {lost}"
    parts = Counter(event.payload["name"] for event in events)
    wholes = {e.payload["name"]: int(e.payload["version"].split("/")[1]) for e in events}
    assert parts == wholes, "a batch is there in part"
    report = tracker.verify_all()
    assert report, report
