"""Loggers under fire: `python tests/logger/logger_soak.py [SECONDS]`; ten minutes when not said.

A server is killed and started again, frozen, and slowed at its disk; the programs that log are
killed; one has so small a spool that rows are dropped, one waits for room, one is told; every 50th
row has a parent that no ledger has. In the end every row whose hash `log` returned must be in the
ledger once, in the order of its stream, or in `refused/`, and every number that is missing must be
explained. Prints what was done; ends with 1 when a promise was broken.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lineseal import Tracker
from lineseal.logger.audit import audit_streams
from spooling import MISSING, Service, child, refused_files

WRITER = """
import logging, random, sys, time
logging.disable()
from lineseal import LedgerClosedError, PredictionLogger, StorageFullError
target, model, spool, mode, missing = sys.argv[1:6]
small = {"spool_bytes": 65536} if mode == "drop" else {"spool_bytes": 262144}
logger = PredictionLogger(target, model, spool=spool, when_full=mode, batch_age=0.05, timeout=1,
    stream=mode, **small)
import threading
stopped = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
count = 0
while not stopped.is_set():
    count += 1
    poison = count % 50 == 0
    try:
        hash = logger.log(inputs={"n": count, "fill": "x" * random.randrange(400)},
            parents=missing if poison else None)
    except StorageFullError:
        print("told -", flush=True)
        time.sleep(0.05)
        continue
    print("bad" if poison else "good", hash or "-", flush=True)
    time.sleep(0.002)
done = logger.close(60)
print("closed", done, flush=True)
"""
MODES = ("raise", "block", "drop")
#: Of ten minutes; others in proportion, but some of each.
SERVER_KILLS, CLIENT_KILLS = 20, 5
SLOW_SYNC = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fdatasync:delay_enter=30000"]


@dataclass
class Accepted:
    """What the loggers said of their rows, as they said it."""

    good: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def hear(self, process: subprocess.Popen[str]) -> None:
        """Reads what a program prints, to its end; a last line that was cut off says nothing."""
        assert process.stdout is not None
        for line in process.stdout:
            kind, _, what = line.strip().partition(" ")
            if not line.endswith("\n") or (kind in ("good", "bad") and len(what) not in (1, 64)):
                continue
            if len(what) == 64:
                (self.good if kind == "good" else self.bad).append(what)
            self.counts[kind if what != "-" or kind == "told" else "dropped"] += 1


class Writers:
    """Programs that log, each started again when it was killed."""

    def __init__(self, service: Service, spool: Path) -> None:
        self.service, self.spool, self.accepted = service, spool, Accepted()
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.ears: list[threading.Thread] = []
        for mode in MODES:
            self.start(mode)

    def start(self, mode: str) -> None:
        place = self.service
        process = child(WRITER, place.address, place.model, self.spool, mode, MISSING)
        self.running[mode] = process
        ear = threading.Thread(target=self.accepted.hear, args=(process,), daemon=True)
        ear.start()
        self.ears.append(ear)

    def kill(self, mode: str) -> None:
        process = self.running[mode]
        process.kill()
        process.wait()
        self.start(mode)

    def stop(self) -> None:
        for process in self.running.values():
            assert process.stdin is not None
            process.stdin.close()
        for process in self.running.values():
            process.wait(120)
        for ear in self.ears:
            ear.join(20)


def chaos(
    service: Service, writers: Writers, seconds: float, chance: random.Random
) -> Counter[str]:
    """Harms server and programs for so long, evenly."""
    share = min(seconds / 600, 1.0)
    plan = ["server"] * max(round(SERVER_KILLS * share), 4)
    plan += ["client"] * max(round(CLIENT_KILLS * share), 2)
    plan += ["frozen"] * max(round(6 * share), 1)
    plan += ["slow disk"] * (max(round(4 * share), 1) if shutil.which("strace") else 0)
    chance.shuffle(plan)
    done: Counter[str] = Counter()
    pause = seconds / (len(plan) + 1)
    for what in plan:
        end = time.monotonic() + pause
        if what == "client":
            writers.kill(chance.choice(MODES))
        elif what == "frozen":
            assert service.popen is not None
            service.popen.send_signal(signal.SIGSTOP)
            time.sleep(min(2.5, pause / 2))
            service.popen.send_signal(signal.SIGCONT)
        else:
            service.kill()
            time.sleep(chance.uniform(0, min(4.0, pause / 2)))
            service.start(under=SLOW_SYNC if what == "slow disk" else ())
        done[what] += 1
        time.sleep(max(end - time.monotonic(), 0))
    return done


def broken_promises(service: Service, spool: Path, said: Accepted) -> list[str]:
    """Holds the ledger against what was said of it."""
    with Tracker(service.data / "default", read_only=True) as ledger:
        streams = audit_streams(ledger)
        hashes, last, disorder = Counter[str](), dict[str, int](), 0
        for event in ledger.events("prediction"):
            hashes[event.hash] += 1
            stream, seq = event.payload["stream"], event.payload["seq"]
            disorder += seq <= last.get(stream, -1)
            last[stream] = seq
        gaps = [event.payload for event in ledger.events("lineseal/gap")]
        sound = ledger.verify_all()
    refused = {row["hash"] for row in refused_files(spool)}
    dropped = sum(gap["count"] for gap in gaps if gap["reason"] == "spool full")
    checks = {
        "good rows that are not in the ledger": len(set(said.good) - set(hashes)),
        "rows that are there twice": sum(hashes.values()) - len(hashes),
        "rows that are out of order": disorder,
        "numbers that are missing without a word": sum(len(s.unexplained()) for s in streams),
        "numbers that are there twice": sum(stream.duplicates for stream in streams),
        "bad rows that are not in refused/": len(set(said.bad) - refused),
        "bad rows that are in the ledger": len(set(said.bad) & set(hashes)),
        "dropped rows that no gap tells": max(said.counts["dropped"] - dropped, 0),
        "spools that are left": len([path for path in spool.iterdir() if path.name != "refused"]),
        "findings": 0 if sound else 1,
    }
    return [f"{number} {what}" for what, number in checks.items() if number]


def main(seconds: float, seed: int) -> int:
    """Runs it all; 1 when a promise was broken."""
    print(f"logger soak: {seconds:.0f} s, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder, spool = Path(name), Path(name) / "spool"
        service = Service(folder)
        try:
            writers = Writers(service, spool)
            done = chaos(service, writers, seconds, random.Random(seed))
            writers.stop()
            drain = [sys.executable, "-m", "lineseal.cli", "spool", "drain", "--spool", spool]
            subprocess.run(drain, check=False, stdout=subprocess.DEVNULL)
        finally:
            with suppress(Exception):
                service.kill()
        said = writers.accepted
        broken = broken_promises(service, spool, said)
    print("done:", ", ".join(f"{count} {what}" for what, count in sorted(done.items())))
    print("said:", ", ".join(f"{count:,} {what}" for what, count in sorted(said.counts.items())))
    for line in broken:
        print("BROKEN:", line)
    if not said.good or not said.bad:
        print("BROKEN: nothing was logged")
        return 1
    return 1 if broken else 0


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    sys.exit(main(length, int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)))
