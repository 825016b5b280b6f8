"""Forks and interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from lineseal import DatasetRecord, ForkedError, Tracker, codec, verify_blocks

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning"),
]


def in_child(work: Callable[[], None]) -> int:
    """Runs `work` in a forked child; its exit status, 9 when it hangs."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 9


@pytest.mark.parametrize("path", [None, "runs.ledger"])
def test_every_call_in_a_forked_child_says_so(tmp_path: Path, path: str | None) -> None:
    tracker = Tracker(None if path is None else tmp_path / path)
    receipt = tracker.record_dataset(name="d")
    event = tracker.get(receipt)
    calls: list[Callable[[], object]] = [
        lambda: len(tracker),
        lambda: tracker.get(receipt),
        lambda: tracker.resolve(receipt),
        lambda: list(tracker.events()),
        lambda: tracker.find(dataset="d"),
        lambda: tracker.trace(receipt),
        lambda: list(tracker.impact(receipt)),
        lambda: tracker.verify(receipt),
        lambda: tracker.verify_all(),
        lambda: tracker.stats(),
        lambda: tracker.record_dataset(name="e"),
        lambda: tracker.record_many([DatasetRecord(name="e")]),
        lambda: tracker.record_predictions(parents=receipt, output=[1]),
        lambda: tracker.record_blocks([event.block]),
        lambda: tracker.record_json(['{"type": "dataset", "record": {"name": "e"}}']),
        lambda: tracker.close(),
    ]

    def work() -> None:
        for call in calls:
            with pytest.raises(ForkedError) as caught:
                call()
            assert caught.value.remedy

    assert in_child(work) == 0
    assert tracker.record_dataset(name="e").index == 1
    assert tracker.verify_all()


def test_a_forked_child_can_work_with_ledgers_of_its_own(tmp_path: Path) -> None:
    parent = Tracker(tmp_path / "parent.ledger")
    parent.record_predictions(parents=(), output=[1] * 4_999)
    parent.record_dataset(name="d")
    assert parent.verify_all()

    def work() -> None:
        with Tracker(tmp_path / "child.ledger") as child:
            receipt = child.record_dataset(name="mine")
            assert len(child.record_predictions(parents=receipt, output=[1] * 5_000)) == 5_000
            assert child.verify(receipt)
            assert child.verify_all()
        with Tracker(tmp_path / "parent.ledger", read_only=True) as reader:
            assert len(reader) == 5_000
        block = codec.encode({"v": 1, "type": "dataset", "parents": [], "payload": {"name": "x"}})
        verify_blocks([("ab" * 32, block)])

    assert in_child(work) == 0


def test_a_ledger_left_to_a_child_is_still_the_parents(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path / "runs.ledger")

    def work() -> None:
        nonlocal tracker
        del tracker

    assert in_child(work) == 0
    assert tracker.record_dataset(name="d").created


INTERRUPTED = """
import os, signal, sys, threading, time
from lineseal import PredictionRecord, Tracker, _core
tracker = Tracker()
model = tracker.record_model(name="m")
record = PredictionRecord(output=1, parents=model)
for _ in range(40):
    tracker.record_many([record] * 10_000)
rows = [(e.hash, e.index, e.block, 0) for e in tracker.events()]
def fed():
    verifier = _core.LogVerifier(len(rows), [])
    for at in range(0, len(rows), 10_000):
        verifier.feed(rows[at : at + 10_000])
    verifier.finish()
sent = 0.0
def interrupt():
    global sent
    time.sleep(0.05)
    sent = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    while True:
        {call}
except KeyboardInterrupt:
    print(time.monotonic() - sent)
assert len(tracker) == 400_001
"""


@pytest.mark.parametrize(
    "call", ["tracker.verify_all()", "tracker.trace([e for e in tracker.events()])", "fed()"]
)
def test_an_interrupt_ends_a_long_call_within_a_second(call: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED.replace("{call}", call)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert float(done.stdout) < 1


def test_recording_columns_is_interrupted_between_batches(tmp_path: Path) -> None:
    script = """
import os, signal, threading, time
import numpy
from lineseal import Tracker
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
with Tracker("runs.ledger") as tracker:
    try:
        tracker.record_predictions(parents=(), output=numpy.arange(50_000_000))
    except KeyboardInterrupt:
        print("interrupted")
    before = len(tracker)
    assert tracker.record_dataset(name="d").index == before < 50_000_000
    assert tracker.verify_all()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "interrupted\n"
