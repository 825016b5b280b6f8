"""Copies and exports are the same for every kind of ledger."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal

import pytest
from lineseal import (
    EventNotFoundError,
    InvalidArgumentError,
    LinesealError,
    OperationCancelledError,
    ParentNotFoundError,
    ReadOnlyError,
    Tracker,
)
from lineseal._ledger_api import LedgerAPI
from lineseal.exchange import Copied
from story import Story, tell


def hashes(ledger: LedgerAPI) -> list[str]:
    return [event.hash for event in ledger.events()]


def test_an_event_is_copied_with_its_ancestors_and_keeps_its_hash(
    ledger: LedgerAPI, story: Story
) -> None:
    done = ledger.copy(story.prediction, story.tracker)
    trace = [event.hash for event in story.tracker.trace(story.prediction)]
    assert (done.events, done.created) == (len(trace), len(trace))
    assert {e.hash for e in ledger.trace(story.prediction)} == set(trace)
    assert ledger.verify(story.prediction.hash)
    again = ledger.copy([story.score, story.prediction], story.tracker)
    assert (again.events, again.created) == (len(trace) + 2, 2)


def test_all_is_copied_from_a_ledger_and_from_a_file_alike(
    ledger: LedgerAPI, story: Story, tmp_path: Path
) -> None:
    all_there = hashes(story.tracker)
    assert story.tracker.export(tmp_path / "all.car") == len(all_there)
    assert ledger.copy_all(tmp_path / "all.car").created == len(all_there)
    assert hashes(ledger) == all_there
    assert ledger.copy_all(story.tracker).created == 0
    assert len(ledger) == len(all_there)


def test_a_file_of_names_has_their_ancestors_and_no_more(
    ledger: LedgerAPI, story: Story, tmp_path: Path
) -> None:
    count = story.tracker.export(str(tmp_path / "score.car"), story.score.hash[:12])
    assert count == len(story.tracker.trace(story.score))
    assert ledger.copy(story.model.hash[:8], str(tmp_path / "score.car")).created == 4
    assert ledger.copy_all(tmp_path / "score.car").created == 2
    with pytest.raises(EventNotFoundError):
        ledger.copy(story.prediction, tmp_path / "score.car")


def test_filtered_events_come_without_ancestors(
    ledger: LedgerAPI, story: Story, tmp_path: Path
) -> None:
    assert story.tracker.export(tmp_path / "f.car", types=["model", "prediction"]) == 2
    with pytest.raises(ParentNotFoundError) as caught:
        ledger.copy_all(tmp_path / "f.car")
    assert caught.value.hash == story.run.hash
    assert len(ledger) == 0
    ledger.copy(story.run, story.tracker)
    assert ledger.copy_all(tmp_path / "f.car").created == 2


def test_what_is_not_there_is_not_exported(story: Story, tmp_path: Path) -> None:
    with pytest.raises(EventNotFoundError):
        story.tracker.export(tmp_path / "none.car", "0" * 64)
    assert list(tmp_path.glob("*none*")) == []


@pytest.mark.parametrize("format", ["car", "parquet"])
def test_no_events_make_a_whole_file_without_any(
    ledger: LedgerAPI, story: Story, tmp_path: Path, format: Literal["car", "parquet"]
) -> None:
    assert ledger.export(tmp_path / "empty", format=format) == 0
    assert story.tracker.export(tmp_path / "old", after_index=7, format=format) == 0
    assert story.tracker.export(tmp_path / "none", types="acme/none", format=format) == 0
    data = (tmp_path / "empty").read_bytes()
    assert data == (tmp_path / "old").read_bytes() == (tmp_path / "none").read_bytes()
    if format == "car":
        assert ledger.copy_all(tmp_path / "empty") == Copied(0, 0, 0, 0, 0)
    else:
        assert data.startswith(b"PAR1")


def test_errors_name_the_ledger_as_its_user_does(
    ledger: LedgerAPI, story: Story, tmp_path: Path
) -> None:
    story.tracker.export(tmp_path / "leaf.car", types="prediction")
    with pytest.raises(ParentNotFoundError) as caught:
        ledger.copy_all(tmp_path / "leaf.car")
    assert caught.value.path == str(tmp_path / "leaf.car")
    assert "Tracker(" not in caught.value.message
    assert "Client(" not in caught.value.message
    assert f"nor in {ledger._place()};" in caught.value.message


def test_a_copy_that_breaks_off_says_how_far_it_came(ledger: LedgerAPI, tmp_path: Path) -> None:
    source = Tracker()
    data = source.record_dataset(name="digits")
    source.record_predictions(parents=data, output=list(range(5000)), time=1)
    source.export(tmp_path / "all.car")

    def stop(done: int, total: int) -> None:
        if len(ledger) and total:
            raise OperationCancelledError("enough")

    with pytest.raises(OperationCancelledError) as caught:
        ledger.copy_all(tmp_path / "all.car", progress=stop)
    assert caught.value.recorded == len(ledger) == 4096
    assert "4096 events are recorded" in str(caught.value)
    done = ledger.copy_all(tmp_path / "all.car")
    assert done == Copied(events=5001, created=905, duplicates=4096, repeated=0, others=0)


def test_wrong_arguments_are_refused(story: Story, tmp_path: Path) -> None:
    out = io.BytesIO()
    with pytest.raises(InvalidArgumentError, match="filtered"):
        story.tracker.export(out, story.data, limit=3)
    with pytest.raises(InvalidArgumentError, match="no event is named"):
        story.tracker.export(out, [])
    with pytest.raises(InvalidArgumentError, match="format"):
        story.tracker.export(out, format="csv")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="no event is named"):
        story.tracker.copy([], Tracker())
    assert out.getvalue() == b""


def test_a_stream_gets_the_bytes_of_the_file(story: Story, tmp_path: Path) -> None:
    out = io.BytesIO()
    assert story.tracker.export(out, since=0, limit=5) == 5
    story.tracker.export(tmp_path / "same.car", since=0, limit=5)
    assert out.getvalue() == (tmp_path / "same.car").read_bytes()


def test_progress_is_told(ledger: LedgerAPI, story: Story, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    story.tracker.export(tmp_path / "all.car", progress=lambda *now: told.append(now))
    assert told[-1] == (8, 8)
    ledger.copy_all(tmp_path / "all.car", progress=lambda *now: told.append(now))
    assert told[-1] == (8, 8)
    assert (8, 0) in told


def test_an_exception_of_progress_stops_the_copy(ledger: LedgerAPI, story: Story) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ledger.copy_all(story.tracker, progress=stop)
    assert len(ledger) == 0


def test_a_read_only_ledger_takes_no_copies(tmp_path: Path) -> None:
    tell(Tracker(tmp_path / "l")).tracker.close()
    with Tracker(tmp_path / "l", read_only=True) as reader, pytest.raises(ReadOnlyError):
        reader.copy_all(reader)


def test_copies_of_a_tampered_ledger_are_refused(ledger: LedgerAPI, tmp_path: Path) -> None:
    tell(Tracker(tmp_path / "bad")).tracker.close()
    segment = tmp_path / "bad" / "segments" / "000000000000.car"
    segment.write_bytes(segment.read_bytes().replace(b"digits-lr", b"digits-xx"))
    with pytest.raises(LinesealError) as caught:
        ledger.copy_all(tmp_path / "bad")
    assert caught.value.code == "corrupt_ledger"
    with pytest.raises(LinesealError, match="was changed"):
        ledger.copy_all(segment)
    assert len(ledger) == 0
