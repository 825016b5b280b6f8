"""Whatever the columns: their rows become the very events that records of the rows make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lineseal import PredictionRecord, Tracker

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
pl = pytest.importorskip("polars", reason="polars is not installed")

tracker = Tracker()
few = settings(max_examples=60, deadline=None)


def events_of(columns: Any, rows: list[Any]) -> tuple[list[str], list[str]]:
    """Hashes of the events made of columns, and of those made of the rows."""
    names = [f"p-{n}" for n in range(len(rows))]
    made = tracker.record_predictions(
        parents=(), inputs=columns, output=columns, prediction_ids=names, time=7
    )
    records = [
        PredictionRecord(parents=(), inputs=row, output=row, prediction_id=name, time=7)
        for row, name in zip(rows, names, strict=True)
    ]
    return made.hashes(), [receipt.hash for receipt in tracker.record_many(records)]


def same(columns: Any, rows: list[Any]) -> None:
    made, expected = events_of(columns, rows)
    assert made == expected


@dataclass(frozen=True)
class Kind:
    """An Arrow type, its values as Python has them, and the values of the rows."""

    type: Any
    values: st.SearchStrategy[Any]
    as_row: Callable[[Any], Any] = lambda value: value


def bounded(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


def integer(type: Any, bits: int, signed: bool) -> Kind:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return Kind(type, bounded(low, high))


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
# The C interface ends names at a NUL.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
ZONE = timezone(timedelta(hours=5, minutes=30))
MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
SECONDS = MOMENTS.map(lambda moment: moment.replace(microsecond=0))
MILLIS = MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
FLAT = [
    Kind(pa.null(), st.none()),
    Kind(pa.bool_(), st.booleans()),
    *(integer(getattr(pa, f"int{bits}")(), bits, True) for bits in (8, 16, 32, 64)),
    *(integer(getattr(pa, f"uint{bits}")(), bits, False) for bits in (8, 16, 32, 64)),
    Kind(pa.float16(), st.floats(width=16).map(np.float16), float),
    Kind(pa.float32(), st.floats(width=32)),
    Kind(pa.float64(), st.floats()),
    *(Kind(type(), TEXT) for type in (pa.string, pa.large_string, pa.string_view)),
    *(Kind(type(), st.binary(max_size=20)) for type in (pa.binary, pa.large_binary)),
    Kind(pa.binary_view(), st.binary(max_size=20)),
    Kind(pa.binary(5), st.binary(min_size=5, max_size=5)),
    Kind(pa.date32(), st.dates()),
    Kind(pa.date64(), st.dates()),
    Kind(pa.timestamp("s", "UTC"), SECONDS),
    Kind(pa.timestamp("ms", "UTC"), MILLIS),
    Kind(pa.timestamp("us", "+05:30"), MOMENTS.map(lambda moment: moment.astimezone(ZONE))),
    Kind(pa.timestamp("ns", "UTC"), MOMENTS),
    Kind(pa.dictionary(pa.int8(), pa.string()), st.sampled_from(["a", "b", ""])),
]
NUMBERS = {
    "bool": st.booleans(),
    "int8": bounded(-128, 127),
    "uint16": bounded(0, 2**16 - 1),
    "int64": bounded(-(2**63), 2**63 - 1),
    "float16": st.floats(width=16),
    "float32": st.floats(width=32),
    "float64": st.floats(),
}


def list_of(kind: Kind) -> st.SearchStrategy[Kind]:
    make = st.sampled_from([pa.list_, pa.large_list, pa.list_view, pa.large_list_view])
    values = st.lists(optional(kind), max_size=4)
    return make.map(
        lambda make: Kind(make(kind.type), values, lambda row: [of(kind, item) for item in row])
    )


def struct_of(kinds: dict[str, Kind]) -> Kind:
    def as_row(row: dict[str, Any]) -> dict[str, Any]:
        return {name: of(kind, row[name]) for name, kind in kinds.items()}

    values = st.fixed_dictionaries({name: optional(kind) for name, kind in kinds.items()})
    return Kind(pa.struct({name: kind.type for name, kind in kinds.items()}), values, as_row)


def map_of(kind: Kind) -> Kind:
    values = st.dictionaries(TEXT, optional(kind), max_size=4).map(lambda row: list(row.items()))
    return Kind(
        pa.map_(pa.string(), kind.type), values, lambda row: {k: of(kind, v) for k, v in row}
    )


def tensors(name: str, shape: tuple[int, ...]) -> Kind:
    type, numbers = getattr(pa, name.replace("bool", "bool_"))(), NUMBERS[name]
    for size in reversed(shape):
        numbers, type = st.lists(numbers, min_size=size, max_size=size), pa.list_(type, size)
    numbers = numbers.map(lambda row: np.array(row, dtype=name).reshape(shape).tolist())
    return Kind(type, numbers, lambda row: np.array(row, dtype=name).reshape(shape))


def of(kind: Kind, value: Any) -> Any:
    """The value of a row, null included."""
    return None if value is None else kind.as_row(value)


def optional(kind: Kind) -> st.SearchStrategy[Any]:
    return st.none() | kind.values


SHAPES = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple)
TENSORS = st.builds(
    tensors, st.sampled_from(["bool", "int8", "uint16", "int64", "float32"]), SHAPES
)
KINDS = st.recursive(
    st.sampled_from(FLAT) | TENSORS,
    lambda inner: (
        inner.flatmap(list_of)
        | st.dictionaries(NAMES, inner, max_size=4).map(struct_of)
        | inner.map(map_of)
    ),
    max_leaves=5,
)


@st.composite
def arrays(draw: st.DrawFn, kinds: st.SearchStrategy[Kind]) -> tuple[Any, list[Any]]:
    """An Arrow array, maybe a piece of a longer one, and the values of its rows."""
    kind = draw(kinds)
    values = draw(st.lists(optional(kind), min_size=1, max_size=20))
    array = pa.array(values, kind.type)
    start = draw(st.integers(0, len(values) - 1))
    return array[start:], [of(kind, value) for value in values[start:]]


@pytest.mark.parametrize("kind", FLAT, ids=lambda kind: str(kind.type))
def test_flat_arrow_columns(kind: Kind) -> None:
    @few
    @given(arrays(st.just(kind)))
    def holds(made: tuple[Any, list[Any]]) -> None:
        same(*made)

    holds()


@settings(max_examples=300, deadline=None)
@given(arrays(KINDS))
def test_nested_arrow_columns(made: tuple[Any, list[Any]]) -> None:
    same(*made)


@few
@given(st.lists(arrays(st.just(FLAT[3])), min_size=1, max_size=5))
def test_chunks_are_one_column(pieces: list[tuple[Any, list[Any]]]) -> None:
    same(
        pa.chunked_array([array for array, _ in pieces]),
        [row for _, rows in pieces for row in rows],
    )


@few
@given(st.dictionaries(NAMES, KINDS, min_size=1, max_size=5), st.data())
def test_tables_and_mappings_of_columns_are_maps(
    kinds: dict[str, Kind], data: st.DataObject
) -> None:
    rows = data.draw(st.integers(1, 8))
    columns, values = {}, {}
    for name, kind in kinds.items():
        given = data.draw(st.lists(optional(kind), min_size=rows, max_size=rows))
        columns[name] = pa.array(given, kind.type)
        values[name] = [of(kind, value) for value in given]
    expected = [{name: values[name][row] for name in values} for row in range(rows)]
    same(columns, expected)
    table = pa.table(columns)
    same(table, expected)
    same(pa.concat_tables([table, table.slice(1)]), [*expected, *expected[1:]])
    same(table.to_batches()[0], expected)


@few
@given(st.sampled_from(sorted(NUMBERS)), st.integers(1, 8), SHAPES, st.booleans(), st.data())
def test_numpy_arrays(
    name: str, rows: int, shape: tuple[int, ...], swapped: bool, data: st.DataObject
) -> None:
    count = rows * int(np.prod(shape))
    numbers = data.draw(st.lists(NUMBERS[name], min_size=count, max_size=count))
    dtype = np.dtype(name).newbyteorder(">" if swapped else "<")
    tensor = np.array(numbers, dtype=dtype).reshape(rows, *shape)
    same(tensor, list(tensor))
    same(
        {"x": tensor.T.T, "y": tensor[::-1]},
        [{"x": a, "y": b} for a, b in zip(tensor, tensor[::-1], strict=True)],
    )
    flat = np.array(data.draw(st.lists(NUMBERS[name], min_size=1)), dtype=dtype)
    same(flat, list(flat))
    same(flat[::2], list(flat[::2]))


OBJECTS = st.recursive(
    st.none() | st.booleans() | bounded(-(2**63), 2**64 - 1) | st.floats() | TEXT | st.dates()
    | MOMENTS | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@few
@given(st.lists(OBJECTS, min_size=1, max_size=10))
def test_python_objects(rows: list[Any]) -> None:
    same(rows, rows)
    same(tuple(rows), rows)
    objects = np.empty(len(rows), dtype=object)
    objects[:] = rows
    same(objects, rows)
    same({"k": objects, "one": 1.5}, [{"k": row, "one": 1.5} for row in rows])


@few
@given(
    st.lists(
        st.tuples(
            st.none() | bounded(-(2**31), 2**31), st.floats(), st.none() | TEXT, st.booleans(),
            st.none() | MOMENTS, st.sampled_from([None, "u", "v"]), OBJECTS,
        ),
        min_size=1, max_size=10,
    )
)  # fmt: skip
def test_pandas_frames(rows: list[tuple[Any, ...]]) -> None:
    names = ["int", "float", "text", "flag", "when", "class", "object"]
    of = dict(zip(names, zip(*rows, strict=True), strict=True))
    frame = pd.DataFrame(
        {
            "int": pd.array(of["int"], dtype="Int64"),
            "float": np.array(of["float"]),
            "text": pd.array(of["text"], dtype="str"),
            "flag": np.array(of["flag"]),
            "when": pd.Series(of["when"], dtype="datetime64[us, UTC]"),
            "class": pd.Categorical(of["class"]),
            "object": pd.Series(list(of["object"]), dtype=object),
        }
    )
    frame.index = range(100, 100 + len(rows))
    expected = [dict(zip(names, row, strict=True)) for row in rows]
    same(frame, expected)
    for name in names:
        same(frame[name], [row[name] for row in expected])


@few
@given(st.lists(st.tuples(st.none() | TEXT, st.none() | st.floats(), st.none() | st.dates(),
                          st.none() | MOMENTS, st.none() | st.lists(st.none() | st.booleans()),
                          st.sampled_from(["u", "v", None])), min_size=1, max_size=10))  # fmt: skip
def test_polars_frames(rows: list[tuple[Any, ...]]) -> None:
    names = ["text", "float", "day", "when", "flags", "class"]
    types = [pl.String, pl.Float64, pl.Date, pl.Datetime("us", "UTC"), pl.List(pl.Boolean)]
    schema = dict(zip(names, [*types, pl.Categorical], strict=True))
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    expected = [dict(zip(names, row, strict=True)) for row in rows]
    same(frame, expected)
    same(frame["flags"], [row["flags"] for row in expected])
    same(frame.lazy().collect(), expected)


def test_a_date_before_the_common_era_and_the_last_one() -> None:
    days = [date(1, 1, 1), date(9999, 12, 31), date(1970, 1, 1), date(1969, 12, 31)]
    same(pa.array(days, pa.date32()), days)
