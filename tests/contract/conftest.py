"""The ledgers that every verb is held against: memory, file, reopened, read-only after writing,
and one of a live server, through the client."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lineseal import Client, Tracker
from lineseal._ledger_api import LedgerAPI
from story import Story, tell

WRITABLE = ["memory", "file", "reopened", "client"]
Opened = Callable[[LedgerAPI], LedgerAPI]
NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server in a process of its own."""
    data = tmp_path_factory.mktemp("server") / "data"
    command = [sys.executable, "-m", "lineseal.cli", "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        [*command, "--data", str(data)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
        assert process.wait(30) == 0


def open_as(kind: str, path: Path, request: pytest.FixtureRequest) -> tuple[LedgerAPI, Opened]:
    """A ledger to write to, and what turns it into the one to read from."""
    if kind == "client":
        address = request.getfixturevalue("server")
        return Client(address, f"contract-{next(NUMBERS)}"), lambda same: same
    if kind == "memory":
        return Tracker(), lambda tracker: tracker
    tracker = Tracker(path)
    if kind == "file":
        return tracker, lambda same: same

    def again(written: LedgerAPI) -> LedgerAPI:
        written.close()
        return Tracker(path, read_only=kind == "read_only")

    return tracker, again


@pytest.fixture(params=WRITABLE)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LedgerAPI]:
    """An empty ledger that can be written to."""
    tracker, again = open_as(request.param, tmp_path / "empty.ledger", request)
    with again(tracker) as opened:
        yield opened


@pytest.fixture(params=[*WRITABLE, "read_only"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Story]:
    """A ledger with a story in it, as its readers see it."""
    tracker, again = open_as(request.param, tmp_path / "story.ledger", request)
    told = tell(tracker)
    told.tracker = again(tracker)
    with told.tracker:
        yield told
