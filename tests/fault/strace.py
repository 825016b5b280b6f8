"""Runs a Python script under strace and reads what it did, call by call."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

LINE = re.compile(r"(?P<pid>\d+) +(?P<call>.*)")
RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)")
UNFINISHED = re.compile(r"(?P<begun>.*?)(?:, )?<unfinished \.\.\.>$")
WHOLE = re.compile(r"(?P<name>\w+)\((?P<args>.*)\) += (?P<result>-?\w+)")


@dataclass(frozen=True)
class Call:
    """One system call; `begun` and `done` are places in the order of all that happened."""

    name: str
    args: str
    result: str
    begun: int
    done: int
    pid: str


def need_strace() -> None:
    """Skips where strace is missing, but fails in CI."""
    if shutil.which("strace"):
        return
    reason = "strace is not installed: apt install strace"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def run(
    script: Path, *args: str, options: tuple[str, ...], log: Path
) -> subprocess.CompletedProcess[str]:
    """Runs `script` under strace with these options, its threads included."""
    command = ["strace", "-f", "-qq", "-y", "-s", "80", "-o", str(log), *options]
    return subprocess.run(
        [*command, sys.executable, str(script), *args], capture_output=True, text=True, timeout=120
    )


def calls(log: Path) -> list[Call]:
    """Every call of the log that returned, in the order of returning."""
    found = []
    open_calls: dict[str, tuple[int, str]] = {}
    for place, line in enumerate(log.read_text(errors="replace").splitlines()):
        if not (match := LINE.match(line)):
            continue
        pid, text = match["pid"], match["call"]
        begun = place
        if unfinished := UNFINISHED.match(text):
            open_calls[pid] = (place, unfinished["begun"])
            continue
        if (resumed := RESUMED.match(text)) and pid in open_calls:
            begun, head = open_calls.pop(pid)
            text = head + resumed["rest"]
        if whole := WHOLE.match(text):
            found.append(Call(whole["name"], whole["args"], whole["result"], begun, place, pid))
    return found
