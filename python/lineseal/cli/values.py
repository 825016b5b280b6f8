"""Payload values in a line for people. May use lineseal only."""

import math
import struct
from datetime import datetime
from typing import Any

from lineseal import Tensor

# Larger arrays are shown by their type and shape alone.
MOST_ELEMENTS = 16
FORMATS = {
    "bool": "?", "int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B",
    "uint16": "H", "uint32": "I", "uint64": "Q", "float16": "e", "float32": "f", "float64": "d",
    "complex64": "f", "complex128": "d",
}  # fmt: skip


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
