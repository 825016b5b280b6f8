"""Stopping: nothing acknowledged is lost, calls in flight end, and the exit status says so."""

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from calling import TIMEOUT, Stubs, told
from grpc_health.v1 import health_pb2, health_pb2_grpc
from lineseal import Tracker
from running import Process


def recording(stubs: Stubs, who: int, acknowledged: list[str], refusals: list[str]) -> None:
    """Records until the server goes."""
    for number in range(100_000):
        try:
            acknowledged.extend(r.hash.hex() for r in stubs.record(f"{who}-{number}", f"{number}"))
        except grpc.RpcError as error:
            refusals.append(told(error).code)
            return


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_clients_record_loses_nothing_acknowledged(
    tmp_path: Path, number: signal.Signals
) -> None:
    acknowledged: list[str] = []
    refusals: list[str] = []
    with Process(tmp_path / "data") as process:
        clients = [
            threading.Thread(target=recording, args=(process.stubs, who, acknowledged, refusals))
            for who in range(4)
        ]
        for client in clients:
            client.start()
        time.sleep(0.5)
        process.popen.send_signal(number)
        assert process.popen.wait(TIMEOUT) == 0
        for client in clients:
            client.join()
    assert len(acknowledged) > 20
    assert set(refusals) <= {"UNAVAILABLE", "CANCELLED"}
    with Tracker(tmp_path / "data" / "default", read_only=True) as tracker:
        assert tracker.verify_all(set(acknowledged))
    log = (tmp_path / "server.log").read_text()
    assert "stopping" in log
    assert "Traceback" not in log


def test_a_watcher_of_health_is_told_and_does_not_hold_up_the_stop(process: Process) -> None:
    health = health_pb2_grpc.HealthStub(process.stubs.channel)
    watching = health.Watch(health_pb2.HealthCheckRequest())
    assert next(watching).status == health_pb2.HealthCheckResponse.SERVING
    began = time.monotonic()
    process.popen.terminate()
    assert next(watching).status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert process.popen.wait(TIMEOUT) == 0
    assert time.monotonic() - began < 5


def never(ended: threading.Event) -> Iterator[bytes]:
    """The message of a client that does not send it."""
    ended.wait(TIMEOUT)
    yield from ()


def test_calls_in_flight_get_the_grace_and_no_more(tmp_path: Path) -> None:
    ended = threading.Event()
    with Process(tmp_path / "data", "--grace", "1") as process:
        method = process.stubs.channel.stream_unary("/lineseal.v1.ProvenanceService/Record")
        call = method.future(never(ended))
        process.stubs.record("the other call is there by now")
        began = time.monotonic()
        process.popen.terminate()
        assert process.popen.wait(TIMEOUT) == 0
        assert 0.9 < time.monotonic() - began < 5
        assert call.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
        ended.set()


def test_a_second_signal_ends_the_process_at_once(tmp_path: Path) -> None:
    ended = threading.Event()
    with Process(tmp_path / "data", "--grace", "60") as process:
        method = process.stubs.channel.stream_unary("/lineseal.v1.ProvenanceService/Record")
        call = method.future(never(ended))
        process.stubs.record("the other call is there by now")
        process.popen.terminate()
        time.sleep(0.5)
        assert process.popen.poll() is None
        process.popen.terminate()
        assert process.popen.wait(5) == 130
        assert call.code() is grpc.StatusCode.UNAVAILABLE
        ended.set()
