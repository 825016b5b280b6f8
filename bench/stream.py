"""The workload at any size: kept in a file and read a batch at a time, so that memory stays small.

The same predictions in the same proportions as in `blocks.Workload`. Making it costs some
microseconds an event and is never inside a timer; blocks all have one size, which makes the file
simple.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

from .blocks import BATCH, COLD, HOT, REPEATED, SIZE, Prediction, Template, dataset, digest
from .timing import progress

Batch = list[bytes]


def parents() -> list[bytes]:
    """What must be recorded before: 100 hot ones, and 10,000."""
    hot = [dataset(f"hot-{n}") for n in range(HOT)]
    return hot + [dataset(f"cold-{n}") for n in range(COLD)]


def write(path: Path, events: int) -> None:
    """Predictions in batches of 1,000, of which one in a hundred is a block of an earlier batch."""
    hashes = [digest(block) for block in parents()]
    hot, cold, fill = hashes[:HOT], hashes[HOT:], Template(parents=2).fill
    draw = random.Random(events)
    with path.open("w+b") as file:
        for start in range(0, events, BATCH):
            if start % 100_000 == 0:
                progress(f"making the workload: {start:,} of {events:,} events")
            count = min(BATCH, events - start)
            repeated = again(draw, start, count)
            for number in range(start, start + count - len(repeated)):
                pair = sorted((draw.choice(hot), draw.choice(cold)))
                file.write(fill(Prediction(number, (pair[0], pair[1]))))
            file.write(b"".join(copies(file.fileno(), repeated)))


def again(draw: random.Random, start: int, count: int) -> list[int]:
    """Places of blocks that are new in an earlier batch."""
    places: set[int] = set()
    while start and len(places) < count * REPEATED // BATCH:
        place = draw.randrange(start)
        if place < BATCH or place % BATCH < BATCH - REPEATED:
            places.add(place)
    return sorted(places)


def copies(file: int, places: list[int]) -> Iterator[bytes]:
    return (os.pread(file, SIZE, place * SIZE) for place in places)


def batches(path: Path, first: int = 0, events: int | None = None) -> Iterator[Batch]:
    """The batches of a file, from its `first` event on, `events` of them or all."""
    with path.open("rb") as file:
        file.seek(first * SIZE)
        left = events if events is not None else path.stat().st_size // SIZE - first
        while left > 0:
            data = file.read(min(BATCH, left) * SIZE)
            left -= BATCH
            yield [data[at : at + SIZE] for at in range(0, len(data), SIZE)]
