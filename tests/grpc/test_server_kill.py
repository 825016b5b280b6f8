"""Fifty kill -9 of the server under four recording clients, which send the same bytes again."""

import random
import time
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from calling import TIMEOUT
from running import Process
from workers import Told, Worker, check, quiet_port

ROUNDS = 50
CLIENTS = 4


def killed_life(
    data: Path, listen: str, workers: list[Worker], rng: random.Random
) -> tuple[float, float]:
    """Lets a server answer for a moment and kills it; returns when it began, and when it died."""
    with Process(data, "--listen", listen) as server:
        ready = time.monotonic()
        if rng.random() < 0.9:  # else most likely before anybody has come back
            wait_for_more(workers, ready + TIMEOUT)
        time.sleep(rng.uniform(0, 0.05))
        server.popen.kill()
        return ready, time.monotonic()


def wait_for_more(workers: list[Worker], end: float) -> None:
    """Waits until a batch more is acknowledged."""
    before = sum(worker.size for worker in workers)
    while sum(worker.size for worker in workers) == before:
        assert time.monotonic() < end, "the clients do not come back"
        time.sleep(0.002)


def struck(told: list[Told], lives: list[tuple[float, float]]) -> int:
    """Lives that ended while a call begun in them had no answer yet."""
    return sum(
        any(ready < each.begun < died < each.ended and each.ended > next_ready for each in told)
        for (ready, died), (next_ready, _) in pairwise(lives)
    )


def test_fifty_kills_of_the_server_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(4)
    listen = f"127.0.0.1:{quiet_port()}"
    data = tmp_path / "data"
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(listen, f"c{n}", tmp_path)) for n in range(CLIENTS)]
        lives = [killed_life(data, listen, workers, rng) for _ in range(ROUNDS)]
        stack.enter_context(Process(data, "--listen", listen))
        for worker in workers:
            worker.finish()
        told = [each for worker in workers for each in worker.told]
        check(listen, told)
    assert struck(told, lives) > ROUNDS // 2, "the kills hardly ever met a call"
    assert len(told) > 10 * ROUNDS, "the clients hardly recorded anything"
