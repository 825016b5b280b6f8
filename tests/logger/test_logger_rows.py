"""What `log` takes and what it refuses: the rules of the one writer."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lineseal import (
    InvalidArgumentError,
    InvalidRecordError,
    LedgerClosedError,
    PredictionLogger,
    PredictionRecord,
    Tracker,
)
from spooling import Place, seqs

Make = Callable[..., PredictionLogger]


def test_a_row_is_the_event_that_record_prediction_makes(place: Place, logging_to: Make) -> None:
    given: dict[str, Any] = {
        "inputs": {"x": np.arange(6.0).reshape(2, 3), "n": 2**64 - 1, "nan": math.nan, "é": b"\0"},
        "output": [None, "", {}, -(2**63), True],
        "prediction_id": "p-1",
        "status": "ok",
        "error": "none",
        "latency_us": 0,
        "properties": {"region": "eu"},
        "ids": ["request:9", "order:1"],
        "time": datetime(2026, 1, 1, tzinfo=UTC),
        "actor": "tests",
    }
    logger = logging_to()
    logged = logger.log(**given)
    with Tracker(place.address) as tracker:
        record = PredictionRecord(**given, stream=logger.stream, seq=0, parents=place.model)
        recorded = tracker.record(record)
    assert recorded.hash == logged


def test_nothing_given_null_and_empty_are_three_things(place: Place, logging_to: Make) -> None:
    logger = logging_to()
    logger.log()
    logger.log(inputs=None, output="")
    assert logger.flush(10)
    nothing, null = (event.payload for event in place.predictions())
    assert not {"inputs", "output"} & set(nothing)
    assert (null["inputs"], null["output"]) == (None, "")


def test_rows_may_have_parents_of_their_own(place: Place, logging_to: Make) -> None:
    with Tracker(place.address) as tracker:
        other = tracker.record_model(name="digits-lr", version="2.0")
    logger = logging_to()
    logger.log(output=1, parents={"model": other})
    assert logger.flush(10)
    assert place.predictions()[0].parents == (other.hash,)


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"inputs": {1: 2}}, "payload.inputs"),
        ({"inputs": {"x": {"y": [object()]}}}, "payload.inputs.x.y[0]"),
        ({"inputs": 2**64}, "payload.inputs"),
        ({"output": "\ud800"}, "payload.output"),
        ({"output": datetime(2026, 1, 1)}, "payload.output"),
        ({"output": {"lineseal:float": "seven"}}, "payload.output"),
        ({"output": b"x" * (1 << 20)}, "payload"),
        ({"prediction_id": 7}, "payload.prediction_id"),
        ({"prediction_id": ""}, "payload.prediction_id"),
        ({"latency_us": -1}, "payload.latency_us"),
        ({"latency_us": 1.5}, "payload.latency_us"),
        ({"latency_us": True}, "payload.latency_us"),
        ({"properties": [1]}, "payload.properties"),
        ({"ids": ["NOT:an id"]}, "payload.ids"),
        ({"status": 3}, "payload.status"),
        ({"time": "yesterday"}, "time"),
        ({"time": datetime(2026, 1, 1)}, "time"),
        ({"actor": 7}, "actor"),
        ({"parents": 7}, "parents"),
    ],
)
def test_a_bad_value_is_refused_to_its_caller_and_takes_no_number(
    place: Place, logging_to: Make, given: dict[str, Any], path: str
) -> None:
    logger = logging_to()
    logger.log(output=1)
    with pytest.raises(InvalidRecordError) as caught:
        logger.log(**given)
    assert (caught.value.path or "").startswith(path)
    logger.log(output=2)
    assert logger.flush(10)
    assert seqs(place.predictions()) == {logger.stream: [0, 1]}
    assert logger.stats()["logged"] == 2


def test_a_shortened_parent_is_refused_since_nobody_is_asked(logging_to: Make) -> None:
    with pytest.raises(InvalidArgumentError, match="full hash"):
        logging_to().log(output=1, parents="abababab")


def test_unknown_and_positional_arguments_are_refused(logging_to: Make) -> None:
    logger = logging_to()
    with pytest.raises(TypeError, match=r"PredictionLogger\.log\(\) takes 0 positional"):
        logger.log({"x": 1})  # type: ignore[misc]
    with pytest.raises(TypeError, match=r"PredictionLogger\.log\(\) .* 'colour'"):
        logger.log(colour="red")  # type: ignore[call-arg]


@pytest.mark.parametrize("timeout", ["a", -1, float("nan"), True])
def test_seconds_that_are_none_are_refused(logging_to: Make, timeout: Any) -> None:
    logger = logging_to()
    logger.log(output=1)
    for wait in (logger.flush, logger.close):
        with pytest.raises(InvalidArgumentError, match="timeout"):
            wait(timeout)
    logger.log(output=2)  # It was not closed.
    assert logger.flush(float("inf"))


def test_the_callers_own_errors_come_through(logging_to: Make) -> None:
    class Angry(np.ndarray):
        def tobytes(self, *_args: object) -> bytes:
            raise OSError("mine")

    class Iffy(dict[str, int]):
        pass

    logger = logging_to()
    assert logger.log(inputs=Iffy(a=1))
    with pytest.raises(InvalidRecordError):
        logger.log(inputs=iter([1]))


def test_threads_share_a_logger_and_numbers_stay_in_order(place: Place, logging_to: Make) -> None:
    class Slow(dict[str, int]):
        """Lets other threads in between while it is converted."""

        @property
        def __class__(self) -> type:  # type: ignore[override]
            threading.Event().wait(0.0005)
            let_in.append(1)
            return dict

    logger = logging_to()
    hashes: list[str] = []
    let_in: list[int] = []

    def work(who: int) -> None:
        for i in range(60):
            hashes.append(logger.log(inputs=Slow(i=i) if i % 3 else {"i": i}, output=who))

    threads = [threading.Thread(target=work, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logger.flush(10)
    assert len(let_in) >= 320
    events = place.predictions()
    assert seqs(events) == {logger.stream: list(range(480))}
    assert {event.hash for event in events} == set(hashes)


def test_files_are_for_this_user_alone(logging_to: Make, spool: Path) -> None:
    os.umask(0o000)
    try:
        logger = logging_to()
        logger.log(output=1)
    finally:
        os.umask(0o022)
    modes = {path: path.stat().st_mode & 0o777 for path in [spool, *spool.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert len(modes) >= 5


def test_a_closed_logger_refuses_and_closing_twice_does_nothing(logging_to: Make) -> None:
    logger = logging_to()
    logger.log(output=1)
    assert logger.close()
    assert logger.close()
    with pytest.raises(LedgerClosedError):
        logger.log(output=2)
    unused = logging_to()
    assert unused.flush(1)
    assert unused.close()
    with pytest.raises(LedgerClosedError):
        unused.log(output=1)
