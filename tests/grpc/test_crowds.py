"""Clients that vanish, that only hold connections, and that come all at once."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import grpc
import http2
import pytest
from calling import TIMEOUT, dataset, told
from lineseal import Client
from lineseal.client.attempts import Attempts
from lineseal.v1 import provenance_pb2 as pb
from running import Process
from workers import Worker, check

IDLE = 1_000
FLOOD, THREADS, QUEUE = 400, 2, 4
PATIENT, EACH = 24, 10


def test_clients_killed_while_they_record_leave_whole_batches(tmp_path: Path) -> None:
    with Process(tmp_path / "data") as server, ExitStack() as stack:
        told = []
        for number in range(5):
            worker = stack.enter_context(Worker(server.address, f"c{number}", tmp_path))
            end = time.monotonic() + TIMEOUT
            while len(worker.told) < 20:
                assert time.monotonic() < end
                time.sleep(0.005)
            worker.popen.kill()
            worker.popen.wait()
            told += worker.told
        check(server.address, told, exact=False)
        whole = {place for each in told for place, _hash, _index in each.events}
        with Client(server.address) as client:
            ids = {e.payload["prediction_id"] for e in client.events(types="prediction")}
        # Of each client at most the one batch that was on its way, and that in whole.
        for label, parts in Counter(id.rpartition("-")[0] for id in ids - whole).items():
            assert parts == 1 + int(label.rpartition("-")[2]) % 5, "a batch is there in part"
        assert len({id.partition("-")[0] for id in ids - whole}) == len(
            {id.rpartition("-")[0] for id in ids - whole}
        )
        assert server.stop() == 0, "calls of clients that are gone hold the server"


@pytest.fixture
def many_files() -> Iterator[None]:
    """This process may hold as many connections as the test wants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * IDLE:
        pytest.skip(f"a process may have {hard} files here, too few for {IDLE} connections")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * IDLE), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_thousand_idle_connections_do_not_keep_record_waiting(
    tmp_path: Path, many_files: None
) -> None:
    with Process(tmp_path / "data") as server, ExitStack() as stack:
        server.stubs.record("before")
        host, _colon, port = server.address.rpartition(":")
        for number in range(IDLE):
            idle = stack.enter_context(socket.create_connection((host, int(port)), TIMEOUT))
            if number % 2:  # half say nothing at all, half begin a connection and say no more
                idle.sendall(http2.opening())
        begun = time.monotonic()
        for number in range(20):
            server.stubs.record(f"meanwhile-{number}")
        with Client(server.address) as another:
            assert len(another) == 21
            assert another.verify_all()
        assert time.monotonic() - begun < 5
        assert server.stop() == 0


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[Process]:
    """A server with room for few calls."""
    limits = ("--record-threads", f"{THREADS}", "--queue", f"{QUEUE}")
    with Process(tmp_path / "data", *limits) as process:
        yield process


def test_more_calls_than_there_is_room_for_are_refused_or_recorded(narrow: Process) -> None:
    requests = [
        pb.RecordRequest(
            ledger="default", events=[dataset(f"d{n}", version=f"{at}") for at in range(50)]
        )
        for n in range(FLOOD)
    ]
    calls = [narrow.stubs.provenance.Record.future(each, timeout=TIMEOUT) for each in requests]
    recorded, refused = {}, 0
    for call, request in zip(calls, requests, strict=True):
        if (error := call.exception()) is None:
            name = request.events[0].draft.dataset.name
            recorded[name] = [each.hash.hex() for each in call.result().receipts]
            continue
        said = told(error)
        assert (said.code, said.reason, said.retry) == ("RESOURCE_EXHAUSTED", "OVERLOADED", 1)
        refused += 1
    assert len(recorded) >= THREADS + QUEUE, "what found room was not recorded"
    assert refused > FLOOD / 10, "the queue was never full"
    with Client(narrow.address) as client:
        there = Counter(event.payload["name"] for event in client.events())
        assert there == dict.fromkeys(recorded, 50), "refused and recorded all the same"
        assert client.verify_all(expect=[hash for each in recorded.values() for hash in each])


def test_clients_that_send_again_all_get_through(
    narrow: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts, failures = [], []
    failed = Attempts.failed
    monkeypatch.setattr(Attempts, "failed", lambda *given: (attempts.append(1), failed(*given))[1])

    def patient(label: int) -> None:
        try:
            with Client(narrow.address) as client:
                for number in range(EACH):
                    client.record_dataset(name=f"{label}-{number}")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=patient, args=(label,)) for label in range(PATIENT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * TIMEOUT)
        assert not thread.is_alive(), "a call hangs"
    assert not failures, failures
    assert attempts, "nobody was ever refused"
    with Client(narrow.address) as client:
        assert len(client) == PATIENT * EACH
        assert client.verify_all()


def test_a_call_whose_deadline_passes_in_the_queue_ends_in_time(narrow: Process) -> None:
    request = pb.RecordRequest(ledger="default", events=[dataset(f"d{n}") for n in range(5_000)])
    busy = [narrow.stubs.provenance.Record.future(request) for _ in range(THREADS + QUEUE - 1)]
    begun = time.monotonic()
    with pytest.raises(grpc.RpcError) as late:
        narrow.stubs.provenance.Record(
            pb.RecordRequest(ledger="default", events=[dataset("late")]), timeout=0.001
        )
    assert late.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - begun < 5
    hashes = {each.result().receipts[0].hash for each in busy}
    assert len(hashes) == 1
