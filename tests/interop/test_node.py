"""The Node client: its own tests, over a live server too; and the example that serves with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from headers import follow_header
from languages import ROOT, Program
from running import Process
from served import lead_to_the_dataset, started

CLIENT = ROOT / "clients" / "node"
EXPRESS = ROOT / "examples" / "express"


def test_its_own_tests_pass(program_of: Callable[[str], Program]) -> None:
    assert program_of("node")
    tests = sorted(map(str, CLIENT.glob("dist/test/*.test.js")))
    command = Path(sys.executable).with_name("lineseal")
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", *tests],
        cwd=CLIENT, env=os.environ | {"LINESEAL_COMMAND": str(command)},
        capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr
    assert "NOT RUN" not in done.stdout
    assert done.stdout.count("\nok ") > 50


def test_every_answer_of_the_example_leads_to_the_dataset(
    program_of: Callable[[str], Program], server: Process, tmp_path: Path
) -> None:
    assert program_of("node")
    install = ["npm", "ci", "--silent", "--no-fund", "--no-audit"]
    subprocess.run(install, cwd=EXPRESS, check=True, timeout=200)
    command = ["node", "server.js"]
    with started(server, "node-example", tmp_path, command, EXPRESS) as example:
        lead_to_the_dataset(example)
        assert example.lineseal("audit-streams")


def test_the_header_of_the_example_runs_as_it_stands(
    program_of: Callable[[str], Program], tmp_path: Path
) -> None:
    assert program_of("node")
    assert len(follow_header(EXPRESS / "server.js", tmp_path)) == 7
