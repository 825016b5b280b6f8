"""An example of a service in some language: started, asked, stopped, and its answers traced."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from languages import ROOT
from lineseal import Client
from running import Process


@dataclass(frozen=True)
class Example:
    """A service of the model that examples/model.py exported, as it runs."""

    server: Process
    ledger: str
    model: dict[str, Any]
    address: str
    running: subprocess.Popen[str]

    def ask(self, body: Any) -> Any:
        """What it answers."""
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(
            f"{self.address}/predict", json.dumps(body).encode(), headers
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def lineseal(self, *arguments: str) -> Any:
        """What the command says of its ledger, as JSON."""
        place = ["--ledger", f"grpc://{self.server.address}/{self.ledger}", "--json"]
        command = [sys.executable, "-m", "lineseal.cli", *arguments, *place]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    def stop(self) -> int:
        """SIGTERM, and how it ended."""
        self.running.terminate()
        return self.running.wait(60)


@contextmanager
def started(
    server: Process, ledger: str, folder: Path, command: Sequence[str | Path], where: Path = ROOT
) -> Iterator[Example]:
    """The example that `command LEDGER MODEL.json HOST:PORT` starts."""
    place, file = f"grpc://{server.address}/{ledger}", folder / "model.json"
    train = [sys.executable, ROOT / "examples" / "model.py", place, file]
    subprocess.run(train, check=True, capture_output=True)
    whole = [*command, place, file, "127.0.0.1:0"]
    with subprocess.Popen(whole, stdout=subprocess.PIPE, text=True, cwd=where) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        yield Example(server, ledger, json.loads(file.read_text()), address, running)
        running.kill()


def lead_to_the_dataset(example: Example) -> None:
    """Asks it about every row, and follows the answers to where they came from."""
    rows = example.model["rows"]
    answers = [example.ask({"pixels": row["pixels"]}) for row in rows]
    assert [answer["class"] for answer in answers] == [row["class"] for row in rows]
    for wrong in ({"pixels": [1]}, {"pixels": "x"}, 7):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            example.ask(wrong)
    assert example.stop() == 0
    with Client(example.server.address, ledger=example.ledger) as client:
        for row, answer in zip(rows, answers, strict=True):
            payload = client.get(answer["event"]).payload
            assert payload["output"] == row["class"]
            assert payload["inputs"]["pixels"].numpy().tolist() == row["pixels"]
    event = answers[-1]["event"]
    types = [event["type"] for event in example.lineseal("trace", event)["events"]]
    assert types[:3] == ["prediction", "model", "training"]
    assert "dataset" in types
    assert example.lineseal("verify", event)["verdict"] == "ok"
