"""Some of the harm that real files can come to; `make soak` does all of it."""

import shutil
from pathlib import Path

import jobs
import pytest
from harms import History
from lineseal import LedgerNotFoundError, Tracker


def test_harmed_files_are_reported_or_harmless(tmp_path: Path) -> None:
    every = list(History(tmp_path / "room").jobs())
    outcomes = jobs.play(jobs.some(every, 40))
    assert outcomes["reported"] + outcomes["harmless"] == 40


@pytest.mark.timeout(20)
def test_a_fifo_in_the_place_of_any_file_keeps_nobody_waiting(tmp_path: Path) -> None:
    fifos = [job for job in History(tmp_path / "room").jobs() if job.name.endswith("fifo")]
    assert len(fifos) >= 6
    jobs.play(fifos)


@pytest.mark.parametrize("then", ["gone", "another", "a copy"])
def test_a_reader_is_told_that_its_ledger_was_deleted_or_moved(tmp_path: Path, then: str) -> None:
    ledger = tmp_path / "ledger"
    with Tracker(ledger) as tracker:
        tracker.record_dataset(name="first")
    with Tracker(ledger, read_only=True) as reader:
        assert len(reader) == 1
        shutil.copytree(ledger, tmp_path / "copy")
        ledger.rename(tmp_path / "moved")
        if then == "another":
            Tracker(ledger).close()
        if then == "a copy":
            (tmp_path / "copy").rename(ledger)
        for ask in (len, lambda reader: list(reader.events()), Tracker.verify_all, Tracker.stats):
            with pytest.raises(LedgerNotFoundError, match="deleted or moved"):
                ask(reader)
