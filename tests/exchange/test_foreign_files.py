"""CAR files of others: what is taken of them, and what is refused before anything is recorded."""

from __future__ import annotations

from pathlib import Path

import cars
import pytest
from lineseal import LinesealError, ParentNotFoundError, Tracker, codec
from lineseal.exchange import Copied

FIRST = cars.event(payload={"n": 1})
SECOND = cars.event(payload={"n": 2}, parents=[FIRST[0]])
THIRD = cars.event(payload={"n": 3}, parents=[SECOND[0]])
STORY = [FIRST, SECOND, THIRD]
ALIEN = cars.of("dag-pb", b"\x0a\x00")
OLD = cars.of("dag-pb", b"\x0a\x01a", version=0)
PLAIN = cars.of("raw", b"anything at all")
SEALED = cars.of("dag-cbor", codec.encode({"salt": bytes(16), "value": 7}))
INLINE = (bytes.fromhex("0155 00 03") + b"abc", b"abc")
BLAKE = (bytes.fromhex("01 71 1e 20") + bytes(32), b"whatever a hash says that we do not have")


def copied(data: bytes, tmp_path: Path, tracker: Tracker | None = None) -> tuple[Copied, Tracker]:
    path = tmp_path / "foreign.car"
    path.write_bytes(data)
    tracker = Tracker() if tracker is None else tracker
    return tracker.copy_all(path), tracker


def refused(data: bytes, tmp_path: Path) -> LinesealError:
    tracker = Tracker()
    with pytest.raises(LinesealError) as caught:
        copied(data, tmp_path, tracker)
    assert len(tracker) == 0
    assert caught.value.remedy
    assert str(tmp_path / "foreign.car") in str(caught.value)
    return caught.value


def hashes(tracker: Tracker) -> list[str]:
    return [event.hash for event in tracker.events()]


def test_blocks_in_any_order_are_recorded_parents_first(tmp_path: Path) -> None:
    done, tracker = copied(cars.car(reversed(STORY)), tmp_path)
    assert done == Copied(events=3, created=3, duplicates=0, repeated=0, others=0)
    assert hashes(tracker) == [cid.digest[2:].hex() for cid, _ in STORY]
    assert tracker.verify_all()


def test_duplicates_and_blocks_of_others_are_left_out_and_counted(tmp_path: Path) -> None:
    others = [ALIEN, OLD, PLAIN, SEALED, INLINE, BLAKE]
    blocks = [*others, FIRST, *STORY, THIRD, *others[:2]]
    done, tracker = copied(cars.car(blocks, roots=[ALIEN[0], THIRD[0]]), tmp_path)  # type: ignore[arg-type]
    assert done == Copied(events=3, created=3, duplicates=0, repeated=2, others=8)
    assert len(tracker) == 3


def test_a_second_copy_adds_nothing(tmp_path: Path) -> None:
    _, tracker = copied(cars.car(STORY), tmp_path)
    done, _ = copied(cars.car(STORY), tmp_path, tracker)
    assert done == Copied(events=3, created=0, duplicates=3, repeated=0, others=0)
    assert len(tracker) == 3


def test_a_car_of_version_2_is_read_by_its_inner_one(tmp_path: Path) -> None:
    done, _ = copied(cars.car_v2(cars.car(STORY, roots=[THIRD[0]])), tmp_path)
    assert done.created == 3


def test_a_segment_of_a_ledger_is_a_file_like_any_other(tmp_path: Path) -> None:
    with Tracker(tmp_path / "source") as source:
        data = source.record_dataset(name="digits")
        model = source.record_model(name="m", parents=data)
    segment = tmp_path / "source" / "segments" / "000000000000.car"
    tracker = Tracker()
    done = tracker.copy_all(segment)
    assert done == Copied(events=2, created=2, duplicates=0, repeated=0, others=3)
    assert hashes(tracker) == [data.hash, model.hash]


def test_parents_may_be_in_the_ledger_already(tmp_path: Path) -> None:
    _, tracker = copied(cars.car([FIRST]), tmp_path)
    done, _ = copied(cars.car([THIRD, SECOND]), tmp_path, tracker)
    assert done.created == 2
    error = refused(cars.car([THIRD]), tmp_path)
    assert isinstance(error, ParentNotFoundError)
    assert error.hash == SECOND[0].digest[2:].hex()
    assert THIRD[0].digest[2:].hex() in error.message


def test_events_are_held_to_the_envelope_alone(tmp_path: Path) -> None:
    loose = cars.event(type="dataset", payload={"num_rows": "many", "tensor": {}}, time=None)
    odd = cars.event(payload={"x": {"lineseal:tensor": {"dtype": 7}, "y": 1}, "ids": "none"})
    done, tracker = copied(cars.car([loose, odd]), tmp_path)
    assert done.created == 2
    assert tracker.verify_all()
    first, second = tracker.events()
    assert first.payload["num_rows"] == "many"
    assert second.payload["x"]["y"] == 1
    assert repr(first)
    with pytest.raises(LinesealError, match="num_rows"):
        tracker.record_blocks([loose[1]])


def at(index: int) -> int:
    """Where the section of that block of the story begins."""
    return len(cars.car(STORY[:index]))


GOOD = cars.car(STORY)
#: The file; the byte that the error names; part of the message.
BROKEN = {
    "another digest": (cars.car([FIRST, (SECOND[0], SECOND[1] + b"\0")]), at(1), "was changed"),
    "a changed byte": (GOOD[:-1] + b"\x05", at(2), "was changed"),
    "a raw block that was changed": (cars.car([(PLAIN[0], b"other")]), at(0), "was changed"),
    "an inline block that differs": (cars.car([(INLINE[0], b"abd")]), at(0), "not the one"),  # type: ignore[list-item]
    "cut off in a block": (GOOD[:-1], at(2), "cut off"),
    "cut off in a CID": (GOOD[: at(2) + 20], at(2), "cut off"),
    "cut off in a length": (GOOD + b"\xff", at(3), "cut off"),
    "a giant length": (GOOD + b"\xff" * 8 + b"\x7f" + bytes(99), at(3), "cut off"),
    "an endless length": (GOOD + b"\xff" * 20, at(3), "length"),
    "a length in two ways": (GOOD + b"\xa5\x80\x00" + bytes(99), at(3), "length"),
    "a section over the limit": (GOOD + b"\x81\x80\x80\x10" + bytes(2**25 + 1), at(3), "more than"),
    "no CID": (GOOD + b"\x04abcd", at(3), "no CID"),
    "zeros between blocks": (GOOD + b"\0\0\x01", at(3), "others follow"),
    "a version to come": (cars.car([cars.event(v=2)]), at(0), "v is 2"),
    "a schema that is broken": (cars.car([cars.event(extra=1)]), at(0), "extra"),
    "an unknown type": (cars.car([cars.event(type="model2")]), at(0), "model2"),
    "not canonical": (cars.car([cars.of("dag-cbor", b"\xa1\x61v\x18\x01")]), at(0), "shortest"),
    "over a mebibyte": (cars.car([cars.event(payload={"x": b"x" * 2**20})]), at(0), "1048576"),
    "no header": (b"", 0, "no CAR file"),
    "text": (b"hello, this is no such file", 0, "no CAR file"),
    "Parquet": (b"PAR1\x15\x04\x15", 0, "no CAR file"),
    "version 3": (bytes.fromhex("0aa16776657273696f6e03"), 0, "version 3"),
    "version 2 cut off": (cars.car_v2(GOOD)[:60], 0, "the file has 60"),
    "version 2 around nothing": (cars.car_v2(b""), 0, "no CAR file"),
    "version 2 twice": (cars.car_v2(cars.car_v2(GOOD)), 0, "no CARv1"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_the_byte_and_leaves_nothing(
    name: str, tmp_path: Path
) -> None:
    data, position, text = BROKEN[name]
    error = refused(data, tmp_path)
    assert text in error.message
    assert error.position == position


def test_a_file_that_was_cut_between_two_blocks_shows_in_its_roots(tmp_path: Path) -> None:
    error = refused(cars.car(STORY[:2], roots=[THIRD[0]]), tmp_path)
    assert "cut off" in error.message
    assert error.hash == THIRD[0].digest[2:].hex()
    # By name it is copied all the same, and so it is when the ledger holds the root.
    tracker = Tracker()
    assert tracker.copy(SECOND[0].digest[2:].hex(), tmp_path / "foreign.car").created == 2
    tracker.record_blocks([THIRD[1]])
    assert tracker.copy_all(tmp_path / "foreign.car").created == 0


def test_roots_of_other_software_need_not_be_there(tmp_path: Path) -> None:
    done, _ = copied(cars.car(STORY, roots=[ALIEN[0], PLAIN[0]]), tmp_path)
    assert done.created == 3


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for place in (tmp_path / "missing.car", tmp_path / "no" / "folder.car"):
        with pytest.raises(LinesealError, match=r"\.car") as caught:
            Tracker().copy_all(place)
        assert caught.value.path == str(place)


def test_a_directory_that_is_no_ledger_is_no_source(tmp_path: Path) -> None:
    for content in ([], ["notes.txt"]):
        for name in content:
            (tmp_path / name).write_text("mine")
        with pytest.raises(LinesealError) as caught:
            Tracker().copy_all(tmp_path)
        assert caught.value.path == str(tmp_path)
        assert "empty" not in str(caught.value.remedy)
        assert "CAR file" in str(caught.value.remedy)
