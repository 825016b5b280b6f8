"""What `record_predictions` is given, as the core takes it: pandas by its columns, else as it is.

Loaded when it is first asked for. May use `_core`, errors, and pandas where someone has loaded it.
"""

from __future__ import annotations

import sys

from lineseal import _core
from lineseal.errors import InvalidArgumentError, InvalidRecordError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    #: A table or a column: what exports Arrow, pandas objects, NumPy arrays, lists, dicts of them.
    Columns: TypeAlias = Any

#: Fields in which None is content, and those whose text is not a column's name.
ANY, TEXTS = ("inputs", "output"), ("status", "error", "stream")


def given(
    fields: dict[str, Any], time: Any, parents: Any
) -> tuple[dict[str, Any], Any, Any, list[tuple[str, str]]]:
    """Fields that have columns, the time, the parents, and fields whose column is named."""
    absent = {name: _core.UNSET if name in ANY else None for name in fields}
    kept = {name: value for name, value in fields.items() if value is not absent[name]}
    named = {
        name: value
        for name, value in {**kept, "time": time}.items()
        if isinstance(value, str) and name not in TEXTS
    }
    columns = {name: plain(_column_of(name, kept[name])) for name in kept if name not in named}
    when = None if "time" in named else plain(time)
    inputs = columns.get("inputs")
    if isinstance(inputs, dict):
        # The rest names columns that are not there, which the core refuses.
        for name in list(named):
            if named[name] not in inputs:
                continue
            column = inputs.pop(named.pop(name))
            if name == "time":
                when = column
            else:
                columns[name] = column
    return columns, when, _parents(parents), list(named.items())


def _column_of(name: str, value: Any) -> Any:
    if name not in TEXTS and (value is None or isinstance(value, (int, float))):
        raise InvalidArgumentError(
            f"{name} is {value!r:.60}, not a column", field=name, remedy="Give one value a row"
        )
    return value


#: Tables inside tables are refused here beyond this depth, wherever the core's own limit lies:
#: both sides walk them by recursion.
DEEPEST = 300


def plain(value: Any, depth: int = 0) -> Any:
    """A table or column without pandas, and without the objects that Polars may hold."""
    if isinstance(value, dict):
        if depth > DEEPEST:
            raise InvalidRecordError(
                f"tables inside tables are over {DEEPEST} deep, or one holds itself",
                remedy="Flatten them: an event has at most 24 maps and lists inside one another",
            )
        return {name: plain(column, depth + 1) for name, column in value.items()}
    pandas, polars = sys.modules.get("pandas"), sys.modules.get("polars")
    if pandas is not None:
        if isinstance(value, pandas.DataFrame):
            return _frame(value)
        if isinstance(value, (pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray)):
            return _column(pandas.Series(value))
    if polars is not None:
        # Polars exports its objects as bytes: their addresses.
        if isinstance(value, polars.DataFrame) and polars.Object in value.dtypes:
            return {series.name: plain(series) for series in value}
        if isinstance(value, polars.Series) and value.dtype == polars.Object:
            return value.to_list()
    return value


def _parents(parents: Any) -> Any:
    if isinstance(parents, dict):
        return {role: _parents(some) for role, some in parents.items()}
    if isinstance(parents, (list, tuple)):
        return [plain(parent) for parent in parents]
    return plain(parents)


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

        return pyarrow.array(series.array, from_pandas=True)
    except ModuleNotFoundError:
        pass
    except pyarrow.ArrowException:
        pass  # What Arrow has no type for is looked at value by value.
    values = numpy.empty(len(series), dtype=object)
    values[:] = [None if gone else one for one, gone in zip(series, series.isna(), strict=True)]
    return values
