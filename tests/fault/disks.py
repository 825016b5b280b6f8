"""Small disks that fill up (`full_disk.py`), each in a mount namespace of its own."""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jobs
from jobs import Job

NAMESPACE = ["unshare", "--map-root-user", "--mount"]


@cache
def hindrance() -> str | None:
    """Why no small disk can be mounted here; None when one can."""
    try:
        mount = [*NAMESPACE, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"]
        done = subprocess.run(mount, capture_output=True, text=True)
    except FileNotFoundError:
        return "unshare is not installed: apt install util-linux"
    if done.returncode == 0:
        return None
    return f"a user may not mount a small disk here: {done.stderr.strip()}"


def fill(room: Path, seed: str) -> str:
    """One disk's life; what it counted."""
    program = Path(__file__).with_name("full_disk.py")
    command = [*NAMESPACE, sys.executable, str(program), str(room), seed]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def every(room: Path, count: int) -> Iterator[Job]:
    for number in range(count):

        def run(number: int = number) -> str:
            said = fill(room / f"disk{number}", f"{jobs.SEED} {number}")
            return "a writer killed" if "killed=0" not in said else "nobody killed"

        yield Job(f"full disk {number}", run)
