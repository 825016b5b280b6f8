"""What verification promises, on every ledger."""

from __future__ import annotations

import pytest
from lineseal import InvalidArgumentError, verify_blocks
from story import Story


def test_what_holds_is_true(story: Story) -> None:
    report = story.tracker.verify(story.prediction)
    assert report
    assert (report.verdict, report.anchor, report.checked) == ("ok", "hash", 5)
    assert report.findings == ()
    assert report.counts == {}


def test_several_events_are_verified_once_each(story: Story) -> None:
    report = story.tracker.verify([story.feedback, story.score, story.prediction])
    assert (report.verdict, report.checked) == ("ok", 8)


def test_an_event_read_from_the_ledger_is_no_anchor(story: Story) -> None:
    event = story.tracker.get(story.model.hash)
    assert story.tracker.verify(event).anchor == "none"
    assert story.tracker.verify([story.model, event]).anchor == "none"
    assert story.tracker.verify(event.hash).anchor == "hash"


def test_a_shortened_hash_is_no_anchor(story: Story) -> None:
    assert story.tracker.verify(story.model.hash).anchor == "hash"
    assert story.tracker.verify(story.model.cid).anchor == "hash"
    assert story.tracker.verify(story.model.hash[:10]).anchor == "none"


def test_the_whole_ledger_is_verified_from_its_segments(story: Story) -> None:
    report = story.tracker.verify_all()
    assert (report.verdict, report.anchor, report.checked) == ("ok", "none", 8)
    report = story.tracker.verify_all(expect=[story.prediction, story.model.cid])
    assert (report.verdict, report.anchor) == ("ok", "hash")


def test_an_expected_event_that_is_not_there_fails(story: Story) -> None:
    missing = "ef" * 32
    report = story.tracker.verify_all(expect=missing)
    assert not report
    assert report.counts == {"expected_missing": 1}
    assert report.findings[0].hash == missing
    with pytest.raises(InvalidArgumentError, match="full hash"):
        story.tracker.verify_all(expect=story.model.hash[:8])


def test_blocks_are_verified_without_a_ledger(story: Story) -> None:
    events = list(story.tracker.trace(story.prediction))
    assert verify_blocks((event.hash, event.block) for event in events)
    report = verify_blocks([(event.hash, event.block) for event in events[:-1]])
    assert report.verdict == "failed"
    assert "parent_missing" in report.counts


def test_a_parent_rewritten_with_its_own_hash_is_caught_from_its_child(story: Story) -> None:
    import hashlib

    from lineseal import codec

    events = list(story.tracker.trace(story.prediction))
    forged = codec.decode(events[-1].block)
    forged["payload"]["num_rows"] = 1
    block = codec.encode(forged)
    pairs = [(event.hash, event.block) for event in events[:-1]]
    pairs.append((hashlib.sha256(block).hexdigest(), block))
    report = verify_blocks(pairs)
    assert not report
    assert report.counts["parent_missing"] == 1
    pairs[-1] = (events[-1].hash, block)
    report = verify_blocks(pairs)
    assert report.findings[-1].hash == events[-1].hash or report.counts["hash"] == 1


def test_progress_is_told(story: Story) -> None:
    told: list[tuple[int, int]] = []
    assert story.tracker.verify_all(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (8, 8)


def test_an_exception_of_the_progress_callback_comes_out(story: Story) -> None:
    def fail(done: int, total: int) -> None:
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        story.tracker.verify_all(progress=fail)
