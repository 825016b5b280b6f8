"""An exported file appears when it is whole, and takes no other's place unasked."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from lineseal import InvalidArgumentError, StorageError, StorageFullError, Tracker


@pytest.fixture
def ledger() -> Tracker:
    tracker = Tracker()
    data = tracker.record_dataset(name="digits")
    for n in range(600):
        tracker.record_prediction(output="x" * 500, parents=data, time=n)
    return tracker


def test_a_file_that_is_there_is_replaced_only_on_purpose(ledger: Tracker, tmp_path: Path) -> None:
    path = tmp_path / "all.car"
    path.write_text("precious")
    with pytest.raises(InvalidArgumentError, match="is there already") as caught:
        ledger.export(path)
    assert "overwrite=True" in str(caught.value.remedy)
    assert path.read_text() == "precious"
    assert ledger.export(path, overwrite=True) == 601
    assert Tracker().copy_all(path).created == 601
    (tmp_path / "dangling.car").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InvalidArgumentError, match="is there already"):
        ledger.export(tmp_path / "dangling.car")


def test_a_file_that_appears_meanwhile_is_kept(ledger: Tracker, tmp_path: Path) -> None:
    path = tmp_path / "all.car"

    def meddle(done: int, total: int) -> None:
        path.write_text("precious")

    with pytest.raises(InvalidArgumentError, match="is there already"):
        ledger.export(path, progress=meddle)
    assert path.read_text() == "precious"
    assert os.listdir(tmp_path) == ["all.car"]


def test_what_is_broken_off_leaves_nothing(ledger: Tracker, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        assert len(os.listdir(tmp_path)) == 1
        raise KeyboardInterrupt

    for format in ("car", "parquet"):
        with pytest.raises(KeyboardInterrupt):
            ledger.export(tmp_path / "all", format=format, progress=stop)  # type: ignore[arg-type]
        assert os.listdir(tmp_path) == []


def test_a_new_file_has_the_rights_of_any_new_file(ledger: Tracker, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        ledger.export(tmp_path / "all.car")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "all.car").stat().st_mode) == 0o640


def test_a_place_that_cannot_be_written_is_named(ledger: Tracker, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"no/all\.car cannot be written"):
        ledger.export(tmp_path / "no" / "all.car")


def test_a_full_disk_is_told_and_nothing_stays(
    ledger: Tracker, tmp_path: Path, mount: Callable[[Path, str], Path]
) -> None:
    small = mount(tmp_path / "small", "64k")
    with pytest.raises(StorageFullError) as caught:
        ledger.export(small / "all.car")
    assert caught.value.path == str(small / "all.car")
    assert os.listdir(small) == []


def test_what_is_recorded_while_it_is_exported_is_not_in_the_file(
    ledger: Tracker, tmp_path: Path
) -> None:
    def grow(done: int, total: int) -> None:
        ledger.record_dataset(name=f"later {done}")

    assert ledger.export(tmp_path / "all.car", progress=grow) == 601
    other = Tracker()
    assert other.copy_all(tmp_path / "all.car").events == 601
    assert [e.hash for e in other.events()] == [e.hash for e in ledger.events(limit=601)]
    assert ledger.export(tmp_path / "some.car", types="prediction", limit=300) == 300


def test_large_events_are_all_there(tmp_path: Path) -> None:
    large = Tracker()
    for n in range(40):
        large.record_custom(type="acme/x", payload={"n": n, "x": b"x" * 1_000_000}, time=n)
    assert large.export(tmp_path / "large.car") == 40
    assert Tracker().copy_all(tmp_path / "large.car").created == 40
    assert Tracker().copy_all(large).created == 40
    assert large.export(tmp_path / "some.car", since=5, until=39) == 34
