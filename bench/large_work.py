"""`python -m bench.large_work WORK …`: one step of `bench growth`, in a process that did nothing
before, so that its memory is the step's. Prints JSON, a line a measurement.
"""

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from lineseal import LedgerTimeoutError, Tracker, open_ledger
from lineseal._ledger_api import LedgerAPI

from . import stream
from .baselines.sqlite_baseline import SqliteStore
from .blocks import BATCH, Prediction, Template, dataset, digest
from .memory import say
from .stores import Settled, record_all
from .timing import Stopwatch, seconds

MAKE: dict[str, Callable[[Path], Any]] = {"lineseal": Settled, "sqlite": SqliteStore}
PIECE = 1 << 20
PATIENCE = 100  # times
HUB = "hub"  # stream of the hub's children


def fill(kind: str, path: str, source: str, step: str, budget: str) -> None:
    """Record a workload; after each step its rate's seconds and the size of what was made.

    Ends before its time when all steps together took longer than the budget.
    """
    store, place, total = MAKE[kind](Path(path)), Path(path), 0.0
    record_all(store, stream.parents())
    batches = stream.batches(Path(source))
    while True:
        watch, given = Stopwatch(), 0
        # One at a time: a step's blocks in memory would be most of what is measured.
        for batch in islice(batches, int(step) // BATCH):
            with watch.running():
                store.record(batch)
            given += len(batch)
        if not given:
            break
        total += watch.seconds
        say(given=given, seconds=watch.seconds, events=length(store), bytes=size(store, place))
        if total > float(budget):
            break
    closing = seconds(store.finish if isinstance(store, Settled) else store.close)
    say(closed=closing, bytes=on_disk(place))


def length(store: Any) -> int:
    return len(store.tracker) if isinstance(store, Settled) else store.length


def size(store: Any, place: Path) -> int:
    """Bytes so far. A segment's reserve is none: closing gives it back."""
    if not isinstance(store, Settled):
        return on_disk(place)
    return int(store.tracker.stats()["bytes"]) + on_disk(place / "index")


def on_disk(place: Path) -> int:
    """Bytes of a file with what lies beside it (SQLite's log), or of a folder."""
    if place.is_dir():
        return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    return sum(file.stat().st_size for file in place.parent.glob(place.name + "*"))


def opened(path: str) -> None:
    """Open for writing, and the last event read: it is there."""
    start = time.perf_counter()
    tracker = Tracker(path)
    taken = time.perf_counter() - start
    length = len(tracker)
    (event,) = tracker.events(after_index=length - 2)
    say(seconds=taken, events=length, last=event.hash)
    tracker.close()


def killed(path: str) -> None:
    """Record until killed."""
    tracker, number, template = Tracker(path), 0, Template(parents=1)
    (origin,) = tracker.record_blocks([dataset(f"killed-{os.getpid()}")])
    parent = bytes.fromhex(origin.hash)
    while True:
        new = range(number, number + BATCH)
        tracker.record_blocks([template.fill(Prediction(n, (parent,))) for n in new])
        number += BATCH
        if number == 20 * BATCH:
            say(ready=True)


def read(path: str) -> None:
    """All segments from front to back, and nothing else."""
    buffer = bytearray(PIECE)

    def once() -> None:
        for file in segments(path):
            with file.open("rb", buffering=0) as raw:
                while raw.readinto(buffer):
                    pass

    say(seconds=seconds(once))


def cold(path: str) -> None:
    """Ask the system to forget the segments."""
    for file in segments(path):
        with file.open("rb") as raw:
            os.fsync(raw.fileno())
            os.posix_fadvise(raw.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    say(done=True)


def segments(path: str) -> list[Path]:
    return sorted((Path(path) / "segments").glob("*.car"))


def hub(path: str, count: str) -> None:
    """One dataset with so many children, all of one stream."""
    template, origin = Template(parents=1, stream=HUB), dataset("hub")
    made = (Prediction(number, (digest(origin),)) for number in range(int(count)))
    build(path, origin, map(template.fill, made))


def chain(path: str, depth: str) -> None:
    """Each event the only parent of the next."""
    template, origin = Template(parents=1), dataset("origin")

    def links() -> Iterator[bytes]:
        above = digest(origin)
        for number in range(int(depth) - 1):
            block = template.fill(Prediction(number, (above,)))
            above = digest(block)
            yield block

    build(path, origin, links())


def build(path: str, origin: bytes, blocks: Iterable[bytes]) -> None:
    with Tracker(path) as tracker:
        tracker.record_blocks([origin])
        every = iter(blocks)
        while some := list(islice(every, 10 * BATCH)):
            tracker.record_blocks(some)
        (tip,) = tracker.events(after_index=len(tracker) - 2)
        say(origin=digest(origin).hex(), tip=tip.hash, events=len(tracker))


def walk(target: str, verb: str, name: str) -> None:
    """One verb to its end, its events dropped as they come: how many, and in how many seconds."""
    with patiently(target) as ledger:
        verbs: dict[str, Callable[[], Iterable[object]]] = {
            "open": lambda: (),
            "events": ledger.events,
            "impact": lambda: ledger.impact(name),
            "ancestors": lambda: ledger.ancestors(name),
            "trace": lambda: ledger.trace(name),
            "find": lambda: ledger.find(stream=HUB, limit=10_000),
        }
        say(opened=True)
        start = time.perf_counter()
        found = enumerate(verbs[verb](), 1)
        (end,) = deque(found, maxlen=1) or ((0, None),)
        say(events=end[0], seconds=time.perf_counter() - start)


def patiently(target: str) -> LedgerAPI:
    """A service may have to open the ledger first, which a client does not wait for very long."""
    for _ in range(PATIENCE):
        try:
            return open_ledger(target)
        except LedgerTimeoutError:
            time.sleep(1)
    return open_ledger(target)


WORKS: dict[str, Callable[..., None]] = {
    "fill": fill,
    "open": opened,
    "killed": killed,
    "read": read,
    "cold": cold,
    "hub": hub,
    "chain": chain,
    "walk": walk,
}

if __name__ == "__main__":
    WORKS[sys.argv[1]](*sys.argv[2:])
