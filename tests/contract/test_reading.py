"""What reading promises, on every ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pytest
from lineseal import Event, EventNotFoundError, InvalidArgumentError, LedgerClosedError, codec
from lineseal import _ledger_api as api
from lineseal import tracker as tracker_module
from lineseal.client import client as client_module
from story import FINISHED, STARTED, Story

MICROS = 1_000_000


def test_an_event_is_what_was_recorded(story: Story) -> None:
    event = story.tracker.get(story.run)
    assert (event.hash, event.cid, event.index) == (story.run.hash, story.run.cid, 3)
    assert (event.type, event.version, event.actor) == ("training", 1, "ada")
    assert event.time == FINISHED
    assert event.time_us == FINISHED.timestamp() * MICROS
    assert event.payload == {
        "run_id": "run-001",
        "model_name": "digits-lr",
        "model_version": "1.0",
        "started_at": STARTED.timestamp() * MICROS,
        "finished_at": FINISHED.timestamp() * MICROS,
        "metrics": {"loss": 0.25, "epochs": 3.0},
        "ids": ["mlflow-run:4711"],
    }
    roles = dict(zip(event.roles, event.parents, strict=True))
    assert roles == {"train": story.data.hash, "hyperparameters": story.settings.hash}


def test_a_hash_is_the_sha256_of_the_block(story: Story) -> None:
    for event in story.tracker.events():
        assert hashlib.sha256(event.block).hexdigest() == event.hash
        assert codec.cid(event.block) == event.cid


def test_things_have_no_time_and_happenings_have_one(story: Story) -> None:
    assert story.tracker.get(story.data).time is None
    answer = story.tracker.get(story.prediction)
    assert answer.time is not None
    assert answer.recorded_at >= answer.time


@pytest.mark.parametrize("form", ["receipt", "event", "hex", "upper", "cid", "short"])
def test_a_name_is_taken_in_every_form(story: Story, form: str) -> None:
    model = story.model
    name = {
        "receipt": model,
        "event": story.tracker.get(model),
        "hex": model.hash,
        "upper": model.hash.upper(),
        "cid": model.cid,
        "short": model.hash[:8],
    }[form]
    assert story.tracker.get(name).hash == model.hash
    assert story.tracker.resolve(name) == model.hash
    assert story.tracker.trace(name)[0].hash == model.hash
    assert story.tracker.verify(name)


def test_a_hash_that_is_not_there_is_named(story: Story) -> None:
    missing = "cd" * 32
    for verb in (story.tracker.get, story.tracker.trace, story.tracker.verify):
        with pytest.raises(EventNotFoundError, match=missing) as caught:
            verb(missing)
        assert caught.value.hash == missing
        assert isinstance(caught.value, LookupError)
    with pytest.raises(EventNotFoundError):
        list(story.tracker.impact(missing))
    with pytest.raises(EventNotFoundError, match="cdcdcdcd"):
        story.tracker.get("cdcdcdcd")


@pytest.mark.parametrize("name", ["", "abc", "nothing", "g" * 64, "bafkreinope"])
def test_what_is_no_hash_is_refused_with_a_remedy(story: Story, name: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        story.tracker.get(name)
    assert caught.value.remedy


def test_what_cannot_be_a_name_is_refused(story: Story) -> None:
    with pytest.raises(InvalidArgumentError, match="int"):
        story.tracker.get(7)  # type: ignore[arg-type]


def test_events_come_in_the_order_of_the_log(story: Story) -> None:
    events = list(story.tracker.events())
    assert [event.index for event in events] == list(range(8))
    assert len(story.tracker) == 8


def test_events_can_be_filtered_and_continued(story: Story) -> None:
    tracker = story.tracker
    assert [e.hash for e in tracker.events("prediction")] == [story.prediction.hash]
    assert {e.type for e in tracker.events(["dataset", "model"])} == {"dataset", "model"}
    assert [e.index for e in tracker.events(limit=3)] == [0, 1, 2]
    assert [e.index for e in tracker.events(after_index=5)] == [6, 7]
    assert [e.index for e in tracker.events("dataset", after_index=0, limit=9)] == [1]
    assert list(tracker.events(limit=0)) == []


def test_events_can_be_filtered_by_time(story: Story) -> None:
    tracker = story.tracker
    before = list(tracker.events(until=int(FINISHED.timestamp()) * MICROS + 1))
    assert [event.hash for event in before] == [story.run.hash]
    assert story.run.hash not in {e.hash for e in tracker.events(until=FINISHED)}
    assert story.run.hash in {e.hash for e in tracker.events(since=FINISHED)}
    assert len(list(tracker.events(since=STARTED))) == 8


def test_events_are_found_by_what_people_call_them(story: Story) -> None:
    find = story.tracker.find
    assert [e.hash for e in find(prediction_id="p-1")] == [story.prediction.hash]
    assert [e.hash for e in find(run_id="run-001")] == [story.run.hash]
    assert [e.hash for e in find(model="digits-lr")] == [story.model.hash]
    assert [e.hash for e in find(model="digits-lr@1.0")] == [story.model.hash]
    assert [e.hash for e in find(dataset="digits")] == [story.test.hash, story.data.hash]
    assert [e.hash for e in find(dataset="digits@1", limit=1)] == [story.test.hash]
    assert [e.hash for e in find(id="mlflow-run:4711")] == [story.run.hash]
    assert find(model="digits") == []
    with pytest.raises(InvalidArgumentError, match="one key"):
        find()
    with pytest.raises(InvalidArgumentError, match="one key"):
        find(model="m", dataset="d")


def test_a_trace_is_leaf_first_and_every_event_before_its_parents(story: Story) -> None:
    trace = story.tracker.trace(story.prediction)
    assert [event.hash for event in trace] == [
        r.hash for r in (story.prediction, story.model, story.run, story.settings, story.data)
    ]
    places = {event.hash: place for place, event in enumerate(trace)}
    for event in trace:
        assert all(places[parent] > places[event.hash] for parent in event.parents)
    assert {root.hash for root in trace.roots} == {story.settings.hash, story.data.hash}


def test_a_trace_can_be_continued_and_taken_of_several(story: Story) -> None:
    tracker = story.tracker
    first = tracker.trace(story.prediction, limit=2)
    rest = tracker.trace(story.prediction, after_index=first[-1].index)
    assert [*first, *rest] == list(tracker.trace(story.prediction))
    both = tracker.trace([story.score, story.prediction])
    assert {event.hash for event in both} >= {story.test.hash, story.data.hash}


def test_ancestors_are_the_trace_as_one_goes_on(story: Story) -> None:
    tracker, both = story.tracker, [story.score, story.prediction]
    assert list(tracker.ancestors(both)) == list(tracker.trace(both))
    short = tracker.ancestors(story.prediction.hash[:12])
    first = [next(short), next(short)]
    rest = tracker.ancestors(story.prediction, after_index=first[-1].index)
    assert [*first, *rest] == list(tracker.trace(story.prediction))
    with pytest.raises(EventNotFoundError):
        next(tracker.ancestors("00" * 32))


def test_a_search_goes_on_where_another_ended(story: Story) -> None:
    newest, oldest = story.tracker.find(dataset="digits")
    assert story.tracker.find(dataset="digits", before_index=newest.index) == [oldest]
    assert story.tracker.find(dataset="digits", before_index=oldest.index) == []


@pytest.mark.parametrize("size", [1, 700])
def test_a_page_that_is_full_of_bytes_is_not_the_end(
    story: Story, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [list(each) for each in everything(story)]
    for module in (api, tracker_module, client_module):
        monkeypatch.setattr(module, "PAGE_BYTES", size)
    assert [list(each) for each in everything(story)] == whole


def everything(story: Story) -> list[Iterable[Event]]:
    tracker = story.tracker
    found = tracker.find(dataset="digits")
    return [tracker.events(), tracker.ancestors(story.score), tracker.impact(story.data), found]


def test_impact_is_all_descendants_in_the_order_of_the_log(story: Story) -> None:
    tracker = story.tracker
    impact = [event.hash for event in tracker.impact(story.data)]
    late = (story.run, story.model, story.score, story.prediction, story.feedback)
    assert impact == [receipt.hash for receipt in late]
    continued = tracker.impact(story.data, after_index=story.model.index)
    assert [event.hash for event in continued] == impact[2:]
    assert list(tracker.impact(story.feedback)) == []


def test_stats_say_what_the_ledger_holds(story: Story) -> None:
    assert story.tracker.stats()["events"] == 8


def test_a_closed_ledger_says_so_and_closing_twice_is_fine(story: Story) -> None:
    story.tracker.close()
    story.tracker.close()
    for call in (
        lambda: story.tracker.get(story.data),
        lambda: len(story.tracker),
        lambda: list(story.tracker.events()),
        lambda: story.tracker.verify_all(),
        lambda: story.tracker.record_dataset(name="x"),
    ):
        with pytest.raises(LedgerClosedError) as caught:
            call()
        assert caught.value.remedy


def test_an_empty_ledger_is_true(story: Story) -> None:
    assert bool(story.tracker) is True
