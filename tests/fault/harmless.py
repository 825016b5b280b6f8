"""What "harmless" means, for ledgers on real files (`rust/core/tests/fault/harmless.rs` says the
same for the rehearsing medium): a fixed set of questions, verify_all, the next append and the
questions after it are answered as by a twin that nothing was done to.

Where something was done to the authority (ledger.json, segments, DURABLE), a refusal or a finding
is as good: it says that something is wrong before anything is built on it. Where it was done to
what is derived (index, LOCK, torn), nothing but the same answers will do.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lineseal import EventNotFoundError, LinesealError, Tracker
from tale import START, STEP, Story

#: Codes by which damage is refused.
CLEAR = {"corrupt_ledger", "storage", "ledger_not_found", "not_a_ledger", "unsupported"}


class Reported(Exception):
    """The ledger says itself that something is wrong with it."""


def questions(tracker: Tracker, told: Story) -> dict[str, Callable[[], Any]]:
    """Everything that can be asked of a ledger that holds this story."""
    middle = START + len(told.events) // 2 * STEP
    asked: dict[str, Callable[[], Any]] = {
        "len": lambda: len(tracker),
        "events": lambda: names(tracker.events()),
        "events of types": lambda: names(tracker.events(["model", "training"])),
        "events since": lambda: names(tracker.events(since=middle)),
        "events until": lambda: names(tracker.events("prediction", until=middle)),
        "events paged": lambda: names(tracker.events(after_index=3, limit=5)),
        "get of nothing": lambda: missing(tracker, "0" * 64),
        "prefix of nothing": lambda: missing(tracker, "0" * 12),
        "find of nothing": lambda: names(tracker.find(run_id="none")),
        "trace of all": lambda: names(tracker.trace(told.hashes)) if told.hashes else [],
    }
    for event in told.events:
        name = event.hash
        asked |= {
            f"get {name}": lambda n=name: whole(tracker.get(n)),
            f"prefix {name}": lambda n=name: whole(tracker.get(n[:12])),
            f"trace {name}": lambda n=name: names(tracker.trace(n)),
            f"impact {name}": lambda n=name: names(tracker.impact(n)),
            f"later {name}": lambda n=name: names(tracker.impact(n, after_index=20)),
        }
    for kind, text in told.findable():
        asked[f"find {kind} {text}"] = lambda k=kind, t=text: names(tracker.find(**{k: t}))
        asked[f"last {kind} {text}"] = lambda k=kind, t=text: names(tracker.find(**{k: t}, limit=1))
    return asked


def names(events: Any) -> list[tuple[str, int]]:
    return [(event.hash, event.index) for event in events]


def whole(event: Any) -> tuple[str, int, bytes]:
    return event.hash, event.index, event.block


def missing(tracker: Tracker, name: str) -> str:
    try:
        return whole(tracker.get(name))[0]
    except EventNotFoundError as error:
        return error.code


def answers(tracker: Tracker, told: Story) -> dict[str, Any]:
    """All answers; `Reported` where the ledger says that it is damaged."""
    stats = tracker.stats()
    if stats["damage"] or stats["torn"] or "invalid" in stats["durable_slots"]:
        raise Reported(f"stats: {stats['damage']} {stats['torn']} {stats['durable_slots']}")
    report = tracker.verify_all()
    if not report:
        raise Reported(f"verify_all: {report.findings[:1]}")
    result = {name: ask() for name, ask in questions(tracker, told).items()}
    facts = ("id", "origin", "events", "batches", "groups", "segments", "bytes")
    return result | {"checked": report.checked} | {name: stats[name] for name in facts}


@dataclass(frozen=True)
class Told:
    """What a ledger answered, or how it refused."""

    answers: list[dict[str, Any]]
    refusal: str | None = None


def refused(error: Exception) -> str:
    if isinstance(error, LinesealError):
        assert error.code in CLEAR, f"no clear refusal: {error!r}"
        assert error.remedy, f"no remedy: {error!r}"
    return f"{type(error).__name__}: {error}"


def read(path: Path, told: Story) -> Told:
    """What a reader is told."""
    try:
        with Tracker(path, read_only=True) as tracker:
            return Told([answers(tracker, told)])
    except (LinesealError, Reported) as error:
        return Told([], refused(error))


def write(path: Path, told: Story, further: Story) -> Told:
    """What a writer is told: before and after the next append, and opened once more."""
    result: list[dict[str, Any]] = []
    try:
        with Tracker(path) as tracker:
            result.append(answers(tracker, told))
    except (LinesealError, Reported) as error:
        return Told([], refused(error))
    # From here on something is acknowledged: a report would come too late.
    with Tracker(path) as tracker:
        again = tracker.record_blocks(further.batches[-2] + further.batches[-1])
        result.append({"receipts": [(r.hash, r.index, r.created) for r in again]})
        result.append(answers(tracker, further))
    with Tracker(path, read_only=True) as tracker:
        result.append(answers(tracker, further))
    return Told(result)


@dataclass(frozen=True)
class Twin:
    """A ledger that nothing was done to, and what it answers."""

    path: Path
    told: Story
    further: Story
    truth: tuple[Told, Told]

    @staticmethod
    def of(path: Path, told: Story, further: Story, room: Path) -> "Twin":
        """`further` is `told` with one more batch; `room` is an empty place for a copy."""
        shutil.copytree(path, room / "twin")
        truth = read(room / "twin", told), write(room / "twin", told, further)
        shutil.rmtree(room / "twin")
        for one in truth:
            assert one.refusal is None, f"the twin itself is refused: {one.refusal}"
        return Twin(path, told, further, truth)

    def judge(self, harmed: Path, name: str, strict: bool) -> str:
        """`harmless`, or unless `strict` `reported`; else an error that says what was answered."""
        found = read(harmed, self.told), write(harmed, self.told, self.further)
        if found == self.truth:
            return "harmless"
        if all(one.refusal for one in found) and not strict:
            return "reported"
        differing = [_difference(one, truth) for one, truth in zip(found, self.truth, strict=True)]
        raise AssertionError(f"{name}: reader: {differing[0]}; writer: {differing[1]}")


def _difference(found: Told, truth: Told) -> str:
    if found.refusal:
        return f"refused: {found.refusal}"
    for one, other in zip(found.answers, truth.answers, strict=True):
        for name, answer in other.items():
            if one.get(name) != answer:
                return f"{name}: {one.get(name)!r:.200} instead of {answer!r:.200}"
    return "the same"
