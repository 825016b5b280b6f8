"""What a process holds of its own, and programs that are run under watch. Linux alone."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

EVERY = 0.02  # seconds between two looks


def held(process: int) -> int:
    """Bytes of memory without a file behind them (RssAnon); 0 when the process is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    lines = [line for line in status.splitlines() if line.startswith("RssAnon:")]
    return int(lines[0].split()[1]) * 1024 if lines else 0


class Watch:
    """The most that a process held since the last time someone asked."""

    def __init__(self, process: int) -> None:
        self._process, self._peak, self._over = process, 0, Event()
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            self._peak = max(self._peak, held(self._process))

    def peak(self) -> int:
        most, self._peak = max(self._peak, held(self._process)), 0
        return most

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def limit(size: int | None) -> Callable[[], None] | None:
    """For `preexec_fn`: an allocation beyond this fails. Counts what is asked for, used or not."""
    if size is None:
        return None
    return lambda: resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def started(module: str, *arguments: object, most: int | None = None) -> subprocess.Popen[str]:
    """A module of ours in a process of its own."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, preexec_fn=limit(most))


def lines(
    module: str, *arguments: object, most: int | None = None
) -> Iterator[tuple[dict[str, Any], int]]:
    """What a module prints, a JSON object a line, and the memory it held at most meanwhile."""
    with started(module, *arguments, most=most) as process:
        watch = Watch(process.pid)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                yield json.loads(line), watch.peak()
        finally:
            watch.stop()
            process.terminate()
    if process.returncode:
        what = " ".join(map(str, arguments))
        held_to = "" if most is None else f", held to {most >> 20} MiB,"
        raise SystemExit(f"bench: {module} {what}{held_to} ended with status {process.returncode}")


def last(module: str, *arguments: object, most: int | None = None) -> tuple[dict[str, Any], int]:
    """The last line, and the memory held at most."""
    every = list(lines(module, *arguments, most=most))
    return every[-1][0], max(peak for _, peak in every)


def say(**facts: object) -> None:
    """One line for `lines`."""
    print(json.dumps(facts), flush=True)
