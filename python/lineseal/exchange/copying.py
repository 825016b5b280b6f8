"""Events of another ledger or of a CAR file into a ledger, all verified before any is recorded.

May use parcels, the primitives of `LedgerAPI`, and `open_ledger` for addresses.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lineseal import _core
from lineseal._arguments import as_path
from lineseal._filters import filtered
from lineseal._ledger_api import LedgerAPI, some_texts
from lineseal.errors import (
    EventNotFoundError,
    LedgerNotFoundError,
    LinesealError,
    NotALedgerError,
    ParentNotFoundError,
)
from lineseal.exchange import parcels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineseal.report import Progress

#: Events that the target is asked for at once.
ASKED = 64


@dataclass(frozen=True)
class Copied:
    """What copying did.

    Attributes:
        events: Events that were to be copied, each once; `created + duplicates`.
        created: How many of them are new here.
        duplicates: How many of them this ledger held already.
        repeated: Blocks that stood in the file before, and were left out.
        others: Blocks of the file that are no events, and were left out.
    """

    events: int
    created: int
    duplicates: int
    repeated: int
    others: int


def copy(
    target: LedgerAPI, names: list[object] | None, source: object, progress: Progress | None
) -> Copied:
    """Copies the named events with their ancestors, or all; see `LedgerAPI.copy`."""
    texts = None if names is None else some_texts(names)
    with _parcel(source, texts, progress) as (parcel, file):
        with _of_file(file):
            chosen = parcel.choose(texts)
        _refuse_missing(target, parcel, file, whole=names is None)
        created = _record(target, _blocks(parcel, chosen, file), chosen, progress)
        _, repeated, others = parcel.counts()
    return Copied(chosen, created, chosen - created, repeated, others)


def _record(
    target: LedgerAPI,
    batches: Iterator[list[tuple[str, bytes]]],
    chosen: int,
    progress: Progress | None,
) -> int:
    """Records the batches: how many events are new. What breaks it off says how far it came."""
    created = done = 0
    try:
        for rows in batches:
            receipts = target._record_copies([block for _, block in rows])
            created += sum(receipt.created for receipt in receipts)
            done += len(rows)
            if progress is not None:
                progress(done, chosen)
    except (LinesealError, KeyboardInterrupt) as error:
        # Ctrl-C has no such attribute by itself.
        vars(error)["recorded"] = done
        raise
    return created


def _blocks(
    parcel: _core.Parcel, chosen: int, file: str | None
) -> Iterator[list[tuple[str, bytes]]]:
    with _of_file(file):
        yield from parcels.blocks(parcel, chosen)


@contextlib.contextmanager
def _of_file(file: str | None) -> Iterator[None]:
    """Tells which file it is that errors are about; None for what came from a ledger."""
    try:
        yield
    except LinesealError as error:
        if file is not None and error.path is None:
            error.path = file
        elif file is not None and error.path != file:
            error.message = f"{file}: {error.message}"
        raise


@contextlib.contextmanager
def _parcel(
    source: object, names: list[str] | None, progress: Progress | None
) -> Iterator[tuple[_core.Parcel, str | None]]:
    """The parcel, and the file that it is; None for a ledger."""
    if isinstance(source, LedgerAPI):
        with _of_ledger(source, names, progress) as parcel:
            yield parcel, None
        return
    path = as_path(source, "the source")
    if _is_ledger(path):
        with _opened(path) as ledger, _of_ledger(ledger, names, progress) as parcel:
            yield parcel, None
        return
    with _of_file(path):
        parcel = _core.Parcel(path, progress=progress)
    yield parcel, path


def _opened(path: str) -> LedgerAPI:
    from lineseal.open import open_ledger

    try:
        return open_ledger(path, read_only=True)
    except (NotALedgerError, LedgerNotFoundError) as error:
        if "://" not in path:
            error.remedy = "Give the directory of a ledger, the address of one, or a CAR file"
        raise


@contextlib.contextmanager
def _of_ledger(
    source: LedgerAPI, names: list[str] | None, progress: Progress | None
) -> Iterator[_core.Parcel]:
    if names is None:
        opened = parcels.of_log(source, filtered(None, None, None, None, None), progress)
    else:
        # Shortened names mean what they mean in the source, not among these events alone.
        names[:] = [source._resolve(name) for name in names]
        opened = parcels.of_names(source, names, progress)
    with opened as parcel:
        yield parcel


def _is_ledger(path: str) -> bool:
    return "://" in path or Path(path).is_dir()


def _refuse_missing(
    target: LedgerAPI, parcel: _core.Parcel, file: str | None, *, whole: bool
) -> None:
    """Refuses a parcel whose events need others that are neither in it nor in the target."""
    start = 0
    while pairs := parcel.outside(start, ASKED):
        start += len(pairs)
        parent = _missing(target, [parent for parent, _ in pairs])
        if parent is not None:
            child = dict(pairs)[parent]
            raise ParentNotFoundError(
                f"event {child} names the parent {parent}, which is neither in the source nor in"
                f" {target._place()}; nothing was recorded",
                path=file,
                hash=parent,
                remedy="Export the events by name, which takes their ancestors along, or copy"
                " those first",
            )
    root = _missing(target, parcel.lacking()) if whole else None
    if root is not None:
        raise EventNotFoundError(
            f"the file names event {root} as a root and does not hold it: it was cut off; nothing"
            " was recorded",
            path=file,
            hash=root,
            remedy="Get the file again, or have it exported anew; what it holds can be copied by"
            " name",
        )


def _missing(target: LedgerAPI, hashes: list[str]) -> str | None:
    """The first that the target does not hold."""
    try:
        for start in range(0, len(hashes), ASKED):
            target._get_many(hashes[start : start + ASKED])
    except EventNotFoundError as error:
        return error.hash
    return None
