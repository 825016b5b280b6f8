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

FORMATTER = "com.google.googlejavaformat:google-java-format:1.28.0:jar:all-deps"
#: Packages of the compiler that it looks into, which Java keeps closed.
OPENED = ("api", "code", "file", "parser", "tree", "util")
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


def test_the_jar_carries_the_licence(program_of: Callable[[str], Program]) -> None:
    assert program_of("java")
    packed = ROOT / "clients" / "java" / "target" / "classes" / "META-INF" / "LICENSE"
    assert packed.read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_all_java_but_the_stubs_is_formatted(
    program_of: Callable[[str], Program], tmp_path: Path
) -> None:
    assert program_of("java")
    subprocess.run(
        ["mvn", "--batch-mode", "--quiet", "dependency:copy",
         f"-Dartifact={FORMATTER}", f"-DoutputDirectory={tmp_path}"],
        cwd=ROOT / "clients" / "java", check=True,
    )  # fmt: skip
    (formatter,) = tmp_path.glob("*.jar")
    files = [*ROOT.glob("clients/java/src/*/java/dev/lineseal/*.java")]
    files += ROOT.glob("examples/java/src/main/java/*.java")
    assert len(files) > 50
    compiler = "jdk.compiler/com.sun.tools.javac"
    opened = [f"--add-exports={compiler}.{each}=ALL-UNNAMED" for each in OPENED]
    command = ["java", *opened, "-jar", formatter, "--dry-run", "--set-exit-if-changed", *files]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


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
