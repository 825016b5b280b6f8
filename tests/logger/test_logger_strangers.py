"""What others left, mistyped or own costs no good row its place, and nobody's service its rows."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cbrrr
import pytest
from lineseal import PredictionLogger, ReadOnlyError, Tracker
from lineseal.logger import sender
from lineseal.logger.audit import audit_streams
from spooling import Place, killed, names, refused_files

Make = Callable[..., PredictionLogger]
NOBODY = "grpc://127.0.0.1:9/default"


def test_a_spool_that_cannot_be_sent_does_not_hold_up_those_behind_it(
    place: Place, spool: Path, logging_to: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "LOOK_ROUND", 0.2)
    killed(place, spool, 3)
    broken = next(spool.iterdir())
    broken.rename(broken := spool / f"0{broken.name[1:]}")  # The eldest.
    (broken / "acked").unlink()
    (broken / "acked").mkdir()
    killed(place, spool, 3)
    logger = logging_to(batch_age=0.02)
    logger.log(output="mine")
    end = time.monotonic() + 10
    while len(names(place)) < 4 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(names(place)) == 4
    assert broken.exists()


def drained(spool: Path, *more: str) -> int:
    command = [sys.executable, "-m", "lineseal.cli", "spool", "drain", "--spool", str(spool), *more]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_slip_in_the_place_to_drain_to_refuses_no_row(place: Place, spool: Path) -> None:
    hashes = killed(place, spool, 3)
    assert drained(spool, "--to", "grpc://127.0.0.1:99999/x") == 2
    assert refused_files(spool) == []
    assert drained(spool) == 0
    assert sorted(names(place)) == sorted(hashes)


def test_while_the_ledger_is_away_gaps_do_not_pass_the_bound(place: Place, spool: Path) -> None:
    logger = PredictionLogger(
        NOBODY, place.model, spool=spool, spool_bytes=65_536, when_full="drop", timeout=0.2
    )
    end = time.monotonic() + 5
    while time.monotonic() < end:
        logger.log(output="x" * 400)
        time.sleep(0.002)
    told = logger.stats()
    logger.close(0.1)
    assert told["dropped"] > 500
    assert told["bytes"] < 65_536 + 300


def test_a_folder_of_another_user_is_refused(
    place: Place, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.mkdir(mode=0o700)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    with pytest.raises(ReadOnlyError, match="belongs to another user"):
        PredictionLogger(place.address, place.model, spool=spool)


@pytest.mark.parametrize(
    "payload",
    [
        {"stream": "s"},
        {"stream": "s", "first_seq": "a", "last_seq": 2},
        {"stream": "s", "first_seq": 9, "last_seq": 2},
    ],
)
def test_a_copied_gap_that_says_nothing_explains_nothing(
    tmp_path: Path, payload: dict[str, object]
) -> None:
    event = {"v": 1, "type": "lineseal/gap", "time": 1, "parents": [], "payload": payload}
    with Tracker(tmp_path / "copies.ledger") as tracker:
        tracker._record_copies([cbrrr.encode_dag_cbor(event)])
        tracker.record_prediction(output=1, stream="s", seq=1, parents=())
        (found,) = audit_streams(tracker)
    assert found.unexplained() == [(0, 0)]
