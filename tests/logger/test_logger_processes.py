"""Loggers across forks: of os.fork, of multiprocessing, and of gunicorn."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from lineseal import PredictionLogger, open_ledger
from lineseal.logger import draining
from spooling import Place, Service, child, killed, seqs

Make = Callable[..., PredictionLogger]
APP = Path(__file__).parent / "prefork_app.py"


def eventually(count: Callable[[], int], wanted: int, seconds: float = 20) -> int:
    """What is counted, as soon as it is as much as is wanted."""
    end = time.monotonic() + seconds
    while (now := count()) < wanted and time.monotonic() < end:
        time.sleep(0.1)
    return now


def in_order(place: Place) -> bool:
    """Whether the rows of every stream are all there, each once, in their order."""
    streams = seqs(place.predictions())
    return all(numbers == list(range(len(numbers))) for numbers in streams.values())


FORKER = """
import os, sys
from lineseal import PredictionLogger
logger = PredictionLogger(sys.argv[1], sys.argv[2], spool=sys.argv[3])
log = logger.log  # bound before the fork
print(log(output="parent"), flush=True)
logger.flush(10)
if os.fork() == 0:
    print(log(output="child"), flush=True)
    if os.fork() == 0:
        print(log(output="grandchild"), flush=True)
        assert logger.close(10)
        os._exit(0)
    assert os.wait()[1] == 0
    assert logger.close(10)
    os._exit(0)
assert os.wait()[1] == 0
print(log(output="parent again"), flush=True)
assert logger.close(10)
"""


@pytest.mark.parametrize("where", ["directory", "service"])
def test_a_child_of_a_fork_goes_on_with_a_stream_of_its_own(
    place: Place, service: Service, spool: Path, where: str
) -> None:
    target = place if where == "directory" else service.place
    with child(FORKER, target.address, target.model, spool) as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    events = target.predictions()
    assert sorted(event.hash for event in events) == sorted(said.split())
    assert sorted(seqs(events).values()) == [[0], [0], [0, 1]]
    assert list(spool.iterdir()) == []


def test_a_child_of_a_fork_does_not_keep_its_parents_spool_locked(
    place: Place, spool: Path, logging_to: Make
) -> None:
    program = """
import os, sys, time
from lineseal import PredictionLogger
logger = PredictionLogger(sys.argv[1], sys.argv[2], spool=sys.argv[3], batch_age=3600)
logger.log(output="parent")
if os.fork() == 0:
    print("child", flush=True)
    sys.stdin.read()
    os._exit(0)
os.wait()
"""
    with child(program, place.address, place.model, spool) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "child\n"
        process.kill()  # The parent alone.
        process.wait()
        logger = logging_to()
        logger.log(output="mine")
        assert eventually(lambda: len(place.predictions()), 2) == 2
        assert logger.stats()["adopted"] == 1
        assert process.stdin is not None
        process.stdin.close()


def test_a_child_of_a_fork_does_not_keep_an_orphan_locked_that_its_parent_adopted(
    service: Service, spool: Path
) -> None:
    place = service.place
    killed(place, spool, 3)
    program = """
import os, sys, time
from lineseal import PredictionLogger
logger = PredictionLogger(sys.argv[1], (), spool=sys.argv[3], batch_age=0.01)
record = logger._target.record
def hanging(blocks):
    if len(blocks) > 1:
        print("adopted", flush=True)
        time.sleep(60)
    record(blocks)
logger._target.record = hanging
logger.log(output="mine")
logger.flush(10)
while not logger.stats()["adopted"]:
    time.sleep(0.01)
time.sleep(0.2)
if os.fork() == 0:
    print("child", flush=True)
    sys.stdin.read()
    os._exit(0)
os.wait()
"""
    with child(program, place.address, place.model, spool) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "adopted\n"
        assert process.stdout.readline() == "child\n"
        process.kill()  # The parent alone.
        process.wait()
        with draining.opened(open_ledger) as ledgers:
            done = list(draining.drain(spool, ledgers, None))
        assert [each.error for each in done] == [None, None]
        assert process.stdin is not None
        process.stdin.close()
    assert len(place.predictions()) == 4


def test_a_fork_waits_while_a_lock_is_taken(place: Place, spool: Path) -> None:
    killed(place, spool, 1)
    program = """
import os, sys, threading, time
from pathlib import Path
from lineseal.logger import folders
flock, slow = folders.fcntl.flock, threading.Event()
def slowly(*given):
    slow.set()
    flock(*given)
    time.sleep(0.5)
folders.fcntl.flock = slowly
[(path, about)] = folders.everyone(Path(sys.argv[1]))
taken = []
threading.Thread(target=lambda: taken.append(folders.adopt(path, about))).start()
slow.wait()
if os.fork() == 0:
    open_files = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
        if os.path.exists(f"/proc/self/fd/{n}")]
    print([name for name in open_files if name.endswith("/lock")], flush=True)
    os._exit(0)
os.wait()
assert taken[0] is not None
"""
    with child(program, spool) as process:
        assert process.communicate(timeout=20)[0] == "[]\n"
        assert process.returncode == 0


def test_multiprocessing_forks_and_their_ends_lose_nothing(
    place: Place, spool: Path, logging_to: Make
) -> None:
    program = """
import multiprocessing, sys
from lineseal import PredictionLogger
logger = PredictionLogger(sys.argv[1], sys.argv[2], spool=sys.argv[3], batch_age=3600)
logger.log(output="parent")
def work(n):
    return [logger.log(output=[n, i]) for i in range(10)]
with multiprocessing.get_context("fork").Pool(4) as pool:
    pool.map(work, range(20), chunksize=1)
print("done", flush=True)
"""
    with child(program, place.address, place.model, spool) as process:
        assert process.communicate(timeout=60)[0] == "done\n"
    # A pool ends its processes without their at-exit functions: their spools are adopted.
    logger = logging_to()
    logger.log(output="mine")
    assert eventually(lambda: len(place.predictions()), 202) == 202
    assert all(
        numbers == list(range(len(numbers))) for numbers in seqs(place.predictions()).values()
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def gunicorn(
    folder: Path, *flags: str, **environ: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The real gunicorn with two workers; its address."""
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "prefork_app:app", "--chdir", str(APP.parent)]
    command += ["--workers", "2", "--bind", address, *flags]
    with (folder / "gunicorn.log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, stdout=log, env=os.environ | environ)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"http://{address}/ready", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                assert time.monotonic() < end, (folder / "gunicorn.log").read_text()
                time.sleep(0.1)
        yield f"http://{address}", process
    finally:
        process.terminate()
        process.wait(40)


@pytest.mark.parametrize("flags", [(), ("--preload",)], ids=["each worker", "preloaded"])
@pytest.mark.parametrize("where", ["directory", "service"])
def test_gunicorns_workers_lose_nothing_while_they_are_killed_and_replaced(
    place: Place, service: Service, spool: Path, tmp_path: Path, where: str, flags: tuple[str, ...]
) -> None:
    target = place if where == "directory" else service.place
    environ = {
        "LINESEAL_TARGET": target.address,
        "LINESEAL_PARENTS": target.model,
        "LINESEAL_SPOOL": str(spool),
        "LINESEAL_LEDGER": "",
    }
    hashes: list[str] = []
    workers: set[int] = set()
    latest = 0
    with gunicorn(tmp_path, *flags, **environ) as (address, master):
        for i in range(120):
            if i in (40, 80):
                os.kill(latest, signal.SIGKILL)
            try:
                answer = httpx.post(f"{address}/predict", json={"x": i}, timeout=20)
            except httpx.TransportError:
                continue  # Its worker was the killed one.
            hashes.append(answer.headers["X-Prediction"])
            latest = int(answer.headers["X-Worker"])
            workers.add(latest)
        found = eventually(lambda: len(target.predictions()), len(hashes), 40)
        assert found >= len(hashes), (tmp_path / "gunicorn.log").read_text()
        assert master.poll() is None
    events = target.predictions()
    assert set(hashes) <= {event.hash for event in events}
    assert len(events) <= len(hashes) + 2
    assert len(workers) >= 3
    assert in_order(target)


def test_an_event_loop_goes_on_while_a_logger_flushes(service: Service, spool: Path) -> None:
    async def main() -> int:
        ticks = 0
        async with PredictionLogger(
            service.address, service.model, spool=spool, timeout=0.5
        ) as logger:
            logger.log(output=1)
            service.kill()
            waiting = asyncio.create_task(logger.aflush(0.5))
            while not waiting.done():
                await asyncio.sleep(0.01)
                ticks += 1
            service.start()
            assert await logger.aflush(20)
            await logger.aclose()
        return ticks

    assert asyncio.run(main()) > 20
    assert len(service.place.predictions()) == 1
