"""Other processes: one that writes at the same time, and ones that were forked off."""

import fcntl
import os
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from lineseal import ForkedError, Tracker

RECORDER = Path(__file__).with_name("recorder.py")


def test_two_processes_record_at_the_same_time(tmp_path: Path) -> None:
    command = [sys.executable, str(RECORDER), str(tmp_path / "ledger"), "x", "1000000", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name, *hashes = process.stdout.readline().split()
        assert name == "x-0-0"
        ledger = tmp_path / "ledger"
        with Tracker(ledger) as mine, Tracker(ledger, read_only=True) as reader:
            for number in range(10):
                theirs = reader.get(hashes[0])
                receipt = mine.record_dataset(name=f"mine {number}", parents=theirs)
                assert receipt.created
                assert reader.get(receipt).index == receipt.index
                hashes = process.stdout.readline().split()[1:]
                assert mine.get(hashes[0]).hash == hashes[0], "what they were told is seen here"
            assert reader.verify_all()
        process.kill()
    with Tracker(tmp_path / "ledger") as tracker:
        assert tracker.record_dataset(name="now it is ours").created


def is_locked(ledger: Path) -> bool:
    """Whether some process has the lock now, ours too."""
    get, kind = 36, fcntl.F_WRLCK  # F_OFD_GETLK
    with (ledger / "LOCK").open("r+b") as file:
        probe = struct.pack("hhqqi4x", kind, 0, 0, 1, 0)
        return struct.unpack_from("h", fcntl.fcntl(file, get, probe))[0] != fcntl.F_UNLCK


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
    assert is_locked(tmp_path / "ledger"), "the child let go of the parent's lock"
    tracker.close()
    with Tracker(tmp_path / "ledger") as tracker:
        assert len(tracker) == 2
        assert tracker.verify_all()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_may_open_for_itself_beside_the_parent(tmp_path: Path) -> None:
    with Tracker(tmp_path / "ledger") as tracker:
        tracker.record_dataset(name="first")

        def child() -> None:
            with Tracker(tmp_path / "ledger") as mine:
                assert mine.record_dataset(name="second").index == 1

        in_child(child)
        assert len(tracker) == 2
        assert tracker.record_dataset(name="third").index == 2
