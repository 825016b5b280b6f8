"""Harm done to real files: gone, emptied, replaced by what is no file, exchanged, older copies put
back. (Bytes and lengths: `rust/core/tests/fault/harm.rs`, by the hundred thousand.)
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import combinations
from pathlib import Path

import jobs
import victim
from harmless import Twin
from jobs import Job
from tale import story

BATCHES = 7


class History:
    """A small ledger after every batch, each time closed: a copy of its directory, and its twin."""

    def __init__(self, room: Path) -> None:
        self.room, self.story = room, story(BATCHES + 1)
        self.told = [self.story.until(end) for end in self.story.ends[:BATCHES]]
        self.states: list[Path] = []
        room.mkdir(parents=True)
        for number, told in enumerate(self.told):
            victim.write_script(room / "script", told, reopen_every=4)
            command = [str(victim.binary()), str(room / "ledger"), str(room / "script")]
            done = victim.run(command)
            assert done.returncode == 0, done
            self.states.append(room / f"state{number}")
            shutil.copytree(room / "ledger", self.states[-1])

    @cached_property
    def twins(self) -> list[Twin]:
        """What each state answers."""
        (self.room / "twins").mkdir()
        ends = self.story.ends
        further = [self.story.until(ends[number + 1]) for number in range(BATCHES)]
        return [
            Twin.of(state, told, more, self.room / "twins")
            for state, told, more in zip(self.states, self.told, further, strict=True)
        ]

    def files(self) -> list[str]:
        """Every file that any state has."""
        found = {
            str(path.relative_to(state))
            for state in self.states
            for path in state.rglob("*")
            if path.is_file()
        }
        return sorted(found)

    def judge(self, name: str, harm: Callable[[Path], None], strict: bool = True) -> str:
        """Harms a copy of the last state and holds it against the twin whose log it has; without
        `strict` a report is as good as the answers.
        """
        copy = self.room / "harmed"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.states[-1], copy)
        harm(copy)
        log, mark = self._newest(copy, is_log), self._newest(copy, lambda name: name == "DURABLE")
        if log is None or mark is None or mark > log:
            return self.twins[-1].judge(copy, name, strict=False)
        return self.twins[log].judge(copy, name, strict)

    def _newest(self, copy: Path, part: Callable[[str], bool]) -> int | None:
        """The last state that has the same files in this part."""

        def content(place: Path) -> dict[str, bytes | None]:
            paths = {str(path.relative_to(place)): path for path in place.rglob("*")}
            mine = {name: path for name, path in paths.items() if part(name)}
            return {name: p.read_bytes() if p.is_file() else None for name, p in mine.items()}

        wanted = content(copy)
        same = [number for number, state in enumerate(self.states) if content(state) == wanted]
        return same[-1] if same else None

    def jobs(self) -> Iterator[Job]:
        """Every harm, as something to do."""
        last = self.states[-1]
        files = [name for name in self.files() if (last / name).exists()]
        dirs = sorted({str(Path(name).parent) for name in files} - {"."})
        for name in files + dirs:
            for harm in (gone, fifo, directory, dangling):
                yield self._job(f"{name}: {harm.__name__}", name, harm, harm is gone)
        for name in files:
            yield self._job(f"{name}: emptied", name, emptied, True)
        for one, other in combinations(files, 2):
            yield self._job(f"{one} and {other} exchanged", one, exchanged(other), True)
        for number, state in enumerate(self.states[:-1]):
            for name in self.files() + dirs:
                yield self._job(f"{name} of state {number}", name, put_back(state), True)
        yield from self._groups()

    def _groups(self) -> Iterator[Job]:
        rng = random.Random(jobs.SEED)
        for number in range(200):
            state = rng.choice(self.states[:-1])
            names = [name for name in self.files() if rng.random() < 0.5]

            def harm(copy: Path, state: Path = state, names: list[str] = names) -> None:
                for name in names:
                    put_back(state)(copy / name)

            label = f"group {number}: {names} of {state.name}"
            yield Job(label, lambda label=label, harm=harm: self.judge(label, harm))

    def _job(self, label: str, name: str, harm: Callable[[Path], None], strict: bool) -> Job:
        return Job(label, lambda: self.judge(label, lambda copy: harm(copy / name), strict))


def is_log(name: str) -> bool:
    """Whether the log consists of it."""
    return name == "ledger.json" or name.startswith("segments")


def gone(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def fifo(path: Path) -> None:
    gone(path)
    os.mkfifo(path)


def directory(path: Path) -> None:
    gone(path)
    path.mkdir()


def dangling(path: Path) -> None:
    gone(path)
    path.symlink_to("nowhere")


def exchanged(other: str) -> Callable[[Path], None]:
    """Exchanges a file with this one of the same ledger."""

    def harm(path: Path) -> None:
        there = _ledger(path) / other
        one, two = path.read_bytes(), there.read_bytes()
        path.write_bytes(two)
        there.write_bytes(one)

    return harm


def put_back(state: Path) -> Callable[[Path], None]:
    """Puts the older copy in place, or takes away what was not there then."""

    def harm(path: Path) -> None:
        older = state / path.relative_to(_ledger(path))
        gone(path)
        path.parent.mkdir(exist_ok=True)
        if older.is_dir():
            shutil.copytree(older, path)
        elif older.is_file():
            shutil.copyfile(older, path)

    return harm


def _ledger(path: Path) -> Path:
    return next(up for up in path.parents if up.name == "harmed")
