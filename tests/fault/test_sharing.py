"""Many processes that record into one ledger: every event there, once, and where they were told."""

import itertools
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from lineseal import Event, Tracker

SHARER = Path(__file__).with_name("sharer.py")
PROCESSES = 8
#: What a process was told: index, hash, whether it made it.
Told = tuple[int, str, bool]


class Sharer:
    """One process that records, and what it was told so far."""

    def __init__(self, ledger: Path, who: str, events: int, seed: int) -> None:
        command = [sys.executable, str(SHARER), str(ledger), who, str(events), str(seed)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.told: list[Told] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            words = line.split()
            if line.endswith("\n"):
                rows = zip(words[::3], words[1::3], words[2::3], strict=True)
                self.told += [(int(index), hash, made == "1") for index, hash, made in rows]

    def end(self, timeout: float = 120) -> int:
        """Waits for its end; the exit status."""
        status = self.process.wait(timeout)
        self._thread.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


def check(ledger: Path, told: list[Told]) -> list[Event]:
    """Everything is there once, whole, where it was said to be, and made by one process at most."""
    with Tracker(ledger, read_only=True) as reader:
        events = list(reader.events())
        report = reader.verify_all()
    assert report, report
    assert [event.index for event in events] == list(range(len(events)))
    place = {event.hash: event.index for event in events}
    assert len(place) == len(events), "an event is there twice"
    wrong = [(index, hash) for index, hash, _ in told if place.get(hash) != index]
    assert not wrong, f"lost, or not where it was said to be: {wrong[:5]}"
    made = [hash for _, hash, created in told if created]
    assert len(made) == len(set(made)), "two processes were told that they made the same event"
    return events


class Follower:
    """A reader that never sees less than before, nor less than was acknowledged."""

    def __init__(self, ledger: Path, sharers: list[Sharer]) -> None:
        self.failure: BaseException | None = None
        self.looks = 0
        self._ledger, self._sharers = ledger, sharers
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def _follow(self) -> None:
        try:
            with Tracker(self._ledger, read_only=True) as reader:
                length = 0
                while not self._end.is_set():
                    told = [sharer.told[-1] for sharer in self._sharers if sharer.told]
                    for index, hash, _ in told:
                        assert reader.get(hash).index == index
                    length, before = len(reader), length
                    assert length >= before
                    self.looks += 1
                    time.sleep(0.005)
        except BaseException as error:
            self.failure = error

    def end(self) -> None:
        """Ends it; raises what it met."""
        self._end.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure


def test_eight_processes_record_into_one_ledger_and_every_event_is_there_once(
    tmp_path: Path,
) -> None:
    ledger = tmp_path / "ledger"
    Tracker(ledger).close()
    sharers = [Sharer(ledger, f"p{at}", 300, at) for at in range(PROCESSES)]
    follower = Follower(ledger, sharers)
    statuses = [sharer.end() for sharer in sharers]
    follower.end()
    assert statuses == [0] * PROCESSES
    told = [row for sharer in sharers for row in sharer.told]
    events = check(ledger, told)
    assert {event.hash for event in events} == {hash for _, hash, _ in told}
    duplicates = len(told) - len(events)
    makers = {
        hash: at for at, sharer in enumerate(sharers) for _, hash, made in sharer.told if made
    }
    turns = sum(makers[a.hash] != makers[b.hash] for a, b in itertools.pairwise(events))
    parents = sum(1 for event in events for _ in event.parents)
    print(f"{PROCESSES} processes: {len(events)} events, {duplicates} duplicates, {parents} links, "
          f"{turns} changes of who recorded, {follower.looks} looks of a reader")  # fmt: skip
    assert duplicates > 50
    assert parents > 500
    assert follower.looks > 20
    segments = list((ledger / "segments").iterdir())
    assert len(segments) == 1
    with Tracker(ledger, read_only=True) as reader:
        assert segments[0].stat().st_size == reader.stats()["bytes"], "the last one closed it"


def test_processes_killed_at_any_moment_lose_nothing_and_keep_nobody_waiting(
    tmp_path: Path,
) -> None:
    rng = random.Random(5)
    ledger = tmp_path / "ledger"
    Tracker(ledger).close()
    gone: list[Sharer] = []
    running = [Sharer(ledger, f"p{at}", 1_000_000, at) for at in range(PROCESSES // 2)]
    follower = Follower(ledger, running)
    began = time.monotonic()
    for number in range(20):
        time.sleep(rng.uniform(0.05, 0.4))
        victim = running[rng.randrange(len(running))]
        victim.process.kill()
        victim.end()
        gone.append(victim)
        running[running.index(victim)] = Sharer(ledger, f"r{number}", 1_000_000, 100 + number)
    for sharer in running:
        sharer.process.send_signal(signal.SIGINT)
        sharer.end()
    follower.end()
    told = [row for sharer in gone + running for row in sharer.told]
    events = check(ledger, told)
    print(f"20 of {PROCESSES // 2} killed in {time.monotonic() - began:.0f} s: "
          f"{len(events)} events, {len(told)} told")  # fmt: skip
    assert len(events) > 200
    with Tracker(ledger, lock_timeout=5) as tracker:
        assert tracker.record_dataset(name="after").created


def test_ctrl_c_ends_the_wait_for_the_lock(
    tmp_path: Path, stuck: Callable[[Path], AbstractContextManager[subprocess.Popen[bytes]]]
) -> None:
    ledger = tmp_path / "ledger"
    code = (
        "import sys; from lineseal import Tracker\n"
        "def wait(call):\n"
        "    print('waiting', flush=True)\n"
        "    try: call()\n"
        "    except KeyboardInterrupt: print('interrupted', flush=True)\n"
        "tracker = Tracker(sys.argv[1])\n"
        "print('open', flush=True); sys.stdin.readline()\n"
        "wait(lambda: tracker.record_dataset(name='mine'))\n"
        "tracker.close()\n"
        "wait(lambda: Tracker(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", code, str(ledger)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stdin is not None
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "open\n"
        with stuck(ledger):
            waiting.stdin.write("\n")
            waiting.stdin.flush()
            for _ in range(2):
                assert waiting.stdout.readline() == "waiting\n"
                time.sleep(0.3)
                began = time.monotonic()
                waiting.send_signal(signal.SIGINT)
                assert waiting.stdout.readline() == "interrupted\n"
                assert time.monotonic() - began < 2
            assert waiting.wait(20) == 0
    with Tracker(ledger) as tracker:
        assert [event.payload["name"] for event in tracker.events()] == ["theirs"]


@pytest.mark.parametrize("ends", ["moved", "replaced"])
def test_a_ledger_that_is_gone_when_its_turn_comes_is_a_clear_error(
    tmp_path: Path, ends: str
) -> None:
    from lineseal import LedgerNotFoundError

    ledger = tmp_path / "ledger"
    tracker = Tracker(ledger)
    tracker.record_dataset(name="first")
    time.sleep(1.5)  # idle: the lock is given up
    ledger.rename(tmp_path / "elsewhere")
    if ends == "replaced":
        Tracker(ledger).close()
    with pytest.raises(LedgerNotFoundError, match="deleted or moved while open"):
        tracker.record_dataset(name="second")
    if ends == "moved":
        (tmp_path / "elsewhere").rename(ledger)
        assert tracker.record_dataset(name="second").index == 1
    tracker.close()
