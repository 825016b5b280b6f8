"""The prediction logger: what `log` costs its caller, and what one logger sends.

By hand is what a service would do without us: encode the same event with cbrrr, hash it with
hashlib, append it to a file with os.write; the dict that cbrrr takes is made outside of the timer.
Both sides take turns event by event, while the logger's thread sends to a server in a process of
its own, and again while there is none.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import cbrrr
from lineseal import Client, PredictionLogger, PredictionRecord

from .blocks import CID, INPUTS, OUTPUT
from .options import Options
from .rpc import OURS, made, serving
from .timing import Measured, Result, Side, alternate, collector_off, progress

NOBODY = "grpc://127.0.0.1:9/default"
STREAM = "predictions-20260101T000000-0123456789abcdef"
BATCH = 1_000


def run(options: Options) -> Result:
    """Of 1,000,000 events elsewhere 50,000 are logged one by one here, and 200,000 sent."""
    rows = max(options.events // 20, 500)
    with tempfile.TemporaryDirectory(dir=made(options.folder)) as name, server(name) as (at, model):
        folder = Path(name)
        costs = Costs(folder, rows)
        for number in range(options.rounds):
            progress(f"round {number + 1} of {options.rounds}: log")
            for state, target in [("up", at), ("down", NOBODY)]:
                costs.measure(state, target, model)
        events = max(options.events // 5, 2 * BATCH)
        sent = alternate(
            options.rounds,
            {
                "record_many, 1,000": Side(events, recorder(at, model, events)),
                "one logger": Side(events, sender(folder, at, model, events)),
            },
        )
    result = Result("logger", costs.sides | sent)
    result.ratio("log_vs_by_hand", "by hand, server up", "log, server up")
    result.ratio("log_vs_by_hand_down", "by hand, server down", "log, server down")
    result.ratio("logger_vs_record_many", "one logger", "record_many, 1,000")
    result.values = {key: median(some) for key, some in costs.late.items()}
    return result


class Costs:
    """Microseconds of `log` and of the same by hand: medians as rates, and the 99th of 100."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        self.sides: dict[str, Measured] = {}
        self.late: dict[str, list[float]] = {}

    def measure(self, state: str, target: str, model: str) -> None:
        """One round."""
        file = os.open(self.folder / "by-hand", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        spool = self.folder / f"spool-{state}-{time.monotonic_ns()}"
        logger = PredictionLogger(target, model, spool=spool, stream="predictions", timeout=1)
        taken: dict[str, list[int]] = {"by hand": [], "log": []}
        logger.log(inputs=INPUTS, output=OUTPUT)
        with collector_off():
            for number, event in events_by_hand(model, self.rows):
                identifier = event["payload"]["prediction_id"]
                start = time.perf_counter_ns()
                block = cbrrr.encode_dag_cbor(event)
                hashlib.sha256(block).hexdigest()
                os.write(file, block)
                between = time.perf_counter_ns()
                logger.log(inputs=INPUTS, output=OUTPUT, prediction_id=identifier, time=number)
                taken["log"].append(time.perf_counter_ns() - between)
                taken["by hand"].append(between - start)
        logger.close(60 if state == "up" else 0)
        os.close(file)
        for side, some in taken.items():
            self.sides.setdefault(f"{side}, server {state}", Measured()).rates.append(
                1e9 / median(some)
            )
            late = quantiles(some, n=100)[-1] / 1e3
            self.late.setdefault(f"{side.replace(' ', '_')}_{state}_p99_us", []).append(late)


def events_by_hand(model: str, rows: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The events that the logger makes of the same rows, as cbrrr takes them."""
    parents = [cbrrr.CID(CID + bytes.fromhex(model))]
    for seq in range(rows):
        number = time.time_ns() // 1_000
        yield (
            number,
            {
                "v": 1,
                "type": "prediction",
                "time": number,
                "parents": parents,
                "payload": {
                    "prediction_id": f"00000000-0000-7000-8000-{number:012x}",
                    "inputs": INPUTS,
                    "output": OUTPUT,
                    "stream": STREAM,
                    "seq": seq,
                },
            },
        )


def recorder(at: str, model: str, events: int) -> Callable[[], float]:
    """`Client.record_many` of records made before."""

    def seconds() -> float:
        records = [
            PredictionRecord(inputs=INPUTS, output=OUTPUT, parents=model) for _ in range(events)
        ]
        with Client(at.removeprefix("grpc://").partition("/")[0]) as client:
            start = time.perf_counter()
            for first in range(0, events, BATCH):
                client.record_many(records[first : first + BATCH])
            return time.perf_counter() - start

    return seconds


def sender(folder: Path, at: str, model: str, events: int) -> Callable[[], float]:
    """One logger, from the first `log` until the ledger has all."""

    def seconds() -> float:
        with PredictionLogger(at, model, spool=folder / "spool") as logger:
            logger.log(inputs=INPUTS, output=OUTPUT)
            logger.flush()
            start = time.perf_counter()
            for _ in range(events):
                logger.log(inputs=INPUTS, output=OUTPUT)
            if not logger.flush(600):
                raise SystemExit("bench: the logger could not send its rows")
            return time.perf_counter() - start

    return seconds


@contextmanager
def server(folder: str) -> Iterator[tuple[str, str]]:
    """A ledger's address, and the hash of the model in it."""
    with serving(OURS, folder) as (address, _), Client(address) as client:
        model = client.record_model(name="digits-lr", version="1.0").hash
        yield f"grpc://{address}/default", model
