"""Payload values as JSON can hold them: the forms of JSON drafts."""

from __future__ import annotations

import base64
import math

from lineseal._core import Link
from lineseal.tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


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


def _name(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
