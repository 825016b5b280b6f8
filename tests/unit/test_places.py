"""Directories that cannot be opened or written: a clear error, and the place left as it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from lineseal import (
    CorruptLedgerError,
    DatasetRecord,
    InvalidArgumentError,
    LedgerLockedError,
    LedgerNotFoundError,
    LinesealError,
    NotALedgerError,
    ServiceUnavailableError,
    StorageError,
    Tracker,
    UnsupportedFormatError,
    list_ledgers,
    open_ledger,
)


def snapshot(path: Path) -> dict[str, bytes]:
    files = (p for p in path.rglob("*") if p.is_file())
    return {str(p.relative_to(path)): p.read_bytes() for p in files}


def check_error(error: LinesealError, *words: str) -> None:
    assert all(word in str(error) for word in words), error
    assert error.remedy
    assert error.remedy in str(error)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_directory_of_other_things_is_not_a_ledger(tmp_path: Path, read_only: bool) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(NotALedgerError) as caught:
        Tracker(tmp_path, read_only=read_only)
    check_error(caught.value, tmp_path.name)
    assert snapshot(tmp_path) == before


def test_a_file_is_not_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("mine")
    with pytest.raises(LinesealError) as caught:
        Tracker(path)
    check_error(caught.value, "file.txt")
    assert path.read_text() == "mine"


def test_a_ledger_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "runs.ledger"
    with Tracker(path) as tracker:
        tracker.record_dataset(name="d")
    meta = path / "ledger.json"
    meta.write_text(meta.read_text().replace('"format": "0"', '"format": "9"'))
    before = snapshot(path)
    for read_only in (False, True):
        with pytest.raises(UnsupportedFormatError) as caught:
            Tracker(path, read_only=read_only)
        check_error(caught.value, "runs.ledger")
    assert snapshot(path) == before


def test_damaged_facts_about_a_ledger_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "runs.ledger"
    Tracker(path).close()
    meta = path / "ledger.json"
    meta.write_text(meta.read_text().replace("origin", "0rigin"))
    with pytest.raises(CorruptLedgerError) as caught:
        Tracker(path)
    check_error(caught.value, "ledger.json")


def test_who_does_not_get_the_lock_in_time_is_told_who_has_it(
    tmp_path: Path, stuck: Callable[[Path], AbstractContextManager[subprocess.Popen[bytes]]]
) -> None:
    path = tmp_path / "runs.ledger"
    with stuck(path) as other:
        for call in (
            lambda: open_ledger(path, lock_timeout=0),
            lambda: Tracker(path, lock_timeout=0.3),
        ):
            with pytest.raises(LedgerLockedError, match="lineseal serve") as caught:
                call()
            check_error(caught.value, "runs.ledger", f"process {other.pid} on ", "; waited 0.")
        with Tracker(path, read_only=True) as reader:
            assert [event.payload["name"] for event in reader.events()] == ["theirs"]
    with Tracker(path, lock_timeout=0.3) as tracker:
        with stuck(path), pytest.raises(LedgerLockedError, match=r"waited 0\.3 s for it"):
            tracker.record_dataset(name="mine")
        assert len(tracker) == 1
        assert tracker.record_dataset(name="mine").index == 1


@pytest.mark.parametrize("wrong", [-1, float("nan"), "soon", True])
def test_a_lock_timeout_is_a_length_of_time(tmp_path: Path, wrong: object) -> None:
    with pytest.raises(InvalidArgumentError, match="lock_timeout is"):
        Tracker(tmp_path / "runs.ledger", lock_timeout=wrong)  # type: ignore[arg-type]


def test_one_process_may_open_a_ledger_twice(tmp_path: Path) -> None:
    path = tmp_path / "runs.ledger"
    with Tracker(path) as first, Tracker(path) as second:
        receipt = first.record_dataset(name="d")
        assert second.get(receipt).hash == receipt.hash
        first.close()
        assert second.record_dataset(name="e").index == 1


def test_a_ledger_deleted_under_us_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "runs.ledger"
    tracker = Tracker(path)
    tracker.record_dataset(name="d")
    shutil.rmtree(path)
    with pytest.raises(LedgerNotFoundError) as caught:
        tracker.record_dataset(name="lost")
    check_error(caught.value, "runs.ledger")
    assert not path.exists()


def test_a_full_disk_is_named_and_leaves_a_good_ledger(tmp_path: Path) -> None:
    path = tmp_path / "runs.ledger"
    # A limit on the size of files stands in for a full disk: writing fails half-way.
    code = (
        "import resource, signal, sys; from lineseal import Tracker, LinesealError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "tracker = Tracker(sys.argv[1]); tracker.record_dataset(name='kept')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: tracker.record_hyperparameters(values={'x': b'y' * 500_000})\n"
        "except LinesealError as error: print(type(error).__name__, error)\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split()[0] in {"OutcomeUnknownError", "StorageFullError", "StorageError"}
    with Tracker(path) as tracker:
        assert [event.payload for event in tracker.events()] == [{"name": "kept"}]
        assert tracker.verify_all()


def test_an_address_of_a_service_says_soon_that_nobody_answers() -> None:
    start = time.monotonic()
    with pytest.raises(ServiceUnavailableError, match=r"127\.0\.0\.1:1.*lineseal serve"):
        open_ledger("grpc://127.0.0.1:1/default")
    assert time.monotonic() - start < 25


def test_other_schemes_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="no scheme of ledgers") as caught:
        open_ledger("http://localhost:50051/default")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "place", ["localhost:50051", "localhost:50051/x", "[::1]:1/x", "10.0.0.1:1"]
)
def test_what_looks_like_a_service_makes_no_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidArgumentError, match="a service or a directory") as caught:
        open_ledger(place)
    assert f"grpc://{place}" in str(caught.value.remedy)
    assert f"./{place}" in str(caught.value.remedy)
    assert list(tmp_path.iterdir()) == []
    open_ledger("./runs:1").close()
    with open_ledger("runs:1") as tracker:
        assert len(tracker) == 0


def test_ledgers_in_a_directory_are_listed(tmp_path: Path) -> None:
    for name in ("b", "a.ledger"):
        Tracker(tmp_path / name).close()
    (tmp_path / "photos").mkdir()
    found = [str(tmp_path / "a.ledger"), str(tmp_path / "b")]
    assert list_ledgers(tmp_path) == found
    assert list_ledgers(tmp_path / "b") == [str(tmp_path / "b")]
    with pytest.raises(LedgerNotFoundError):
        list_ledgers(tmp_path / "nowhere")


def test_open_ledger_opens_a_directory(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "runs.ledger") as tracker:
        tracker.record(DatasetRecord(name="d"))
    with open_ledger(str(tmp_path / "runs.ledger"), read_only=True) as tracker:
        assert len(tracker) == 1


def test_a_path_that_cannot_exist_is_refused() -> None:
    with pytest.raises(StorageError) as caught:
        Tracker("/proc/lineseal-cannot-be-here")
    check_error(caught.value, "/proc/lineseal-cannot-be-here")
    with pytest.raises(LinesealError):
        Tracker("nul\0byte")
    with pytest.raises(InvalidArgumentError):
        Tracker(7)  # type: ignore[arg-type]


def test_an_empty_path_is_no_ledger_in_memory() -> None:
    with pytest.raises(InvalidArgumentError, match="the ledger's path is '', which is no path"):
        Tracker("")
