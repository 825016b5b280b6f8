"""The workload as one Arrow table, for `record_predictions`: the same events but for the repeated.

A row of a table that repeats another is refused, so the one in a hundred that repeats an earlier
event is left out. Needs pyarrow; without it there is no such side.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from lineseal import Receipt

from .blocks import INPUTS, OUTPUT, Workload
from .stores import Blocks


def measurable() -> bool:
    return find_spec("pyarrow") is not None


class Columns(Blocks):
    """lineseal, given a table; blocks of the parents as before."""

    def record(self, batch: Sequence[Any]) -> Sequence[Receipt]:
        if isinstance(batch[0], bytes):
            return super().record(batch)
        (arguments,) = batch
        return self.tracker.record_predictions(**arguments)


def arguments(workload: Workload) -> tuple[dict[str, Any], int]:
    """What one call records, and how many rows it has."""
    import pyarrow as pa

    seen: dict[int, Any] = {}
    for batch in workload.predictions:
        seen |= {prediction.number: prediction for prediction in batch}
    rows = list(seen.values())
    given = {
        "parents": [pa.array([row.parents[n] for row in rows], pa.binary(32)) for n in range(2)],
        "prediction_ids": pa.array([row.prediction_id for row in rows]),
        "time": pa.array([row.time for row in rows]),
        "inputs": pa.table({name: pa.array([value] * len(rows)) for name, value in INPUTS.items()}),
        "output": pa.array([OUTPUT] * len(rows)),
    }
    return given, len(rows)
