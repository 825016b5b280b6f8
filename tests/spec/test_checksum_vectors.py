"""The vectors of docs/spec/checksums.md, against lineseal.checksum."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lineseal import LinesealError, checksum
from vectorfiles import cases, name

CASES = cases("checksums")


def plain(value: Any) -> Any:
    """A Python value from `content`."""
    match value:
        case {"float": digits}:
            return struct.unpack(">d", bytes.fromhex(digits))[0]
        case {"bytes": digits}:
            return bytes.fromhex(digits)
        case _:
            return value


def build_file(given: str, folder: Path) -> Path:
    path = folder / "file"
    path.write_bytes(bytes.fromhex(given))
    return path


def build_directory(given: dict[str, Any], folder: Path, path_hex: bool) -> Path:
    root = folder / "directory"
    root.mkdir()
    for text, entry in given.items():
        path = root / (os.fsdecode(bytes.fromhex(text)) if path_hex else text)
        path.parent.mkdir(parents=True, exist_ok=True)
        if entry is None:
            path.mkdir(exist_ok=True)
        elif isinstance(entry, dict):
            path.symlink_to(entry["link"])
        else:
            path.write_bytes(bytes.fromhex(entry))
    return root


def build_array(given: dict[str, Any]) -> Any:
    if "data" in given:
        dtype = np.dtype(given["dtype"]).newbyteorder("<")
        array = np.frombuffer(bytes.fromhex(given["data"]), dtype).reshape(given["shape"])
        array = array.astype(given.get("numpy", given["dtype"]))
        return np.asarray(array, order=given.get("order", "C"))
    values = [plain(value) for value in given["values"]]
    dtype = np.dtypes.StringDType() if given["numpy"] == "StringDType" else given["numpy"]
    return np.array(values, dtype=dtype).reshape(given["shape"])


def _times(dtype: str, values: list[Any]) -> Any:
    inside = dtype.removeprefix("datetime64[").removesuffix("]")
    unit, _, zone = inside.partition(", ")
    index = pd.DatetimeIndex(pd.to_datetime(values, utc=bool(zone), format="ISO8601")).as_unit(unit)
    if not zone:
        return index
    return index.tz_convert(f"UTC{zone}" if zone[0] in "+-" else zone)


def build_column(given: dict[str, Any]) -> Any:
    dtype, values = given["dtype"], given["values"]
    if dtype == "category":
        categories = pd.Index(list(map(plain, values["categories"])), dtype=values["dtype"])
        return pd.Categorical.from_codes(values["codes"], categories, ordered=values["ordered"])
    if dtype.startswith("datetime64"):
        return _times(dtype, values)
    if dtype.startswith("timedelta64"):
        return pd.array(np.array([v if v is not None else "NaT" for v in values], dtype))
    if dtype.startswith("period"):
        return pd.PeriodIndex(values, freq="D")
    return pd.array(list(map(plain, values)), dtype=dtype) if dtype[0].isupper() else pd.Series(
        list(map(plain, values)), dtype=dtype
    ).array  # fmt: skip


def label(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else plain(value)


def build_frame(given: dict[str, Any]) -> pd.DataFrame:
    columns = [build_column(column) for column in given["columns"]]
    frame = pd.DataFrame(dict(enumerate(columns)))
    names = [label(column["name"]) for column in given["columns"]]
    frame.columns = pd.Index(names, dtype="object", tupleize_cols=False)
    levels = [pd.Index(build_column(level), name=level["name"]) for level in given.get("index", [])]
    if len(levels) == 1:
        frame.index = levels[0]
    elif levels:
        frame.index = pd.MultiIndex.from_arrays(levels)
    return frame


def build(case: dict[str, Any], folder: Path) -> Any:
    given = case["input"]
    if "file" in given:
        return build_file(given["file"], folder)
    if "directory" in given:
        return build_directory(given["directory"], folder, given.get("path_hex", False))
    return build_array(given["array"]) if "array" in given else build_frame(given["dataframe"])


@pytest.mark.parametrize("case", [case for case in CASES if case["accept"]], ids=name)
def test_a_checksum_is_that_of_the_stream(case: dict[str, Any], tmp_path: Path) -> None:
    assert checksum(build(case, tmp_path)) == {
        "checksum": case["checksum"],
        "checksum_method": case["method"],
        "num_bytes": case["num_bytes"],
    }


@pytest.mark.parametrize("case", [case for case in CASES if not case["accept"]], ids=name)
def test_what_is_ambiguous_is_refused_with_a_remedy(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(LinesealError) as caught:
        checksum(build(case, tmp_path))
    assert caught.value.remedy
