"""Python values as event values: what is taken, as what, and what is refused, with its path."""

from __future__ import annotations

import ctypes
import dataclasses
import enum
import uuid
from collections import OrderedDict, namedtuple
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lineseal import InvalidRecordError, Link, Tensor, Tracker, codec

tracker = Tracker()
ARTIFACT = Link("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")


def stored(value: Any) -> Any:
    """The value as it is in the block."""
    receipt = tracker.record_prediction(inputs=value, parents=())
    return codec.decode(tracker.get(receipt).block)["payload"]["inputs"]


def refused(value: Any) -> InvalidRecordError:
    before = len(tracker)
    with pytest.raises(InvalidRecordError) as caught:
        tracker.record_prediction(inputs=value, parents=())
    assert len(tracker) == before
    assert caught.value.field == "inputs"
    assert caught.value.remedy
    return caught.value


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Name(str):
    pass


class Number(int):
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: Any


Pair = namedtuple("Pair", "left right")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        (True, True),
        (-(2**63), -(2**63)),
        (2**64 - 1, 2**64 - 1),
        (0.1, 0.1),
        ("", ""),
        ("e\u0301", "e\u0301"),
        (b"\x00\xff", b"\x00\xff"),
        (bytearray(b"ab"), b"ab"),
        (memoryview(b"abcdef")[::2], b"ace"),
        ([], []),
        ((1, (2,)), [1, [2]]),
        (Pair(1, 2), [1, 2]),
        ({}, {}),
        (OrderedDict(b=1, a=2), {"a": 2, "b": 1}),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (Name("n"), "n"),
        (Number(7), 7),
        (Point(1, [Point(2, None)]), {"x": 1, "y": [{"x": 2, "y": None}]}),
        (PurePosixPath("/data/x"), "/data/x"),
        (Path("a") / "b", str(Path("a") / "b")),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00.000000Z"),
        (
            datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=2))),
            "2026-03-01T10:00:00.000005Z",
        ),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
        (pd.Timestamp("2026-03-01T12:00:00.5", tz="UTC"), "2026-03-01T12:00:00.500000Z"),
        (float("nan"), {"lineseal:float": "NaN"}),
        (float("-inf"), {"lineseal:float": "-Infinity"}),
        ({"lineseal:float": "Infinity"}, {"lineseal:float": "Infinity"}),
        (ARTIFACT, ARTIFACT),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.float64(0.1), 0.1),
        (np.float16("nan"), {"lineseal:float": "NaN"}),
        (np.int8(-3), -3),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(True), True),
        (np.str_("s"), "s"),
        (np.bytes_(b"s"), b"s"),
    ],
)  # fmt: skip
def test_a_value_is_kept(given: Any, kept: Any) -> None:
    found = stored(given)
    assert found == kept
    assert type(found) is type(kept)
    assert stored([{"k": given}]) == [{"k": kept}]


def test_minus_zero_is_stored_as_zero() -> None:
    assert str(stored(-0.0)) == "0.0"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({1, 2}, "sorted"),
        (frozenset("a"), "sorted"),
        (Decimal("1.0"), "str(value)"),
        (Fraction(1, 3), "numerator"),
        (timedelta(seconds=1), "total_seconds"),
        (time(12), "isoformat"),
        (uuid.UUID(int=1), "str(value)"),
        (1j, "real"),
        (object(), "Give"),
        (int, "Give"),
        (range(3), "list(value)"),
        (Point, "Give"),
        (datetime(2026, 3, 1), "zone"),
        (pd.Timestamp("2026-03-01"), "zone"),
        (pd.Timestamp("2026-03-01T00:00:00.000000001", tz="UTC"), "us"),
        (pd.NaT, "None"),
        (pd.NA, "None"),
        (pd.Series([1]), "to_numpy"),
        (pd.DataFrame({"a": [1]}), "to_dict"),
        (pd.Timedelta(1), "total_seconds"),
        (np.datetime64("2026-03-01"), "aware"),
        (np.timedelta64(1, "s"), "unit"),
        (np.complex64(1j), "asarray"),
        (np.longdouble(1), "float(value)"),
        (np.array(["a"]), "tolist"),
        (np.array([object()]), "tolist"),
        (np.array(["2026"], "datetime64[D]"), "tolist"),
        (np.ma.masked_array([1, 2], [False, True]), "filled"),
        (2**64, "text"),
        (-(2**63) - 1, "text"),
        (Number(2**64), "text"),
        (ctypes.c_long(5), "value.value"),
        ("a\ud800", "replace"),
        ({"a\ud800": 1}, "replace"),
        ({1: 2}, "str"),
        ({None: 2}, "str"),
        (b"x" * (1 << 20), "artifact"),
        ({"lineseal:float": "nan"}, ""),
        ({"lineseal:what": 1}, ""),
        ({"lineseal:float": "NaN", "more": 1}, ""),
        (Link("bafyreigamnfwdigjnj7serbxyma6gs262cv5r54vyeryzv4zxczpgpmevq"), ""),
    ],
)
def test_a_value_is_refused_with_path_and_remedy(given: Any, says: str) -> None:
    error = refused([0, {"deep": given}])
    assert error.path is not None
    assert error.path.startswith("payload.inputs[1]")
    assert says in str(error)


def test_the_path_leads_to_the_place() -> None:
    assert refused({"a": [1, {"b c": {1}}]}).path == 'payload.inputs.a[1]["b c"]'
    assert refused(Point(1, {2})).path == "payload.inputs.y"
    assert refused([datetime(2026, 1, 1)]).path == "payload.inputs[0]"


def test_a_receipt_and_a_record_are_no_values() -> None:
    from lineseal import UNSET, DatasetRecord

    receipt = tracker.record_dataset(name="d")
    assert "parents" in str(refused(receipt))
    assert "parents" in str(refused(tracker.get(receipt)))
    assert "parents" in str(refused([DatasetRecord(name="d")]))
    assert "None" in str(refused([UNSET]))


def test_a_list_that_holds_itself_meets_the_depth_limit() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert "24" in str(refused(loop))
    ring: dict[str, Any] = {}
    ring["again"] = ring
    assert "24" in str(refused(ring))


def test_an_enum_member_that_is_its_own_value_is_refused() -> None:
    class Endless(enum.Enum):
        ONE = 1

        @property
        def value(self) -> Any:
            return self

    assert "plain value" in str(refused(Endless.ONE))


def test_depth_ends_at_its_limit() -> None:
    def nested(depth: int) -> Any:
        return [] if depth == 1 else [nested(depth - 1)]

    assert stored(nested(22)) == nested(22)
    refused(nested(23))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="int16").reshape(2, 3),
        np.arange(6, dtype=">f8").reshape(2, 3).T,
        np.asfortranarray(np.arange(4.0).reshape(2, 2)),
        np.array([True, False]),
        np.array(3.5, "float16"),
        np.zeros((0, 4), "uint8"),
        np.array([1 + 2j], "complex64"),
        np.array([np.nan, -0.0]),
        np.arange(10)[::-2],
    ],
)  # fmt: skip
def test_an_array_comes_back_with_dtype_shape_and_bits(array: Any) -> None:
    receipt = tracker.record_prediction(inputs={"x": array}, parents=())
    back = tracker.get(receipt).payload["inputs"]["x"]
    assert isinstance(back, Tensor)
    again = back.numpy()
    plain = np.asarray(array)
    assert again.dtype == plain.dtype.newbyteorder("=")
    assert again.shape == plain.shape
    assert again.tobytes() == plain.astype(again.dtype).tobytes()
    assert again.flags.writeable
    twice = tracker.record_prediction(inputs={"x": back}, parents=())
    assert tracker.get(twice).payload["inputs"]["x"] == back


def test_readers_get_floats_and_tensors_and_links() -> None:
    receipt = tracker.record_prediction(
        inputs=[float("nan"), float("inf"), np.arange(2, dtype="int8"), ARTIFACT], parents=()
    )
    nan, inf, tensor, link = tracker.get(receipt).payload["inputs"]
    assert nan != nan
    assert inf == float("inf")
    assert tensor == Tensor("int8", (2,), b"\x00\x01")
    assert link == ARTIFACT


def test_what_the_caller_changes_afterwards_changes_nothing() -> None:
    array, buffer, inner = np.zeros(3), bytearray(b"abc"), {"k": [1]}
    receipt = tracker.record_prediction(inputs=[array, buffer, inner], parents=())
    before = tracker.get(receipt).payload
    array[:] = 1
    buffer[:] = b"xyz"
    inner["k"].append(2)
    assert tracker.get(receipt).payload == before
    before["inputs"].clear()
    assert len(tracker.get(receipt).payload["inputs"]) == 3


def test_a_value_that_changes_its_container_while_it_is_read_does_no_harm() -> None:
    target: dict[str, Any] = {}

    class Wicked(enum.Enum):
        ONE = 1

        @property
        def value(self) -> Any:
            target.clear()
            target.update({str(n): n for n in range(100)})
            return "wicked"

    target.update(a=1, b=Wicked.ONE, c=2)
    assert stored(target) == {"a": 1, "b": "wicked", "c": 2}


def test_an_exception_of_the_users_object_comes_out_as_it_is() -> None:
    class Broken(enum.Enum):
        ONE = 1

        @property
        def value(self) -> Any:
            raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        tracker.record_prediction(inputs=Broken.ONE, parents=())
