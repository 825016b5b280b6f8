"""Payload values as JSON can hold them: the forms of JSON drafts. May use lineseal only."""

import base64
import math
import struct
from datetime import datetime
from typing import Any

from lineseal import Link, Tensor

# Larger arrays are shown by their type and shape alone.
MOST_ELEMENTS = 16
FORMATS = {
    "bool": "?", "int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B",
    "uint16": "H", "uint32": "I", "uint64": "Q", "float16": "e", "float32": "f", "float64": "d",
    "complex64": "f", "complex128": "d",
}  # fmt: skip


def plain(value: Any) -> Any:
    """`value` with bytes, links, tensors, NaN and infinities in their reserved forms."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return {"/": {"bytes": base64.b64encode(value).decode().rstrip("=")}}
    if isinstance(value, Link):
        return {"/": str(value)}
    if isinstance(value, Tensor):
        parts = {"dtype": value.dtype, "shape": list(value.shape), "data": plain(value.data)}
        return {"lineseal:tensor": parts}
    if isinstance(value, float) and not math.isfinite(value):
        return {"lineseal:float": _name(value)}
    return value


def brief(value: Any) -> str:
    """`value` in a line for people; arrays by their type and shape, small ones in full."""
    if isinstance(value, dict):
        return ", ".join(f"{key}={brief(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(brief, value)) + "]"
    if isinstance(value, Tensor):
        return f"{value.dtype}{list(value.shape)}{_elements(value)}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _elements(tensor: Tensor) -> str:
    """The elements of a small array, in C order."""
    if math.prod(tensor.shape) > MOST_ELEMENTS:
        return ""
    code = FORMATS[tensor.dtype]
    numbers = [number for (number,) in struct.iter_unpack(f"<{code}", tensor.data)]
    if tensor.dtype.startswith("complex"):
        numbers = [complex(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]
    return " " + brief(numbers)


def _name(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
