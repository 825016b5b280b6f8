"""The Go client: its own tests, over a live server too; and the example that serves with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from headers import follow_header
from languages import ROOT, Program
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


def test_every_answer_of_the_example_leads_to_the_dataset(
    program_of: Callable[[str], Program], server: Process, tmp_path: Path
) -> None:
    assert program_of("go")
    example = tmp_path / "go-http"
    build = ["go", "build", "-o", str(example), "."]
    subprocess.run(build, cwd=EXAMPLE, check=True)
    with started(server, "go-example", tmp_path, [example]) as service:
        lead_to_the_dataset(service)


def test_the_header_of_the_example_runs_as_it_stands(
    program_of: Callable[[str], Program], tmp_path: Path
) -> None:
    assert program_of("go")
    assert len(follow_header(EXAMPLE / "main.go", tmp_path)) == 5
