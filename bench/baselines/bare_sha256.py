"""SHA-256 and nothing else: the blocks of closed segments, in memory, by one thread of Rust's sha2.

The program is `rust/core/examples/bare_sha256.rs`, compiled when it is first asked for.
"""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
CARGO = ["cargo", "run", "--quiet", "--release", "--locked", "--package", "lineseal-core"]
PROGRAM = [*CARGO, "--example", "bare_sha256", "--"]


def one_core() -> None:
    """Keep this process, and what it starts, on one processor."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def build() -> None:
    """Outside of any timer, on all processors."""
    subprocess.run([*PROGRAM], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def seconds(segments: Iterable[Path]) -> float:
    """How long the blocks of these files take, read before."""
    command = [*PROGRAM, *(str(path.absolute()) for path in segments)]
    done = subprocess.run(
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, preexec_fn=one_core
    )
    return float(done.stdout.split()[1])
