"""The vectors of conversions: values of Python, NumPy and pandas, as they are in a block."""

from __future__ import annotations

import dataclasses
import enum
import os
import struct
from collections import namedtuple
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from lineseal import CustomRecord, InvalidRecordError, Tracker, TrainingRecord, codec
from test_core_vectors import same, value_of
from vectorfiles import cases, name

CASES = cases("conversions")


def _dataclass(fields: dict[str, Any]) -> Any:
    cls = dataclasses.make_dataclass("Config", list(fields))
    return cls(**{key: build(value) for key, value in fields.items()})


def _array(given: dict[str, Any]) -> Any:
    values = given["values"]
    array = np.array(values, dtype=given["dtype"]).reshape(given["shape"])
    return np.asarray(array, order=given.get("order", "C"))


def _scalar(given: list[Any]) -> Any:
    dtype, value = given
    return np.array([value], dtype=dtype)[0]


def _in_zone(given: list[Any]) -> datetime:
    text, zone, *fold = given
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold[0] if fold else 0)


def _generator(_: Any) -> Any:
    yield 1


BUILD: dict[str, Any] = {
    "float": lambda digits: struct.unpack(">d", bytes.fromhex(digits))[0],
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "memoryview": lambda digits: memoryview(bytes.fromhex(digits)),
    "map": lambda items: {key: build(item) for key, item in items.items()},
    "pairs": lambda pairs: {build(key): build(item) for key, item in pairs},
    "tuple": lambda items: tuple(map(build, items)),
    "named_tuple": lambda items: namedtuple("Pair", items)(**items),
    "datetime": datetime.fromisoformat,
    "datetime_in_zone": _in_zone,
    "pandas_timestamp": pd.Timestamp,
    "date": date.fromisoformat,
    "path": Path,
    "path_bytes": lambda digits: Path(os.fsdecode(bytes.fromhex(digits))),
    "surrogate": lambda digits: chr(int(digits, 16)),
    "enum": lambda value: enum.Enum("Choice", {"IT": build(value)}).IT,
    "dataclass": _dataclass,
    "numpy_array": _array,
    "numpy_scalar": _scalar,
    "set": lambda items: set(map(build, items)),
    "frozenset": lambda items: frozenset(map(build, items)),
    "decimal": Decimal,
    "timedelta": lambda micros: timedelta(microseconds=micros),
    "complex": lambda parts: complex(*parts),
    "object": lambda _: object(),
    "function": lambda _: len,
    "class": lambda _: dict,
    "generator": _generator,
    "time_of_day": time.fromisoformat,
}


def build(given: Any) -> Any:
    """The value that a tagged input of the vectors stands for."""
    if isinstance(given, dict):
        ((tag, inside),) = given.items()
        return BUILD[tag](inside)
    return [build(item) for item in given] if isinstance(given, list) else given


def record(case: dict[str, Any]) -> tuple[Any, str]:
    """The record that holds the input, and where in the payload."""
    value = build(case["input"])
    if "field" in case:
        fields = {"run_id": "r", "model_name": "m", case["field"]: value}
        return TrainingRecord(**fields), case["field"]
    return CustomRecord(type="a/b", payload={"x": value}), "x"


@pytest.mark.parametrize("case", [case for case in CASES if case["accept"]], ids=name)
def test_a_value_is_stored_as_the_rules_say(case: dict[str, Any]) -> None:
    tracker = Tracker()
    entry, field = record(case)
    block = tracker.get(tracker.record(entry)).block
    assert same(codec.decode(block)["payload"][field], value_of(case["output"]))


@pytest.mark.parametrize("case", [case for case in CASES if not case["accept"]], ids=name)
def test_a_value_is_refused_with_its_path(case: dict[str, Any]) -> None:
    tracker = Tracker()
    entry, field = record(case)
    with pytest.raises(InvalidRecordError) as caught:
        tracker.record(entry)
    assert len(tracker) == 0
    assert (caught.value.path or "").startswith(f"payload.{field}{case['path']}")


def test_every_tag_is_used() -> None:
    text = "".join(map(str, CASES))
    assert [tag for tag in BUILD if f"'{tag}'" not in text] == []
