"""A small life of a model, to be told to any ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from lineseal import DatasetRecord, Receipt
from lineseal._ledger_api import LedgerAPI

STARTED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FINISHED = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@dataclass
class Story:
    """Its receipts, and the ledger under test."""

    tracker: LedgerAPI
    data: Receipt
    test: Receipt
    settings: Receipt
    run: Receipt
    model: Receipt
    score: Receipt
    prediction: Receipt
    feedback: Receipt


def tell(tracker: LedgerAPI) -> Story:
    data, test = tracker.record_many(
        [
            DatasetRecord(name="digits", version="1", split="train", num_rows=1437),
            DatasetRecord(name="digits", version="1", split="test", num_rows=360),
        ]
    )
    settings = tracker.record_hyperparameters(values={"C": 0.1, "max_iter": 200})
    run = tracker.record_training(
        run_id="run-001",
        model_name="digits-lr",
        model_version="1.0",
        started_at=STARTED,
        finished_at=FINISHED,
        time=FINISHED,
        actor="ada",
        metrics={"loss": 0.25, "epochs": 3},
        ids=["mlflow-run:4711"],
        parents={"train": data, "hyperparameters": settings},
    )
    model = tracker.record_model(name="digits-lr", version="1.0", parents=run)
    score = tracker.record_evaluation(
        metrics={"accuracy": 0.97}, split="test", parents={"model": model, "test": test}
    )
    prediction = tracker.record_prediction(
        prediction_id="p-1", inputs={"pixels": [0.0, 0.5, 1.0]}, output=7, parents=model
    )
    feedback = tracker.record_feedback(value=7, kind="true-label", parents=prediction)
    return Story(tracker, data, test, settings, run, model, score, prediction, feedback)
