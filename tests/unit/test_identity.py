"""What makes two events one, and two records two: the cases of the original package among them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from lineseal import DatasetRecord, PredictionRecord, Tracker

SCRIPT = """
import sys
from lineseal import Tracker
with Tracker(sys.argv[1]) as tracker:
    receipt = tracker.record_dataset(name="digits", num_rows=1797, properties={"a": [1, 2.5]})
    print(receipt.hash, receipt.index, receipt.created)
"""


def test_a_dataset_recorded_from_two_processes_is_one_event(tmp_path: Path) -> None:
    path = tmp_path / "runs.ledger"
    command = [sys.executable, "-c", SCRIPT, str(path)]
    said = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(2)
    ]
    assert said[0][:2] == said[1][:2]
    assert [line[2] for line in said] == ["True", "False"]
    with Tracker(path, read_only=True) as tracker:
        assert len(tracker) == 1


def test_ten_thousand_equal_predictions_are_ten_thousand_events(tmp_path: Path) -> None:
    with Tracker(tmp_path / "runs.ledger") as tracker:
        model = tracker.record_model(name="m")
        record = PredictionRecord(inputs={"x": 1.0}, output=7, parents=model)
        receipts = tracker.record_many([record] * 10_000)
        assert len({receipt.hash for receipt in receipts}) == 10_000
        assert len(tracker) == 10_001
        blocks = [event.block for event in tracker.get_many(receipts)]
        replayed = tracker.record_blocks(blocks)
        assert not any(receipt.created for receipt in replayed)
        assert len(tracker) == 10_001


def test_a_replay_across_ledgers_keeps_hashes() -> None:
    first, second = Tracker(), Tracker()
    model = first.record_model(name="m")
    answer = first.record_prediction(output=1, parents=model)
    blocks = [event.block for event in first.events()]
    assert [r.hash for r in second.record_blocks(blocks)] == [model.hash, answer.hash]


def test_texts_with_separators_do_not_run_into_each_other() -> None:
    tracker = Tracker()
    first = tracker.record_training(run_id="r|m", model_name="x", time=0)
    second = tracker.record_training(run_id="r", model_name="m|x", time=0)
    assert first.hash != second.hash


def test_maps_that_print_alike_are_not_alike() -> None:
    tracker = Tracker()
    first = tracker.record_hyperparameters(values={"a": "1,b=2"})
    second = tracker.record_hyperparameters(values={"a": "1", "b": "2"})
    assert first.hash != second.hash


def test_types_of_values_are_part_of_the_content() -> None:
    tracker = Tracker()
    values = (1, 1.0, "1", True, [1], None, b"1")
    hashes = {tracker.record_hyperparameters(values={"a": value}).hash for value in values}
    assert len(hashes) == len(values)


def test_a_changed_started_at_changes_the_hash() -> None:
    tracker = Tracker()
    hashes = {
        tracker.record_training(run_id="r", model_name="m", time=0, started_at=start).hash
        for start in (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), None)
    }
    assert len(hashes) == 3


def test_the_order_of_keys_and_of_parents_does_not_count() -> None:
    tracker = Tracker()
    a, b = tracker.record_many([DatasetRecord(name="a"), DatasetRecord(name="b")])
    one = tracker.record_model(name="m", properties={"x": 1, "y": 2}, parents=[a, b])
    two = tracker.record_model(name="m", properties={"y": 2, "x": 1}, parents=[b, a])
    assert one.hash == two.hash


def test_a_chain_of_three_levels_records_and_verifies() -> None:
    tracker = Tracker()
    data = tracker.record_dataset(name="d")
    run = tracker.record_training(run_id="r", model_name="m", parents=data)
    answer = tracker.record_prediction(output=1, parents=run)
    assert [e.hash for e in tracker.trace(answer)] == [answer.hash, run.hash, data.hash]
    assert tracker.verify(answer)
