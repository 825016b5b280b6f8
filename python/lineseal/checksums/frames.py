"""`sha256-dataframe-1` (C4 of docs/spec/checksums.md): which columns, in what order.

Imported when pandas is loaded. How a column becomes bytes is `columns`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from lineseal.checksums.columns import put_column
from lineseal.checksums.stream import Stream, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lineseal.checksums import Checksum


def of_frame(frame: pd.DataFrame) -> Checksum:
    """The checksum of a DataFrame; its index counts unless it is the default one."""
    stream = Stream("sha256-dataframe-1")
    index: Any = frame.index
    levels = 0 if _is_default(index) else index.nlevels
    rows, columns = frame.shape
    stream.head(method=stream.method, rows=rows, index=levels, columns=columns)
    for level in range(levels):
        values = index.get_level_values(level)
        where = f"index[{level}]"
        name = None if values.name is None else _name(values.name, where)
        put_column(stream, name, values.array, where)
    for place, name in enumerate(frame.columns):
        where = f"columns[{place}]"
        put_column(stream, _name(name, where), frame.iloc[:, place].array, where)
    return stream.result()


def _name(name: object, where: str) -> str | int:
    if isinstance(name, str):
        return str(name)
    if isinstance(name, (int, np.integer)) and not isinstance(name, bool):
        number = int(name)
        if -(2**63) <= number < 2**64:
            return number
    what = f"the name {name!r:.60} is neither text nor an integer of 64 bits"
    raise refuse(where, what, "Rename the columns to texts")


def _is_default(index: Any) -> bool:
    """One level without a name whose values are 0, 1, …, of whatever class."""
    if index.nlevels != 1 or index.name is not None:
        return False
    if isinstance(index, pd.RangeIndex):
        return bool(index.equals(pd.RangeIndex(len(index))))
    if len(index) == 0:
        return True
    if not pd.api.types.is_integer_dtype(index.dtype):
        integers = (type(value) is int or isinstance(value, np.integer) for value in index)
        if index.dtype != object or not all(integers):
            return False
    elif index.hasnans:
        return False
    return bool((np.asarray(index) == np.arange(len(index))).all())
