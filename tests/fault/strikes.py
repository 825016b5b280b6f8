"""Every system call that the victim makes on its ledger, struck in turn: by SIGKILL, by an error,
by taking only a part. After each strike nothing acknowledged is lost, no batch is there in part, no
answer is wrong, and recording goes on.
"""

import errno
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import harmless
import strace
import victim
from lineseal import LinesealError, Tracker
from story import Story

#: What a full disk refuses.
GROWING = {
    *("mkdir", "openat", "rename", "pwrite64", "pwritev", "ftruncate", "fallocate"),
    *("fdatasync", "fsync", "sync_file_range", "copy_file_range"),
}
#: Not the ledger's: the shell of the process.
NOT_STRUCK = {"execve", "readlink", "readlinkat"}
#: A close that fails has closed; a flag of a descriptor is no question to the disk.
ONLY_KILLED = {"close"}

KILL, EIO, ENOSPC, SHORT, FULL = "SIGKILL", "EIO", "ENOSPC", "short", "short, then full"


@dataclass(frozen=True)
class Strike:
    """The `when`-th call of this name, in every thread that gets so far."""

    call: str
    when: int
    fault: str

    def __str__(self) -> str:
        return f"{self.fault} at {self.call} number {self.when}"


@dataclass
class Range:
    """Where victims are struck: one ledger's path, one script, and the truth about it. With
    `start` every life begins with a copy of that ledger.
    """

    room: Path
    story: Story
    reopen_every: int = 5
    start: Path | None = None
    truths: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.room.mkdir(parents=True, exist_ok=True)
        victim.write_script(self.script, self.story, self.reopen_every)

    @cached_property
    def before(self) -> int:
        """How many batches the ledger has at the start of a life."""
        if self.start is None:
            return 0
        with Tracker(self.start, read_only=True) as tracker:
            return self.story.ends.index(len(tracker)) + 1

    def _begin(self) -> None:
        shutil.rmtree(self.ledger, ignore_errors=True)
        if self.start is not None:
            shutil.copytree(self.start, self.ledger)

    @property
    def ledger(self) -> Path:
        return self.room / "ledger"

    @property
    def script(self) -> Path:
        return self.room / "script"

    @property
    def log(self) -> Path:
        return self.room / "strace.log"

    @cached_property
    def preload(self) -> Path:
        """The library that makes reads and writes short."""
        library, source = self.room / "short.so", Path(__file__).with_name("short.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        return library

    @cached_property
    def calls(self) -> list[strace.Call]:
        """Every call of a life without strikes that concerns the ledger's files."""
        self._begin()
        options = ["-s", "4096", "-e", "trace=%file,%desc", "-o", str(self.log)]
        done = victim.run(self.ledger, self.script, "strace", "-f", "-qq", "-y", *options)
        assert done.returncode == 0, done.stderr
        assert victim.told(done.stdout) == len(self.story.batches), done.stdout
        mine = (call for call in strace.calls(self.log) if str(self.ledger) in call.args)
        return [call for call in mine if call.name not in NOT_STRUCK]

    @cached_property
    def paths(self) -> list[str]:
        """Every path of the ledger's that a call named."""
        found = set()
        for call in self.calls:
            for piece in call.args.replace("<", '"').replace(">", '"').split('"'):
                if piece.startswith(str(self.ledger)):
                    found.add(piece)
        return sorted(found)

    def strikes(self) -> list[Strike]:
        """One for each call and each way in which it can fail."""
        most: dict[str, int] = {}
        for (_, name), count in Counter((call.pid, call.name) for call in self.calls).items():
            most[name] = max(most.get(name, 0), count)
        found = []
        for name, count in sorted(most.items()):
            faults = [KILL]
            faults += [] if name in ONLY_KILLED else [EIO]
            faults += [ENOSPC] if name in GROWING else []
            found += [Strike(name, n, fault) for fault in faults for n in range(1, count + 1)]
        moved = sum(call.name in {"pread64", "pwrite64"} for call in self.calls)
        written = sum(call.name == "pwrite64" for call in self.calls)
        found += [Strike("pread64, pwrite64", n, SHORT) for n in range(1, moved + 1)]
        found += [Strike("pwrite64", n, FULL) for n in range(1, written + 1)]
        return found

    def truth(self, batches: int) -> dict[str, Any]:
        """What a ledger of so many batches answers that was never struck."""
        if batches not in self.truths:
            with Tracker() as tracker:
                for batch in self.story.batches[:batches]:
                    tracker.record_blocks(batch)
                self.truths[batches] = _lasting(tracker, self.story.until(batches))
        return self.truths[batches]

    def _under(self, strike: Strike) -> tuple[list[str], dict[str, str]]:
        if strike.fault in {SHORT, FULL}:
            settings = {"LD_PRELOAD": str(self.preload), "SHORT_UNDER": str(self.ledger)}
            then = {"SHORT_THEN": str(errno.ENOSPC)} if strike.fault == FULL else {}
            return [], settings | then | {"SHORT_AT": str(strike.when)}
        how = "signal=KILL" if strike.fault == KILL else f"error={strike.fault}"
        inject = f"inject={strike.call}:{how}:when={strike.when}"
        options = [f"-P{path}" for path in self.paths]
        trace = ["-e", f"trace={strike.call}", "-e", inject, "-o", str(self.log)]
        return ["strace", "-f", "-qq", *options, *trace], {}

    def strike(self, strike: Strike) -> str:
        """Strikes a life, looks at what is left, lets recording go on; what became of it."""
        self._begin()
        under, settings = self._under(strike)
        done = victim.run(self.ledger, self.script, *under, **settings)
        told = victim.told(done.stdout)
        try:
            self._check_end(strike, done, told)
            kept = self._look(told)
            self._go_on(kept)
        except (AssertionError, LinesealError) as error:
            message = f"{strike}: {error}\n{done.stdout}{done.stderr}"
            raise AssertionError(message) from error
        if strike.fault == KILL:
            return "killed" if done.returncode else "outlived"
        return "told of it" if _refusals(done.stdout) else "got over it"

    def _check_end(self, strike: Strike, done: Any, told: int) -> None:
        """Only a kill ends a victim early; all others get everything acknowledged in the end."""
        if strike.fault == KILL and done.returncode:
            return
        assert done.returncode == 0, f"ended with {done.returncode}"
        assert told == len(self.story.batches), f"only {told} batches were acknowledged"

    def _look(self, told: int) -> int:
        """Holds what a reader sees against the truth; how many batches are there."""
        try:
            with Tracker(self.ledger, read_only=True) as tracker:
                there = len(tracker)
                assert there in [0, *self.story.ends], f"a batch is there in part: {there} events"
                kept = self.story.ends.index(there) + 1 if there else 0
                least, most = max(told, self.before), max(told + 1, self.before)
                assert least <= kept <= most, f"{told} batches acknowledged, {kept} there"
                _same(_lasting(tracker, self.story.until(kept)), self.truth(kept))
                return kept
        except LinesealError as error:
            if error.code == "ledger_not_found" and not told:
                return 0
            raise

    def _go_on(self, kept: int) -> None:
        """The same script again, into what is left; then everything is there, once."""
        done = victim.run(self.ledger, self.script)
        assert done.returncode == 0, f"goes not on: {done}"
        assert not _refusals(done.stdout), f"goes not on: {done}"
        with Tracker(self.ledger) as tracker:
            stats = tracker.stats()
            assert not stats["torn"], stats
            assert "invalid" not in stats["durable_slots"], stats
            _same(_lasting(tracker, self.story), self.truth(len(self.story.batches)))


def _lasting(tracker: Tracker, told: Story) -> dict[str, Any]:
    """Answers that do not depend on which ledger it is, nor on torn tails that are reported."""
    asked = harmless.questions(tracker, told)
    report = tracker.verify_all()
    findings = [f.message for f in report.findings if "of DURABLE is damaged" not in f.message]
    stats = tracker.stats()
    facts = {name: stats[name] for name in ("events", "batches", "damage")}
    verified = {"findings": findings, "checked": report.checked}
    return {name: ask() for name, ask in asked.items()} | facts | verified


def _same(found: dict[str, Any], truth: dict[str, Any]) -> None:
    for name, answer in truth.items():
        assert found.get(name) == answer, (
            f"{name}: {found.get(name)!r:.300} instead of {answer!r:.300}"
        )


def _refusals(lines: str) -> list[str]:
    return [line for line in lines.splitlines() if not line.startswith(victim.TOLD)]


def strike_all(place: Range, strikes: Iterable[Strike]) -> Iterator[tuple[Strike, str]]:
    """Strikes one after the other."""
    for strike in strikes:
        yield strike, place.strike(strike)
