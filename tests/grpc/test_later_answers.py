"""Recordings are answered by one thread a ledger, not by the threads that took the calls."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from calling import TIMEOUT, Stubs, dataset, refusal
from lineseal.errors import OutcomeUnknownError, StorageError
from lineseal.server import call, later, ledgers, record
from lineseal.v1 import provenance_pb2 as pb
from running import serving
from test_server_admission import until


def answering() -> list[str]:
    return [each.name for each in threading.enumerate() if "lineseal-answers" in each.name]


def begin(stubs: Stubs, name: str) -> Any:
    request = pb.RecordRequest(ledger="default", events=[dataset(name)])
    return stubs.provenance.Record.future(request, timeout=TIMEOUT)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What is recorded is not answered until this is set."""
    release = threading.Event()
    real = record.finish

    def waiting(*arguments: Any) -> None:
        assert release.wait(TIMEOUT)
        real(*arguments)

    monkeypatch.setattr(record, "finish", waiting)
    yield release
    release.set()


def test_this_grpcio_lets_a_call_be_answered_from_another_thread() -> None:
    assert later.SUPPORTED, "look at lineseal/server/later.py: grpcio is not as it was"


def test_calls_that_no_thread_waits_for_keep_their_places(
    tmp_path: Path, held: threading.Event
) -> None:
    with serving(tmp_path / "data", record_threads=2, queue=3) as stubs:
        running = [begin(stubs, f"d{at}") for at in range(8)]
        assert until(lambda: sum(each.done() for each in running) == 3)
        refused = [refusal(each.result).reason for each in running if each.done()]
        assert refused == ["OVERLOADED"] * 3
        held.set()
        assert sum(each.exception() is None for each in running) == 5
        assert until(lambda: stubs.server._pools.record.load == 0)
        stubs.record("goes on")


def test_a_client_that_has_gone_gives_its_place_back(tmp_path: Path, held: threading.Event) -> None:
    with serving(tmp_path / "data", record_threads=2, queue=3) as stubs:
        running = [begin(stubs, f"d{at}") for at in range(5)]
        assert until(lambda: stubs.server._pools.record.load == 5)
        for each in running:
            each.cancel()
        held.set()
        assert until(lambda: stubs.server._pools.record.load == 0)
        receipts = stubs.record(*(f"d{at}" for at in range(5)))
        assert not any(receipt.created for receipt in receipts)


def test_an_error_after_the_thread_has_gone_is_told_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = record.finish

    def failing(ledger: Any, it: Any, reply: Any, _answer: Any) -> None:
        path = str(tmp_path / "data/default/segments")
        real(ledger, it, reply, StorageError("the disk is gone", path=path, remedy="Look at it"))

    monkeypatch.setattr(record, "finish", failing)
    with serving(tmp_path / "data") as stubs:
        found = refusal(lambda: stubs.record("lost"))
        assert (found.code, found.reason) == (StorageError.grpc_status, "STORAGE")
        assert found.metadata["path"] == "default/segments"
        assert found.metadata["remedy"] == "Look at it"


def test_an_error_is_told_though_the_ledger_was_closed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = record.finish

    def failing(ledger: Any, it: Any, reply: Any, _answer: Any) -> None:
        it.core.close()
        real(ledger, it, reply, OutcomeUnknownError("who knows", remedy="Send it again"))

    with serving(tmp_path / "data") as stubs:
        monkeypatch.setattr(record, "finish", failing)
        assert refusal(lambda: stubs.record("lost")).reason == "OUTCOME_UNKNOWN"
        assert until(lambda: stubs.server._pools.record.load == 0)


def test_the_answering_thread_ends_with_its_server(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as stubs:
        stubs.record("one")
        assert answering() == ["lineseal-answers-default"]
    assert until(lambda: not answering())


def test_with_another_grpcio_each_call_waits_in_its_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, "SUPPORTED", False)
    monkeypatch.setattr(ledgers, "SUPPORTED", False)
    with serving(tmp_path / "data") as stubs:
        assert [receipt.created for receipt in stubs.record("one", "two")] == [True, True]
        assert not answering()
        assert refusal(lambda: stubs.record(ledger="default")).code == "INVALID_ARGUMENT"
