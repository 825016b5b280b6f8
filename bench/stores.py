"""The sides of the comparisons: stores that take the workload's batches, each in a fresh folder."""

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from lineseal import PredictionRecord, Receipt, Tracker

from .blocks import BATCH, INPUTS, OUTPUT, Prediction, Workload
from .timing import Stopwatch


class Store(Protocol):
    """Durable when `record` returns."""

    def record(self, batch: Sequence[Any], /) -> object: ...
    def close(self) -> None: ...


class Blocks:
    """lineseal, given canonical blocks."""

    def __init__(self, path: Path) -> None:
        self.tracker = Tracker(path)
        self.close = self.tracker.close

    def record(self, batch: Sequence[bytes]) -> Sequence[Receipt]:
        return self.tracker.record_blocks(batch)


class Settled(Blocks):
    """The same, until the index has done all that it does in the background, and is closed."""

    def finish(self) -> None:
        self.tracker._ledger.settle()
        self.close()


class Records(Blocks):
    """lineseal, given record objects; blocks of the parents as before."""

    def record(self, batch: Sequence[Any]) -> Sequence[Receipt]:
        if isinstance(batch[0], bytes):
            return super().record(batch)
        return self.tracker.record_many(batch)


def record_objects(workload: Workload) -> list[list[PredictionRecord]]:
    """The workload as a user holds it: record objects whose parents are receipts. Same blocks."""
    with Tracker() as tracker:
        receipts = [tracker.record_blocks(some) for some in portions(workload.parents)]
    named = {bytes.fromhex(receipt.hash): receipt for some in receipts for receipt in some}
    return [[as_record(item, named) for item in batch] for batch in workload.predictions]


def as_record(prediction: Prediction, named: Mapping[bytes, Receipt]) -> PredictionRecord:
    return PredictionRecord(
        prediction_id=prediction.prediction_id,
        inputs=INPUTS,
        output=OUTPUT,
        time=prediction.time,
        parents=[named[parent] for parent in prediction.parents],
    )


def portions(blocks: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Batches of the workload's size."""
    for start in range(0, len(blocks), BATCH):
        yield blocks[start : start + BATCH]


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def record_all(store: Store, blocks: Sequence[bytes]) -> None:
    for some in portions(blocks):
        store.record(some)


def record_workload(store: Store, workload: Workload) -> None:
    for blocks in (workload.parents, *workload.batches):
        record_all(store, blocks)


def seconds_to_fill(
    make: Callable[[Path], Store],
    folder: Path,
    parents: Sequence[bytes],
    batches: Iterable[Sequence[Any]],
) -> float:
    """Time to open a new store and record every batch; recording the parents is not counted."""
    watch = Stopwatch()
    with scratch(folder) as path, ExitStack() as opened:
        with watch.running():
            store = opened.enter_context(closing(make(path / "store")))
        record_all(store, parents)
        with watch.running():
            for batch in batches:
                store.record(batch)
            if isinstance(store, Settled):
                store.finish()
    return watch.seconds
