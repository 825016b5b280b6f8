"""The Go client: its own tests, over a live server too; and the example that serves with it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from headers import follow_header
from languages import ROOT, Program
from lineseal import Client
from running import Process
from served import lead_to_the_dataset, started

EXAMPLE = ROOT / "examples" / "go-http"
CHECKED = ["clients/go", "examples/go-http", "tests/spec/go", "tests/exchange/gocar"]


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


@pytest.fixture(scope="module")
def example(program_of: Callable[[str], Program], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """examples/go-http, built."""
    assert program_of("go")
    program = tmp_path_factory.mktemp("example") / "go-http"
    subprocess.run(["go", "build", "-o", str(program), "."], cwd=EXAMPLE, check=True)
    return program


def test_every_answer_of_the_example_leads_to_the_dataset(
    example: Path, server: Process, tmp_path: Path
) -> None:
    with started(server, "go-example", tmp_path, [example]) as service:
        lead_to_the_dataset(service)


def test_the_example_answers_and_logs_what_was_asked_before_it_stops(
    example: Path, server: Process, tmp_path: Path
) -> None:
    with started(server, "go-stopped", tmp_path, [example]) as service:
        body = json.dumps({"pixels": service.model["rows"][0]["pixels"]}).encode()
        host, port = service.address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), 20) as asking:
            head = f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
            asking.sendall(head.encode() + body[:10])
            time.sleep(0.3)
            service.running.terminate()
            time.sleep(0.3)
            asking.sendall(body[10:])
            said = asking.makefile("rb").read().decode()
        assert " 200 OK" in said
        assert service.running.wait(60) == 0
        with Client(server.address, ledger="go-stopped") as client:
            assert client.get(json.loads(said.splitlines()[-1])["event"]).type == "prediction"


def test_the_header_of_the_example_runs_as_it_stands(
    program_of: Callable[[str], Program], tmp_path: Path
) -> None:
    assert program_of("go")
    assert len(follow_header(EXAMPLE / "main.go", tmp_path)) == 5
