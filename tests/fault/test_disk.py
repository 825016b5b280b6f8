"""Real disks that are full, read-only or gone."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lineseal import LinesealError, OutcomeUnknownError, ReadOnlyError, StorageFullError, Tracker
from recorder import batch

NOBODY = 65534


@pytest.fixture
def small_disk(tmp_path: Path, mount: Callable[[Path, str], Path]) -> Path:
    """A file system of 256 KiB."""
    return mount(tmp_path / "disk", "256k")


def fill(tracker: Tracker) -> tuple[int, LinesealError]:
    """Records batches until one is refused; returns its number and the error."""
    for number in range(10_000):
        try:
            tracker.record_many(batch(f"b{number}", 5))
        except LinesealError as error:
            return number, error
    pytest.fail("the disk took everything")


def test_a_full_disk_refuses_the_batch_and_takes_it_when_there_is_room(small_disk: Path) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(64 << 10))
    tracker = Tracker(small_disk / "ledger")
    number, error = fill(tracker)
    assert number > 3
    assert isinstance(error, OutcomeUnknownError | StorageFullError)
    assert "room" in str(error) or "space" in str(error), str(error)
    with Tracker(small_disk / "ledger", read_only=True) as reader:
        assert len(reader) == 5 * number
        assert reader.verify_all()
    filler.unlink()
    tracker.close()
    with Tracker(small_disk / "ledger") as tracker:
        receipts = tracker.record_many(batch(f"b{number}", 5))
        assert [receipt.index for receipt in receipts] == list(range(5 * number, 5 * number + 5))
        assert tracker.verify_all()


def test_a_file_that_may_not_grow_is_refused_and_taken_up_again(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Tracker(tmp_path / "ledger") as tracker:
        tracker.record_dataset(name="first")
    tracker = Tracker(tmp_path / "ledger")
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 10, before[1]))
    try:
        number, error = fill(tracker)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert isinstance(error, OutcomeUnknownError | StorageFullError)
    tracker.close()
    with Tracker(tmp_path / "ledger") as tracker:
        assert len(tracker) in {1 + 5 * number, 6 + 5 * number}
        tracker.record_many(batch(f"b{number}", 5))
        assert len(tracker) == 6 + 5 * number
        assert tracker.verify_all()


@pytest.fixture
def unwritable() -> Iterator[Path]:
    """A ledger of one event in a directory that this process may only read."""
    place = Path(tempfile.mkdtemp())
    with Tracker(place / "ledger") as tracker:
        tracker.record_dataset(name="first")
    place.chmod(0o755)
    for path in place.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    if user == 0:  # whom no permission stops
        os.seteuid(NOBODY)
    yield place / "ledger"
    os.seteuid(user)
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(place)


def test_a_read_only_directory_is_read_and_refused_for_writing(unwritable: Path) -> None:
    with pytest.raises(ReadOnlyError, match="read_only=True"):
        Tracker(unwritable)
    with Tracker(unwritable, read_only=True) as tracker:
        assert [event.payload["name"] for event in tracker.events()] == ["first"]
        assert tracker.verify_all()
        with pytest.raises(ReadOnlyError):
            tracker.record_dataset(name="second")


def test_nothing_is_acknowledged_into_a_ledger_deleted_under_us(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    tracker = Tracker(ledger)
    tracker.record_dataset(name="first")
    shutil.rmtree(ledger)
    with pytest.raises(LinesealError, match="ledger"):
        tracker.record_dataset(name="second")
    assert not ledger.exists()
    with Tracker(ledger) as anew:
        assert anew.record_dataset(name="second").index == 0
    with pytest.raises(LinesealError):
        tracker.record_dataset(name="third")


def test_a_ledger_deleted_and_made_anew_by_another_is_not_mixed_up(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    tracker = Tracker(ledger)
    tracker.record_dataset(name="first")
    shutil.rmtree(ledger)
    recorder = Path(__file__).with_name("recorder.py")
    subprocess.run([sys.executable, str(recorder), str(ledger), "other", "2", "1"], check=True)
    with pytest.raises(LinesealError):
        tracker.record_dataset(name="second")
    with Tracker(ledger, read_only=True) as other:
        assert {event.payload["name"] for event in other.events()} == {"other-0-0", "other-0-1"}
        assert other.verify_all()
