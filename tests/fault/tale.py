"""What a small ledger holds: batches with every kind of key, a hub, a chain; always the same."""

from dataclasses import dataclass, field
from functools import cache

from lineseal import (
    DatasetRecord,
    DeploymentRecord,
    GapRecord,
    ModelRecord,
    PredictionRecord,
    Tracker,
    TrainingRecord,
)
from lineseal.event import Event
from lineseal.records import Record

#: Every event's time lies this many microseconds behind the one before.
STEP = 1_000_000
START = 1_790_000_000_000_000


@dataclass
class Story:
    """Batches of blocks, in order, and by what their events can be found."""

    batches: list[list[bytes]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    @property
    def hashes(self) -> list[str]:
        return [event.hash for event in self.events]

    def until(self, events: int) -> "Story":
        """The story as far as its first events go; a batch may be there in part."""
        whole = [end for end in self.ends if end <= events]
        blocks = [event.block for event in self.events[whole[-1] if whole else 0 : events]]
        batches = self.batches[: len(whole)] + ([blocks] if blocks else [])
        return Story(batches, self.events[:events], whole + ([events] if blocks else []))

    def findable(self) -> list[tuple[str, str]]:
        """Everything that any event can be found by."""
        found = [pair for event in self.events for pair in _keys(event)]
        return sorted(set(found))


def _keys(event: Event) -> list[tuple[str, str]]:
    said = event.payload
    kinds = {
        "prediction": {"prediction_id": "prediction_id", "stream": "stream"},
        "training": {"run_id": "run_id"},
        "model": {"name": "model"},
        "dataset": {"name": "dataset"},
        "deployment": {"name": "deployment"},
        "lineseal/gap": {"stream": "stream"},
    }[event.type]
    keys = [(kind, said[name]) for name, kind in kinds.items()]
    if event.type in {"model", "dataset"}:
        keys.append((event.type, f"{said['name']}@{said['version']}"))
    return keys + [("id", id) for id in said["ids"]]


def _record(place: int, parents: dict[str, str] | list[str], filler: int) -> Record:
    common = {"parents": parents, "time": START + place * STEP, "ids": [f"place:{place}"]}
    version, more = str(place), {"filler": "x" * filler}
    kinds = [
        lambda: DatasetRecord(name=f"d{place % 4}", version=version, properties=more, **common),
        lambda: ModelRecord(name=f"m{place % 3}", version=version, properties=more, **common),
        lambda: TrainingRecord(run_id=f"r{place}", model_name="m", properties=more, **common),
        lambda: DeploymentRecord(name=f"e{place % 2}", properties=more, **common),
        lambda: PredictionRecord(
            prediction_id=f"p{place}", stream="s", inputs={"filler": more}, output=place, **common
        ),
        lambda: GapRecord(
            stream="s", first_seq=place, last_seq=place, count=1, reason="test", **common
        ),
    ]
    return kinds[place % len(kinds)]()


@cache
def story(batches: int, filler: int = 60) -> Story:
    """So many batches of one to five events; each stands on the one before and on the hub."""
    told = Story()
    with Tracker() as tracker:
        for number in range(batches):
            parents = list(dict.fromkeys([*told.hashes[:1], *told.hashes[-1:]]))
            start = len(told.events)
            records = [_record(start + n, parents, filler * n) for n in range(1 + number % 5)]
            receipts = tracker.record_many(records)
            told.events += [tracker.get(receipt) for receipt in receipts]
            told.batches.append([event.block for event in told.events[start:]])
            told.ends.append(len(told.events))
    return told
