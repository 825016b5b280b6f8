"""System calls that fail on real files: reopening and sending the same bytes settles it."""

from pathlib import Path

import pytest
import strace
from lineseal import Tracker

RESENDER = Path(__file__).with_name("resender.py")
BATCHES = 4


def life(tmp_path: Path, call: str, error: str, when: int) -> list[str]:
    """Lets each thread's `when`-th such call on the segment fail; returns what the process said."""
    strace.need_strace()
    ledger, log = tmp_path / "ledger", tmp_path / "strace.log"
    with Tracker(ledger) as tracker:
        tracker.record_dataset(name="first")
    segment = ledger / "segments" / "000000000000.car"
    inject = f"inject={call}:error={error}:when={when}"
    options = ("-P", str(segment), "-e", f"trace={call}", "-e", inject)
    done = strace.run(RESENDER, str(ledger), str(BATCHES), options=options, log=log)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(INJECTED)" in log.read_text(), "no call was made to fail"
    with Tracker(ledger, read_only=True) as tracker:
        names = [event.payload["name"] for event in tracker.events()]
        assert names == ["first"] + [f"b{n}" for n in range(BATCHES) for _ in range(3)]
        assert tracker.verify_all()
    return done.stdout.splitlines()


@pytest.mark.parametrize("when", [2, 3, 4])
def test_after_an_input_output_error_the_outcome_is_unknown_until_sent_again(
    tmp_path: Path, when: int
) -> None:
    told = life(tmp_path, "fdatasync", "EIO", when)
    assert "record OutcomeUnknownError" in told
    assert len([line for line in told if line.startswith("told")]) == BATCHES


@pytest.mark.parametrize("when", [2, 3, 4])
@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
def test_what_a_full_disk_refused_is_not_there_and_taken_when_sent_again(
    tmp_path: Path, call: str, when: int
) -> None:
    told = life(tmp_path, call, "ENOSPC", when)
    refused = told.index("record StorageFullError")
    after = [line for line in told[refused:] if line.startswith("told")]
    assert set(after) == {"told True True True"}, "what was said not to be there was there"
