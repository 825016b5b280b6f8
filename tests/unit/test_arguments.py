"""Arguments of calls that would be misread, and what many threads may do at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from lineseal import (
    DatasetRecord,
    EncodingError,
    InvalidArgumentError,
    InvalidRecordError,
    Link,
    Receipt,
    Tracker,
    checksum,
    codec,
    open_ledger,
    verify_blocks,
)

GOOD = codec.encode({"v": 1, "type": "dataset", "parents": [], "payload": {"name": "d"}})


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t.record_many(DatasetRecord(name="x")),
        lambda t: t.record_blocks(GOOD),
        lambda t: t.record_blocks([5]),
        lambda t: t.record_blocks(["text"]),
        lambda t: t.record_json('{"type": "dataset", "record": {"name": "x"}}'),
        lambda t: t.record_json([{"type": "dataset"}]),
        lambda t: t.verify([]),
        lambda t: t.trace([]),
        lambda t: t.trace("ab" * 32, limit=-1),
        lambda t: t.events(limit=-1),
        lambda t: t.events(limit="3"),
        lambda t: t.events(after_index=-1),
        lambda t: t.events(since="2026"),
        lambda t: t.events(until=datetime(2026, 1, 1)),
        lambda t: t.events(since=2**63),
        lambda t: t.find(dataset="d", limit=-1),
        lambda t: t.impact("ab" * 32, after_index=-1),
        lambda t: t.verify_all(expect=[7]),
        lambda t: t.get("\ud800"),
        lambda t: t.get_many("ab" * 32),
        lambda t: t.get_many(5),
        lambda t: t.resolve("\udc9b"),
        lambda t: t.trace(["ab" * 32, "\ud800"]),
        lambda t: t.impact("\ud800"),
        lambda t: t.verify("\ud800"),
        lambda t: t.verify_all(expect="\ud800"),
        lambda t: t.find(model="\ud800"),
        lambda t: t.find(model=5),
        lambda t: t.find(model="m", limit=True),
        lambda t: t.events(types=[5]),
        lambda t: t.events(types=5),
        lambda t: t.events("\ud800"),
        lambda t: t.events(after_index=False),
        lambda t: verify_blocks([("\ud800", b"")]),
        lambda t: Tracker(b"x"),
        lambda t: Tracker(5),
        lambda t: Tracker(""),
        lambda t: Tracker("a\ud800"),
        lambda t: Tracker("a\0"),
        lambda t: open_ledger(b"x"),
        lambda t: open_ledger("\ud800"),
        lambda t: checksum("\ud800"),
        lambda t: verify_blocks([]),
        lambda t: verify_blocks([("ab", GOOD)]),
        lambda t: verify_blocks([("ab" * 32, 7)]),
        lambda t: codec.decode(7),
        lambda t: codec.cid("text"),
        lambda t: Tracker(read_only=True),
        lambda t: Receipt("ab", 0, True),
    ],
)
def test_an_unusable_argument_is_refused_with_a_remedy(call: Callable[[Any], Any]) -> None:
    tracker = Tracker()
    with pytest.raises(InvalidArgumentError) as caught:
        call(tracker)
    assert caught.value.remedy
    assert isinstance(caught.value, ValueError)
    assert len(tracker) == 0


@pytest.mark.parametrize(
    ("block", "error"),
    [
        (b"", EncodingError),
        (GOOD[:-1], EncodingError),
        (GOOD + b"\x00", EncodingError),
        (b"\x80", EncodingError),
        (codec.encode(codec.decode(GOOD) | {"payload": {}}), InvalidRecordError),
        (codec.encode(codec.decode(GOOD) | {"v": 2}), InvalidRecordError),
        (codec.encode(codec.decode(GOOD) | {"more": 1}), InvalidRecordError),
        (codec.encode(codec.decode(GOOD) | {"payload": {"name": ""}}), InvalidRecordError),
        (b"\xa1" + b"\x00" * (1 << 20), EncodingError),
    ],
)  # fmt: skip
def test_a_bad_block_refuses_its_batch_with_its_position(
    block: bytes, error: type[Exception]
) -> None:
    tracker = Tracker()
    with pytest.raises(error) as caught:
        tracker.record_blocks([GOOD, block])
    assert caught.value.position == 1  # type: ignore[attr-defined]
    assert len(tracker) == 0


@pytest.mark.parametrize(
    "draft",
    [
        "",
        "{",
        "[]",
        '{"type": "dataset"}',
        '{"type": "nothing", "record": {}}',
        '{"type": "dataset", "record": {"name": "d", "nmae": 1}}',
        '{"type": "dataset", "record": {"name": "d", "name": "e"}}',
        '{"type": "dataset", "record": {"name": "d", "num_rows": 1.0}}',
        '{"type": "model", "record": {"name": "m"}, "parents": [{"position": 5}]}',
        '{"type": "dataset", "record": {"name": "\\ud800"}}',
        b"\xff",
    ],
)
def test_a_bad_draft_refuses_its_batch_with_its_position(draft: Any) -> None:
    tracker = Tracker()
    good = '{"type": "dataset", "record": {"name": "good"}}'
    with pytest.raises((InvalidRecordError, EncodingError, InvalidArgumentError)) as caught:
        tracker.record_json([good, draft])
    assert caught.value.position == 1
    assert len(tracker) == 0


def test_of_many_threads_exactly_one_creates_an_event() -> None:
    tracker = Tracker()
    receipts: list[Receipt] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for number in range(50):
            receipts.append(tracker.record_dataset(name=f"d{number}"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 400
    assert sum(receipt.created for receipt in receipts) == 50
    assert len({(receipt.hash, receipt.index) for receipt in receipts}) == 50
    assert tracker.verify_all().checked == 50


def test_names_with_half_a_surrogate_are_refused_as_names() -> None:
    for make in (lambda: Link("\ud800"), lambda: Receipt("\ud800", 0, True)):
        with pytest.raises(InvalidArgumentError, match="names nothing"):
            make()


def test_a_short_hash_is_told_how_many_digits_it_takes() -> None:
    with Tracker() as tracker, pytest.raises(InvalidArgumentError, match="8 digits or more"):
        tracker.get("abc")


@pytest.mark.parametrize("given", [[5], [b"x"], [("a",)], 5, [("a", b"", 1)]])
def test_blocks_to_verify_are_pairs(given: object) -> None:
    with pytest.raises(InvalidArgumentError):
        verify_blocks(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [5, ("a",), (5, b""), ("0" * 64, "x"), ("0123abcd", b"")])
def test_what_is_no_block_is_named_by_its_position(bad: Any) -> None:
    good = ("0" * 64, b"")
    with pytest.raises(InvalidArgumentError) as caught:
        verify_blocks([good, bad])
    assert caught.value.position == 1
