"""Other processes: one that writes at the same time, and one that was forked off."""

import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from lineseal import ForkedError, LedgerLockedError, Tracker

RECORDER = Path(__file__).with_name("recorder.py")


def test_a_second_process_reads_but_does_not_write(tmp_path: Path) -> None:
    command = [sys.executable, str(RECORDER), str(tmp_path / "ledger"), "x", "1000000", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name, *hashes = process.stdout.readline().split()
        assert name == "x-0-0"
        with pytest.raises(LedgerLockedError, match="read_only=True"):
            Tracker(tmp_path / "ledger")
        with Tracker(tmp_path / "ledger", read_only=True) as reader:
            assert [reader.get(hash).hash for hash in hashes] == hashes
            assert reader.verify_all()
        process.kill()
    with Tracker(tmp_path / "ledger") as tracker:
        assert tracker.record_dataset(name="now it is ours").created


def in_child(what: Callable[[], None]) -> None:
    """Runs this in a forked child, which must come to its end without an error."""
    child = os.fork()
    if child == 0:
        try:
            what()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path / "ledger")
    first = tracker.record_dataset(name="first")

    def child() -> None:
        calls: list[Callable[[], object]] = [
            lambda: tracker.record_dataset(name="from the child"),
            lambda: tracker.get(first),
            lambda: len(tracker),
            lambda: list(tracker.events()),
            lambda: tracker.find(dataset="first"),
            lambda: tracker.trace(first),
            lambda: tracker.verify_all(),
        ]
        for call in calls:
            with pytest.raises(ForkedError, match="fork"):
                call()

    in_child(child)
    assert tracker.record_dataset(name="second").index == 1
    locked = [sys.executable, str(RECORDER), str(tmp_path / "ledger"), "x", "1", "1"]
    refused = subprocess.run(locked, capture_output=True, text=True)
    assert "LedgerLockedError" in refused.stderr, "the child let go of the parent's lock"
    tracker.close()
    with Tracker(tmp_path / "ledger") as tracker:
        assert len(tracker) == 2
        assert tracker.verify_all()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_may_open_for_itself_once_the_parent_has_closed(tmp_path: Path) -> None:
    with Tracker(tmp_path / "ledger") as tracker:
        tracker.record_dataset(name="first")

    def child() -> None:
        with Tracker(tmp_path / "ledger") as mine:
            assert mine.record_dataset(name="second").index == 1

    in_child(child)
    with Tracker(tmp_path / "ledger", read_only=True) as reader:
        assert len(reader) == 2
