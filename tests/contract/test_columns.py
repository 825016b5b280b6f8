"""What `record_predictions` promises, on every ledger that can be written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from lineseal import InvalidArgumentError, InvalidRecordError, PredictionRecord, Receipt
from lineseal._ledger_api import LedgerAPI


def test_rows_become_the_events_that_records_make(ledger: LedgerAPI) -> None:
    model = ledger.record_model(name="m")
    frame = pd.DataFrame({"age": [41, 17], "name": ["ada", "bob"], "rate": [0.5, float("nan")]})
    receipts = ledger.record_predictions(
        parents={"model": model},
        inputs=frame,
        output=np.array([1.5, 2.5]),
        prediction_ids=["p-0", "p-1"],
        time=datetime(2026, 3, 1, tzinfo=UTC),
        status="ok",
        actor="ada",
    )
    records = [
        PredictionRecord(
            parents={"model": model},
            inputs=frame.iloc[row].to_dict(),
            output=1.5 + row,
            prediction_id=f"p-{row}",
            time=datetime(2026, 3, 1, tzinfo=UTC),
            status="ok",
            actor="ada",
        )
        for row in range(2)
    ]
    assert list(receipts) == [
        Receipt(again.hash, again.index, True) for again in ledger.record_many(records)
    ]
    assert len(ledger) == 3


def test_receipts_are_a_sequence(ledger: LedgerAPI) -> None:
    receipts = ledger.record_predictions(parents=(), output=range_of(5))
    assert [receipt.index for receipt in receipts] == [0, 1, 2, 3, 4]
    assert receipts[-1] == receipts[4]
    assert [receipt.index for receipt in receipts[::-2]] == [4, 2, 0]
    assert receipts.hashes() == [receipt.hash for receipt in receipts]
    with pytest.raises(IndexError):
        receipts[5]


def test_more_rows_than_a_batch_holds_are_all_recorded(ledger: LedgerAPI) -> None:
    receipts = ledger.record_predictions(parents=(), inputs=range_of(25_000))
    assert len(ledger) == len(receipts) == 25_000
    assert [receipt.index for receipt in receipts] == list(range(25_000))
    assert ledger.get(receipts[24_999]).payload["inputs"] == 24_999


def test_drawn_identities_differ(ledger: LedgerAPI) -> None:
    receipts = ledger.record_predictions(parents=(), output=np.zeros(1_000))
    events = ledger.get_many(receipts)
    assert len({event.payload["prediction_id"] for event in events}) == 1_000
    assert ledger.find(prediction_id=events[7].payload["prediction_id"]) == [events[7]]
    now = datetime.now(UTC)
    assert all(
        event.time and timedelta() <= now - event.time < timedelta(minutes=1) for event in events
    )


def test_a_bad_row_is_named_with_its_column_and_what_was_recorded(ledger: LedgerAPI) -> None:
    names = [*(f"p-{n}" for n in range(15_500)), ""]
    with pytest.raises(InvalidRecordError, match="row 15500") as caught:
        ledger.record_predictions(parents=(), inputs=range_of(15_501), prediction_ids=names)
    error = caught.value
    assert (error.position, error.field) == (15_500, "prediction_id")
    assert error.recorded == len(ledger) >= 10_000
    assert ledger.get(error.receipts[-1]).payload["prediction_id"] == f"p-{len(ledger) - 1}"
    assert f"first {len(ledger)} rows" in str(error)


def test_a_bad_value_that_goes_through_python_is_refused_before_any_row(ledger: LedgerAPI) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        ledger.record_predictions(parents=(), output=[1] * 15_000 + [object()])
    assert (caught.value.position, caught.value.recorded) == (15_000, 0)
    assert len(ledger) == len(caught.value.receipts) == 0


def test_equal_rows_are_refused(ledger: LedgerAPI) -> None:
    with pytest.raises(InvalidArgumentError, match="rows 0 and 2") as caught:
        ledger.record_predictions(
            parents=(), output=[1, 2, 1], prediction_ids=["a", "b", "a"], time=0
        )
    assert caught.value.position == 2
    assert len(ledger) == 0


def test_rows_that_are_recorded_already_add_nothing(ledger: LedgerAPI) -> None:
    def record() -> list[Receipt]:
        ids = [f"p-{n}" for n in range(12_000)]
        made = ledger.record_predictions(
            parents=(), inputs={"x": range_of(12_000)}, prediction_ids=ids, time=range_of(12_000)
        )
        return list(made)

    first, again = record(), record()
    assert [receipt.hash for receipt in first] == [receipt.hash for receipt in again]
    assert {receipt.created for receipt in again} == {False}
    assert len(ledger) == 12_000


def range_of(rows: int) -> np.ndarray:
    return np.arange(rows)
