"""One column of a DataFrame as bytes (C4.2, C4.4 to C4.8 of docs/spec/checksums.md)."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from lineseal.checksums.arrays import FIXED, put_fixed
from lineseal.checksums.stream import NULL, Stream, bytes_item, refuse, text_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    Name: TypeAlias = str | int | None

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
NAT = -(2**63)
UTC = frozenset(
    ("UTC", "Etc/UTC", "UCT", "Etc/UCT", "Universal", "Etc/Universal", "Zulu", "Etc/Zulu")
)


def put_column(stream: Stream, name: Name, values: Any, where: str) -> None:
    """Head and data of a column, whose pandas type decides how."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        _category(stream, name, values, where)
    elif isinstance(dtype, pd.DatetimeTZDtype):
        stream.head(name=name, type="datetime", missing=0, tz=_zone(dtype.tz, where))
        _moments(stream, values, where)
    elif isinstance(dtype, pd.StringDtype):
        _texts(stream, name, values.to_numpy(object), values.isna(), where)
    elif isinstance(dtype, np.dtype) or isinstance(values, pd.arrays.NumpyExtensionArray):
        _numpy(stream, name, values.to_numpy(), where)
    elif getattr(dtype, "numpy_dtype", dtype).name in FIXED:
        _nullable(stream, name, values)
    else:
        raise refuse(where, f"a column of type {dtype} has no method", _remedy(dtype))


def _numpy(stream: Stream, name: Name, array: Any, where: str) -> None:
    kind = array.dtype.kind
    if kind == "M":
        stream.head(name=name, type="datetime", missing=0, tz=None)
        _moments(stream, array, where)
    elif kind == "m":
        stream.head(name=name, type="timedelta", missing=0)
        _moments(stream, array, where)
    elif kind == "O":
        _objects(stream, name, array, where)
    elif array.dtype.name in FIXED:
        stream.head(name=name, type=array.dtype.name, missing=0)
        put_fixed(stream, array)
    else:
        what = f"a column of type {array.dtype} has no method"
        raise refuse(where, what, "Convert it: column.astype('float64')")


def _nullable(stream: Stream, name: Name, values: Any) -> None:
    dtype, missing = values.dtype.numpy_dtype, np.asarray(values.isna())
    stream.head(name=name, type=dtype.name, missing=int(missing.sum()))
    if missing.any():
        stream.data(~missing)
    put_fixed(stream, values.to_numpy(dtype=dtype, na_value=dtype.type(0)))


def _objects(stream: Stream, name: Name, array: Any, where: str) -> None:
    missing = np.asarray(pd.isna(array)) if len(array) else np.zeros(0, bool)
    present = array[~missing]
    if all(isinstance(value, str) for value in present):
        _texts(stream, name, array, missing, where)
        return
    if not all(isinstance(value, bytes) for value in present):
        raise refuse(where, "values of several or other types", "Convert it with column.astype(…)")
    stream.head(name=name, type="bytes", missing=int(missing.sum()))
    rows = zip(array, missing, strict=True)
    stream.items(NULL if gone else bytes_item(value) for value, gone in rows)


def _texts(stream: Stream, name: Name, array: Any, missing: Any, where: str) -> None:
    stream.head(name=name, type="text", missing=int(missing.sum()))

    def rows() -> Iterator[bytes]:
        for row, (value, gone) in enumerate(zip(array, missing, strict=True)):
            yield NULL if gone else text_item(value, f"{where}[{row}]")

    stream.items(rows())


def _moments(stream: Stream, values: Any, where: str) -> None:
    """Seconds, rounded down, and the nanoseconds within; NaT is -2^63 and 0."""
    array = np.asarray(values, dtype=f"{_letter(values)}8[{_unit(values, where)}]")
    ticks, per = array.view("i8"), PER_SECOND[_unit(values, where)]
    rows = np.zeros(len(ticks), dtype=[("seconds", "<i8"), ("nanos", "<u4")])
    seconds = ticks // per
    rows["seconds"] = seconds
    rows["nanos"] = (ticks - seconds * per) * (10**9 // per)
    rows[ticks == NAT] = (NAT, 0)
    stream.data(rows.tobytes())


def _letter(values: Any) -> str:
    return "m" if values.dtype.kind == "m" else "M"


def _unit(values: Any, where: str) -> str:
    unit = str(getattr(values.dtype, "unit", None) or np.datetime_data(values.dtype)[0])
    if unit in PER_SECOND:
        return unit
    raise refuse(where, f"the unit of {values.dtype} is none of the method's", "Convert it to us")


def _zone(zone: Any, where: str) -> str:
    """`UTC`, an IANA key, or `+hh:mm`."""
    key = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if isinstance(key, str):
        return "UTC" if key in UTC else key
    offset: timedelta | None = zone.utcoffset(None)
    if offset is None or offset % timedelta(minutes=1):
        what = f"the time zone {zone!r:.60} has neither an IANA key nor an offset of whole minutes"
        raise refuse(where, what, 'Convert it: column.dt.tz_convert("UTC")')
    if not offset:
        return "UTC"
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _category(stream: Stream, name: Name, values: Any, where: str) -> None:
    codes, categories = np.asarray(values.codes), values.categories
    stream.head(
        name=name,
        type="category",
        missing=int((codes == -1).sum()),
        ordered=bool(values.ordered),
        categories=len(categories),
    )
    put_column(stream, None, categories.array, f"{where}.categories")
    stream.data(codes.astype("<i4").tobytes())


def _remedy(dtype: Any) -> str:
    if isinstance(dtype, pd.SparseDtype):
        return "Convert it: column.sparse.to_dense()"
    if isinstance(dtype, pd.PeriodDtype):
        return "Convert it: column.dt.to_timestamp()"
    if isinstance(dtype, pd.IntervalDtype):
        return "Split it into two columns, left and right"
    if isinstance(dtype, pd.ArrowDtype):
        return 'Convert it: frame.convert_dtypes(dtype_backend="numpy_nullable")'
    return "Convert it to a type of NumPy with column.astype(…)"
