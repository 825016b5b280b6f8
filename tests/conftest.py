"""A small file system of its own, and a process that keeps a ledger locked."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest


@pytest.fixture
def mount() -> Iterator[Callable[[Path, str], Path]]:
    """Mounts an empty file system of a size (`256k`) at a place; says why not where it cannot."""
    mounted = []

    def at(place: Path, size: str) -> Path:
        if os.geteuid() != 0:
            pytest.skip("mounting a small file system needs root")
        place.mkdir(parents=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
        mounted.append(place)
        return place

    yield at
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


STUCK = """
import os, signal, sys
from lineseal import Tracker
tracker = Tracker(sys.argv[1])
tracker.record_dataset(name="theirs")
print("open", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
sys.stdin.read()
tracker.close()
"""


@pytest.fixture
def stuck() -> Callable[[Path], AbstractContextManager[subprocess.Popen[bytes]]]:
    """A process that recorded one dataset, `theirs`, and is stopped while it has the lock; it goes
    on, and ends in order, when the context does."""

    @contextmanager
    def at(ledger: Path) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-c", STUCK, str(ledger)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"open\n"
            try:
                yield other
            finally:
                other.send_signal(signal.SIGCONT)
                other.communicate(timeout=20)
        assert other.returncode == 0

    return at
