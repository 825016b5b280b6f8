"""`python -m bench.probe PATH`: seconds of one verify_all in a process that did nothing before."""

import subprocess
import sys
from pathlib import Path

from lineseal import Tracker

from .baselines import bare_sha256
from .timing import seconds


def verify_all(path: Path, *, one_core: bool = False) -> float:
    """Start the probe and take its answer; starting and opening are not counted."""
    command = [sys.executable, "-m", "bench.probe", str(path)]
    pin = bare_sha256.one_core if one_core else None
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, preexec_fn=pin)
    return float(done.stdout)


def main(path: str) -> None:
    with Tracker(path, read_only=True) as tracker:

        def work() -> None:
            report = tracker.verify_all()
            if not report or report.checked != len(tracker):
                raise SystemExit(f"bench: the ledger does not verify: {report}")

        print(seconds(work))


if __name__ == "__main__":
    main(sys.argv[1])
