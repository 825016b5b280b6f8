"""Events as rows of a Parquet file, for analysis. May use rows, `_plain`, and pyarrow.

The columns are the same for every ledger: what all events have, the payload as JSON, and a column
for each simple field of the built-in types, made from the core's schema.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from lineseal import _core
from lineseal._plain import plain
from lineseal.exchange.rows import batched, extent, first, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineseal._filters import Filters
    from lineseal._ledger_api import LedgerAPI
    from lineseal.event import Event
    from lineseal.report import Progress

#: A row group ends behind so many rows or bytes of blocks.
ROWS, BYTES = 16_384, 64 * 1024 * 1024

MOMENT = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(pa.string())
#: What every event has.
COMMON = {
    "hash": pa.string(),
    "cid": pa.string(),
    "index": pa.int64(),
    "type": pa.string(),
    "time": MOMENT,
    "actor": pa.string(),
    "parents": TEXTS,
    "roles": TEXTS,
    "recorded_at": MOMENT,
    "payload": pa.string(),
}
#: Kinds of fields that become columns: the column's type, and the Python type of their values.
KINDS: dict[str, tuple[Any, type]] = {
    "text": (pa.string(), str),
    "checksum": (pa.string(), str),
    "count": (pa.int64(), int),
    "int": (pa.int64(), int),
    "time": (MOMENT, int),
    "bool": (pa.bool_(), bool),
    "ids": (TEXTS, list),
}


def fields() -> tuple[dict[str, Any], dict[str, dict[str, type]]]:
    """The columns of fields, and for each type its fields that have one."""
    columns: dict[str, Any] = {}
    of_types: dict[str, dict[str, type]] = {}
    for name, _thing, _needs_parent, _doc, members in _core.schema():
        known = {field: KINDS[kind] for field, kind, _required, _ in members if kind in KINDS}
        of_types[name] = {field: kind for field, (_, kind) in known.items()}
        for field, (column, _) in known.items():
            if columns.setdefault(field, column) != column:
                raise TypeError(f"the field {field} has two kinds: it needs two columns")
    return columns, of_types


FIELDS, OF_TYPES = fields()
SCHEMA = pa.schema(list((COMMON | FIELDS).items()))


def write_parquet(
    ledger: LedgerAPI, out: IO[bytes], names: list[str], filters: Filters, progress: Progress | None
) -> int:
    """Writes the named events with their ancestors, newest first, or the log, oldest first."""
    if names:
        total, batches = 0, batched(ledger._ancestors(names))
    else:
        total, _ = extent(ledger, filters)
        batches = first(total, pages(ledger, filters))
    done = 0
    with ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        for events in _groups(batches):
            writer.write_table(pa.Table.from_pylist([_row(e) for e in events], schema=SCHEMA))
            done += len(events)
            if progress is not None:
                progress(done, total)
    return done


def _groups(batches: Iterator[list[Event]]) -> Iterator[list[Event]]:
    """The events in row groups."""
    group: list[Event] = []
    size = 0
    for events in batches:
        group += events
        size += sum(len(event.block) for event in events)
        if len(group) >= ROWS or size >= BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _row(event: Event) -> dict[str, Any]:
    payload = event.payload
    row: dict[str, Any] = {
        "hash": event.hash,
        "cid": event.cid,
        "index": event.index,
        "type": event.type,
        "time": event.time_us,
        "actor": event.actor,
        "parents": event.parents,
        "roles": event.roles,
        "recorded_at": event.recorded_at_us,
        "payload": json.dumps(plain(payload), ensure_ascii=False, allow_nan=False),
    }
    for field, kind in OF_TYPES.get(event.type, {}).items():
        value = payload.get(field)
        # Copied events were held to the envelope alone: their fields may hold anything.
        fits = type(value) is kind
        if isinstance(value, list):
            fits = fits and all(type(item) is str for item in value)
        elif fits and isinstance(value, int):
            fits = value < 2**63  # events have integers up to 2^64-1
        row[field] = value if fits else None
    return row
