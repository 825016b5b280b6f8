"""A ledger with a model in it, a folder for spools, a service, and loggers that are closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lineseal import PredictionLogger, Tracker
from spooling import Place, Service


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A ledger in a directory."""
    with Tracker(tmp_path / "runs.ledger") as tracker:
        model = tracker.record_model(name="digits-lr", version="1.0")
    return Place(str(tmp_path / "runs.ledger"), model.hash)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.kill()


@pytest.fixture
def logging_to(place: Place, spool: Path) -> Iterator[Callable[..., PredictionLogger]]:
    """Makes loggers, which are closed at the end."""
    made: list[PredictionLogger] = []

    def make(target: Any = None, parents: Any = None, **settings: Any) -> PredictionLogger:
        target = place.address if target is None else target
        parents = place.model if parents is None else parents
        made.append(PredictionLogger(target, parents, **({"spool": spool} | settings)))
        return made[-1]

    yield make
    for logger in made:
        logger.close(1)
