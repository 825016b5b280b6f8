"""The ledgers that every verb is held against: memory, file, reopened, read-only after writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lineseal import Tracker
from lineseal._ledger_api import LedgerAPI
from story import Story, tell

WRITABLE = ["memory", "file", "reopened"]
Opened = Callable[[LedgerAPI], LedgerAPI]


def open_as(kind: str, path: Path) -> tuple[LedgerAPI, Opened]:
    """A ledger to write to, and what turns it into the one to read from."""
    if kind == "memory":
        return Tracker(), lambda tracker: tracker
    tracker = Tracker(path / "contract.ledger")
    if kind == "file":
        return tracker, lambda same: same

    def again(written: LedgerAPI) -> LedgerAPI:
        written.close()
        return Tracker(path / "contract.ledger", read_only=kind == "read_only")

    return tracker, again


@pytest.fixture(params=WRITABLE)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LedgerAPI]:
    """An empty ledger that can be written to."""
    tracker, again = open_as(request.param, tmp_path)
    with again(tracker) as opened:
        yield opened


@pytest.fixture(params=[*WRITABLE, "read_only"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Story]:
    """A ledger with a story in it, as its readers see it."""
    tracker, again = open_as(request.param, tmp_path)
    told = tell(tracker)
    told.tracker = again(tracker)
    with told.tracker:
        yield told
