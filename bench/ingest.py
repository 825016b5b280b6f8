"""Durable ingest: canonical blocks and record objects, against SQLite and the bare file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import growth
from .baselines.raw_write import RawFile
from .baselines.sqlite_baseline import SqliteStore
from .blocks import Workload
from .options import Options
from .stores import Blocks, Records, Store, record_objects, seconds_to_fill
from .timing import Result, Side, alternate


def run(options: Options) -> Result:
    workload = Workload(options.events)
    full = growth.side_name("blocks", options.events)
    folder = options.folder
    sides = {
        full: fill(Blocks, folder, workload, workload.batches),
        "records": fill(Records, folder, workload, record_objects(workload)),
        "raw write": fill(RawFile, folder, workload, workload.batches),
        "sqlite": fill(SqliteStore, folder, workload, workload.batches),
    }
    for size in growth.sizes(options.events):
        small = Workload(size)
        side = fill(Blocks, folder, small, small.batches, growth.times(size))
        sides[growth.side_name("blocks", size)] = side
    result = Result("ingest", alternate(options.rounds, sides))
    result.ratio("blocks_vs_sqlite", full, "sqlite")
    result.ratio("records_vs_sqlite", "records", "sqlite")
    growth.add_ratio(result, "ingest_growth", "blocks", options.events)
    result.ratio("blocks_vs_raw_write", full, "raw write")
    return result


def fill(
    make: Callable[[Path], Store],
    folder: Path,
    workload: Workload,
    batches: Sequence[Sequence[Any]],
    times: int = 1,
) -> Side:
    """A side that fills `times` new stores, one after the other."""

    def seconds() -> float:
        one = (seconds_to_fill(make, folder, workload.parents, batches) for _ in range(times))
        return sum(one)

    return Side(workload.events * times, seconds)
