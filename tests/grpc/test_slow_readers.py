"""Readers that never read fill the streams' budget, and nothing else."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from calling import TIMEOUT, Stubs, told
from grpc_health.v1 import health_pb2, health_pb2_grpc
from lineseal import PredictionRecord, Tracker
from lineseal.v1 import provenance_pb2 as pb
from running import Process

EVENTS, PADDING = 20_000, "x" * 1_000
THREADS, QUEUE = 4, 8
BUDGET = THREADS + QUEUE
LIMITS = ("--stream-threads", f"{THREADS}", "--queue", f"{QUEUE}")
#: A message in the making for each thread, one on its way, and what the allocator keeps.
MEMORY = 64 << 20
READER = """
import sys, time
from calling import Stubs
from lineseal.v1 import provenance_pb2 as pb
stubs = Stubs(sys.argv[1])
request = pb.ImpactRequest.FromString(bytes.fromhex(sys.argv[2]))
calls = [stubs.provenance.Impact(request) for _ in range(int(sys.argv[3]))]
print("reading nothing", flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ledgers of which `default` has an event with 20 MB of descendants."""
    place = tmp_path_factory.mktemp("readers") / "data"
    with Tracker(place / "default") as tracker:
        model = tracker.record_model(name="m", version="1")
        for first in range(0, EVENTS, 10_000):
            tracker.record_many(
                PredictionRecord(
                    prediction_id=f"{n}", inputs={"x": PADDING}, output=1, parents=model
                )
                for n in range(first, first + 10_000)
            )
    return place


@pytest.fixture
def served(data: Path) -> Iterator[Process]:
    with Process(data, *LIMITS) as process:
        yield process


def question(stubs: Stubs) -> pb.ImpactRequest:
    """Asks for all that the ledger has."""
    (model,) = stubs.provenance.ListEvents(
        pb.ListEventsRequest(ledger="default", types=["model"]), timeout=TIMEOUT
    ).events
    return pb.ImpactRequest(ledger="default", name=pb.EventName(hash=model.hash))


def unread(stubs: Stubs, count: int) -> list[Any]:
    """So many streams of which nothing is read."""
    asked = question(stubs)
    return [stubs.provenance.Impact(asked, timeout=120) for _ in range(count)]


def memory(process: Process) -> int:
    """Bytes of the process that are in memory."""
    status = Path(f"/proc/{process.popen.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) << 10


def seconds(call: Callable[[], object], times: int = 40) -> float:
    """How long the call takes at most, but for the slowest tenth."""
    took = []
    for _ in range(times):
        begun = time.monotonic()
        call()
        took.append(time.monotonic() - begun)
    return statistics.quantiles(took, n=10)[-1]


def both(stubs: Stubs) -> tuple[float, float]:
    """How long Record and health take."""
    names = iter(range(10**9))
    run = f"{time.monotonic()}"
    health = health_pb2_grpc.HealthStub(stubs.channel)

    def ask() -> None:
        answer = health.Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING

    return seconds(lambda: stubs.record(f"{run}-{next(names)}")), seconds(ask)


def until_free(stubs: Stubs) -> None:
    """Waits until a stream is answered again, and reads it to its end."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        try:
            answers = stubs.provenance.Impact(question(stubs), timeout=TIMEOUT)
            assert sum(len(answer.events) for answer in answers) == EVENTS
            return
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
        time.sleep(0.02)
    pytest.fail("the budget does not become free")


def full(stubs: Stubs) -> None:
    """Waits until another stream finds no room; it must be told when to come again."""
    asked = question(stubs)
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        probe: Any = stubs.provenance.Impact(asked, timeout=0.2)
        try:
            next(probe)
            probe.cancel()  # it came before the readers
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.DEADLINE_EXCEEDED:  # it waits in the queue
                refused = told(error)
                assert (refused.code, refused.reason) == ("RESOURCE_EXHAUSTED", "OVERLOADED")
                assert refused.retry
                return
    pytest.fail("the budget is never full")


def test_readers_that_never_read_do_not_keep_record_and_health_waiting(served: Process) -> None:
    stubs = Stubs(served.address)
    for _warm_up in range(2):
        until_free(stubs)
    record, health = both(stubs)
    before = memory(served)
    readers = Stubs(served.address, **{"grpc.use_local_subchannel_pool": 1})
    calls = unread(readers, BUDGET)
    full(stubs)
    meanwhile = both(stubs)
    assert meanwhile[0] < 5 * max(record, 0.02), (record, meanwhile)
    assert meanwhile[1] < 5 * max(health, 0.02), (health, meanwhile)
    # All that is read beside streams goes on too.
    assert stubs.provenance.ListEvents(pb.ListEventsRequest(ledger="default", page_size=5)).events
    assert stubs.ledgers.GetLedger(pb.GetLedgerRequest(ledger="default")).ledger.events > EVENTS
    grown = memory(served) - before
    assert grown < MEMORY, f"{grown >> 20} MiB more"
    readers.channel.close()
    until_free(stubs)
    assert all(call.code() == grpc.StatusCode.CANCELLED for call in calls)


def test_readers_that_are_killed_free_the_budget(served: Process) -> None:
    stubs = served.stubs
    asked = question(stubs).SerializeToString().hex()
    command = [sys.executable, "-c", READER, served.address, asked, f"{BUDGET}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline()
        full(stubs)
        reader.kill()
    until_free(stubs)


def test_readers_that_stall_too_long_lose_their_places(data: Path) -> None:
    with Process(data, *LIMITS, "--stall-timeout", "0.5") as process:
        stubs = process.stubs
        readers = Stubs(process.address, **{"grpc.use_local_subchannel_pool": 1})
        calls = unread(readers, BUDGET)
        full(stubs)
        until_free(stubs)
        readers.channel.close()
        assert len(calls) == BUDGET
