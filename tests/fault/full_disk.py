"""A small disk that fills up while two processes write and one reads: `full_disk.py ROOM SEED`.

Mounts a tmpfs of its own, so it runs in a mount namespace (`unshare -rm`). Three times the disk is
full, and gets room again; between, writers are killed. Says what it counted.
"""

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from kills import check
from lineseal import Tracker

HERE = Path(__file__).parent
PATIENCE = 30.0
#: Kibibytes.
SIZE = 192
FULL = ("refused storage_full", "refused outcome_unknown")


class Helper:
    """A process beside us, and every line that it said."""

    def __init__(self, script: str, *arguments: str) -> None:
        command = [sys.executable, str(HERE / script), *arguments]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self.lines: list[str] = []
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.lines.append(line.strip())

    def end(self, kill: bool = False) -> None:
        if kill:
            self.process.kill()
        assert self.process.stdin is not None
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self.thread.join()
        assert self.process.stderr is not None
        assert code == (-9 if kill else 0), f"ended with {code}: {self.process.stderr.read()}"


def wait_for(helpers: list[Helper], words: tuple[str, ...]) -> None:
    """Waits until one of them says something new that begins so."""
    heard = [len(helper.lines) for helper in helpers]
    end = time.monotonic() + PATIENCE
    while True:
        for helper, start in zip(helpers, heard, strict=True):
            if any(line.startswith(words) for line in helper.lines[start:]):
                return
            assert helper.process.poll() is None, f"it ended: {helper.process.communicate()}"
        assert time.monotonic() < end, f"no {words}: {[helper.lines[-3:] for helper in helpers]}"
        time.sleep(0.01)


def life(disk: Path, rng: random.Random, helpers: list[Helper]) -> str:
    """The reader is the first of the helpers; those that were killed are out of their list."""
    ledger, gone = disk / "ledger", []
    Tracker(ledger).close()
    helpers += [Helper("disk_reader.py", str(ledger))]
    helpers += [Helper("disk_writer.py", str(ledger), f"w{n}") for n in range(2)]
    for number in range(3):
        wait_for(helpers[1:], FULL)
        if rng.random() < 0.7:
            victim = helpers.pop(rng.choice([1, 2]))
            victim.end(kill=True)
            gone.append(victim)
            helpers.append(Helper("disk_writer.py", str(ledger), f"w{number + 2}"))
        grow(disk)
        wait_for(helpers[1:], ("told",))
    for helper in helpers:
        helper.end()
    lines = [line.split() for helper in helpers + gone for line in helper.lines]
    told = {words[1]: words[2:] for words in lines if words[0] == "told"}
    with Tracker(ledger) as tracker:
        check(tracker, told)
    refused, looks = (sum(line[0] == word for line in lines) for word in ("refused", "looked"))
    assert looks > 3, f"the reader looked {looks} times"
    return f"acknowledged={len(told)} refused={refused} looks={looks} killed={len(gone)}"


def grow(disk: Path) -> None:
    """Gives the disk as much room again as it had at first."""
    size = int(subprocess.check_output(["df", "-k", "--output=size", disk]).split()[-1])
    remount = ["mount", "-o", f"remount,size={size + SIZE}k", str(disk)]
    subprocess.run(remount, check=True)


def main(room: Path, seed: str) -> None:
    disk = room / "disk"
    disk.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}k", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    helpers: list[Helper] = []
    try:
        print(life(disk, random.Random(seed), helpers))
    finally:
        for helper in helpers:
            helper.process.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
