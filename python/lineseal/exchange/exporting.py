"""Events into a file. May use parcels, rows, files; Parquet only when it is asked for."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from lineseal import _core
from lineseal.errors import CorruptLedgerError, InvalidArgumentError
from lineseal.exchange import parcels
from lineseal.exchange.files import whole
from lineseal.exchange.rows import extent, first, pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineseal._filters import Filters
    from lineseal._ledger_api import LedgerAPI
    from lineseal.report import Progress


def export(
    ledger: LedgerAPI,
    target: object,
    names: list[str] | None,
    filters: Filters,
    format: str,
    overwrite: bool,
    progress: Progress | None,
) -> int:
    """Writes events to a file or a stream; see `LedgerAPI.export`."""
    if format not in ("car", "parquet"):
        raise InvalidArgumentError(f"{format!r} is no format", remedy="Give car or parquet")
    if names is not None and filters != type(filters)([], None, None, None, None):
        raise InvalidArgumentError(
            "names come with all their ancestors, and cannot be filtered",
            remedy="Give names or filters",
        )
    write = write_car if format == "car" else _parquet()
    full = list(dict.fromkeys(ledger._resolve(name) for name in names or ()))
    with whole(target, overwrite) as out:
        return write(ledger, out, full, filters, progress)


def _parquet() -> Callable[..., int]:
    try:
        from lineseal.exchange.parquet import write_parquet
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "pyarrow":
            raise
        raise InvalidArgumentError(
            "a Parquet file is written by pyarrow, which is not installed",
            remedy='Install it with: pip install "lineseal[parquet]"',
        ) from error
    return write_parquet


def write_car(
    ledger: LedgerAPI, out: IO[bytes], names: list[str], filters: Filters, progress: Progress | None
) -> int:
    """A CARv1: its roots are the names, or the last event of the log that is exported, if any."""
    if names:
        return _write_names(ledger, out, names, progress)
    count, last = extent(ledger, filters)
    out.write(_core.car_header([] if last is None else [last.hash]))
    done = 0
    for events in first(count, pages(ledger, filters)):
        parcels.sections(out, events)
        done += len(events)
        if progress is not None:
            progress(done, count)
    return done


def _write_names(
    ledger: LedgerAPI, out: IO[bytes], names: list[str], progress: Progress | None
) -> int:
    with parcels.of_names(ledger, names, progress) as parcel:
        chosen = parcel.choose(names)
        for parent, child in parcel.outside(0, 1):
            raise CorruptLedgerError(
                f"{ledger._place()} gave event {child} without its parent {parent}",
                hash=parent,
                remedy="Verify the ledger to see what else is missing",
            )
        out.write(_core.car_header(names))
        done = 0
        for rows in parcels.blocks(parcel, chosen):
            out.write(_core.car_sections(rows))
            done += len(rows)
            if progress is not None:
                progress(done, chosen)
    return chosen
