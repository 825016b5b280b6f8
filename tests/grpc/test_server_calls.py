"""Every RPC over plain stubs: what it answers."""

from calling import TIMEOUT, Stubs, dataset
from lineseal import Tracker
from lineseal.v1 import event_pb2
from lineseal.v1 import provenance_pb2 as pb


def chain(stubs: Stubs, length: int) -> list[pb.Receipt]:
    """Datasets, each the parent of the next."""
    events = [dataset("d0"), *(dataset(f"d{at}", at - 1) for at in range(1, length))]
    request = pb.RecordRequest(ledger="default", events=events)
    return list(stubs.provenance.Record(request, timeout=TIMEOUT).receipts)


def name(receipt: pb.Receipt) -> pb.EventName:
    return pb.EventName(hash=receipt.hash)


def test_recording_gives_the_hash_that_a_tracker_gives(stubs: Stubs) -> None:
    (receipt,) = stubs.record("digits")
    with Tracker() as tracker:
        assert receipt.hash.hex() == tracker.record_dataset(name="digits").hash
    assert (receipt.index, receipt.created) == (0, True)
    (again,) = stubs.record("digits")
    assert (again.hash, again.index, again.created) == (receipt.hash, 0, False)


def test_all_three_forms_of_an_event_are_one(stubs: Stubs) -> None:
    request = pb.RecordRequest(ledger="default", events=[dataset("digits")], return_blocks=True)
    (made,) = stubs.provenance.Record(request, timeout=TIMEOUT).receipts
    forms = [
        event_pb2.NewEvent(json=b'{"type": "dataset", "record": {"name": "digits"}}'),
        event_pb2.NewEvent(block=made.block),
    ]
    for form in forms:
        request = pb.RecordRequest(ledger="default", events=[form])
        (receipt,) = stubs.provenance.Record(request, timeout=TIMEOUT).receipts
        assert (receipt.hash, receipt.created) == (made.hash, False)


def test_an_event_is_found_by_every_kind_of_name(stubs: Stubs) -> None:
    (receipt,) = stubs.record("digits")
    hex = receipt.hash.hex()
    names = [name(receipt), pb.EventName(text=hex), pb.EventName(text=hex[:12])]
    for each in names:
        asked = pb.GetEventRequest(ledger="default", name=each)
        event = stubs.provenance.GetEvent(asked, timeout=TIMEOUT).event
        assert (event.hash, event.index) == (receipt.hash, 0)
        assert event.block
        assert event.recorded_at > 1_700_000_000_000_000


def test_a_trace_goes_up_and_an_impact_down(stubs: Stubs) -> None:
    receipts = chain(stubs, 600)
    asked = pb.TraceRequest(ledger="default", names=[name(receipts[-1])])
    up = [[e.index for e in m.events] for m in stubs.provenance.Trace(asked, timeout=TIMEOUT)]
    assert [index for message in up for index in message] == list(range(599, -1, -1))
    assert max(map(len, up)) <= 256
    below = pb.ImpactRequest(ledger="default", name=name(receipts[0]))
    down = [[e.index for e in m.events] for m in stubs.provenance.Impact(below, timeout=TIMEOUT)]
    assert [index for message in down for index in message] == list(range(1, 600))


def test_a_trace_and_an_impact_are_taken_up_again_and_limited(stubs: Stubs) -> None:
    receipts = chain(stubs, 20)
    asked = pb.TraceRequest(ledger="default", names=[name(receipts[-1])], after_index=10, limit=3)
    events = [e.index for m in stubs.provenance.Trace(asked, timeout=TIMEOUT) for e in m.events]
    assert events == [9, 8, 7]
    below = pb.ImpactRequest(ledger="default", name=name(receipts[0]), after_index=10, limit=3)
    events = [e.index for m in stubs.provenance.Impact(below, timeout=TIMEOUT) for e in m.events]
    assert events == [11, 12, 13]
    none = pb.TraceRequest(ledger="default", names=[name(receipts[-1])], limit=0)
    assert list(stubs.provenance.Trace(none, timeout=TIMEOUT)) == []


def test_verification_reports(stubs: Stubs) -> None:
    receipts = chain(stubs, 20)
    asked = pb.VerifyRequest(ledger="default", names=[name(receipts[-1])])
    report = stubs.provenance.Verify(asked, timeout=TIMEOUT).report
    assert (report.verdict, report.anchor, report.checked) == (pb.VERDICT_OK, pb.ANCHOR_HASH, 20)
    assert not report.findings
    whole = pb.VerifyLedgerRequest(ledger="default", expect=[receipts[3].hash, bytes(32)])
    *progress, last = stubs.provenance.VerifyLedger(whole, timeout=TIMEOUT)
    assert all(message.WhichOneof("state") == "progress" for message in progress)
    assert last.report.verdict == pb.VERDICT_FAILED
    assert (last.report.findings[0].hash, sum(last.report.counts.values())) == (bytes(32), 1)


def test_findings_are_cut_to_fit_and_counted_exactly(stubs: Stubs) -> None:
    stubs.record("digits")
    expect = [at.to_bytes(32, "big") for at in range(1, 30_001)]
    whole = pb.VerifyLedgerRequest(ledger="default", expect=expect)
    *_progress, last = stubs.provenance.VerifyLedger(whole, timeout=TIMEOUT)
    assert sum(last.report.counts.values()) == 30_000
    assert 1_000 < len(last.report.findings) <= 10_000
    assert last.ByteSize() < 4 << 20


def test_events_are_found_by_what_people_call_them(stubs: Stubs) -> None:
    stubs.record("digits", "letters")
    asked = pb.FindEventsRequest(ledger="default", dataset="letters")
    answer = stubs.provenance.FindEvents(asked, timeout=TIMEOUT)
    assert ([event.index for event in answer.events], answer.next_page_token) == ([1], "")


def test_ledgers_are_made_told_and_listed(stubs: Stubs) -> None:
    made = stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger="runs"), timeout=TIMEOUT)
    again = stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger="runs"), timeout=TIMEOUT)
    assert (made.created, again.created) == (True, False)
    assert made.ledger.id == again.ledger.id
    stubs.record("digits", ledger="runs")
    told = stubs.ledgers.GetLedger(pb.GetLedgerRequest(ledger="runs"), timeout=TIMEOUT).ledger
    assert (told.name, told.events, told.batches, told.read_only) == ("runs", 1, 1, False)
    listed = stubs.ledgers.ListLedgers(pb.ListLedgersRequest(), timeout=TIMEOUT)
    assert list(listed.ledgers) == ["default", "runs"]


def test_ledgers_do_not_see_one_another(stubs: Stubs) -> None:
    stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger="runs"), timeout=TIMEOUT)
    stubs.record("digits", ledger="runs")
    asked = pb.ListEventsRequest(ledger="default")
    assert not stubs.provenance.ListEvents(asked, timeout=TIMEOUT).events
