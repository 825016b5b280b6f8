"""Pages: opaque tokens bound to request and ledger, over one snapshot, within 4 MiB."""

import base64

import pytest
from calling import TIMEOUT, Stubs, dataset, refusal
from lineseal.v1 import event_pb2
from lineseal.v1 import provenance_pb2 as pb

LIMIT = 4 << 20


def listed(stubs: Stubs, **fields: object) -> list[pb.ListEventsResponse]:
    """All pages of ListEvents."""
    pages, token = [], ""
    while True:
        asked = pb.ListEventsRequest(ledger="default", page_token=token, **fields)
        pages.append(stubs.provenance.ListEvents(asked, timeout=TIMEOUT))
        token = pages[-1].next_page_token
        if not token:
            return pages


def indices(page: pb.ListEventsResponse | pb.FindEventsResponse) -> list[int]:
    return [event.index for event in page.events]


@pytest.mark.parametrize("size", [1, 3, 10, 11, 0])
def test_pages_are_the_whole_and_the_last_has_no_token(stubs: Stubs, size: int) -> None:
    stubs.record(*(f"d{at}" for at in range(10)))
    pages = listed(stubs, page_size=size)
    assert [index for page in pages for index in indices(page)] == list(range(10))
    assert len(pages) == (-(-10 // size) if size else 1)


def test_what_is_recorded_after_the_first_page_is_not_shown(stubs: Stubs) -> None:
    stubs.record(*(f"d{at}" for at in range(5)))
    asked = pb.ListEventsRequest(ledger="default", page_size=3)
    first = stubs.provenance.ListEvents(asked, timeout=TIMEOUT)
    stubs.record("late")
    asked.page_token, asked.page_size = first.next_page_token, 100
    second = stubs.provenance.ListEvents(asked, timeout=TIMEOUT)
    assert (indices(second), second.next_page_token) == ([3, 4], "")
    assert len(listed(stubs)[0].events) == 6


def test_filters_go_with_the_pages(stubs: Stubs) -> None:
    stubs.record(*(f"d{at}" for at in range(4)))
    events = [
        event_pb2.NewEvent(json=b'{"type": "acme/note", "time": %d, "record": {}}' % at)
        for at in range(10, 16)
    ]
    request = pb.RecordRequest(ledger="default", events=events)
    stubs.provenance.Record(request, timeout=TIMEOUT)
    of_type = listed(stubs, types=["acme/note"], page_size=4)
    assert [indices(page) for page in of_type] == [[4, 5, 6, 7], [8, 9]]
    between = listed(stubs, types=["acme/note"], since=11, until=14, page_size=2)
    assert [index for page in between for index in indices(page)] == [5, 6, 7]
    behind = listed(stubs, after_index=6, page_size=2)
    assert [index for page in behind for index in indices(page)] == [7, 8, 9]


def test_found_events_come_in_pages_newest_first(stubs: Stubs) -> None:
    events = [dataset("digits", version=str(at)) for at in range(7)]
    stubs.provenance.Record(pb.RecordRequest(ledger="default", events=events), timeout=TIMEOUT)
    asked = pb.FindEventsRequest(ledger="default", dataset="digits", page_size=3)
    seen = []
    while True:
        page = stubs.provenance.FindEvents(asked, timeout=TIMEOUT)
        seen.append(indices(page))
        if not page.next_page_token:
            break
        asked.page_token = page.next_page_token
        stubs.record(f"later than page {len(seen)}")
    assert seen == [[6, 5, 4], [3, 2, 1], [0]]
    before = pb.FindEventsRequest(ledger="default", dataset="digits", before_index=2)
    assert indices(stubs.provenance.FindEvents(before, timeout=TIMEOUT)) == [1, 0]


def test_large_events_make_small_pages(stubs: Stubs) -> None:
    text = "x" * 900_000
    for at in range(0, 12, 4):
        events = [dataset("big", version=f"{at + one}", uri=text) for one in range(4)]
        stubs.provenance.Record(pb.RecordRequest(ledger="default", events=events), timeout=TIMEOUT)
    pages = listed(stubs)
    assert [index for page in pages for index in indices(page)] == list(range(12))
    assert max(page.ByteSize() for page in pages) < LIMIT
    found = pb.FindEventsRequest(ledger="default", dataset="big")
    page = stubs.provenance.FindEvents(found, timeout=TIMEOUT)
    assert page.next_page_token
    assert page.ByteSize() < LIMIT


def test_ten_thousand_small_events_are_one_page_below_the_limit(stubs: Stubs) -> None:
    stubs.record(*(f"{at:05}" for at in range(10_000)))
    stubs.record("one more")
    first, *rest = listed(stubs)
    assert first.ByteSize() < LIMIT
    assert len(first.events) + sum(len(page.events) for page in rest) == 10_001


def altered(token: str) -> list[str]:
    """The token with each of its bytes changed; cut; longer; and nonsense."""
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    flips = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    texts = [base64.urlsafe_b64encode(flip).decode().rstrip("=") for flip in flips]
    return [*texts, token[:-4], token + "AAAA", "a", "€uro", "x" * 10_000]


def test_altered_tokens_are_refused(stubs: Stubs) -> None:
    stubs.record("a", "b", "c")
    asked = pb.ListEventsRequest(ledger="default", page_size=1)
    token = stubs.provenance.ListEvents(asked, timeout=TIMEOUT).next_page_token
    bad = altered(token)
    assert len(bad) > 30
    for text in bad:
        asked.page_token = text
        found = refusal(lambda: stubs.provenance.ListEvents(asked, timeout=TIMEOUT))
        assert (found.code, found.reason) == ("INVALID_ARGUMENT", "INVALID_ARGUMENT"), text
        assert found.violations == ["page_token"]


def test_a_token_of_another_request_is_refused(stubs: Stubs) -> None:
    stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger="other"), timeout=TIMEOUT)
    for ledger in ("default", "other"):
        stubs.record("a", "b", "c", ledger=ledger)
    asked = pb.ListEventsRequest(ledger="default", page_size=1)
    token = stubs.provenance.ListEvents(asked, timeout=TIMEOUT).next_page_token
    others = [{"ledger": "other"}, {"types": ["dataset"]}, {"since": 1}, {"after_index": 0}]
    for fields in others:
        other = pb.ListEventsRequest(**{"ledger": "default", "page_token": token} | fields)
        found = refusal(lambda other=other: stubs.provenance.ListEvents(other, timeout=TIMEOUT))
        assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["page_token"]), fields
    find = pb.FindEventsRequest(ledger="default", dataset="a", page_token=token)
    found = refusal(lambda: stubs.provenance.FindEvents(find, timeout=TIMEOUT))
    assert found.violations == ["page_token"]


def test_ledgers_come_in_pages(stubs: Stubs) -> None:
    for name in ("b", "a", "c-1"):
        stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger=name), timeout=TIMEOUT)
    asked = pb.ListLedgersRequest(page_size=2)
    first = stubs.ledgers.ListLedgers(asked, timeout=TIMEOUT)
    asked.page_token = first.next_page_token
    second = stubs.ledgers.ListLedgers(asked, timeout=TIMEOUT)
    assert (list(first.ledgers), list(second.ledgers)) == (["a", "b"], ["c-1", "default"])
    assert second.next_page_token == ""
    asked.page_token = "../x"
    found = refusal(lambda: stubs.ledgers.ListLedgers(asked, timeout=TIMEOUT))
    assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["page_token"])


def test_a_negative_page_size_is_refused(stubs: Stubs) -> None:
    for call in (
        lambda: stubs.provenance.ListEvents(pb.ListEventsRequest(ledger="default", page_size=-1)),
        lambda: stubs.ledgers.ListLedgers(pb.ListLedgersRequest(page_size=-1)),
    ):
        found = refusal(call)
        assert (found.code, found.violations) == ("INVALID_ARGUMENT", ["page_size"])
