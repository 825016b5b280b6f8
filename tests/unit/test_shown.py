"""How events, traces and reports are shown. HTML and Mermaid escape all that a ledger holds."""

from __future__ import annotations

import pickle
import re
from html.parser import HTMLParser

import pytest
from lineseal import Link, Receipt, Report, Tensor, Tracker
from lineseal._html import MOST_NODES

EVIL = '<script>alert("1")</script>&"\'`]|\n-->'


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += [name for name, _ in attrs]


@pytest.fixture
def tracker() -> Tracker:
    tracker = Tracker()
    data = tracker.record_dataset(name=EVIL, version=EVIL, properties={EVIL: [EVIL, 1]})
    model = tracker.record_model(name="m", parents={"train": data})
    tracker.record_prediction(
        prediction_id=EVIL, inputs=EVIL, error=EVIL, actor=EVIL, parents=[model, data]
    )
    return tracker


def test_html_holds_no_markup_of_the_ledger(tracker: Tracker) -> None:
    events = list(tracker.events())
    missing = tracker.verify_all(expect="ab" * 32)
    shown = [*events, tracker.trace(events[-1]), tracker.verify(events[-1]), missing]
    for thing in shown:
        html = thing._repr_html_()
        tags = Tags()
        tags.feed(html)
        allowed = "div b table tr th td ol li svg path g title rect text"
        assert tags.seen <= set(allowed.split())
        assert not any(name.startswith("on") for name in tags.attributes)
        assert "<script" not in html


def test_a_trace_is_drawn_with_every_event_and_edge(tracker: Tracker) -> None:
    trace = tracker.trace(list(tracker.events())[-1])
    html = trace._repr_html_()
    assert html.count("<rect") == 3
    assert html.count("<path") == 3
    assert html.count(">train</text>") == 1


def test_boxes_and_mermaid_tell_splits_apart_and_show_feedback() -> None:
    tracker = Tracker()
    train = tracker.record_dataset(name="digits", version="1", split="train")
    answer = tracker.record_prediction(prediction_id="p", output=1, parents=train)
    trace = tracker.trace(tracker.record_feedback(value=7, parents={"of": answer}))
    assert "dataset digits 1 train<br/>" in trace.to_mermaid()
    assert "feedback 7<br/>" in trace.to_mermaid()
    html = trace._repr_html_()
    assert all(f">{text}</text>" in html for text in ("digits 1 train", "7", "of"))


def test_a_report_in_html_reads_as_one() -> None:
    tracker = Tracker()
    tracker.record_dataset(name="d")
    assert "verification</b> <b" in tracker.verify_all()._repr_html_()
    assert "consistent in itself" in tracker.verify_all()._repr_html_()
    html = tracker.verify_all(expect=[f"{n:064x}" for n in range(13)])._repr_html_()
    assert html.count("<li>event ") == 10
    assert "<li>and 3 more</li>" in html
    failed = Report("failed", "none", 1, (), {})._repr_html_()
    assert "consistent in itself" not in failed


def test_times_of_a_record_are_shown_as_times() -> None:
    tracker = Tracker()
    run = tracker.record_training(
        run_id="r", model_name="m", started_at=1_767_225_600_000_001, seed=1_767_225_600_000_001
    )
    event = tracker.get(run)
    assert event.payload["started_at"] == 1_767_225_600_000_001
    assert "started_at=2026-01-01T00:00:00.000001Z" in repr(event)
    assert "seed=1767225600000001" in repr(event)
    assert "2026-01-01T00:00:00.000001+00:00" in event._repr_html_()


def test_a_long_trace_is_drawn_in_part_and_says_so() -> None:
    tracker = Tracker()
    last = tracker.record_dataset(name="0")
    for number in range(MOST_NODES + 5):
        last = tracker.record_model(name=str(number), parents=last)
    html = tracker.trace(last)._repr_html_()
    assert html.count("<rect") == MOST_NODES
    assert f"the first {MOST_NODES} of" in html


def test_mermaid_names_every_event_and_role(tracker: Tracker) -> None:
    text = tracker.trace(list(tracker.events())[-1]).to_mermaid()
    lines = text.splitlines()
    assert lines[0] == "graph TD"
    assert len([line for line in lines if "-->" in line]) == 3
    assert '  e0 -->|"train"| e1' in lines
    for line in lines[1:]:
        assert re.fullmatch(
            r'  e\d+(\["[^"<>]*(<br/>[0-9a-f]{8})"\]| -->(\|"[^"]*"\|)? e\d+)', line
        )


def test_reprs_say_what_matters(tracker: Tracker) -> None:
    event = list(tracker.events())[1]
    assert repr(event).startswith(f"<Event model {event.hash[:12]}… index=1 parents=1 name='m'")
    trace = tracker.trace(event)
    assert repr(trace) == f"<Trace of model {event.hash[:12]}…: 2 events, 1 roots>"
    assert repr(trace[:0]) == "<Trace of nothing>"
    assert repr(tracker.verify(event.hash)) == "<Report ok checked=2 anchor=hash>"
    failed = tracker.verify_all(expect="ab" * 32)
    assert "failed" in repr(failed)
    assert "expected_missing=1" in repr(failed)
    assert repr(Tracker()) == "Tracker()"
    receipt = Receipt(event.hash, 1, True)
    assert eval(repr(receipt), {"Receipt": Receipt}) == receipt
    assert repr(Tensor("int8", (2,), b"ab")) == "Tensor(int8, shape=(2,), 2 bytes)"
    link = Link("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")
    assert eval(repr(link), {"Link": Link}) == link


@pytest.mark.parametrize("name", ["hash", "index", "block", "recorded_at_us", "type", "new"])
def test_an_event_cannot_be_changed(tracker: Tracker, name: str) -> None:
    event = next(tracker.events())
    with pytest.raises(AttributeError):
        setattr(event, name, "ab" * 32)
    assert pickle.loads(pickle.dumps(event)) == event


def test_receipts_and_links_can_be_compared_hashed_and_pickled() -> None:
    one, other = Receipt("ab" * 32, 1, True), Receipt("ab" * 32, 2, True)
    assert one != other
    assert one != "ab" * 32
    assert len({one, Receipt("ab" * 32, 1, True)}) == 1
    assert pickle.loads(pickle.dumps(one)) == one
