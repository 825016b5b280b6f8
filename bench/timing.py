"""Timers, medians and the tables that a benchmark prints. Knows nothing of what is measured."""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


class Stopwatch:
    """Adds up the seconds of several timed stretches; what happens between them is not counted."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - start


@dataclass
class Measured:
    """Rates of one side, one a round, in events a second."""

    rates: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rates)


@dataclass(frozen=True)
class Side:
    """One side of a comparison: does its work once, says how many seconds of it count."""

    events: int
    run: Callable[[], float]


def alternate(rounds: int, sides: Mapping[str, Side]) -> dict[str, Measured]:
    """Run every side once a round, in turn: what slows the machine for a while slows all."""
    measured = {name: Measured() for name in sides}
    for number in range(1, rounds + 1):
        for name, side in sides.items():
            progress(f"round {number} of {rounds}: {name}")
            with collector_off():
                measured[name].rates.append(side.events / side.run())
    progress("")
    return measured


def progress(text: str) -> None:
    """What is being done, for whoever watches: one line of the terminal, written again and again.

    Where there is no terminal nothing is said, so that a log holds results alone.
    """
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def collector_off() -> Iterator[None]:
    """Python's cycle collector would walk the prebuilt workload, at moments of its own choice."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass
class Result:
    """What a benchmark found, ready to be printed."""

    bench: str
    sides: dict[str, Measured]
    ratios: dict[str, float] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)  # absolute: sizes, seconds
    notes: list[str] = field(default_factory=list)  # lines below the table

    def ratio(self, key: str, over: str, under: str) -> None:
        """Ratio of two sides' median rates."""
        self.ratios[key] = self.sides[over].median / self.sides[under].median

    def table(self, goals: Mapping[str, str]) -> str:
        """Rates with least and greatest, then ratios with their goals."""
        lines = [f"  {'events a second':<24}{'median':>13}{'least':>13}{'greatest':>13}"]
        for name, side in self.sides.items():
            columns = (side.median, min(side.rates), max(side.rates))
            lines.append(f"  {name:<24}" + "".join(f"{rate:>13,.0f}" for rate in columns))
        for key, value in (self.ratios | self.values).items():
            lines.append(f"  {key:<24}{value:>13.2f}  {goals.get(key, 'for information')}")
        return "\n".join([*lines, *self.notes])

    def json(self) -> str:
        rates = {name: round(side.median, 1) for name, side in self.sides.items()}
        ratios = {key: round(value, 3) for key, value in self.ratios.items()}
        found: dict[str, object] = {"bench": self.bench, "rates": rates, "ratios": ratios}
        if self.values:
            found["values"] = {key: round(value, 3) for key, value in self.values.items()}
        return json.dumps(found)
