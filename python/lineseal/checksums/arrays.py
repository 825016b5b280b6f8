"""`sha256-array-1` (C3 of docs/spec/checksums.md). Imported when NumPy is loaded."""

from __future__ import annotations

import sys

import numpy as np

from lineseal.checksums.stream import Stream, bytes_item, refuse, text_item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from lineseal.checksums import Checksum

    Array: TypeAlias = np.ndarray[Any, Any]

INTS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
FIXED = frozenset(("bool", *INTS, "float16", "float32", "float64", "complex64", "complex128"))
UNITS = frozenset(("D", "h", "m", "s", "ms", "us", "ns"))


def of_array(array: Array) -> Checksum:
    """The checksum of an array of any shape."""
    where = "the array"
    masked = sys.modules.get("numpy.ma")
    if masked is not None and isinstance(array, masked.MaskedArray):
        raise refuse(where, "masked values are not there", "Give array.filled(…)")
    array = np.asarray(array)
    name = dtype_name(array, where)
    stream = Stream("sha256-array-1")
    stream.head(method=stream.method, dtype=name, shape=list(array.shape))
    if name == "text":
        stream.items(text_item(text, where) for text in array.ravel().tolist())
    elif name == "bytes":
        stream.items(bytes_item(raw) for raw in array.ravel().tolist())
    else:
        put_fixed(stream, array)
    return stream.result()


def dtype_name(array: Array, where: str) -> str:
    """What the head calls the elements."""
    dtype, kind = array.dtype, array.dtype.kind
    if dtype.name in FIXED and kind in "biufc":
        return str(dtype.name)
    if kind in "Mm":
        unit, count = np.datetime_data(dtype)
        if unit in UNITS and count == 1:
            return f"{'datetime64' if kind == 'M' else 'timedelta64'}[{unit}]"
        raise refuse(where, f"the unit of {dtype} is none of the method's", _unit_remedy(kind))
    if kind == "S":
        return "bytes"
    if kind in "UTO" and all(isinstance(element, str) for element in array.ravel().tolist()):
        return "text"
    raise refuse(where, f"elements of type {dtype} have no method", _remedy(array))


def put_fixed(stream: Stream, array: Array) -> None:
    """Elements of fixed size in C order, little-endian, without copying the whole."""
    if array.dtype.kind in "Mm":
        array = array.astype(array.dtype.newbyteorder("<"), copy=False).view("<i8")
    little = array.dtype.newbyteorder("<")
    if array.dtype == little and array.flags.c_contiguous:
        stream.data(array)
        return
    chunks = np.nditer(
        array,
        flags=["external_loop", "buffered", "zerosize_ok"],
        order="C",
        op_dtypes=[little],
        casting="equiv",
        buffersize=1 << 16,
    )
    for chunk in chunks:
        stream.data(np.ascontiguousarray(chunk))


def _unit_remedy(kind: str) -> str:
    return f'Convert it: array.astype("{"datetime64" if kind == "M" else "timedelta64"}[us]")'


def _remedy(array: Array) -> str:
    kind = array.dtype.kind
    if array.dtype.names:
        return "Take one checksum for each field, or make it a DataFrame"
    if kind in "fc":
        return f'Convert it: array.astype("{"float64" if kind == "f" else "complex128"}")'
    if kind == "T":
        return "Fill the missing values"
    if kind == "O":
        return "Convert it to a fixed type with array.astype(…)"
    return f'Look at its bits: array.view("uint{8 * array.dtype.itemsize}")'
