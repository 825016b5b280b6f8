"""The Go client: its own tests, over a live server too; and the example that serves with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from languages import ROOT, Program
from lineseal import Client
from running import Process

CHECKED = ["clients/go", "examples/go-http", "tests/spec/go", "tests/exchange/gocar"]
LEDGER = "go-example"


def test_its_own_tests_pass_under_the_race_detector(program_of: Callable[[str], Program]) -> None:
    assert program_of("go")
    command = Path(sys.executable).with_name("lineseal")
    done = subprocess.run(
        ["go", "test", "-race", "-v", "./..."],
        cwd=ROOT / "clients" / "go", env=os.environ | {"LINESEAL_COMMAND": str(command)},
        capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr
    assert "NOT RUN" not in done.stdout
    assert done.stdout.count("--- PASS") > 25


@pytest.mark.parametrize("folder", CHECKED)
def test_all_go_is_formatted_and_vetted(folder: str, program_of: Callable[[str], Program]) -> None:
    assert program_of("go")
    formatted = subprocess.run(["gofmt", "-l", "."], cwd=ROOT / folder, capture_output=True)
    assert (formatted.returncode, formatted.stdout) == (0, b"")
    vetted = subprocess.run(["go", "vet", "./..."], cwd=ROOT / folder, capture_output=True)
    assert vetted.returncode == 0, vetted.stderr.decode()


@pytest.fixture
def model(server: Process, tmp_path: Path) -> dict[str, Any]:
    """The exported model, recorded in a ledger of its own."""
    place = f"grpc://{server.address}/{LEDGER}"
    command = [sys.executable, ROOT / "examples" / "model.py", place, tmp_path / "model.json"]
    subprocess.run(command, check=True, capture_output=True)
    return json.loads((tmp_path / "model.json").read_text())


@pytest.fixture
def service(
    program_of: Callable[[str], Program], server: Process, model: dict[str, Any], tmp_path: Path
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The example, running, and its address."""
    assert program_of("go")
    example = tmp_path / "go-http"
    build = ["go", "build", "-o", str(example), "."]
    subprocess.run(build, cwd=ROOT / "examples" / "go-http", check=True)
    place = f"grpc://{server.address}/{LEDGER}"
    command = [example, place, tmp_path / "model.json", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip(), running
        running.kill()


def ask(address: str, body: Any) -> Any:
    request = urllib.request.Request(f"{address}/predict", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def lineseal(server: Process, *arguments: str) -> Any:
    """What the command says, as JSON."""
    place = ["--ledger", f"grpc://{server.address}/{LEDGER}", "--json"]
    command = [sys.executable, "-m", "lineseal.cli", *arguments, *place]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_every_answer_of_the_example_leads_to_the_dataset(
    service: tuple[str, subprocess.Popen[str]], server: Process, model: dict[str, Any]
) -> None:
    address, running = service
    answers = [ask(address, {"pixels": row["pixels"]}) for row in model["rows"]]
    assert [answer["class"] for answer in answers] == [row["class"] for row in model["rows"]]
    for wrong in ({"pixels": [1]}, {"pixels": "x"}, 7):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            ask(address, wrong)
    running.terminate()
    assert running.wait(60) == 0
    with Client(server.address, ledger=LEDGER) as client:
        for row, answer in zip(model["rows"], answers, strict=True):
            payload = client.get(answer["event"]).payload
            assert payload["output"] == row["class"]
            assert payload["inputs"]["pixels"].numpy().tolist() == row["pixels"]
    event = answers[-1]["event"]
    types = [event["type"] for event in lineseal(server, "trace", event)["events"]]
    assert types[:3] == ["prediction", "model", "training"]
    assert "dataset" in types
    assert lineseal(server, "verify", event)["verdict"] == "ok"
