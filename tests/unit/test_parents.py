"""`parents` that cannot be taken, and records as parents within one call."""

from __future__ import annotations

from typing import Any

import pytest
from lineseal import (
    AmbiguousHashError,
    DatasetRecord,
    EventNotFoundError,
    InvalidArgumentError,
    InvalidRecordError,
    LinesealError,
    ModelRecord,
    ParentNotFoundError,
    PredictionRecord,
    Tracker,
)


@pytest.fixture
def tracker() -> Tracker:
    tracker = Tracker()
    tracker.record_dataset(name="d")
    return tracker


@pytest.mark.parametrize(
    ("parents", "path"),
    [
        (7, "parents"),
        (b"ab", "parents"),
        ([None], "parents[0]"),
        ([["ab" * 32]], "parents[0]"),
        ({"train": 7}, "parents.train"),
        ({"train": ["ab" * 32, 7]}, "parents.train[1]"),
        ({7: "ab" * 32}, "parents"),
        ({"Train": "ab" * 32}, "parents[0]"),
        ({"x" * 64: "ab" * 32}, "parents[0]"),
        (iter(["ab" * 32]), "parents"),
        ({"ab" * 32}, "parents"),
        (["ab" * 32, "ab" * 32], "parents"),
        ({"a": ["ab" * 32, "ab" * 32]}, "parents"),
        ([f"{n:064x}" for n in range(1025)], "parents[1024]"),
        ("a\ud800", "parents"),
    ],
)
def test_what_is_no_parent_is_refused_with_its_place(
    tracker: Tracker, parents: Any, path: str
) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        tracker.record_model(name="m", parents=parents)
    assert caught.value.field == "parents"
    assert caught.value.path == path
    assert caught.value.remedy
    assert len(tracker) == 1


@pytest.mark.parametrize("parents", ["abc", "not a hash", "", ["zz" * 32]])
def test_text_that_is_no_hash_is_refused(tracker: Tracker, parents: Any) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        tracker.record_model(name="m", parents=parents)
    assert caught.value.remedy
    assert len(tracker) == 1


def test_a_shortened_hash_that_fits_nothing_is_named(tracker: Tracker) -> None:
    with pytest.raises(EventNotFoundError, match="00000000"):
        tracker.record_model(name="m", parents="00000000")


def test_a_missing_parent_in_a_batch_has_its_position(tracker: Tracker) -> None:
    with pytest.raises(ParentNotFoundError) as caught:
        tracker.record_many([DatasetRecord(name="x"), ModelRecord(name="m", parents="ab" * 32)])
    assert (caught.value.position, caught.value.hash) == (1, "ab" * 32)
    assert len(tracker) == 1


def test_a_child_before_its_parent_is_refused_with_both_positions(tracker: Tracker) -> None:
    data = DatasetRecord(name="x")
    model = ModelRecord(name="m", parents=data)
    with pytest.raises(InvalidRecordError, match=r"position 1.*at 0") as caught:
        tracker.record_many([model, data])
    assert (caught.value.position, caught.value.path) == (0, "parents")
    assert len(tracker) == 1


def test_a_child_before_its_parent_is_refused_by_hash_too(tracker: Tracker) -> None:
    other = Tracker()
    data = other.record_dataset(name="x")
    with pytest.raises(LinesealError) as caught:
        tracker.record_many([ModelRecord(name="m", parents=data.hash), DatasetRecord(name="x")])
    assert caught.value.position == 0
    assert "1" in str(caught.value)
    assert len(tracker) == 1


def test_a_record_that_is_not_in_the_call_is_no_parent(tracker: Tracker) -> None:
    with pytest.raises(InvalidRecordError, match="not in the batch") as caught:
        tracker.record_model(name="m", parents=DatasetRecord(name="x"))
    assert caught.value.remedy


def test_a_record_that_stands_twice_is_ambiguous_as_a_parent(tracker: Tracker) -> None:
    answer = PredictionRecord(output=1, parents=())
    child = ModelRecord(name="m", parents=answer)
    with pytest.raises(InvalidRecordError, match="positions 0 and 1"):
        tracker.record_many([answer, answer, child])
    assert len(tracker.record_many([answer, answer])) == 2


def test_equal_blocks_in_one_batch_are_refused_with_both_positions(tracker: Tracker) -> None:
    batch = [DatasetRecord(name="x"), DatasetRecord(name="y"), DatasetRecord(name="x")]
    with pytest.raises(LinesealError) as caught:
        tracker.record_many(batch)
    assert caught.value.position == 2
    assert "0" in str(caught.value)
    assert caught.value.remedy
    assert len(tracker) == 1


def test_a_shortened_hash_that_fits_two_events_is_ambiguous() -> None:
    # About 110,000 datasets make two names with equal first 8 digits likely beyond doubt; looked
    # for outside of the ledger, so that the test is as quick as hashing.
    import hashlib

    from lineseal import codec

    seen: dict[str, bytes] = {}
    for number in range(2_000_000):
        event = {"v": 1, "type": "dataset", "parents": [], "payload": {"name": f"{number}"}}
        block = codec.encode(event)
        head = hashlib.sha256(block).hexdigest()[:8]
        if head in seen:
            break
        seen[head] = block
    tracker = Tracker()
    tracker.record_blocks([seen[head], block])
    with pytest.raises(AmbiguousHashError, match=head) as caught:
        tracker.get(head)
    assert caught.value.remedy
    assert tracker.get(hashlib.sha256(block).hexdigest()[:16]).block == block
