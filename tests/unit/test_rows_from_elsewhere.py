"""Events that came from a ledger elsewhere, which may lie, are held against the rules of `verify`
and `verify_all`: each kind of lie is named, and on a sound ledger the reports are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lineseal import (
    CorruptLedgerError,
    EventNotFoundError,
    InvalidArgumentError,
    Tracker,
    _core,
)
from lineseal.report import Report, from_row

if TYPE_CHECKING:
    from lineseal._core import StoredRow

FAR = 2**63


@pytest.fixture
def tracker() -> Tracker:
    """Two datasets, a model of both, its predictions, and something unrelated."""
    tracker = Tracker()
    sets = [tracker.record_dataset(name=f"d{n}") for n in range(2)]
    model = tracker.record_model(name="m", parents=sets)
    for n in range(3):
        tracker.record_prediction(prediction_id=f"p{n}", parents=[model])
    tracker.record_dataset(name="unrelated")
    return tracker


@pytest.fixture
def log(tracker: Tracker) -> list[StoredRow]:
    """The whole log as rows."""
    return _core.events_page(
        tracker._ledger, types=[], since=None, until=None, after_index=None, limit=1000
    )


def walked(rows: list[StoredRow], *names: str) -> Report:
    return from_row(_core.verify_rows(rows, list(names), progress=None))


def fed(rows: list[StoredRow], *expect: str, total: int | None = None, page: int = 2) -> Report:
    verifier = _core.LogVerifier(len(rows) if total is None else total, list(expect))
    for start in range(0, len(rows), page):
        verifier.feed(rows[start : start + page])
    return from_row(verifier.finish())


def changed(row: StoredRow, **given: object) -> StoredRow:
    fields = dict(zip(("hash", "index", "block", "recorded_at"), row, strict=True)) | given
    return tuple(fields.values())  # type: ignore[return-value]


def broken(block: bytes) -> bytes:
    """The block with its last byte another."""
    return block[:-1] + bytes([block[-1] ^ 1])


def test_a_sound_trace_gets_the_report_of_the_ledger_itself(
    tracker: Tracker, log: list[StoredRow]
) -> None:
    name = log[5][0]
    assert walked(log, name) == tracker.verify(name)
    names = [log[3][0], log[6][0]]
    assert walked(log, *names) == tracker.verify(names)


@pytest.mark.parametrize("page", [1, 2, 100])
def test_a_sound_log_gets_the_report_of_the_ledger_itself(
    tracker: Tracker, log: list[StoredRow], page: int
) -> None:
    assert fed(log, page=page) == tracker.verify_all()
    assert fed(log, log[0][0], page=page) == tracker.verify_all(expect=[log[0][0]])
    absent = "ab" * 32
    assert fed(log, absent, page=page) == tracker.verify_all(expect=[absent])


def test_a_changed_block_of_a_trace_is_found(log: list[StoredRow]) -> None:
    rows = [changed(row, block=broken(row[2])) if row[1] == 0 else row for row in log]
    report = walked(rows, log[3][0])
    assert report.verdict == "failed"
    assert report.findings[0].hash == log[0][0]
    assert report.findings[0].check == "hash"


def test_a_block_under_the_name_of_another_is_found(log: list[StoredRow]) -> None:
    rows = [changed(row, block=log[6][2]) if row[1] == 2 else row for row in log]
    report = walked(rows, log[3][0])
    assert report.verdict == "failed"
    assert (report.findings[0].hash, report.findings[0].check) == (log[2][0], "hash")


def test_a_missing_ancestor_is_found(log: list[StoredRow]) -> None:
    report = walked([row for row in log if row[1] != 1], log[3][0])
    assert report.verdict == "failed"
    assert log[1][0] in str(report.findings)


def test_a_missing_event_that_was_asked_for_is_refused(log: list[StoredRow]) -> None:
    with pytest.raises(EventNotFoundError) as refused:
        walked(log[:3], log[3][0])
    assert refused.value.hash == log[3][0]


def test_a_parent_behind_its_child_is_found(log: list[StoredRow]) -> None:
    rows = [changed(row, index=100) if row[1] == 0 else row for row in log]
    report = walked(rows, log[3][0])
    assert report.verdict == "failed"
    assert (report.findings[0].hash, report.findings[0].check) == (log[2][0], "parent_order")


def test_two_events_under_one_index_are_refused(log: list[StoredRow]) -> None:
    with pytest.raises(CorruptLedgerError, match="index 1"):
        walked([*log, changed(log[6], index=1)], log[3][0])


def test_one_event_under_two_indices_is_refused(log: list[StoredRow]) -> None:
    with pytest.raises(CorruptLedgerError, match="two indices"):
        walked([*log, changed(log[1], index=50)], log[3][0])


@pytest.mark.parametrize("first", [True, False], ids=["false-first", "false-last"])
def test_one_event_with_two_blocks_is_refused(log: list[StoredRow], first: bool) -> None:
    false = changed(log[1], block=broken(log[1][2]))
    with pytest.raises(CorruptLedgerError, match="two blocks"):
        walked([false, *log] if first else [*log, false], log[3][0])


def test_an_event_sent_twice_is_read_once(tracker: Tracker, log: list[StoredRow]) -> None:
    assert walked([*log, *log], log[3][0]) == tracker.verify(log[3][0])


@pytest.mark.parametrize("page", [1, 3, 100])
def test_lies_in_a_log_are_found(log: list[StoredRow], page: int) -> None:
    lies: dict[str, tuple[list[StoredRow], dict[str, int]]] = {
        "changed": (
            [changed(row, block=broken(row[2])) if row[1] == 2 else row for row in log],
            {"hash": 1, "rests_on": 3},
        ),
        "another": (
            [changed(row, block=log[6][2]) if row[1] == 2 else row for row in log],
            {"hash": 1, "rests_on": 3},
        ),
        "renamed": (
            [changed(row, hash="ab" * 32) if row[1] == 2 else row for row in log],
            {"hash": 1, "parent_missing": 3},
        ),
        "short": (log[:-1], {"index": 1}),
        "hole": ([row for row in log if row[1] != 4], {"index": 1}),
        "late": ([changed(row, index=row[1] + 1) for row in log], {"index": 2}),
        "far": (
            [changed(row, index=FAR + row[1]) if row[1] > 5 else row for row in log],
            {"index": 2},
        ),
        "last of all numbers": (
            [changed(row, index=2**64 - 1) if row[1] == 3 else row for row in log],
            {"index": 2},
        ),
        "twice": ([*log[:4], log[3], *log[4:]], {"duplicate": 1, "index": 1}),
        "again": ([*log, changed(log[3], index=7)], {"duplicate": 1}),
        "disorder": (
            [log[0], log[2], log[1], *log[3:]],
            {"index": 3, "parent_order": 1, "rests_on": 3},
        ),
        "child first": (
            [changed(log[at], index=n) for n, at in enumerate((2, 0, 1, 3, 4, 5, 6))],
            {"parent_order": 2, "rests_on": 3},
        ),
    }
    for lie, (rows, counts) in lies.items():
        report = fed(rows, total=7 + (lie == "again"), page=page)
        assert (report.verdict, dict(report.counts)) == ("failed", counts), lie


@pytest.mark.parametrize("total", [0, 6, 8, FAR, 2**64 - 1])
def test_a_log_of_another_length_than_claimed_fails(log: list[StoredRow], total: int) -> None:
    assert fed(log, total=total).verdict == "failed"


def test_a_short_name_in_rows_is_refused(log: list[StoredRow]) -> None:
    bad = changed(log[0], hash="ab")
    with pytest.raises(InvalidArgumentError):
        walked([bad], log[0][0])
    with pytest.raises(InvalidArgumentError):
        _core.LogVerifier(1, []).feed([bad])


def test_a_verifier_ends_once_and_may_be_left(log: list[StoredRow]) -> None:
    left = _core.LogVerifier(len(log), [])
    left.feed(log)
    del left
    verifier = _core.LogVerifier(0, [])
    assert from_row(verifier.finish()).verdict == "ok"
    for late in (verifier.finish, lambda: verifier.feed(log)):
        with pytest.raises(InvalidArgumentError, match="has ended"):
            late()


def test_an_index_at_the_end_of_all_numbers_is_a_place_like_any(
    tracker: Tracker, log: list[StoredRow]
) -> None:
    name = log[3][0]
    rows = [changed(row, index=2**64 - 1) if row[0] == name else row for row in log]
    assert walked(rows, name) == tracker.verify(name), "nothing of it is in the wrong order"
    behind = [changed(row, index=2**64 - 1) if row[1] == 0 else row for row in log]
    assert walked(behind, name).verdict == "failed"
