"""`python -m bench growth`: one ledger from empty to its size, and what its size costs.

Each step runs in a process of its own (`large_work.py`), whose memory is watched from here. SQLite
gets the same batches, until its time is up.
"""

import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from . import curves, memory, shapes, stream
from .blocks import SIZE
from .memory import last, lines
from .options import Options
from .stores import scratch
from .timing import Measured, Result, progress

WORK = "bench.large_work"
STEPS = 20
SQLITE_SECONDS = 600  # a store that is a hundred times slower would take the day
KILLS = 3
COLUMNS = ("events", "events/s", "MiB", "bytes/event", "SQLite", "MiB", "bytes/event")


@dataclass
class Curve:
    """What was measured of one store after each step."""

    events: list[int] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)  # MiB
    beyond: list[float] = field(default_factory=list)  # bytes an event on disk beside the blocks
    closed: float = 0.0

    def add(self, line: dict[str, Any], peak: int) -> None:
        self.events.append(line["events"])
        self.rates.append(line["given"] / line["seconds"])
        self.peaks.append(peak / 2**20)
        self.beyond.append(beyond(line["bytes"], line["events"]))


def run(options: Options) -> Result:
    result = Result("growth", {})
    with scratch(options.folder) as folder:
        source, ledger = folder / "workload", folder / "ledger"
        stream.write(source, options.events)
        ours = fill("lineseal", ledger, source, options)
        opening(result, ledger)
        rebuilding(result, ledger, options.rounds)
        shutil.rmtree(ledger)
        sqlite = fill("sqlite", folder / "sqlite", source, options)
        source.unlink()
        summary(result, ours, sqlite, options)
        shapes.run(result, folder, options.events)
    result.notes.append(f"  drawn: {curves.draw(ours, sqlite, options)}")
    return result


def fill(kind: str, path: Path, source: Path, options: Options) -> Curve:
    """Record the workload in steps; ours within the limit on memory."""
    curve, most = Curve(), options.memory if kind == "lineseal" else None
    step = max(options.events // STEPS // 1000, 1) * 1000
    budget = SQLITE_SECONDS if kind == "sqlite" else float("inf")
    for line, peak in lines(WORK, "fill", kind, path, source, step, budget, most=most):
        if "closed" in line:
            curve.closed = line["closed"]
            curve.beyond[-1] = beyond(line["bytes"], curve.events[-1])
        else:
            curve.add(line, peak)
            progress(f"{kind}: {curve.events[-1]:,} events, {curve.rates[-1]:,.0f} a second")
    progress("")
    return curve


def beyond(size: int, events: int) -> float:
    """Bytes an event that are not its block: of its segment and its index, or of its tables."""
    parents = first()
    blocks = sum(map(len, parents)) + (events - len(parents)) * SIZE
    return (size - blocks) / events


@cache
def first() -> list[bytes]:
    return stream.parents()


def opening(result: Result, ledger: Path) -> None:
    """Closed before, then killed before."""
    clean = [last(WORK, "open", ledger)[0]["seconds"] for _ in range(KILLS)]
    killed = [after_kill(ledger) for _ in range(KILLS)]
    result.values["open_clean_seconds"] = median(clean)
    result.values["open_killed_seconds"] = median(killed)


def after_kill(ledger: Path) -> float:
    progress("killing a writer")
    with memory.started(WORK, "killed", ledger) as process:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise SystemExit(f"bench: {ledger} cannot be recorded into")
        time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
    return float(last(WORK, "open", ledger)[0]["seconds"])


def rebuilding(result: Result, ledger: Path, rounds: int) -> None:
    """The index made from the segments, and the segments read; both from the disk."""
    rebuilt, read, held = Measured(), Measured(), 0
    for number in range(1, rounds + 1):
        progress(f"round {number} of {rounds}: rebuilding the index")
        shutil.rmtree(ledger / "index", ignore_errors=True)
        last(WORK, "cold", ledger)
        line, peak = last(WORK, "open", ledger)
        rebuilt.rates.append(line["events"] / line["seconds"])
        held = max(held, peak)
        last(WORK, "cold", ledger)
        read.rates.append(line["events"] / last(WORK, "read", ledger)[0]["seconds"])
    progress("")
    result.sides |= {"rebuilding the index": rebuilt, "reading the segments": read}
    result.ratio("rebuild_vs_read", "rebuilding the index", "reading the segments")
    result.values["rebuild_peak_mib"] = held / 2**20


def summary(result: Result, ours: Curve, sqlite: Curve, options: Options) -> None:
    result.sides |= {
        "first step": Measured(ours.rates[:1]),
        "last step": Measured(ours.rates[-1:]),
        "sqlite, first step": Measured(sqlite.rates[:1]),
        "sqlite, last step": Measured(sqlite.rates[-1:]),
    }
    result.ratio("last_vs_first_step", "last step", "first step")
    result.values["peak_mib"] = max(ours.peaks)
    result.values["bytes_beyond_blocks"] = ours.beyond[-1]
    result.values["settling_seconds"] = ours.closed
    result.notes += [
        f"  recorded within a limit of {options.memory >> 20:,} MiB",
        f"  {''.join(f'{name:>13}' for name in COLUMNS)}",
        *table(ours, sqlite),
    ]
    if len(sqlite.events) < len(ours.events):
        result.notes.append(
            f"  SQLite was stopped at {sqlite.events[-1]:,} events: {SQLITE_SECONDS} seconds"
        )


def table(ours: Curve, sqlite: Curve) -> Iterator[str]:
    for at, events in enumerate(ours.events):
        row = f"{events:>13,}" + cells(ours, at)
        yield "  " + row + (cells(sqlite, at) if at < len(sqlite.events) else f"{'–':>13}" * 3)


def cells(curve: Curve, at: int) -> str:
    return f"{curve.rates[at]:>13,.0f}{curve.peaks[at]:>13,.0f}{curve.beyond[at]:>13,.0f}"
