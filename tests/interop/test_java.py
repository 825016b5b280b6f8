"""The Java client's own tests, over a live server; and its logger while the server is killed."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from languages import ROOT, Program
from lineseal import Client
from running import Process

ROWS = 40_000
KILLS = 3


def test_its_own_tests_pass(program_of: Callable[[str], Program], server: Process) -> None:
    assert program_of("java")
    done = subprocess.run(
        ["mvn", "--batch-mode", "--quiet", "test"],
        cwd=ROOT / "clients" / "java",
        env=os.environ | {"LINESEAL_TARGET": server.address},
        capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr
    assert "NOT RUN" not in done.stdout


def test_the_logger_records_every_row_once_while_the_server_is_killed(
    program_of: Callable[[str], Program], tmp_path: Path
) -> None:
    program = program_of("java")
    data = tmp_path / "data"
    with ExitStack() as stack:
        server = stack.enter_context(Process(data))
        address = server.address
        client = stack.enter_context(Client(address))
        parent = client.record_model(name="lr").hash
        logging = subprocess.Popen(
            [*program.command, "log", address, "default", parent, str(ROWS)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for _ in range(KILLS):
            seen = len(client)
            while len(client) < seen + 2_000:
                assert logging.poll() is None, logging.communicate()
                time.sleep(0.01)
            server.popen.kill()
            server.popen.wait()
            server = stack.enter_context(Process(data, "--listen", address))
        out, err = logging.communicate(timeout=120)
        assert logging.returncode == 0, err
        assert json.loads(out)["logged"] == ROWS
        rows = list(client.events(types=["prediction"]))
        assert [row.payload["seq"] for row in rows] == list(range(ROWS))
        assert [row.payload["output"] for row in rows] == list(range(ROWS))
        assert not list(client.events(types=["lineseal/gap"]))
