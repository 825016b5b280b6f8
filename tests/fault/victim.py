"""The process that is struck: builds and runs `rust/core/examples/victim.rs`."""

import atexit
import json
import os
import shutil
import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest
from tale import Story

ROOT = Path(__file__).resolve().parents[2]
TOLD = "told "


@cache
def binary() -> Path:
    """The victim, built when needed."""
    if not shutil.which("cargo"):
        reason = "cargo is not installed, and the victim of the fault tests is built with it"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    command = ["cargo", "build", "-q", "-p", "lineseal-core", "--example", "victim", "--locked"]
    done = subprocess.run(
        [*command, "--message-format=json"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    built = [json.loads(line) for line in done.stdout.splitlines()]
    executable = next(one["executable"] for one in built if one.get("executable"))
    # A copy: who builds something else meanwhile takes the file away for a moment.
    place = Path(tempfile.mkdtemp(prefix="lineseal-victim-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return Path(shutil.copy2(executable, place))


def write_script(path: Path, told: Story, reopen_every: int) -> None:
    """The story as the victim reads it; the ledger is opened anew after so many batches."""
    parts = []
    for number, batch in enumerate(told.batches):
        if number % reopen_every == 0:
            parts.append(struct.pack("<I", 0))
        parts.append(struct.pack("<I", len(batch)))
        parts += [struct.pack("<I", len(block)) + block for block in batch]
    path.write_bytes(b"".join(parts))


def run(command: list[str], *under: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Lets a victim live, under strace or plainly."""
    return subprocess.run(
        [*under, *command], capture_output=True, text=True, timeout=60, env=os.environ | settings
    )


def told(lines: str) -> int:
    """How many acknowledgements there were: they come in order."""
    return len([line for line in lines.split("\n")[:-1] if line.startswith(TOLD)])


def refusals(lines: str) -> list[str]:
    """Everything else that was said."""
    return [line for line in lines.splitlines() if not line.startswith(TOLD)]
