"""What recording promises, on every ledger that can be written to."""

from __future__ import annotations

import json

import pytest
from lineseal import (
    CustomRecord,
    DatasetRecord,
    InvalidArgumentError,
    InvalidRecordError,
    ModelRecord,
    ParentNotFoundError,
    PredictionRecord,
    codec,
)
from lineseal._ledger_api import LedgerAPI


def test_a_receipt_names_the_event_and_its_place(ledger: LedgerAPI) -> None:
    first = ledger.record_dataset(name="a")
    second = ledger.record_dataset(name="b")
    assert (first.index, second.index) == (0, 1)
    assert first.created
    assert second.created
    assert len(first.hash) == 64
    assert str(first) == first.hash
    assert first.cid == ledger.get(first).cid
    assert len(ledger) == 2


def test_a_thing_recorded_twice_is_one_event(ledger: LedgerAPI) -> None:
    first = ledger.record_dataset(name="digits", num_rows=1797)
    again = ledger.record(DatasetRecord(name="digits", num_rows=1797))
    assert (again.hash, again.index, again.created) == (first.hash, 0, False)
    assert len(ledger) == 1


def test_equal_predictions_are_events_of_their_own(ledger: LedgerAPI) -> None:
    model = ledger.record_model(name="m")
    record = PredictionRecord(inputs=[1], output=2, parents=model)
    receipts = ledger.record_many([record] * 1_000)
    assert len({receipt.hash for receipt in receipts}) == 1_000
    assert all(receipt.created for receipt in receipts)


def test_blocks_recorded_again_add_nothing(ledger: LedgerAPI) -> None:
    model = ledger.record_model(name="m")
    receipts = ledger.record_many([PredictionRecord(output=n, parents=model) for n in range(50)])
    blocks = [event.block for event in ledger.get_many(receipts)]
    again = ledger.record_blocks(blocks)
    assert [receipt.hash for receipt in again] == [receipt.hash for receipt in receipts]
    assert not any(receipt.created for receipt in again)
    assert len(ledger) == 51


def test_a_record_may_have_an_earlier_one_of_the_call_as_its_parent(ledger: LedgerAPI) -> None:
    data = DatasetRecord(name="d")
    model = ModelRecord(name="m", parents={"train": data})
    answer = PredictionRecord(output=1, parents=[model])
    receipts = ledger.record_many([data, model, answer])
    assert ledger.get(receipts[1]).parents == (receipts[0].hash,)
    assert ledger.get(receipts[1]).roles == ("train",)
    assert ledger.get(receipts[2]).parents == (receipts[1].hash,)


def test_a_batch_is_recorded_whole_or_not_at_all(ledger: LedgerAPI) -> None:
    batch = [DatasetRecord(name="good"), DatasetRecord(name="bad", num_rows=-1)]
    with pytest.raises(InvalidRecordError) as caught:
        ledger.record_many(batch)
    assert caught.value.position == 1
    assert caught.value.field == "num_rows"
    assert len(ledger) == 0


def test_a_parent_that_is_not_there_is_named(ledger: LedgerAPI) -> None:
    missing = "ab" * 32
    with pytest.raises(ParentNotFoundError, match=missing) as caught:
        ledger.record_model(name="m", parents=missing)
    assert caught.value.hash == missing
    assert isinstance(caught.value, LookupError)
    assert len(ledger) == 0


def test_parents_are_taken_in_every_form(ledger: LedgerAPI) -> None:
    data = ledger.record_dataset(name="d")
    event = ledger.get(data)
    hashes = {
        ledger.record_model(name="m", parents=parents).hash
        for parents in (
            data, event, data.hash, data.hash.upper(), data.cid, data.hash[:8], [data], (event,)
        )
    }  # fmt: skip
    assert len(hashes) == 1
    assert len(ledger) == 2


def test_one_parent_may_have_two_roles_and_many_parents_are_kept(ledger: LedgerAPI) -> None:
    datasets = ledger.record_many([DatasetRecord(name=f"d{n}") for n in range(300)])
    mixed = ledger.record_model(
        name="m", parents={"train": datasets, "base": datasets[0], "tune": [datasets[0]]}
    )
    event = ledger.get(mixed)
    pairs = list(zip(event.parents, event.roles, strict=True))
    assert len(pairs) == 302
    assert {role for hash, role in pairs if hash == datasets[0].hash} == {"train", "base", "tune"}
    assert set(event.parents) == {receipt.hash for receipt in datasets}


def test_no_parents_on_purpose_must_be_said_where_one_is_needed(ledger: LedgerAPI) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        ledger.record_prediction(output=1)
    assert caught.value.field == "parents"
    receipt = ledger.record_prediction(output=1, parents=())
    assert ledger.get(receipt).parents == ()


def test_feedback_is_of_its_parent(ledger: LedgerAPI) -> None:
    model = ledger.record_model(name="m")
    said = ledger.record_feedback(value=None, parents=model)
    assert ledger.get(said).roles == ("of",)
    assert ledger.get(said).payload == {"value": None}


def test_json_drafts_and_records_make_the_same_events(ledger: LedgerAPI) -> None:
    draft = {"type": "dataset", "record": {"name": "digits", "num_rows": 1797}}
    by_json = ledger.record_json([json.dumps(draft)])[0]
    assert ledger.record_dataset(name="digits", num_rows=1797).hash == by_json.hash


def test_json_drafts_may_name_each_other_by_position(ledger: LedgerAPI) -> None:
    drafts = [
        {"type": "model", "record": {"name": "m"}},
        {"type": "prediction", "parents": [{"position": 0}], "record": {"output": 1}},
    ]
    model, answer = ledger.record_json(json.dumps(draft) for draft in drafts)
    assert ledger.get(answer).parents == (model.hash,)


def test_custom_types_and_gaps_are_recorded(ledger: LedgerAPI) -> None:
    receipt = ledger.record(CustomRecord(type="acme/review", payload={"stars": 5}))
    event = ledger.get(receipt)
    assert (event.type, event.payload) == ("acme/review", {"stars": 5})
    assert event.time is not None
    gap = ledger.record_gap(stream="s", first_seq=3, last_seq=5, count=3, reason="queue full")
    assert ledger.get(gap).type == "lineseal/gap"
    assert ledger.get(ledger.record_custom(type="acme/empty")).payload == {}


@pytest.mark.parametrize("verb", ["record_many", "record_blocks", "record_json"])
def test_an_empty_batch_is_refused(ledger: LedgerAPI, verb: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        getattr(ledger, verb)([])
    assert caught.value.remedy


def test_more_than_a_batch_holds_is_refused_with_the_advice_to_split(ledger: LedgerAPI) -> None:
    with pytest.raises(InvalidArgumentError, match="10000") as caught:
        ledger.record_many(DatasetRecord(name=f"d{n}") for n in range(10_001))
    assert "plit" in str(caught.value)
    assert len(ledger) == 0


def test_a_block_comes_back_as_the_bytes_that_went_in(ledger: LedgerAPI) -> None:
    block = codec.encode(
        {"v": 1, "type": "dataset", "parents": [], "payload": {"name": "d", "later": True}}
    )
    receipt = ledger.record_blocks([block])[0]
    event = ledger.get(receipt)
    assert event.block == block
    assert event.cid == codec.cid(block)
    assert event.payload == {"name": "d", "later": True}
