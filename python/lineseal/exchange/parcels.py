"""Events of a ledger or a file as a parcel: all of them verified by the core, parents first.

May use `_core`, rows. A ledger's events are written to a temporary CAR file, so that they are read
from the ledger once, in any order, and memory stays bounded; it is gone at the end.
"""

from __future__ import annotations

import contextlib
import tempfile
from typing import IO, TYPE_CHECKING

from lineseal import _core
from lineseal.exchange.files import written
from lineseal.exchange.rows import batched, pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineseal._filters import Filters
    from lineseal._ledger_api import LedgerAPI
    from lineseal.event import Event
    from lineseal.report import Progress

#: Bytes of blocks held at a time, behind the first.
BYTES = 8 * 1024 * 1024


@contextlib.contextmanager
def of_names(
    ledger: LedgerAPI, names: list[str], progress: Progress | None
) -> Iterator[_core.Parcel]:
    """These events and all their ancestors."""
    with _spooled(batched(ledger._ancestors(names)), progress) as parcel:
        yield parcel


@contextlib.contextmanager
def of_log(
    ledger: LedgerAPI, filters: Filters, progress: Progress | None
) -> Iterator[_core.Parcel]:
    """The events that the filters let through."""
    with _spooled(pages(ledger, filters), progress) as parcel:
        yield parcel


def blocks(parcel: _core.Parcel, chosen: int) -> Iterator[list[tuple[str, bytes]]]:
    """Hashes and blocks of what was chosen, parents first."""
    done = 0
    while done < chosen:
        some = parcel.blocks(done, 4096, BYTES)
        yield some
        done += len(some)


def sections(out: IO[bytes], events: Iterable[Event]) -> None:
    """Writes the events' sections of a CAR file."""
    out.write(_core.car_sections([(event.hash, event.block) for event in events]))


@contextlib.contextmanager
def _spooled(batches: Iterable[list[Event]], progress: Progress | None) -> Iterator[_core.Parcel]:
    with tempfile.NamedTemporaryFile(prefix="lineseal-", suffix=".car") as file:
        with written(file.name):
            file.write(_core.car_header([]))
            done = 0
            for events in batches:
                sections(file, events)
                done += len(events)
                if progress is not None:
                    progress(done, 0)
            file.flush()
        yield _core.Parcel(file.name, progress=progress)
