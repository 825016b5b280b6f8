"""Threads by class of call: what is full turns away, and nobody starves anybody else."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
from calling import TIMEOUT, Stubs, dataset, refusal
from grpc_health.v1 import health_pb2, health_pb2_grpc
from lineseal.server import events
from lineseal.v1 import provenance_pb2 as pb
from running import serving

LIST = pb.ListEventsRequest(ledger="default")
#: A client that does not read takes no more than this.
SMALL_WINDOW = {"grpc.http2.lookahead_bytes": 1024, "grpc.http2.bdp_probe": 0}


def until(what: Callable[[], bool], seconds: float = 10) -> bool:
    """Waits until something holds."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def is_healthy(stubs: Stubs) -> bool:
    health = health_pb2_grpc.HealthStub(stubs.channel)
    answer = health.Check(health_pb2.HealthCheckRequest(), timeout=5)
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Every ListEvents waits until this is set."""
    release = threading.Event()
    real = events.page_size

    def waiting(*arguments: int) -> int:
        assert release.wait(TIMEOUT)
        return real(*arguments)

    monkeypatch.setattr(events, "page_size", waiting)
    yield release
    release.set()


def test_a_full_queue_is_told_with_the_time_to_wait(tmp_path: Path, held: threading.Event) -> None:
    with serving(tmp_path / "data", read_threads=2, queue=3) as stubs:
        running = [stubs.provenance.ListEvents.future(LIST, timeout=TIMEOUT) for _ in range(8)]
        assert until(lambda: sum(call.done() for call in running) == 3)
        for call in running:
            if call.done():
                found = refusal(call.result)
                assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "OVERLOADED")
                assert found.retry is not None
                assert found.retry > 0
                assert found.metadata["remedy"]
        assert is_healthy(stubs)
        stubs.record("readers do not hold it")
        held.set()
        answered = [call for call in running if call.exception() is None]
        assert len(answered) == 5
        stubs.record("goes on")


def test_cancelled_calls_give_their_places_back(tmp_path: Path, held: threading.Event) -> None:
    with serving(tmp_path / "data", read_threads=2, queue=3) as stubs:
        for _ in range(3):
            running = [stubs.provenance.ListEvents.future(LIST, timeout=TIMEOUT) for _ in range(5)]
            time.sleep(0.1)
            for call in running:
                call.cancel()
        held.set()
        assert until(lambda: all(call.done() for call in running))
        time.sleep(0.2)
        for at in range(5):
            stubs.record(f"d{at}")
        held.clear()
        running = [stubs.provenance.ListEvents.future(LIST, timeout=TIMEOUT) for _ in range(6)]
        assert until(lambda: sum(call.done() for call in running) == 1)
        held.set()
        assert sum(call.exception() is None for call in running) == 5


def big_ledger(stubs: Stubs) -> bytes:
    """Eight events of 900 kB above one another; the hash of the last."""
    receipts: list[pb.Receipt] = []
    for at in range(8):
        draft = dataset("big", version=str(at), uri="x" * 900_000)
        if receipts:
            draft.draft.parents.add(hash=receipts[-1].hash)
        request = pb.RecordRequest(ledger="default", events=[draft])
        receipts += stubs.provenance.Record(request, timeout=TIMEOUT).receipts
    return receipts[-1].hash


def test_readers_that_never_read_do_not_starve_record(tmp_path: Path) -> None:
    with serving(tmp_path / "data", stream_threads=2, queue=1, grace=0.5) as stubs:
        asked = pb.TraceRequest(ledger="default", names=[pb.EventName(hash=big_ledger(stubs))])
        slow = Stubs(stubs.address, **SMALL_WINDOW)
        readers = [slow.provenance.Trace(asked) for _ in range(3)]
        time.sleep(0.5)
        found = refusal(lambda: list(stubs.provenance.Trace(asked, timeout=TIMEOUT)))
        assert (found.code, found.reason) == ("RESOURCE_EXHAUSTED", "OVERLOADED")
        stubs.record("goes on")
        assert is_healthy(stubs)
        for reader in readers:
            reader.cancel()
        assert until(lambda: traces(stubs, asked) == 8)
        slow.channel.close()


def traces(stubs: Stubs, asked: pb.TraceRequest) -> int:
    """How many events a trace has; -1 when it is turned away."""
    try:
        return sum(
            len(message.events) for message in stubs.provenance.Trace(asked, timeout=TIMEOUT)
        )
    except grpc.RpcError:
        return -1


def test_a_stream_that_nobody_reads_is_ended_and_its_thread_freed(tmp_path: Path) -> None:
    with serving(tmp_path / "data", stream_threads=1, queue=1, stall_timeout=1) as stubs:
        asked = pb.TraceRequest(ledger="default", names=[pb.EventName(hash=big_ledger(stubs))])
        slow = Stubs(stubs.address, **SMALL_WINDOW)
        reader = slow.provenance.Trace(asked)
        time.sleep(0.3)
        assert traces(stubs, asked) == 8
        seen: list[int] = []
        with pytest.raises(grpc.RpcError):
            seen.extend(read(reader))
        assert len(seen) < 8
        slow.channel.close()


def read(reader: Iterator[pb.TraceResponse]) -> Iterator[int]:
    """The events of a stream, by their index."""
    for message in reader:
        yield from (event.index for event in message.events)


def test_calls_that_never_send_their_message_are_ended(tmp_path: Path) -> None:
    with serving(tmp_path / "data", record_threads=2, queue=1, stall_timeout=1) as stubs:
        silent = threading.Event()

        def never() -> Iterator[bytes]:
            silent.wait(TIMEOUT)
            yield from ()

        method = stubs.channel.stream_unary("/lineseal.v1.ProvenanceService/Record")
        waiting = [method.future(never()) for _ in range(3)]
        time.sleep(0.3)
        assert refusal(lambda: stubs.record("no room")).reason == "OVERLOADED"
        assert until(lambda: all(call.done() for call in waiting), 5)
        silent.set()
        stubs.record("goes on")
