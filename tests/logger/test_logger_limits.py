"""A spool that is full, and rows that the ledger does not take."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lineseal import (
    InternalError,
    InvalidArgumentError,
    LedgerClosedError,
    ParentNotFoundError,
    PredictionLogger,
    ServiceOverloadedError,
    StorageFullError,
    Tracker,
)
from lineseal.logger import pieces
from lineseal.logger.delivery import deliver
from spooling import MISSING, Place, child, refused_files, seqs

Make = Callable[..., PredictionLogger]


class Gate:
    """The `record_blocks` of a ledger that takes nothing while it is shut."""

    def __init__(self, logger: PredictionLogger, error: type[Exception] = ServiceOverloadedError):
        self._handle = logger._target.handle()
        self._record = self._handle.record_blocks
        self._handle.record_blocks = self._taken  # type: ignore[method-assign]
        logger._target.reset = lambda: None  # type: ignore[method-assign]
        self._error, self.open = error, False

    def _taken(self, blocks: Any) -> Any:
        if not self.open:
            raise self._error("not now")
        return self._record(blocks)


def full(logging_to: Make, mode: str, **settings: Any) -> tuple[PredictionLogger, Gate]:
    """A logger with little room, whose ledger takes nothing yet."""
    logger = logging_to(spool_bytes=64 << 10, when_full=mode, batch_age=0.01, **settings)
    return logger, Gate(logger)


def test_a_full_spool_is_told_to_the_caller_who_may_come_again(
    place: Place, logging_to: Make
) -> None:
    logger, gate = full(logging_to, "raise")
    hashes: list[str] = []
    full_spool = r"the spool is full: \d+ bytes, \d\d rows"
    with pytest.raises(StorageFullError, match=full_spool) as caught:
        hashes.extend(iter(lambda: logger.log(output="x" * 1_000), ""))
    assert "spool_bytes" in str(caught.value)
    assert caught.value.retry
    assert logger.stats()["raised"] == 1
    gate.open = True
    assert logger.flush(10)
    hashes.append(logger.log(output="after"))
    assert logger.close()
    assert [event.hash for event in place.predictions()] == hashes
    assert seqs(place.predictions()) == {logger.stream: list(range(len(hashes)))}
    assert place.gaps() == []


def test_a_caller_waits_for_room(place: Place, logging_to: Make) -> None:
    logger, gate = full(logging_to, "block")
    done = threading.Event()

    def work() -> None:
        for i in range(200):
            logger.log(inputs=i, output="x" * 1_000)
        done.set()

    threading.Thread(target=work, daemon=True).start()
    assert not done.wait(0.5)
    assert logger.stats()["depth"] < 70
    gate.open = True
    assert done.wait(10)
    assert logger.close()
    assert [event.payload["inputs"] for event in place.predictions()] == list(range(200))


def test_closing_ends_the_wait_for_room(logging_to: Make) -> None:
    logger, _ = full(logging_to, "block")
    ended: list[BaseException] = []

    def work() -> None:
        try:
            while True:
                logger.log(output="x" * 1_000)
        except LedgerClosedError as error:
            ended.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    time.sleep(0.3)
    logger.close(0)
    thread.join(5)
    assert len(ended) == 1


def test_dropped_rows_are_counted_and_recorded_as_gaps(place: Place, logging_to: Make) -> None:
    logger, gate = full(logging_to, "drop")
    hashes = [logger.log(output="x" * 1_000) for _ in range(100)]
    kept = [hash for hash in hashes if hash]
    assert hashes[len(kept) :] == [""] * (100 - len(kept))
    assert 50 < len(kept) < 70
    assert logger.stats()["dropped"] == 100 - len(kept)
    gate.open = True
    assert logger.flush(10)
    kept.append(logger.log(output="after"))
    assert logger.close()
    assert [event.hash for event in place.predictions()] == kept
    first = len(kept) - 1
    numbers = seqs(place.predictions())[logger.stream or ""]
    assert numbers == [*range(first), 100]
    gaps = place.gaps()
    assert {gap["reason"] for gap in gaps} == {"spool full"}
    assert {gap["stream"] for gap in gaps} == {logger.stream}
    missing = [n for gap in gaps for n in range(gap["first_seq"], gap["last_seq"] + 1)]
    assert missing == list(range(first, 100))
    assert sum(gap["count"] for gap in gaps) == 100 - first


@pytest.mark.parametrize("by", ["the next logger", "hand"])
def test_what_a_process_dropped_before_it_was_killed_is_a_gap(
    place: Place, spool: Path, logging_to: Make, by: str
) -> None:
    program = """
import os, sys
from lineseal import PredictionLogger
logger = PredictionLogger(sys.argv[1], sys.argv[2], spool=sys.argv[3], when_full="drop",
    spool_bytes=65536, timeout=0.5)
logger._target.handle = lambda: 1 / 0
hashes = [logger.log(output="x" * 1000) for _ in range(100)]
print(hashes.index(""), flush=True)
os.kill(os.getpid(), 9)
"""
    with child(program, place.address, place.model, spool) as process:
        first = int(process.communicate(timeout=60)[0])
    if by == "hand":
        drain = [sys.executable, "-m", "lineseal.cli", "spool", "drain", "--spool", spool]
        subprocess.run(drain, check=True)
    else:
        logger = logging_to()
        logger.log(output="mine")
        end = time.monotonic() + 20
        while not place.gaps() and time.monotonic() < end:
            time.sleep(0.1)
    told = [n for gap in place.gaps() for n in range(gap["first_seq"], gap["last_seq"] + 1)]
    assert set(told) == set(range(first, 100))


def test_a_row_that_the_ledger_refuses_does_not_block_the_others(
    place: Place,
    logging_to: Make,
    spool: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pieces, "_last_warning", -pieces.SELDOM)
    logger = logging_to(batch_age=3600)
    hashes = [logger.log(output=i, parents=MISSING if i % 10 == 3 else None) for i in range(50)]
    good = [hash for i, hash in enumerate(hashes) if i % 10 != 3]
    assert logger.flush(10)
    told = logger.stats()
    assert (told["sent"], told["refused"], told["error"]) == (45 + 5, 5, None)
    assert [event.hash for event in place.predictions()] == good
    kept = refused_files(spool)
    assert sorted(row["hash"] for row in kept) == sorted(set(hashes) - set(good))
    assert {row["code"] for row in kept} == {"parent_not_found"}
    assert all(MISSING in row["message"] for row in kept)
    assert [gap["first_seq"] for gap in place.gaps()] == [3, 13, 23, 33, 43]
    assert "refused, and kept in" in caplog.text


def test_neighbours_that_are_refused_share_a_gap(place: Place, logging_to: Make) -> None:
    logger = logging_to(batch_age=3600)
    for i in range(20):
        logger.log(output=i, parents=MISSING if i >= 5 else None)
    assert logger.close()
    [gap] = place.gaps()
    assert (gap["first_seq"], gap["last_seq"], gap["count"]) == (5, 19, 15)
    assert gap["reason"] == "refused: parent_not_found"


@pytest.mark.parametrize("error", [ServiceOverloadedError, InternalError, OSError, ValueError])
def test_what_is_wrong_with_the_ledger_keeps_all_rows(
    place: Place, logging_to: Make, spool: Path, error: type[Exception]
) -> None:
    logger = logging_to(batch_age=0.01)
    gate = Gate(logger, error)
    hashes = [logger.log(output=i) for i in range(10)]
    assert logger.flush(0.5) is False
    assert error.__name__ in logger.stats()["error"]
    assert not (spool / "refused").exists()
    gate.open = True
    assert logger.close()
    assert [event.hash for event in place.predictions()] == hashes


def test_a_batch_that_is_too_large_is_halved_until_it_fits() -> None:
    sizes: list[int] = []

    def record(blocks: Any) -> None:
        if len(blocks) > 3:
            raise InvalidArgumentError("the message is too large")
        sizes.append(len(blocks))

    assert deliver(record, [bytes([i]) for i in range(20)]) == []
    assert sum(sizes) == 20


def test_refusing_all_rows_of_a_batch_does_not_send_each_a_thousand_times() -> None:
    sent = 0

    def record(blocks: Any) -> None:
        nonlocal sent
        sent += len(blocks)
        error = ParentNotFoundError("not there")
        error.position = 0
        raise error

    rows = [b"%d" % i for i in range(1_000)]
    assert [one.block for one in deliver(record, rows)] == rows
    assert sent < 15 * len(rows)


def test_every_place_of_one_or_more_bad_rows_is_found(place: Place) -> None:
    with Tracker(place.address) as tracker:
        good = [tracker.record_prediction(output=i, parents=place.model) for i in range(8)]
        blocks = [tracker.get(one).block for one in good]
    bad = [b"\xa0", b"junk", b""]
    for n in range(1, 1 << 6, 5):
        rows = [bad[i % 3] if n >> i & 1 else blocks[i] for i in range(6)]
        with Tracker() as memory:
            memory.record_model(name="digits-lr", version="1.0")
            refused = deliver(memory.record_blocks, rows)
            assert [one.block for one in refused] == [row for row in rows if row in bad]
            taken = [event.block for event in memory.events("prediction")]
            assert taken == [row for row in rows if row not in bad]
