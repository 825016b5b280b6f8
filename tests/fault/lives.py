"""Lives that can be struck: what runs, what it may leave, and what has to be true of that."""

import shutil
import struct
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import harmless
import victim
from lineseal import LinesealError, Tracker
from tale import Story, story


class Life:
    """The victim sends a story into a ledger, which it opens anew now and then. With `start`
    every life begins with a copy of that ledger.
    """

    name = "life"

    def __init__(self, room: Path, start: Path | None = None, batches: int = 12) -> None:
        self.room, self.start, self.story = room, start, story(batches)
        self.ledger, self.script = room / "ledger", room / "script"
        room.mkdir(parents=True, exist_ok=True)
        self.truths: dict[int, dict[str, Any]] = {}
        self.prepare()

    def prepare(self) -> None:
        victim.write_script(self.script, self.story, reopen_every=5)

    @property
    def command(self) -> list[str]:
        return [str(victim.binary()), str(self.ledger), str(self.script)]

    @cached_property
    def before(self) -> int:
        """How many events the ledger has at the start of a life."""
        if self.start is None:
            return 0
        with Tracker(self.start, read_only=True) as tracker:
            return len(tracker)

    def begin(self) -> None:
        shutil.rmtree(self.ledger, ignore_errors=True)
        if self.start is not None:
            shutil.copytree(self.start, self.ledger)

    def is_complete(self, lines: str) -> bool:
        """Whether everything was acknowledged."""
        return victim.told(lines) == len(self.story.batches)

    def may_leave(self, lines: str) -> set[int]:
        """How many events may be there after these acknowledgements: no batch in part."""
        told = victim.told(lines)
        ends = [0, *self.story.ends][told : told + 2]
        return {max(end, self.before) for end in ends}

    def check_end(self, done: subprocess.CompletedProcess[str]) -> None:
        """A life that was not killed gets everything acknowledged in the end."""
        assert done.returncode == 0, f"it ended with {done.returncode}"
        assert self.is_complete(done.stdout), "not everything was acknowledged"

    def look(self, lines: str) -> None:
        """Holds what a reader sees against the truth."""
        allowed = self.may_leave(lines)
        try:
            with Tracker(self.ledger, read_only=True) as tracker:
                there = len(tracker)
                assert there in allowed, f"{there} events are there; {allowed} may be"
                same(lasting(tracker, self.story.until(there)), self.truth(there))
        except LinesealError as error:
            if error.code != "ledger_not_found" or 0 not in allowed:
                raise

    def go_on(self) -> None:
        """The same once more, into what is left; then everything is there, once."""
        done = victim.run(self.command)
        assert done.returncode == 0, f"it does not go on: {done}"
        assert not victim.refusals(done.stdout), f"it does not go on: {done}"
        with Tracker(self.ledger) as tracker:
            stats = tracker.stats()
            assert not stats["torn"], stats
            assert "invalid" not in stats["durable_slots"], stats
            same(lasting(tracker, self.story), self.truth(len(self.story.events)))

    def truth(self, events: int) -> dict[str, Any]:
        """What a ledger of so many events answers that was never struck."""
        if events not in self.truths:
            told = self.story.until(events)
            with Tracker() as tracker:
                for batch in told.batches:
                    tracker.record_blocks(batch)
                self.truths[events] = lasting(tracker, told)
        return self.truths[events]


class Background(Life):
    """The same with an index that works in a thread of its own: no life is like another."""

    name = "background"

    @property
    def command(self) -> list[str]:
        return [*super().command, "background"]


class Recovery(Life):
    """Begins with what a killed writer left: a last group that was never synced, and a torn one."""

    name = "recovery"

    def __init__(self, room: Path) -> None:
        start = room / "start"
        shutil.rmtree(start, ignore_errors=True)
        half = Life(room / "half", batches=7)
        kill = "inject=fdatasync:signal=KILL:when=16"
        done = victim.run(half.command, "strace", "-f", "-qq", "-o", "/dev/null", "-e", kill)
        assert done.returncode != 0, "it outlived its 16th fdatasync"
        with Tracker(half.ledger, read_only=True) as tracker:
            assert len(tracker) > 3, "hardly anything was recorded"
            end = tracker.stats()["bytes"]
        *sealed, last = sorted((half.ledger / "segments").iterdir())
        torn = struct.pack(">BBBBBB", 0x90, 0x01, 0x01, 0x71, 0x12, 0x20) + bytes(range(1, 90))
        with last.open("r+b") as file:
            file.seek(end - sum(one.stat().st_size for one in sealed))
            file.write(torn)
        shutil.move(half.ledger, start)
        super().__init__(room, start)


class Import(Life):
    """A CAR file is copied into a ledger that holds its beginning: all of it is told at once."""

    name = "import"

    def prepare(self) -> None:
        with Tracker() as tracker:
            for batch in self.story.batches:
                tracker.record_blocks(batch)
            self.script.unlink(missing_ok=True)
            tracker.export(self.script)

    @property
    def command(self) -> list[str]:
        importer = Path(__file__).with_name("importer.py")
        return [sys.executable, str(importer), str(self.ledger), str(self.script)]

    def is_complete(self, lines: str) -> bool:
        return victim.told(lines) == 1

    def may_leave(self, lines: str) -> set[int]:
        least = len(self.story.events) if self.is_complete(lines) else self.before
        return set(range(least, len(self.story.events) + 1))

    def check_end(self, done: subprocess.CompletedProcess[str]) -> None:
        """It ends with an error of ours, or with everything there."""
        if done.returncode == 0:
            assert self.is_complete(done.stdout), "nothing was said"
            return
        last = done.stderr.strip().splitlines()[-1]
        assert last.startswith("lineseal.errors."), f"no clear error: {last}"
        assert "InternalError" not in last, last


def lasting(tracker: Tracker, told: Story) -> dict[str, Any]:
    """Answers that do not depend on which ledger it is, nor on torn tails that are reported."""
    report = tracker.verify_all()
    findings = [f.message for f in report.findings if "of DURABLE is damaged" not in f.message]
    stats = tracker.stats()
    facts = {"damage": stats["damage"], "findings": findings, "checked": report.checked}
    return {name: ask() for name, ask in harmless.questions(tracker, told).items()} | facts


def same(found: dict[str, Any], truth: dict[str, Any]) -> None:
    for name, answer in truth.items():
        other = found.get(name)
        assert other == answer, f"{name}: {other!r:.300} instead of {answer!r:.300}"
