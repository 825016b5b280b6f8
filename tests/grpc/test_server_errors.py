"""Refusals: status, reason, metadata, path. The server goes on, and the ledger is whole."""

import logging
import threading
import time
from pathlib import Path
from typing import Any

import grpc
import pytest
from calling import TIMEOUT, Stubs, dataset, refusal, told
from lineseal import LedgerTimeoutError, OperationCancelledError, _core
from lineseal.server import events
from lineseal.v1 import event_pb2
from lineseal.v1 import provenance_pb2 as pb

NOWHERE = bytes(32)
HASH = pb.EventName(hash=NOWHERE)
# A request of each RPC, for the ledger that it is given.
REQUESTS = {
    "Record": lambda ledger: pb.RecordRequest(ledger=ledger, events=[dataset("digits")]),
    "GetEvent": lambda ledger: pb.GetEventRequest(ledger=ledger, name=HASH),
    "ListEvents": lambda ledger: pb.ListEventsRequest(ledger=ledger),
    "FindEvents": lambda ledger: pb.FindEventsRequest(ledger=ledger, id="x"),
    "Trace": lambda ledger: pb.TraceRequest(ledger=ledger, names=[HASH]),
    "Impact": lambda ledger: pb.ImpactRequest(ledger=ledger, name=HASH),
    "Verify": lambda ledger: pb.VerifyRequest(ledger=ledger, names=[HASH]),
    "VerifyLedger": lambda ledger: pb.VerifyLedgerRequest(ledger=ledger),
    "GetLedger": lambda ledger: pb.GetLedgerRequest(ledger=ledger),
}
STREAMS = {"Trace", "Impact", "VerifyLedger"}
BAD_NAMES = ["", "../x", "..", "a/b", "Upper", "-x", "x" * 64, "y" * 300, "ü", "a\n", "a\0b"]


def call(stubs: Stubs, method: str, request: bytes) -> object:
    return (stubs.raw_stream if method in STREAMS else stubs.raw)(method, request)


def is_well(stubs: Stubs) -> bool:
    """Whether the server still records, and its ledger verifies."""
    stubs.record("still here")
    whole = pb.VerifyLedgerRequest(ledger="default")
    *_progress, last = stubs.provenance.VerifyLedger(whole, timeout=TIMEOUT)
    return last.report.verdict == pb.VERDICT_OK


@pytest.mark.parametrize("method", REQUESTS)
def test_an_unknown_ledger_is_not_found_and_the_remedy_is_told(stubs: Stubs, method: str) -> None:
    request = REQUESTS[method]("nowhere").SerializeToString()
    found = refusal(lambda: call(stubs, method, request))
    assert (found.code, found.reason) == ("NOT_FOUND", "LEDGER_NOT_FOUND")
    assert "'nowhere'" in found.message
    assert "CreateLedger" in found.metadata["remedy"]


@pytest.mark.parametrize("name", BAD_NAMES, ids=range(len(BAD_NAMES)))
@pytest.mark.parametrize("method", [*REQUESTS, "CreateLedger"])
def test_what_is_no_name_of_a_ledger_is_refused(
    stubs: Stubs, tmp_path: Path, method: str, name: str
) -> None:
    make = REQUESTS.get(method, lambda ledger: pb.CreateLedgerRequest(ledger=ledger))
    before = sorted(tmp_path.rglob("*"))
    found = refusal(lambda: call(stubs, method, make(name).SerializeToString()))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_ARGUMENT")
    assert (found.metadata["path"], found.violations) == ("ledger", ["ledger"])
    assert found.metadata["remedy"]
    assert len(found.message) < 200
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("method", [*REQUESTS, "CreateLedger", "ListLedgers"])
@pytest.mark.parametrize(
    "request_bytes",
    [b"\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\x05ab", b"\x0a\x02\xff\xfe", b"\x0b" * 300],
    ids=["tag", "length", "truncated", "utf8", "groups"],
)
def test_a_malformed_request_is_an_invalid_argument(
    stubs: Stubs, method: str, request_bytes: bytes
) -> None:
    if method == "ListLedgers":  # its text is the second field
        request_bytes = request_bytes.replace(b"\x0a", b"\x12")
    found = refusal(lambda: call(stubs, method, request_bytes))
    assert found.code == "INVALID_ARGUMENT"
    assert found.reason in {"INVALID_ARGUMENT", "INVALID_RECORD"}, found
    assert is_well(stubs)


def test_a_request_that_is_too_large_is_refused_by_us_with_the_remedy(stubs: Stubs) -> None:
    events = [event_pb2.NewEvent(json=b" " * (1 << 20))] * 17
    request = pb.RecordRequest(ledger="default", events=events).SerializeToString()
    found = refusal(lambda: stubs.raw("Record", request))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_ARGUMENT")
    assert "16777216" in found.message
    assert "several requests" in found.metadata["remedy"]
    beyond = refusal(lambda: stubs.raw("Record", request + bytes(4 << 20)))
    assert beyond.code == "RESOURCE_EXHAUSTED"
    assert is_well(stubs)


@pytest.mark.parametrize(
    ("draft", "field", "remedy"),
    [
        (b'{"type": "dataset", "record": {}}', "name", "Fill in name: text"),
        (
            b'{"type": "prediction", "time": 1, "record": {"prediction_id": "p"}}',
            "parents",
            "no_parents: true",
        ),
    ],
)
def test_remedies_of_a_draft_are_in_its_own_words(
    stubs: Stubs, draft: bytes, field: str, remedy: str
) -> None:
    request = pb.RecordRequest(ledger="default", events=[event_pb2.NewEvent(json=draft)])
    found = refusal(lambda: stubs.provenance.Record(request, timeout=TIMEOUT))
    assert (found.reason, found.metadata["field"]) == ("INVALID_RECORD", field)
    assert remedy in found.metadata["remedy"]


def test_a_fault_in_a_draft_is_told_with_its_path_and_position(stubs: Stubs) -> None:
    events = [dataset("digits"), dataset("letters", num_rows=-1)]
    request = pb.RecordRequest(ledger="default", events=events)
    found = refusal(lambda: stubs.provenance.Record(request, timeout=TIMEOUT))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_RECORD")
    assert found.metadata["position"] == "1"
    assert found.metadata["path"].endswith("num_rows")
    assert found.violations == [found.metadata["path"]]
    stats = stubs.ledgers.GetLedger(pb.GetLedgerRequest(ledger="default"), timeout=TIMEOUT)
    assert stats.ledger.events == 0


def test_an_event_without_a_form_and_a_draft_without_a_record_are_refused(stubs: Stubs) -> None:
    draft = event_pb2.NewEvent(draft=event_pb2.EventDraft(actor="me"))
    for event, path in ((event_pb2.NewEvent(), "form"), (draft, "record")):
        request = pb.RecordRequest(ledger="default", events=[dataset("digits"), event])
        found = refusal(lambda request=request: stubs.provenance.Record(request, timeout=TIMEOUT))
        assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_RECORD")
        assert (found.metadata["position"], found.violations) == ("1", [path])


def test_the_places_of_the_server_s_disk_are_not_told(stubs: Stubs, tmp_path: Path) -> None:
    for method, make in REQUESTS.items():
        request = make("default").SerializeToString()
        try:
            call(stubs, method, request)
        except grpc.RpcError as error:
            found = told(error)
            assert str(tmp_path) not in f"{found.message} {found.metadata}", method
            assert found.reason == "EVENT_NOT_FOUND"


def test_a_missing_parent_is_a_failed_precondition(stubs: Stubs) -> None:
    draft = dataset("child")
    draft.draft.parents.add(hash=b"\x07" * 32)
    request = pb.RecordRequest(ledger="default", events=[draft])
    found = refusal(lambda: stubs.provenance.Record(request, timeout=TIMEOUT))
    assert (found.code, found.reason) == ("FAILED_PRECONDITION", "PARENT_NOT_FOUND")
    assert found.metadata["hash"] == "07" * 32


def test_names_of_events_are_checked_where_they_stand(stubs: Stubs) -> None:
    stubs.record("digits")
    unknown = pb.GetEventRequest(ledger="default", name=HASH)
    found = refusal(lambda: stubs.provenance.GetEvent(unknown, timeout=TIMEOUT))
    assert (found.code, found.reason) == ("NOT_FOUND", "EVENT_NOT_FOUND")
    assert found.metadata["hash"] == "00" * 32
    none = pb.GetEventRequest(ledger="default")
    found = refusal(lambda: stubs.provenance.GetEvent(none, timeout=TIMEOUT))
    assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["name"])
    short = pb.TraceRequest(ledger="default", names=[HASH, pb.EventName(hash=b"abc")])
    found = refusal(lambda: list(stubs.provenance.Trace(short, timeout=TIMEOUT)))
    assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["names[1].hash"])
    empty = pb.VerifyRequest(ledger="default")
    found = refusal(lambda: stubs.provenance.Verify(empty, timeout=TIMEOUT))
    assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["names"])
    many = pb.VerifyRequest(ledger="default", names=[HASH] * 10_001)
    found = refusal(lambda: stubs.provenance.Verify(many, timeout=TIMEOUT))
    assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["names"])
    expect = pb.VerifyLedgerRequest(ledger="default", expect=[b"abc"])
    found = refusal(lambda: list(stubs.provenance.VerifyLedger(expect, timeout=TIMEOUT)))
    assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["expect[0]"])
    key = pb.FindEventsRequest(ledger="default")
    found = refusal(lambda: stubs.provenance.FindEvents(key, timeout=TIMEOUT))
    assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["key"])


def test_a_call_without_a_message_is_refused(stubs: Stubs) -> None:
    method = stubs.channel.stream_unary("/lineseal.v1.ProvenanceService/GetEvent")
    found = refusal(lambda: method(iter(()), timeout=TIMEOUT))
    assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_ARGUMENT")


def test_a_fault_of_ours_is_logged_and_not_told(
    stubs: Stubs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(events, "event", broken)
    (receipt,) = stubs.record("digits")
    asked = pb.GetEventRequest(ledger="default", name=pb.EventName(hash=receipt.hash))
    with caplog.at_level(logging.ERROR, "lineseal.server"):
        found = refusal(lambda: stubs.provenance.GetEvent(asked, timeout=TIMEOUT))
    assert (found.code, found.reason) == ("INTERNAL", "INTERNAL")
    assert "secret" not in found.message + str(found.metadata)
    assert "a secret of the server" in caplog.text
    monkeypatch.undo()
    assert is_well(stubs)


def test_long_texts_are_cut_so_that_they_fit_the_trailers(stubs: Stubs) -> None:
    stubs.record("digits")
    for text in ("é" * 100_000, "\n" * 100_000):
        asked = pb.GetEventRequest(ledger="default", name=pb.EventName(text=text))
        found = refusal(lambda asked=asked: stubs.provenance.GetEvent(asked, timeout=TIMEOUT))
        assert found.code in {"INVALID_ARGUMENT", "NOT_FOUND"}
        assert found.reason is not None
        assert len(found.message.encode()) <= 1_000


class Endless:
    """Stands for verification of a ledger so large that it would never end."""

    def __init__(self) -> None:
        self.began, self.ended = threading.Event(), threading.Event()
        self.error: Exception | None = None

    def __call__(self, ledger: Any, _names: object, *, progress: None, control: Any) -> None:
        self.began.set()
        asked = {"types": [], "since": None, "until": None, "after_index": None, "limit": 1}
        try:
            while True:
                time.sleep(0.01)
                _core.events_page(ledger, **asked, control=control)
        except Exception as error:
            self.error = error
            raise
        finally:
            self.ended.set()


def test_a_deadline_ends_the_work(stubs: Stubs, monkeypatch: pytest.MonkeyPatch) -> None:
    stubs.record("digits")
    endless = Endless()
    monkeypatch.setattr("lineseal.server.verify._core.verify", endless)
    asked = pb.VerifyRequest(ledger="default", names=[HASH])
    found = refusal(lambda: stubs.provenance.Verify(asked, timeout=0.5))
    assert found.code == "DEADLINE_EXCEEDED"
    assert endless.ended.wait(5)
    assert isinstance(endless.error, LedgerTimeoutError | OperationCancelledError)
    assert is_well(stubs)


def test_cancelling_a_long_verification_stops_its_work(
    stubs: Stubs, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubs.record("digits")
    endless = Endless()
    monkeypatch.setattr("lineseal.server.verify._core.verify_all", endless)
    running = stubs.provenance.VerifyLedger(pb.VerifyLedgerRequest(ledger="default"))
    assert endless.began.wait(TIMEOUT)
    assert next(running).WhichOneof("state") == "progress"
    assert not endless.ended.is_set()
    running.cancel()
    assert endless.ended.wait(5)
    assert isinstance(endless.error, OperationCancelledError)
    with pytest.raises(grpc.RpcError) as caught:
        next(running)
    assert told(caught.value).code == "CANCELLED"
