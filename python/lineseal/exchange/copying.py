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
from lineseal.errors import EventNotFoundError, ParentNotFoundError
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
        events: Events that were copied or there already, each once.
        created: How many of them are new here.
        duplicates: Blocks that stood in the file more than once.
        others: Blocks of the file that are no events, and were left out.
    """

    events: int
    created: int
    duplicates: int
    others: int


def copy(
    target: LedgerAPI, names: list[object] | None, source: object, progress: Progress | None
) -> Copied:
    """Copies the named events with their ancestors, or all; see `LedgerAPI.copy`."""
    texts = None if names is None else some_texts(names)
    with _parcel(source, texts, progress) as parcel:
        chosen = parcel.choose(texts)
        _refuse_missing(target, parcel, whole=names is None)
        created = done = 0
        for rows in parcels.blocks(parcel, chosen):
            receipts = target._record_copies([block for _, block in rows])
            created += sum(receipt.created for receipt in receipts)
            done += len(rows)
            if progress is not None:
                progress(done, chosen)
        _, duplicates, others = parcel.counts()
    return Copied(chosen, created, duplicates, others)


@contextlib.contextmanager
def _parcel(
    source: object, names: list[str] | None, progress: Progress | None
) -> Iterator[_core.Parcel]:
    if isinstance(source, LedgerAPI):
        with _of_ledger(source, names, progress) as parcel:
            yield parcel
        return
    path = as_path(source, "the source")
    if _is_ledger(path):
        from lineseal.open import open_ledger

        with open_ledger(path, read_only=True) as ledger, _of_ledger(ledger, names, progress) as it:
            yield it
        return
    yield _core.Parcel(path, progress=progress)


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


def _refuse_missing(target: LedgerAPI, parcel: _core.Parcel, *, whole: bool) -> None:
    """Refuses a parcel whose events need others that are neither in it nor in the target."""
    start = 0
    while pairs := parcel.outside(start, ASKED):
        start += len(pairs)
        parent = _missing(target, [parent for parent, _ in pairs])
        if parent is not None:
            child = dict(pairs)[parent]
            raise ParentNotFoundError(
                f"event {child} names the parent {parent}, which is neither in the source nor in"
                f" {target!r}; nothing was recorded",
                hash=parent,
                remedy="Export the events by name, which takes their ancestors along, or copy"
                " those first",
            )
    root = _missing(target, parcel.lacking()) if whole else None
    if root is not None:
        raise EventNotFoundError(
            f"the file names event {root} as a root and does not hold it: it was cut off; nothing"
            " was recorded",
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
