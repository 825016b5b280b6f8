"""The workload: canonical prediction blocks of 300 bytes, made outside of every timer.

One block is encoded by a foreign codec; the others are that block with its variable parts (two
parents, id, time) replaced in place, at about a microsecond each, so that 10^6 are quickly at hand.
Deterministic: the same numbers give the same bytes, on every side that is compared.
"""

import hashlib
import random
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cbrrr

BATCH = 1000
HOT, COLD = 100, 10_000
REPEATED = BATCH // 100  # one in a hundred is a block of an earlier batch
SIZE = 300
START = 1_767_225_600_000_000  # 2026-01-01 in microseconds; the n-th event is n µs later
INPUTS = {f"f{n:02}": n / 7 for n in range(6)}
OUTPUT = "a" * 20  # fills the block up to its 300 bytes

CID = bytes.fromhex("01711220")


def digest(block: bytes) -> bytes:
    return hashlib.sha256(block).digest()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What differs between two predictions of the workload."""

    number: int
    parents: tuple[bytes, ...]  # hashes, in the order of the block

    @property
    def time(self) -> int:
        return START + self.number

    @property
    def prediction_id(self) -> str:
        return f"00000000-0000-7000-8000-{self.number:012x}"


def encode(prediction: Prediction, stream: str | None = None) -> bytes:
    """The block of one prediction, by a codec that is not ours."""
    more = {} if stream is None else {"stream": stream}
    event: dict[str, Any] = {
        "v": 1,
        "type": "prediction",
        "time": prediction.time,
        "parents": [cbrrr.CID(CID + parent) for parent in prediction.parents],
        "payload": {
            "prediction_id": prediction.prediction_id,
            "inputs": INPUTS,
            "output": OUTPUT,
            **more,
        },
    }
    return cbrrr.encode_dag_cbor(event)


class Template:
    """Makes blocks by filling the gaps of one: for predictions with a fixed count of parents."""

    def __init__(self, parents: int, stream: str | None = None) -> None:
        marks = tuple(bytes([0xF0 + n]) * 32 for n in range(parents))
        sample = Prediction(0xABCDEF, marks)
        gaps = [*marks, sample.time.to_bytes(8), sample.prediction_id.encode()]
        block = encode(sample, stream)
        places = sorted((block.index(gap), len(gap)) for gap in gaps)
        self._fixed = []
        end = 0
        for start, length in places:
            self._fixed.append(block[end:start])
            end = start + length
        self._fixed.append(block[end:])
        self._order = sorted(range(len(gaps)), key=lambda gap: block.index(gaps[gap]))

    def fill(self, prediction: Prediction) -> bytes:
        values = [
            *prediction.parents,
            prediction.time.to_bytes(8),
            prediction.prediction_id.encode(),
        ]
        out = self._fixed[0]
        for gap, fixed in zip(self._order, self._fixed[1:], strict=True):
            out += values[gap] + fixed
        return out


def dataset(name: str) -> bytes:
    """A thing to descend from."""
    event: dict[str, Any] = {"v": 1, "type": "dataset", "parents": [], "payload": {"name": name}}
    return cbrrr.encode_dag_cbor(event)


class Workload:
    """Predictions in batches of 1,000, and the parents that must be recorded before them."""

    def __init__(self, events: int, cold: int = COLD) -> None:
        self.events = events
        self.parents = [dataset(f"hot-{n}") for n in range(HOT)]
        self.parents += [dataset(f"cold-{n}") for n in range(max(cold, 1))]
        hashes = [digest(block) for block in self.parents]
        self._hot, self._cold = hashes[:HOT], hashes[HOT:]
        self._random = random.Random(events)
        self.predictions: list[list[Prediction]] = []
        for start in range(0, events, BATCH):
            self.predictions.append(self._batch(start, min(BATCH, events - start)))

    @cached_property
    def batches(self) -> list[list[bytes]]:
        fill = Template(parents=2).fill
        return [[fill(prediction) for prediction in batch] for batch in self.predictions]

    def _batch(self, start: int, count: int) -> list[Prediction]:
        repeated = REPEATED if start else 0
        batch = [self._new(start + n) for n in range(count - repeated)]
        earlier: set[Prediction] = set()
        while len(earlier) < repeated:
            earlier.add(self._random.choice(self._random.choice(self.predictions)))
        return batch + sorted(earlier, key=lambda prediction: prediction.number)

    def _new(self, number: int) -> Prediction:
        pair = (self._random.choice(self._hot), self._random.choice(self._cold))
        return Prediction(number, tuple(sorted(pair)))
