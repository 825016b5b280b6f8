"""Durable ingest: blocks, record objects and columns, against SQLite and the bare file."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from . import columns, growth, stream
from .baselines.raw_write import RawFile
from .baselines.sqlite_baseline import SqliteStore
from .blocks import Workload
from .options import Options
from .stores import (
    Blocks,
    Records,
    Settled,
    Store,
    record_all,
    record_objects,
    scratch,
    seconds_to_fill,
)
from .timing import Measured, Result, Side, Stopwatch, alternate, collector_off, progress

FIFTHS = ("1st fifth", "2nd fifth", "3rd fifth", "4th fifth", "5th fifth")


def run(options: Options) -> Result:
    workload = Workload(options.events)
    full = growth.side_name("blocks", options.events)
    folder = options.folder
    sides = {
        full: fill(Blocks, folder, workload, workload.batches),
        "records": fill(Records, folder, workload, record_objects(workload)),
        "settled": fill(Settled, folder, workload, workload.batches),
        "raw write": fill(RawFile, folder, workload, workload.batches),
        "sqlite": fill(SqliteStore, folder, workload, workload.batches),
    }
    if columns.measurable():
        table, rows = columns.arguments(workload)
        whole = fill(columns.Columns, folder, workload, [[table]])
        sides["columns"] = Side(rows, whole.run)
    for size in growth.sizes(options.events):
        small = Workload(size)
        side = fill(Blocks, folder, small, small.batches, growth.times(size))
        sides[growth.side_name("blocks", size)] = side
    result = Result("ingest", alternate(options.rounds, sides))
    result.ratio("blocks_vs_sqlite", full, "sqlite")
    result.ratio("records_vs_sqlite", "records", "sqlite")
    if "columns" in sides:
        result.ratio("columns_vs_records", "columns", "records")
    else:
        result.notes.append("  columns_vs_records: not measured, since pyarrow is not installed")
    growth.add_ratio(result, "ingest_growth", "blocks", options.events)
    result.ratio("blocks_vs_raw_write", full, "raw write")
    result.ratio("settled_vs_raw_write", "settled", "raw write")
    result.sides |= fifths(options)
    result.ratio("last_vs_first_million", FIFTHS[4], FIFTHS[0])
    return result


def fifths(options: Options) -> dict[str, Measured]:
    """Rates of the first and the last fifth of a ledger five times the size."""
    measured = {name: Measured() for name in (FIFTHS[0], FIFTHS[4])}
    with scratch(options.folder) as folder:
        stream.write(folder / "workload", 5 * options.events)
        for number in range(1, options.rounds + 1):
            with collector_off(), scratch(folder) as path, closing(Blocks(path / "l")) as ledger:
                record_all(ledger, stream.parents())
                for fifth, name in enumerate(FIFTHS):
                    progress(f"round {number} of {options.rounds}: {name} fifth")
                    watch = Stopwatch()
                    first = fifth * options.events
                    for batch in stream.batches(folder / "workload", first, options.events):
                        with watch.running():
                            ledger.record(batch)
                    if name in measured:
                        measured[name].rates.append(options.events / watch.seconds)
    progress("")
    return measured


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
