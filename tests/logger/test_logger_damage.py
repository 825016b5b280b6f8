"""Spools in which something cannot be read: the rest is recorded, and what is missing is told."""

from __future__ import annotations

import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lineseal import PredictionLogger, open_ledger
from lineseal.logger import draining, folders, sender
from lineseal.logger.cursor import Cursor
from lineseal.logger.pieces import next_piece
from spooling import Place, killed, names

Make = Callable[..., PredictionLogger]


def frames(raw: bytes) -> list[tuple[int, int]]:
    """Where each row of a segment begins and ends."""
    found, at = [], 0
    while at < len(raw):
        end = at + 12 + struct.unpack_from("<I", raw, at + 4)[0]
        found.append((at, end))
        at = end
    return found


def spoil(file: Path, *rows: int) -> None:
    """Changes a bit of these rows."""
    raw = bytearray(file.read_bytes())
    places = frames(raw)
    for row in rows:
        raw[places[row][0] + 40] ^= 1
    file.write_bytes(raw)


def told(place: Place) -> list[tuple[int, int, str]]:
    return [(gap["first_seq"], gap["last_seq"], gap["reason"]) for gap in place.gaps()]


def drained(spool: Path) -> None:
    with draining.opened(open_ledger) as ledgers:
        assert [done.error for done in draining.drain(spool, ledgers, None)] == [None]


@pytest.mark.parametrize(
    ("rows", "gaps"),
    [([0], [(0, 0)]), ([0, 1, 4], [(0, 1), (4, 4)]), ([2, 3], [(2, 3)]), ([5], [])],
)
def test_rows_that_cannot_be_read_are_a_gap_wherever_they_lie(
    place: Place, spool: Path, rows: list[int], gaps: list[tuple[int, int]]
) -> None:
    hashes = killed(place, spool, 6)
    [file] = spool.glob("*/0000000000.rows")
    spoil(file, *rows)
    drained(spool)
    assert names(place) == [hash for i, hash in enumerate(hashes) if i not in rows]
    assert told(place) == [(*gap, "spool damaged") for gap in gaps]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_rows_that_cannot_be_read_between_two_readings_are_a_gap(
    place: Place, spool: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    killed(place, spool, 6)
    [file] = spool.glob("*/0000000000.rows")
    spoil(file, 3)
    read = Cursor.read

    def few(given: Cursor, _rows: int) -> tuple[list[bytes], int]:
        again = Cursor(given.folder)  # as if the process before had been killed
        again.close()
        given.mark = again.mark
        return read(given, at_once)

    monkeypatch.setattr(Cursor, "read", few)
    drained(spool)
    assert told(place) == [(3, 3, "spool damaged")]


def test_rows_at_the_end_of_a_segment_that_cannot_be_read_are_a_gap(
    place: Place, spool: Path, logging_to: Make, reading: threading.Event
) -> None:
    logger = logging_to(spool_bytes=64 << 10)
    while not list(spool.glob("*/0000000001.rows")):
        logger.log(output="x" * 1_000)
    [file] = spool.glob("*/0000000000.rows")
    last = len(frames(file.read_bytes())) - 1
    spoil(file, last)
    reading.set()
    assert logger.flush(20)
    assert told(place) == [(last, last, "spool damaged")]


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until it is set, loggers read nothing of what they wrote."""
    begin = threading.Event()
    monkeypatch.setattr(sender, "next_piece", lambda given: begin.wait() and next_piece(given))
    yield begin
    begin.set()


@pytest.mark.parametrize("harm", ["spoilt", "cut off", "deleted"])
def test_a_running_loggers_rows_that_are_gone_are_told_and_wait_no_longer(
    place: Place, spool: Path, logging_to: Make, reading: threading.Event, harm: str
) -> None:
    logger = logging_to(batch_rows=1)
    hashes = [logger.log(output=i) for i in range(6)]
    [file] = spool.glob("*/0000000000.rows")
    if harm == "spoilt":
        spoil(file, 3, 4, 5)
    elif harm == "cut off":
        os.truncate(file, frames(file.read_bytes())[2][1])
    else:
        file.unlink()
    reading.set()
    assert logger.flush(20)
    gone = range(0 if harm == "deleted" else 3, 6)
    assert told(place) == [(gone.start, 5, "spool damaged")]
    assert names(place) == hashes[: gone.start]
    now = logger.stats()
    assert (now["depth"], now["bytes"]) == (0, 0)
    assert now["damaged"] > 0
    spent = time.process_time()
    time.sleep(0.5)
    assert time.process_time() - spent < 0.25  # It does not spin.
    assert logger.close(10)


def test_what_cannot_be_read_at_all_does_not_keep_stats_from_being_told(
    spool: Path, logging_to: Make, reading: threading.Event
) -> None:
    logger = logging_to()
    logger.log(output=1)
    [file] = spool.glob("*/0000000000.rows")
    file.unlink()
    file.mkdir()
    told = logger.stats()
    assert (told["depth"], told["age"]) == (1, 0.0)
    file.rmdir()


def test_an_orphan_that_cannot_be_removed_is_no_reason_to_close_others_files(
    place: Place, spool: Path, logging_to: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(place, spool, 2)
    closed: list[int] = []

    def close(given: Cursor) -> None:
        closed.append(given._file)
        os.close(given._file)

    def no_room(_: Path, __: Path) -> None:
        raise OSError("not now")

    monkeypatch.setattr(Cursor, "close", close)
    logger = logging_to(batch_age=0.01)
    with monkeypatch.context() as patch:
        logger.log(output="mine")
        patch.setattr(Path, "rename", no_room)
        end = time.monotonic() + 5
        while len(closed) < 1 and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.5)
        assert len(closed) == 1
    assert logger.close(10)
    assert len(names(place)) == 3


def test_a_folder_whose_process_was_killed_while_it_began_is_removed(
    spool: Path, logging_to: Make
) -> None:
    spool.mkdir(mode=0o700)
    old, new, other = [
        spool / name
        for name in (".20260101T000000-0123456789abcdef", ".20260101T000001-0123456789abcdef", ".x")
    ]
    for folder in (old, new, other):
        folder.mkdir()
        (folder / folders.LOCK).touch()
    for folder in (old, other):
        os.utime(folder, (0, time.time() - 2 * folders.LONG))
    logging_to().log(output=1)
    assert [folder.exists() for folder in (old, new, other)] == [False, True, True]
