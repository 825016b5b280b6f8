"""Columns that are refused: what is said of them, and that nothing of a batch is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lineseal import (
    InvalidArgumentError,
    InvalidRecordError,
    LinesealError,
    ParentNotFoundError,
    PredictionRecord,
    Tracker,
)

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
pl = pytest.importorskip("polars", reason="polars is not installed")

tracker = Tracker()


def refused(**arguments: Any) -> LinesealError:
    before = len(tracker)
    with pytest.raises(LinesealError) as caught:
        tracker.record_predictions(**{"parents": (), **arguments})
    assert len(tracker) == before
    assert caught.value.remedy
    return caught.value


MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
MAP = pa.map_(pa.string(), pa.int8())
BAD_ROWS = {
    "decimal": pa.array([None, Decimal("1.5")]),
    "naive timestamp": pa.array([None, datetime(2026, 3, 1)]),
    "timestamp finer than a microsecond": pa.array([None, 1], pa.timestamp("ns", "UTC")),
    "timestamp beyond the years": pa.array([None, 2**62], pa.timestamp("us", "UTC")),
    "seconds beyond 64 bits of microseconds": pa.array([None, 2**62], pa.timestamp("s", "UTC")),
    "date beyond the years": pa.array([None, 2**31 - 1], pa.int32()).view(pa.date32()),
    "date64 with a time": pa.array([None, 5], pa.int64()).view(pa.date64()),
    "duration": pa.array([None, timedelta(1)]),
    "time of day": pa.array([None, time(12)]),
    "interval": pa.array([None, (1, 2, 3)], pa.month_day_nano_interval()),
    "union": pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2])] * 2),
    "run-end encoded": pa.RunEndEncodedArray.from_arrays([2], [1]),
    "extension type": pa.array([None, b"0" * 16], pa.uuid()),
    "tensor with a null": pa.array([None, [1, None]], pa.list_(pa.int32(), 2)),
    "not UTF-8": pa.array([None, b"\xff"]).view(pa.string()),
    "too deep": pa.array([None, [[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]),
    "too large a text": pa.array([None, "x" * (2**20 + 1)]),
    "too large a list": pa.array([None, [1] * (2**20 + 1)], pa.list_(pa.int8())),
    "a map with a key twice": pa.array(
        [None, [("a", 1), ("a", 2)]], pa.map_(pa.string(), pa.int8())
    ),
    "a map of numbers": pa.array([None, [(1, 1)]], pa.map_(pa.int8(), pa.int8())),
    "reserved key": pa.array([None, {"lineseal:x": 1}]),
    "reserved key and others": pa.array([None, {"lineseal:float": "NaN", "a": 1}]),
    "no float after all": pa.array([None, {"lineseal:float": "nan"}]),
    "set": [None, {1}],
    "naive datetime": [None, datetime(2026, 3, 1)],
    "integer of 65 bits": [None, 2**64],
    "surrogate": [None, "\ud800"],
    "datetime64 in pandas": pd.Series(pd.to_datetime([None, "2026-03-01"])),
    "period": pd.Series(pd.period_range("2026-01", periods=2, freq="M")),
}


@pytest.mark.parametrize("column", BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_value_is_named_by_row_and_column(column: Any) -> None:
    if "M8" in str(getattr(column, "dtype", "")) or "period" in str(getattr(column, "dtype", "")):
        error = refused(inputs={"x": column})
    else:
        error = refused(inputs={"good": [1, 2], "x": column})
        assert isinstance(error, InvalidRecordError)
        assert error.field == "inputs"
    assert error.path is not None
    assert error.path.startswith("payload.inputs.x")


def test_a_place_inside_a_value_is_named() -> None:
    rows = [{"a": [{"b": [1.5, None]}]}, {"a": [{"b": [1.5]}, {"b": [1.0, 2.0]}]}]
    table = pa.array(rows).cast(
        pa.struct({"a": pa.list_(pa.struct({"b": pa.list_(pa.decimal128(5, 2))}))})
    )
    error = refused(inputs=table)
    assert (error.position, error.path) == (0, "payload.inputs.a[0].b[0]")
    assert "row 0" in str(error)
    assert "decimal" in str(error)


@pytest.mark.parametrize("leaf", [1, float("nan"), [], {}], ids=str)
def test_columns_go_as_deep_as_records(leaf: Any) -> None:
    for depth in range(15, 25):
        value = leaf
        for _ in range(depth):
            value = [value]
        record = PredictionRecord(parents=(), output=value, prediction_id="p", time=1)
        try:
            expected = [tracker.record(record).hash]
        except InvalidRecordError:
            expected = []
        if expected:
            made = tracker.record_predictions(
                parents=(), output=pa.array([value]), prediction_ids=["p"], time=1
            )
            assert made.hashes() == expected
        else:
            assert "more than 24 maps and lists" in str(refused(output=pa.array([value])))


def test_a_reserved_form_is_kept_where_it_is_one() -> None:
    made = tracker.record_predictions(
        parents=(), output=pa.array([{"lineseal:float": "NaN"}]), prediction_ids=["p"], time=1
    )
    record = PredictionRecord(
        parents=(), output={"lineseal:float": "NaN"}, prediction_id="p", time=1
    )
    assert made[0].hash == tracker.record(record).hash


BAD_CALLS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "how many rows"),
    "no rows": ({"inputs": pa.table({"a": pa.array([], pa.int8())})}, "no rows"),
    "no rows in a list": ({"output": []}, "no rows"),
    "no columns": ({"inputs": pa.table({})}, "no rows"),
    "lengths": ({"inputs": {"a": [1, 2]}, "output": [1]}, "inputs has 2 rows, and output has 1"),
    "lengths in a table": ({"inputs": {"a": [1, 2], "b": [1]}}, "a has 2 rows, and b has 1"),
    "length of times": ({"output": [1, 2], "time": [1]}, "time has 1"),
    "length of parents": ({"output": [1], "parents": np.array(["ab" * 32] * 2)}, "parents has 2"),
    "unknown column": ({"inputs": {"a": [1]}, "output": "b"}, 'no column "b" .* "a"'),
    "column of no table": ({"inputs": [1], "output": "b"}, "single column"),
    "column of nothing": ({"output": "b"}, "no inputs"),
    "column named twice": (
        {"inputs": {"a": [1]}, "output": "a", "prediction_ids": "a"},
        'no column "a"',
    ),
    "duplicate names": (
        {"inputs": pa.Table.from_arrays([pa.array([1])] * 2, ["a", "a"])},
        'two columns are called "a"',
    ),
    "duplicate names in a struct": (
        {"output": pa.StructArray.from_arrays([pa.array([1])] * 2, ["a", "a"])},
        'two columns are called "a"',
    ),
    "a duplicate that is named": (
        {"inputs": pa.Table.from_arrays([pa.array([1])] * 2, ["a", "a"]), "output": "a"},
        "two are called so",
    ),
    "duplicate names in pandas": (
        {"inputs": pd.DataFrame([[1, 2]], columns=["a", "a"])},
        "two columns are called 'a'",
    ),
    "names that are no texts": ({"inputs": pd.DataFrame([[1, 2]])}, "no text as its name"),
    "keys that are no texts": ({"inputs": {1: [1]}}, "not text"),
    "one number": ({"inputs": {"a": [1]}, "output": 1.5}, "not a column"),
    "a generator": ({"output": (n for n in range(3))}, "no column"),
    "an object": ({"output": object()}, "no column"),
    "no dimensions": ({"output": np.array(1)}, "without dimensions"),
    "masked": ({"output": np.ma.array([1, 2], mask=[0, 1])}, "masked"),
    "datetime64": ({"output": np.array(["2026-03-01"], "M8[us]")}, "no time zone"),
    "timedelta64": ({"output": np.array([1], "m8[us]")}, "timedelta64"),
    "records": ({"output": np.array([(1, 2)], "i4,i4")}, "void64"),
    "complex": ({"output": np.array([1j])}, "row 0: .*complex128"),
    "long double": ({"output": np.zeros((1, 2), np.longdouble)}, "row 0: .*float128"),
    "no prediction_id": ({"output": [1, 2], "prediction_ids": ["a", None]}, "row 1: prediction_id"),
    "empty prediction_id": ({"output": [1, 2], "prediction_ids": ["a", ""]}, "row 1: .*empty"),
    "a number as prediction_id": ({"prediction_ids": [1]}, "row 0: .*text"),
    "no time": ({"output": [1], "time": pa.array([None], pa.int64())}, "row 0: .*no time"),
    "a float as time": ({"output": [1], "time": [1.5]}, "row 0: .*point in time"),
    "a column of floats as time": ({"output": [1], "time": np.array([1.5])}, "row 0: .*float64"),
    "a time too large": ({"output": [1], "time": pa.array([2**63], pa.uint64())}, "row 0"),
    "a text as status": ({"output": [1, 2], "status": ["ok", 5]}, "row 1: status"),
    "a negative count": ({"output": [1, 2], "seq": [0, -1]}, "row 1: seq"),
    "a float as count": ({"output": [1], "latency_us": np.array([1.0])}, "row 0: latency_us"),
    "a count too large": ({"output": [1], "seq": np.array([2**63], "u8")}, "row 0: seq"),
    "properties that are no map": ({"output": [1], "properties": [5]}, "row 0: properties"),
    "properties that are a float": ({"properties": np.array([np.nan])}, "row 0: .*lineseal:float"),
    "ids that are no identifiers": ({"output": [1], "ids": [["x"]]}, "identifier"),
    "ids that are no list": ({"output": [1], "ids": pa.array(["a:b"])}, "row 0: ids"),
    "ids twice": ({"output": [1], "ids": pa.array([["a:b", "a:b"]])}, "row 0: .*twice"),
    "no parents": ({"output": [1], "parents": None}, "needs a parent"),
    "a role": ({"output": [1], "parents": {"No": "ab" * 32}}, "not a role"),
    "no parent in a row": ({"output": [1, 2], "parents": pa.array(["ab" * 32, None])}, "row 1: "),
    "short hashes in a column": ({"output": [1], "parents": pa.array(["ab" * 8])}, "row 0: "),
    "numbers as parents": ({"output": [1], "parents": np.array([1])}, "row 0: "),
    "a parent twice in a row": ({"output": [1], "parents": [pa.array([b"a" * 32])] * 2}, "twice"),
    "surrogates in a name": ({"inputs": {"\ud800": [1]}}, "surrogate"),
    "a reserved name": ({"inputs": {"lineseal:x": [1]}}, "row 0: .*reserved"),
}


@pytest.mark.parametrize(("arguments", "says"), BAD_CALLS.values(), ids=BAD_CALLS)
def test_a_bad_call_is_refused(arguments: dict[str, Any], says: str) -> None:
    error = refused(**arguments)
    assert isinstance(error, (InvalidArgumentError, InvalidRecordError))
    with pytest.raises(type(error), match=says):
        raise error


def test_a_missing_parent_is_named_with_its_row() -> None:
    here = tracker.record_model(name="m")
    column = pa.array([here.hash] * 1500 + ["ab" * 32])
    with pytest.raises(ParentNotFoundError) as caught:
        tracker.record_predictions(parents=column, output=np.arange(1501))
    assert (caught.value.position, caught.value.hash) == (1500, "ab" * 32)
    assert caught.value.recorded == 1000


@pytest.mark.parametrize("tables", [17, 18, 19, 20, 21, 22, 60])
@pytest.mark.parametrize(
    ("inner", "depth"), [({}, 1), ({"x": pa.array([[[1]], [[2]]])}, 3), ({"x": np.eye(2)}, 4)]
)
def test_tables_and_what_is_in_them_are_no_deeper_than_an_event(
    tables: int, inner: dict[str, Any], depth: int
) -> None:
    inputs = inner
    for _ in range(tables):
        inputs = {"a": inputs}
    # The event and its payload are two of the 24.
    if 2 + tables + depth > 24:
        error = refused(inputs=inputs, output=[1, 2])
        assert "24 maps and lists" in error.message
        assert (error.path or "").startswith("payload.inputs.a.a.")
    else:
        made = tracker.record_predictions(parents=(), inputs=inputs, output=[1, 2])
        assert tracker.verify(made[1])


def test_a_table_that_holds_itself_is_refused() -> None:
    inputs: dict[str, Any] = {"x": [1, 2]}
    inputs["self"] = inputs
    assert "holds itself" in refused(inputs=inputs, output=[1, 2]).message


def test_rows_too_large_for_one_batch_are_split() -> None:
    texts = [f"{row}" + "x" * 900_000 for row in range(30)]
    receipts = tracker.record_predictions(parents=(), output=pa.array(texts))
    assert tracker.get(receipts[29]).payload["output"] == texts[29]
    error = refused(output=pa.array(["x", "x" * (2**20 - 10)]))
    assert error.position == 1


Make = Callable[[], Any]
ALL: dict[str, dict[str, tuple[Any, list[Any]]]] = {
    "as columns": {
        "output": (pa.array([1, None]), [1, None]),
        "status": (["ok", ""], ["ok", ""]),
        "error": (pa.array([None, "no"]), [None, "no"]),
        "latency_us": (np.array([5, 6]), [5, 6]),
        "stream": ("s", ["s", "s"]),
        "seq": (pa.array([None, 7]), [None, 7]),
        "properties": ({"a": [1, 2], "b": "same"}, [{"a": 1, "b": "same"}, {"a": 2, "b": "same"}]),
        "ids": (pa.array([["b:2", "a:1"], []]), [["b:2", "a:1"], []]),
        "time": (pa.array([MOMENT, 5], pa.timestamp("us", "UTC")), [MOMENT, 5]),
    },
    "as objects": {
        "output": ([None, b"x"], [None, b"x"]),
        "status": (np.array(["ok", "late"]), ["ok", "late"]),
        "latency_us": ([1, None], [1, None]),
        "properties": ([{}, {"a": 1}], [{}, {"a": 1}]),
        "ids": ([None, ["a:1"]], [None, ["a:1"]]),
        "time": ([MOMENT, 5], [MOMENT, 5]),
    },
    "of pandas": {
        "inputs": (pd.DataFrame({"a": [1.5, np.nan]}), [{"a": 1.5}, {"a": np.nan}]),
        "status": (pd.Series(["ok", None]), ["ok", None]),
        "seq": (pd.Series([1, None], dtype="Int64"), [1, None]),
        "time": (pd.Series([MOMENT, MOMENT + timedelta(1)]), [MOMENT, MOMENT + timedelta(1)]),
    },
    "one time": {"output": (pl.Series(["a", "b"]), ["a", "b"]), "time": (MOMENT, [MOMENT] * 2)},
}


@pytest.mark.parametrize("fields", ALL.values(), ids=ALL)
def test_every_field_is_that_of_a_record(fields: dict[str, tuple[Any, list[Any]]]) -> None:
    model, data = tracker.record_model(name="m"), tracker.record_dataset(name="d")
    parents = {"model": model, "": [data], "request": pa.array([model.hash, data.cid])}
    made = tracker.record_predictions(
        parents=parents,
        prediction_ids=pa.array(["p-0", "p-1"]).dictionary_encode(),
        actor="ada",
        **{name: column for name, (column, _) in fields.items()},
    )
    records = [
        PredictionRecord(
            parents={"model": model, "": data, "request": (model, data)[row]},
            prediction_id=f"p-{row}",
            actor="ada",
            **{name: values[row] for name, (_, values) in fields.items()},
        )
        for row in range(2)
    ]
    again = tracker.record_many(records)
    assert made.hashes() == [receipt.hash for receipt in again]
    assert not any(receipt.created for receipt in again)


@pytest.mark.parametrize(
    "make",
    [pa.table, pl.DataFrame, pd.DataFrame, dict],
    ids=["pyarrow", "polars", "pandas", "dict"],
)
def test_columns_of_the_inputs_can_be_named(make: Make) -> None:
    columns = {"x": [1, 2], "label": ["a", "b"], "key": ["p-0", "p-1"], "at": [5, 6]}
    made = tracker.record_predictions(
        parents=(), inputs=make(columns), output="label", prediction_ids="key", time="at"
    )
    plain = tracker.record_predictions(
        parents=(),
        inputs={"x": [1, 2]},
        output=["a", "b"],
        prediction_ids=["p-0", "p-1"],
        time=[5, 6],
    )
    assert made.hashes() == plain.hashes()


def test_named_columns_of_a_sliced_table_in_pieces() -> None:
    table = pa.concat_tables([pa.table({"x": [n, n + 1], "y": [str(n), None]}) for n in range(5)])
    piece, names = table.slice(1, 7), list("abcdefg")
    made = tracker.record_predictions(
        parents=(), inputs=piece, output="y", prediction_ids=names, time=1
    )
    rows = piece.to_pylist()
    plain = tracker.record_predictions(
        parents=(),
        inputs=[{"x": row["x"]} for row in rows],
        output=[row["y"] for row in rows],
        prediction_ids=names,
        time=1,
    )
    assert made.hashes() == plain.hashes()


def test_tensors_of_arrow_keep_their_shape() -> None:
    array = np.arange(12, dtype="int16").reshape(2, 3, 2)
    given = pa.FixedShapeTensorArray.from_numpy_ndarray(array)
    for columns in (given, array):
        made = tracker.record_predictions(parents=(), output=columns)
        kept = tracker.get(made[1]).payload["output"].numpy()
        assert kept.dtype == array.dtype
        assert (kept == array[1]).all()
    turned = pa.FixedShapeTensorArray.from_numpy_ndarray(array.transpose(0, 2, 1))
    assert "permuted" in str(refused(output=turned))


def test_a_frame_makes_the_same_events_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame(
        {
            "int": pd.array([1, None], dtype="Int64"),
            "float": [np.nan, 2.5],
            "text": ["a", None],
            "when": pd.to_datetime(["2026-03-01T12:00Z", None]),
            "class": pd.Categorical([None, "u"]),
            "flag": pd.array([True, None], dtype="boolean"),
        }
    )

    def record() -> list[str]:
        given = {"inputs": frame, "output": frame["class"], "status": frame["text"]}
        names = pd.Series(["p-0", "p-1"], dtype="str")
        made = tracker.record_predictions(parents=(), prediction_ids=names, time=1, **given)
        return made.hashes()

    with_pyarrow = record()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert record() == with_pyarrow
    parent = tracker.record_model(name="parent")
    column = pd.Series([parent.hash, parent.hash])
    made = tracker.record_predictions(
        parents=column, output=[1, 2], time=column.map({parent.hash: 5})
    )
    assert tracker.get(made[1]).parents == (parent.hash,)


def test_objects_of_polars_are_looked_at_one_by_one() -> None:
    mixed = pl.Series("mixed", [{"a": [1]}, None, "x"], dtype=pl.Object)
    frame = pl.DataFrame({"n": [1, 2, 3], "mixed": mixed})
    made = tracker.record_predictions(parents=(), inputs=frame, output=mixed)
    payloads = [event.payload for event in tracker.get_many(made)]
    assert [payload["output"] for payload in payloads] == [{"a": [1]}, None, "x"]
    assert [payload["inputs"]["mixed"] for payload in payloads] == [{"a": [1]}, None, "x"]
    assert refused(output=pl.Series([object()], dtype=pl.Object)).position == 0
