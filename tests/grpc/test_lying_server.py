"""A server that lies is refused by the client, which names what was wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from lineseal import (
    CHECKS,
    Client,
    CorruptLedgerError,
    DatasetRecord,
    Receipt,
    Report,
    UnsupportedFormatError,
)
from lineseal.v1 import provenance_pb2 as pb
from lying import Liar, lying
from running import serving


class Told:
    """A client of a liar, and what it recorded while the liar was honest."""

    def __init__(self, client: Client, liar: Liar) -> None:
        self.client, self.liar = client, liar
        self.data = client.record_dataset(name="digits")
        self.other = client.record_dataset(name="others")
        self.run = client.record_training(
            run_id="r1", model_name="lr", parents={"train": self.data}, time=1
        )
        self.model = client.record_model(name="lr", parents=self.run)
        self.predictions = [
            client.record_prediction(
                prediction_id=f"p-{n}", output=n, parents=self.model, time=100 + n
            )
            for n in range(4)
        ]

    @property
    def leaf(self) -> Receipt:
        return self.predictions[-1]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    with (
        serving(tmp_path / "data") as stubs,
        lying(stubs.address) as (address, liar),
        Client(address, timeout=5) as client,
    ):
        yield Told(client, liar)


def events_of(messages: list[Any]) -> list[Any]:
    """All events of the answers, to be changed in place."""
    found = []
    for message in messages:
        found += [message.event] if hasattr(message, "event") else message.events
    return found


def tamper(messages: list[Any], which: int = 0) -> list[Any]:
    """A block that is not what its name says."""
    event = events_of(messages)[which]
    event.block = (
        event.block.replace(b"r1", b"r2").replace(b"p-", b"q-").replace(b"digits", b"dogits")
    )
    return messages


def rename(messages: list[Any], which: int = 0) -> list[Any]:
    """A tampered block under the hash that it has: another event."""
    tamper(messages, which)
    event = events_of(messages)[which]
    event.hash = sha256(event.block).digest()
    return messages


def leave_out(which: int) -> Callable[[list[Any]], list[Any]]:
    def lie(messages: list[Any]) -> list[Any]:
        for message in messages:
            del message.events[which]
        return messages

    return lie


def turn_round(messages: list[Any]) -> list[Any]:
    for message in messages:
        events = list(message.events)
        del message.events[:]
        message.events.extend(reversed(events))
    return messages


def shift(messages: list[Any]) -> list[Any]:
    """Indices that are not those of the ledger."""
    for event in events_of(messages)[:1]:
        event.index += 1
    return messages


def refused(call: Callable[[], object], *words: str) -> CorruptLedgerError:
    with pytest.raises(CorruptLedgerError) as caught:
        call()
    for word in (*words, "127.0.0.1:"):
        assert word in str(caught.value), caught.value
    return caught.value


# --- get ------------------------------------------------------------------------------------------


def test_a_tampered_block(told: Told) -> None:
    told.liar.lies["GetEvent"] = tamper
    error = refused(lambda: told.client.get(told.leaf), "changed", told.leaf.hash)
    assert error.hash == told.leaf.hash


def test_another_event(told: Told) -> None:
    told.liar.lies["GetEvent"] = rename
    refused(lambda: told.client.get(told.leaf), "another event", told.leaf.hash)
    refused(lambda: told.client.get(told.leaf.hash[:12]), "another event", told.leaf.hash[:12])


# --- record ---------------------------------------------------------------------------------------


def receipts(change: Callable[[Any], object]) -> Callable[[list[Any]], list[Any]]:
    def lie(messages: list[Any]) -> list[Any]:
        change(messages[0].receipts)
        return messages

    return lie


def test_a_wrong_hash_for_a_draft(told: Told) -> None:
    told.liar.lies["Record"] = receipts(lambda some: setattr(some[1], "hash", some[0].hash))
    batch = [DatasetRecord(name="a"), DatasetRecord(name="b")]
    error = refused(lambda: told.client.record_many(batch), "says that it recorded")
    assert error.position == 1


def test_too_few_and_too_many_receipts(told: Told) -> None:
    batch = [DatasetRecord(name="a"), DatasetRecord(name="b")]
    told.liar.lies["Record"] = receipts(lambda some: some.pop())
    refused(lambda: told.client.record_many(batch), "1 receipts for 2 events")
    told.liar.lies["Record"] = receipts(lambda some: some.append(some[0]))
    refused(lambda: told.client.record_many(batch), "3 receipts for 2 events")
    told.liar.lies["Record"] = receipts(lambda some: setattr(some[0], "hash", b"short"))
    refused(lambda: told.client.record_many(batch), "no hash of 32 bytes")


# --- lists ----------------------------------------------------------------------------------------


def test_lists_that_are_changed(told: Told) -> None:
    told.liar.lies["ListEvents"] = tamper
    refused(lambda: list(told.client.events()), "changed")
    told.liar.lies["ListEvents"] = turn_round
    refused(lambda: list(told.client.events()), "out of order")
    told.liar.lies["ListEvents"] = lambda messages: messages
    assert len(list(told.client.events(types="model"))) == 1


def test_events_that_were_not_asked_for(told: Told) -> None:
    request = {"types": "model"}

    def all_of_them(messages: list[Any]) -> list[Any]:
        del messages[0].events[:]
        for event in honest:
            messages[0].events.add(
                hash=bytes.fromhex(event.hash), index=event.index, block=event.block
            )
        return messages

    honest = list(told.client.events())
    told.liar.lies["ListEvents"] = all_of_them
    refused(lambda: list(told.client.events(**request)), "asked for model")
    refused(lambda: list(told.client.events(since=102)), "another time")
    told.liar.lies["FindEvents"] = all_of_them
    refused(lambda: told.client.find(prediction_id="p-1"))
    told.liar.lies["FindEvents"] = rename
    refused(lambda: told.client.find(prediction_id="p-1"), "prediction_id 'p-1'")


def test_a_list_of_all_events_has_no_gaps(told: Told) -> None:
    for which, gap in ((0, "index 0 is next"), (3, "index 3 is next")):
        told.liar.lies["ListEvents"] = leave_out(which)
        refused(lambda: list(told.client.events()), gap, "left out")
    told.liar.lies["ListEvents"] = leave_out(0)
    refused(lambda: list(told.client.events(after_index=4)), "index 5 is next")
    # What is filtered has gaps by nature.
    assert len(list(told.client.events(types="prediction"))) == 3


def test_more_events_than_were_asked_for(told: Told) -> None:
    told.liar.lies["ListEvents"] = as_sent(told, told.data, told.other, told.run)
    refused(lambda: list(told.client.events(limit=2)), "3 events where 2 were asked for")
    told.liar.lies["FindEvents"] = as_sent(told, told.leaf, told.model)
    refused(lambda: told.client.find(model="lr", limit=1), "2 events where 1 were asked for")


# --- trace and impact -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lie", "word"),
    [
        (tamper, "changed"),
        (lambda messages: tamper(messages, 2), "changed"),
        (rename, "left it out"),
        (leave_out(0), "left it out"),
        (leave_out(1), "does not hold"),
        (leave_out(3), "does not hold"),
        (turn_round, "out of order"),
    ],
)
def test_traces_that_are_not_the_trace(told: Told, lie: Any, word: str) -> None:
    told.liar.lies["Trace"] = lie
    refused(lambda: told.client.trace(told.leaf), word)


@pytest.mark.parametrize(
    ("lie", "word"),
    [
        (tamper, "changed"),
        (lambda messages: tamper(messages, 2), "changed"),
        (rename, "does not belong"),
        (leave_out(0), "does not belong"),
        (leave_out(1), "does not belong"),
        (leave_out(-1), "out of the trace"),
        (turn_round, "does not belong"),
    ],
)
def test_ancestors_that_are_not_the_trace(told: Told, lie: Any, word: str) -> None:
    told.liar.lies["Trace"] = lie
    refused(lambda: list(told.client.ancestors(told.leaf)), word)


def test_a_trace_with_events_that_do_not_belong_to_it(told: Told) -> None:
    def add(messages: list[Any]) -> list[Any]:
        event = told.client.get(told.other)
        messages[0].events.insert(
            3,
            type(messages[0].events[0])(hash=bytes.fromhex(event.hash), index=1, block=event.block),
        )
        return messages

    told.liar.lies["Trace"] = add
    refused(lambda: told.client.trace(told.leaf), "belong to the trace")


def as_sent(told: Told, *receipts: Receipt) -> Callable[[list[Any]], list[Any]]:
    """Sends these events instead, each as it is."""
    events = [told.client.get(receipt) for receipt in receipts]

    def lie(messages: list[Any]) -> list[Any]:
        del messages[1:], messages[0].events[:]
        for event in events:
            messages[0].events.add(
                hash=bytes.fromhex(event.hash), index=event.index, block=event.block
            )
        return messages

    return lie


def test_the_beginning_of_another_trace(told: Told) -> None:
    told.liar.lies["Trace"] = as_sent(told, told.other)
    refused(lambda: told.client.trace(told.leaf, limit=1), "does not belong", told.other.hash)
    told.liar.lies["Trace"] = as_sent(told, told.leaf, told.other)
    refused(lambda: told.client.trace(told.leaf, limit=2), "does not belong", told.other.hash)
    refused(lambda: told.client.trace(told.leaf.hash[:12], limit=2), "does not belong")
    told.liar.lies["Trace"] = as_sent(told, told.leaf, told.model)
    assert len(told.client.trace(told.leaf.hash[:12], limit=2)) == 2


def test_a_trace_that_ends_before_its_limit_must_be_whole(told: Told) -> None:
    told.liar.lies["Trace"] = as_sent(told, told.leaf, told.model)
    refused(lambda: told.client.trace(told.leaf, limit=3), "does not hold")


def test_more_of_a_trace_than_was_asked_for(told: Told) -> None:
    told.liar.lies["Trace"] = as_sent(told, told.leaf, told.model, told.run)
    refused(lambda: told.client.trace(told.leaf, limit=2), "more events")


def endless(told: Told, taken: list[int]) -> Callable[..., Iterator[bytes]]:
    """A stream of the leaf, then of ever the same other event under lower and lower indices."""
    leaf, other = told.client.get(told.leaf), told.client.get(told.other)
    honest = told.liar._answers

    def answers(path: str, method: str, request: bytes, context: Any) -> Iterator[bytes]:
        if method != "Trace":
            yield from honest(path, method, request, context)
            return
        message = pb.TraceResponse()
        message.events.add(hash=bytes.fromhex(leaf.hash), index=10**6, block=leaf.block)
        for index in range(10**6 - 1, 0, -1):
            taken.append(index)
            message.events.add(hash=bytes.fromhex(other.hash), index=index, block=other.block)
            yield message.SerializeToString()
            message.Clear()

    return answers


def test_a_trace_without_end(told: Told) -> None:
    taken: list[int] = []
    told.liar._answers = endless(told, taken)  # type: ignore[method-assign, assignment]
    for name in (told.leaf.hash, told.leaf.hash[:12]):
        refused(lambda name=name: told.client.trace(name), "goes on sending", told.other.hash)
    report = told.client.verify(told.leaf)
    found(report, "hash")
    assert "goes on sending" in report.findings[0].message
    assert len(taken) < 100_000, "it ended long before the stream"


def test_blocks_that_are_no_events(told: Told) -> None:
    def garbage(messages: list[Any]) -> list[Any]:
        event = events_of(messages)[0]
        event.block = b"\xff"
        event.hash = sha256(event.block).digest()
        return messages

    told.liar.lies["ListEvents"] = told.liar.lies["Impact"] = garbage
    refused(lambda: list(told.client.events(types="model")), "no event")
    refused(lambda: list(told.client.impact(told.data)), "no event")


def test_an_impact_of_something_else(told: Told) -> None:
    told.liar.lies["Impact"] = tamper
    refused(lambda: list(told.client.impact(told.data)), "changed")
    told.liar.lies["Impact"] = leave_out(0)
    refused(lambda: list(told.client.impact(told.data)), "which it is not")
    told.liar.lies["Impact"] = turn_round
    refused(lambda: list(told.client.impact(told.data)), "which it is not")
    told.liar.lies["Impact"] = as_sent(told, told.run, told.run)
    refused(lambda: list(told.client.impact(told.data)), "out of order")


# --- verify ---------------------------------------------------------------------------------------


def found(report: Report, check: str, hash: str | None = None) -> None:
    assert report.verdict == "failed"
    assert not report
    assert check in report.counts, report
    if hash is not None:
        assert any(finding.hash == hash for finding in report.findings), report


def test_verify_finds_what_was_changed(told: Told) -> None:
    assert told.client.verify(told.leaf)
    told.liar.lies["Trace"] = lambda messages: tamper(messages, 2)
    found(told.client.verify(told.leaf), "hash", told.run.hash)
    # What the server says of itself is another thing.
    assert told.client.server_verify(told.leaf)
    told.liar.lies["Trace"] = leave_out(2)
    found(told.client.verify(told.leaf), "parent_missing", told.model.hash)
    told.liar.lies["Trace"] = shift
    assert told.client.verify(told.leaf), "a gap between indices is no fault of a trace"
    told.liar.lies["Trace"] = leave_out(0)
    refused(lambda: told.client.verify(told.leaf), told.leaf.hash)


def test_verify_finds_parents_behind_their_children(told: Told) -> None:
    def behind(messages: list[Any]) -> list[Any]:
        for event in events_of(messages):
            event.index = 100 - event.index
        return messages

    told.liar.lies["Trace"] = behind
    found(told.client.verify(told.leaf), "parent_order")


def test_verify_all_finds_what_was_changed(told: Told) -> None:
    assert told.client.verify_all(expect=[told.leaf])
    told.liar.lies["ListEvents"] = lambda messages: tamper(messages, 2)
    found(told.client.verify_all(), "hash", told.run.hash)
    told.liar.lies["ListEvents"] = leave_out(2)
    found(told.client.verify_all(), "parent_missing", told.model.hash)
    told.liar.lies["ListEvents"] = leave_out(-1)
    report = told.client.verify_all(expect=[told.leaf])
    found(report, "expected_missing", told.leaf.hash)
    found(report, "index")
    told.liar.lies["ListEvents"] = turn_round
    found(told.client.verify_all(), "index")
    told.liar.lies["ListEvents"] = shift
    found(told.client.verify_all(), "index")


def test_a_shortened_ledger_needs_an_expected_hash(told: Told) -> None:
    """Where the server also lies about the length, only what was kept elsewhere tells."""

    def shorter(messages: list[Any]) -> list[Any]:
        messages[0].ledger.events -= 1
        return messages

    told.liar.lies["GetLedger"] = shorter
    assert told.client.verify_all().anchor == "none"
    found(told.client.verify_all(expect=[told.leaf]), "expected_missing", told.leaf.hash)


def test_a_server_that_says_ok_of_itself_convinces_nobody(told: Told) -> None:
    told.liar.lies["Trace"] = lambda messages: tamper(messages, 2)
    report = told.client.verify(told.leaf)
    assert told.client.server_verify(told.leaf).verdict == "ok"
    assert report.verdict == "failed"


@pytest.mark.parametrize("code", [grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.DATA_LOSS])
def test_damage_is_reported_though_the_server_says_nothing_more(told: Told, code: Any) -> None:
    damage = status_pb2.Status(code=grpc.StatusCode.DATA_LOSS.value[0], message="a block is bad")
    damage.details.add().Pack(
        error_details_pb2.ErrorInfo(
            domain="lineseal", reason="CORRUPT_LEDGER", metadata={"hash": told.run.hash}
        )
    )

    def meddle(method: str, _number: int, context: grpc.ServicerContext) -> None:
        if method in {"Trace", "ListEvents"}:
            context.abort_with_status(rpc_status.to_status(damage))
        if method in {"Verify", "VerifyLedger"}:
            context.abort(code, "no")

    told.liar.meddle = meddle
    found(told.client.verify(told.leaf), "hash", told.run.hash)
    found(told.client.verify_all(expect=[told.leaf]), "hash", told.run.hash)


def test_a_server_that_does_not_say_how_its_files_are_is_no_ok(told: Told) -> None:
    def meddle(method: str, _number: int, context: grpc.ServicerContext) -> None:
        if method == "VerifyLedger":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "no")

    told.liar.meddle = meddle
    with pytest.raises(UnsupportedFormatError, match="not older than this client"):
        told.client.verify_all(expect=[told.leaf])
    # What is known to be wrong is told all the same.
    told.liar.lies["ListEvents"] = lambda messages: tamper(messages, 2)
    found(told.client.verify_all(), "hash", told.run.hash)


def test_findings_of_the_server_are_added_to_ours(told: Told) -> None:
    def files(_messages: list[Any]) -> list[Any]:
        finding = pb.Finding(check="segment", message="a frame is damaged")
        order = pb.Finding(hash=bytes.fromhex(told.run.hash), check="hash", message="theirs")
        counts = {"segment": 12_000, "hash": 7}
        report = pb.Report(
            verdict=pb.VERDICT_FAILED, findings=[finding, order, finding], counts=counts
        )
        return [pb.VerifyLedgerResponse(report=report)]

    told.liar.lies["VerifyLedger"] = files
    report = told.client.verify_all(expect=[told.leaf])
    assert (report.verdict, report.anchor, report.checked) == ("failed", "hash", 8)
    assert report.counts == {"segment": 12_000, "hash": 7}
    told.liar.lies["ListEvents"] = lambda messages: tamper(messages, 2)
    report = told.client.verify_all()
    found(report, "hash", told.run.hash)
    assert (report.counts["hash"], report.counts["segment"]) == (1, 12_000)
    assert list(report.counts) == [check for check in CHECKS if check in report.counts]
    assert "theirs" not in [finding.message for finding in report.findings]
    assert [finding.check for finding in report.findings][-2:] == ["segment", "segment"]
