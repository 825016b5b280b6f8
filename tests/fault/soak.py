"""The long form of the fault tests: `python tests/fault/soak.py [PART…]`, or `make soak`.

Prints how far it is, and at the end a table of what was done and what became of it. Ends with 1
when a promise was broken anywhere.
"""

import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import disks
import jobs
from harms import History
from jobs import Job
from kills import Killing
from lives import Background, Import, Life, Recovery
from strikes import Range

ROOT = Path(__file__).resolve().parents[2]
#: Kill rounds, and how many of them one ledger has to bear.
KILLS, AT_ONCE = 500, 25
DISKS = 20
#: Seconds between two lines of progress.
OFTEN = 20.0


@dataclass
class Row:
    """A line of the table."""

    what: str
    outcomes: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        done = self.outcomes.total() + len(self.broken)
        parts = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return (
            f"{self.what:<34} {done:>8,} {len(self.broken):>7} {self.seconds / 60:>7.1f}  {parts}"
        )


HEAD = f"{'what':<34} {'done':>8} {'broken':>7} {'minutes':>7}  of which"


def say(line: str) -> None:
    print(line, flush=True)


def play(what: str, todo: Iterable[Job]) -> Iterator[Row]:
    """Does everything, whatever breaks."""
    row, start, last = Row(what), time.monotonic(), time.monotonic()
    for job in todo:
        try:
            row.outcomes[job.run()] += 1
        except Exception:
            row.broken.append(job.name)
            say(f"BROKEN {job.name}\n{traceback.format_exc()}")
        if time.monotonic() - last > OFTEN:
            last = time.monotonic()
            say(f"  {what}: {row.outcomes.total() + len(row.broken):,} done")
    row.seconds = time.monotonic() - start
    yield row


def simulated(_room: Path) -> Iterator[Row]:
    """The rehearsals in Rust: power cuts, flipped bytes, cut lengths, older copies."""
    command = ["cargo", "test", "--release", "-p", "lineseal-core", "--test", "fault", "--locked"]
    settings = {"LINESEAL_FAULT": "long", "LINESEAL_FAULT_SEED": str(jobs.SEED)}
    start = time.monotonic()
    with subprocess.Popen(
        [*command, "--", "--nocapture"],
        cwd=ROOT,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("tally "):
                yield tallied(line, time.monotonic() - start)
            if not line.startswith("tally ") and line.strip(" .\n"):
                say(f"  {line.rstrip()}")
    rest = Row("all rehearsals", seconds=time.monotonic() - start)
    if process.returncode:
        rest.broken.append("cargo test failed")
    yield rest


def tallied(line: str, seconds: float) -> Row:
    """`tally WHAT: done=N NAME=COUNT…`."""
    what, counts = line.removeprefix("tally ").split(": ")
    numbers = dict(pair.split("=") for pair in counts.split())
    row = Row(what, seconds=seconds)
    done = int(numbers.pop("done"))
    broken = sum(int(numbers.pop(name, 0)) for name in ("missed", "broken"))
    row.broken = [what] * broken
    row.outcomes = Counter({name: int(count) for name, count in numbers.items()})
    row.outcomes["sound"] += done - broken - row.outcomes.total()
    return row


def kills(room: Path) -> Iterator[Row]:
    ledgers = (Killing(room / f"killed{number}") for number in range(KILLS // AT_ONCE))
    yield from play("processes killed", chain(*(one.jobs(AT_ONCE) for one in ledgers)))


def strikes(kind: type[Life]) -> Callable[[Path], Iterator[Row]]:
    def part(room: Path) -> Iterator[Row]:
        yield from play(f"system calls struck, {kind.name}", Range(kind(room / kind.name)).jobs())

    return part


def harms(room: Path) -> Iterator[Row]:
    yield from play("real files harmed", History(room / "harmed").jobs())


def full(room: Path) -> Iterator[Row]:
    if reason := disks.hindrance():
        say(f"  no full disks: {reason}")
        return
    yield from play("disks filled", disks.every(room, DISKS))


PARTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "simulated": simulated,
    "kills": kills,
    **{kind.name: strikes(kind) for kind in (Life, Background, Recovery, Import)},
    "harms": harms,
    "full": full,
}


def main(wanted: list[str]) -> int:
    if unknown := set(wanted) - set(PARTS):
        say(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        return 2
    parts = [part for name, part in PARTS.items() if not wanted or name in wanted]
    say(f"LINESEAL_FAULT_SEED={jobs.SEED}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="lineseal-soak-") as room:
        for part in parts:
            for row in part(Path(room)):
                rows.append(row)
                say(str(row))
    say("\n" + "\n".join([HEAD, *map(str, rows)]))
    broken = sum(len(row.broken) for row in rows)
    say(
        f"\n{broken} promises broken: an acknowledged event lost, a batch in part, a wrong answer, "
        "or damage missed"
        if broken
        else "\n0 acknowledged events lost, 0 partial batches, 0 wrong answers, 0 damage missed"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
