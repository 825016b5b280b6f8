"""`lineseal audit-streams` and `lineseal spool`, as they are called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineseal import (
    GapRecord,
    InvalidArgumentError,
    PredictionLogger,
    PredictionRecord,
    Tracker,
)
from lineseal.logger import draining
from lineseal.logger.audit import Spans, audit_streams
from spooling import MISSING, Place, Service, child, killed, names, refused_files, seqs

NOBODY = "grpc://127.0.0.1:9/default"
Make = Callable[..., PredictionLogger]


def called(*arguments: object) -> tuple[int, Any]:
    """Exit status and JSON document of a command line."""
    command = [sys.executable, "-m", "lineseal.cli", *map(str, arguments), "--json"]
    environ = os.environ | {"LINESEAL_TIMEOUT": "2"}
    done = subprocess.run(command, capture_output=True, text=True, env=environ)
    return done.returncode, json.loads(done.stdout)


def rows(stream: str, *numbers: int) -> list[PredictionRecord]:
    return [PredictionRecord(stream=stream, seq=seq, parents=()) for seq in numbers]


def test_streams_are_audited(tmp_path: Path) -> None:
    ledger = tmp_path / "audited.ledger"
    with Tracker(ledger) as tracker:
        tracker.record_many(rows("whole", 0, 1, 2, 3))
        tracker.record_many(rows("late", 2, 0, 1))
        tracker.record_many(rows("told", 0, 1, 5))
        tracker.record_gap(stream="told", first_seq=2, last_seq=4, count=3, reason="spool full")
        tracker.record_many(rows("lost", 1, 2, 7))
        tracker.record_gap(stream="lost", first_seq=3, last_seq=4, count=2, reason="spool full")
        tracker.record_many(rows("twice", 0, 1, 1, 2))
        tracker.record_prediction(output=1, parents=())
    status, said = called("audit-streams", "--ledger", ledger)
    assert status == 1
    assert said["ok"] is False
    found = {each["stream"]: each for each in said["streams"]}
    assert {name for name, each in found.items() if each["missing"] or each["duplicates"]} == {
        "lost",
        "twice",
    }
    assert found["lost"]["missing"] == [[0, 0], [5, 6]]
    assert found["lost"]["explained"] == [[3, 4]]
    assert found["told"]["explained"] == [[2, 4]]
    assert (found["twice"]["duplicates"], found["twice"]["duplicate_seqs"]) == (1, [1])
    assert (found["whole"]["rows"], found["whole"]["last_seq"]) == (4, 3)
    status, said = called("audit-streams", "--ledger", ledger, "--stream", "told")
    assert (status, said["ok"], len(said["streams"])) == (0, True, 1)
    status, said = called("audit-streams", "--ledger", ledger, "--stream", "lost")
    assert (status, said["streams"][0]["missing"]) == (1, [[0, 0], [5, 6]])


def test_a_text_says_what_is_missing(tmp_path: Path) -> None:
    with Tracker(tmp_path / "a.ledger") as tracker:
        tracker.record_many(rows("lost", 0, 2, 5))
    command = [sys.executable, "-m", "lineseal.cli", "audit-streams", "-l", tmp_path / "a.ledger"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "1, 3-4" in done.stdout
    assert done.stdout.splitlines()[-1] == (
        "FAILED  3 predictions in 1 stream; 1 of them lack some without a word, or have some twice"
    )


def test_a_service_is_audited_alike(service: Service, spool: Path) -> None:
    with PredictionLogger(service.address, service.model, spool=spool) as logger:
        for i in range(20):
            logger.log(output=i, parents=MISSING if i == 7 else None)
    status, said = called("audit-streams", "--ledger", service.address)
    assert status == 0
    [stream] = said["streams"]
    assert (stream["rows"], stream["missing"], stream["explained"]) == (19, [], [[7, 7]])


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6))), st.integers(0, 50))
def test_spans_are_the_numbers_that_were_added(added: list[tuple[int, int]], number: int) -> None:
    spans, numbers = Spans(), set[int]()
    for first, more in added:
        spans.add(first, first + more)
        numbers |= set(range(first, first + more + 1))
    assert (number in spans) == (number in numbers)
    kept = list(spans)
    assert [n for first, last in kept for n in range(first, last + 1)] == sorted(numbers)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(kept))
    wanted = set(range(max(numbers, default=-1) + 1)) - numbers
    assert {n for first, last in spans.missing() for n in range(first, last + 1)} == wanted
    left = {n for first, last in spans.without(5, 30) for n in range(first, last + 1)}
    assert left == set(range(5, 31)) - numbers


def test_gaps_of_a_stream_without_rows_are_known(tmp_path: Path) -> None:
    with Tracker() as tracker:
        gap = GapRecord(stream="s", first_seq=3, last_seq=4, count=2, reason="spool full")
        tracker.record(gap)
        [stream] = audit_streams(tracker)
    assert (stream.unexplained(), stream.explained(), stream.last) == ([(0, 2)], [(3, 4)], 4)


def test_spools_are_listed(place: Place, spool: Path, logging_to: Make) -> None:
    killed(place, spool, 3)
    logger = logging_to(NOBODY, "ab" * 32, timeout=0.3, batch_age=3600)
    logger.log(output=1)
    status, said = called("spool", "list", "--spool", spool)
    assert status == 0
    left, mine = sorted(said["spools"], key=lambda each: each["running"])
    assert (left["rows"], left["target"], left["running"]) == (3, place.address, False)
    assert (mine["rows"], mine["target"], mine["running"]) == (
        1,
        NOBODY,
        True,
    )
    assert mine["stream"] == logger.stream
    assert said["refused"] == []


def test_listing_goes_on_while_rows_come_and_go(
    place: Place, spool: Path, logging_to: Make
) -> None:
    logger = logging_to(batch_age=0.001, spool_bytes=65536, when_full="block")
    stop = time.monotonic() + 2
    while time.monotonic() < stop:
        for _ in range(50):
            logger.log(output="x" * 1_000)
        [one] = draining.listed(spool)
        assert 0 <= one["rows"] <= 66
    assert logger.close()
    assert seqs(place.predictions()) == {logger.stream: list(range(logger.stats()["logged"]))}


def test_what_was_left_is_drained(place: Place, spool: Path) -> None:
    hashes = killed(place, spool, 30)
    status, said = called("spool", "drain", "--spool", spool)
    assert (status, said["spools"][0]["sent"], said["spools"][0]["left"]) == (0, 30, 0)
    assert names(place) == hashes
    assert list(spool.iterdir()) == []
    assert called("spool", "drain", "--spool", spool) == (0, {"spools": []})


def test_what_cannot_be_drained_stays_and_is_told(place: Place, spool: Path) -> None:
    hashes = killed(Place(NOBODY, place.model), spool, 5)
    command = ["spool", "drain", "--spool", spool]
    status, said = called(*command)
    assert status == 4
    assert said["spools"][0]["error"]["code"] == "service_unavailable"
    assert said["spools"][0]["left"] == 5
    status, said = called(*command, "--to", place.address)
    assert (status, said["spools"][0]["sent"]) == (0, 5)
    assert names(place) == hashes


def test_what_a_running_process_has_is_left_to_it(
    place: Place, spool: Path, logging_to: Make
) -> None:
    logging_to(batch_age=3600).log(output=1)
    assert called("spool", "drain", "--spool", spool) == (0, {"spools": []})


def test_refused_rows_are_listed_and_sent_again_when_their_reason_is_gone(
    place: Place, spool: Path, tmp_path: Path
) -> None:
    with Tracker() as elsewhere:
        parent = elsewhere.record_model(name="late")
    with PredictionLogger(place.address, place.model, spool=spool) as logger:
        late = [logger.log(output=i, parents=parent) for i in range(3)]
        never = logger.log(output=3, parents=MISSING)
    said = called("spool", "list", "--spool", spool)[1]
    assert [row["seq"] for row in said["refused"]] == [0, 1, 2, 3]
    with Tracker(place.address) as tracker:
        tracker.record_model(name="late")
    status, said = called("spool", "retry", "--spool", spool)
    assert status == 1
    assert {row["hash"]: row["result"] for row in said["rows"]} == {
        **dict.fromkeys(late, "recorded"),
        never: "parent_not_found",
    }
    assert names(place) == late
    assert [row["hash"] for row in refused_files(spool)] == [never]
    assert called("audit-streams", "--ledger", place.address)[0] == 0


def test_draining_tells_of_refused_rows(place: Place, spool: Path) -> None:
    program = """
import os, sys
from lineseal import PredictionLogger
logger = PredictionLogger(sys.argv[1], sys.argv[2], spool=sys.argv[3], batch_age=3600)
for i in range(10):
    logger.log(output=i, parents=sys.argv[4] if i == 4 else None)
os.kill(os.getpid(), 9)
"""
    with child(program, place.address, place.model, spool, MISSING) as process:
        process.wait()
    status, said = called("spool", "drain", "--spool", spool)
    assert (status, said["spools"][0]["sent"], said["spools"][0]["refused"]) == (1, 9, 1)
    assert [gap["first_seq"] for gap in place.gaps()] == [4]


@pytest.mark.parametrize("verb", ["drain", "retry", "list"])
def test_no_spools_at_all_is_no_error(tmp_path: Path, verb: str) -> None:
    status, said = called("spool", verb, "--spool", tmp_path / "nowhere")
    assert status == 0
    assert [said[key] for key in ("spools", "rows", "refused") if said.get(key)] == []


def test_a_slip_in_a_name_is_no_clean_bill(tmp_path: Path) -> None:
    ledger = tmp_path / "audited.ledger"
    with Tracker(ledger) as tracker:
        tracker.record_many(rows("whole", 0, 1))
    status, told = called("audit-streams", "-l", ledger, "--stream", "hole")
    assert (status, told["error"]["code"]) == (3, "event_not_found")
    command = [sys.executable, "-m", "lineseal.cli", "spool", "list", "--spool", "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert f"there is no folder {tmp_path / 'nowhere'}" in done.stderr


@pytest.mark.parametrize("target", ["localhost:50051", "http://localhost:50051/default"])
def test_a_service_without_its_scheme_is_no_directory(target: str, spool: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="grpc://"):
        PredictionLogger(target, (), spool=spool)
