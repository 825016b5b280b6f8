"""Fifty processes killed while they record: what they were told stays, and no batch in part."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from lineseal import Tracker

RECORDER = Path(__file__).with_name("recorder.py")
ROUNDS = 50


def killed_life(ledger: Path, label: str, rng: random.Random) -> dict[str, list[str]]:
    """Lets a process record, kills it at any time, and returns what it said was acknowledged."""
    command = [sys.executable, str(RECORDER), str(ledger), label, "1000000", "3"]
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


def test_fifty_kills_lose_no_acknowledged_batch_and_leave_none_in_part(tmp_path: Path) -> None:
    rng = random.Random(3)
    ledger = tmp_path / "ledger"
    acknowledged: dict[str, list[str]] = {}
    for number in range(ROUNDS):
        acknowledged |= killed_life(ledger, f"life{number}", rng)
        with Tracker(ledger) as tracker:
            check(tracker, acknowledged)
    assert len(acknowledged) > ROUNDS, "the victims hardly recorded anything"
