"""Calling `lineseal` as a user does, in this process; and a small ledger to call it on."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lineseal import Tracker
from lineseal.cli.app import run

TIME = 1_767_225_600_000_000


@dataclass(frozen=True)
class Result:
    """What a command line did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.chdir(tmp_path)
    for name in ("LINESEAL_LEDGER", "LINESEAL_DEBUG", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object, stdin: str | bytes = b"") -> Result:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        status = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Result(status, said.out, said.err)

    return call


@dataclass(frozen=True)
class Small:
    """A ledger of five events, and their hashes."""

    path: str
    data: str
    settings: str
    run: str
    model: str
    answer: str


@pytest.fixture
def small(cli: Cli) -> Small:
    with Tracker("small.ledger") as tracker:
        data = tracker.record_dataset(name="digits", version="1", num_rows=1797)
        settings = tracker.record_hyperparameters(values={"C": 0.1})
        training = tracker.record_training(
            run_id="r1",
            model_name="lr",
            time=TIME,
            parents={"train": data, "hyperparameters": settings},
        )
        model = tracker.record_model(name="lr", version="1", parents=training)
        answer = tracker.record_prediction(
            prediction_id="p-1", inputs={"x": [1, 2]}, output=7, parents=model, time=TIME
        )
    return Small("small.ledger", *(r.hash for r in (data, settings, training, model, answer)))
