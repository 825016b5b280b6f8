"""What `record_predictions` is given, as the core takes it: pandas by its columns, else as it is.

Loaded when it is first asked for. May use `_core`, errors, and pandas where someone has loaded it.
"""

from __future__ import annotations

import sys

from lineseal import _core
from lineseal.errors import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    #: A table or a column: what exports Arrow, pandas objects, NumPy arrays, lists, dicts of them.
    Columns: TypeAlias = Any

_ABSENT = ("inputs", "output")


def given(fields: dict[str, Any], time: Any, parents: Any) -> tuple[dict[str, Any], Any, Any]:
    """The fields that have values, the time and the parents."""
    kept = {
        name: plain(value)
        for name, value in fields.items()
        if (value is not _core.UNSET if name in _ABSENT else value is not None)
    }
    return kept, plain(time), plain(parents)


def plain(value: Any) -> Any:
    """A table or column without pandas."""
    if isinstance(value, dict):
        return {name: plain(column) for name, column in value.items()}
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return value
    if isinstance(value, pandas.DataFrame):
        return _frame(value)
    if isinstance(value, (pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray)):
        return _column(pandas.Series(value))
    return value


def _frame(frame: Any) -> dict[str, Any]:
    """The columns by their names; the index is no column."""
    columns: dict[str, Any] = {}
    for place, name in enumerate(frame.columns):
        if not isinstance(name, str):
            raise InvalidArgumentError(
                f"the column {name!r:.60} has no text as its name",
                remedy="Rename the columns to texts, for example frame.rename(columns=str)",
            )
        if name in columns:
            raise InvalidArgumentError(
                f"two columns are called {name!r:.60}", remedy="Rename one of them"
            )
        columns[name] = _column(frame.iloc[:, place])
    return columns


def _column(series: Any) -> Any:
    """NumPy's values as they are, NaN included; of other arrays what is missing is null."""
    import numpy

    if isinstance(series.dtype, numpy.dtype):
        return series.to_numpy()
    try:
        import pyarrow
    except ModuleNotFoundError:
        pass
    else:
        return pyarrow.array(series.array, from_pandas=True)
    missing = series.isna()
    return [None if gone else value for value, gone in zip(series, missing, strict=True)]
