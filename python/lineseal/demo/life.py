"""Records a study's life: what a user would write around training code. May use lineseal."""

from typing import Any, NamedTuple

import sklearn

from lineseal import FeedbackRecord, PredictionRecord, Receipt, checksum
from lineseal._ledger_api import LedgerAPI
from lineseal.demo.study import SEED, Study


class Data(NamedTuple):
    """Receipts of a dataset and its two parts."""

    whole: Receipt
    train: Receipt
    test: Receipt


class Built(NamedTuple):
    """Receipts of what training used and made."""

    settings: Receipt
    training: Receipt
    model: Receipt


class Release(NamedTuple):
    """Receipts of what put the model into service."""

    evaluation: Receipt
    approval: Receipt
    deployment: Receipt


class Use(NamedTuple):
    """Receipts of the answers, and of what they should have been."""

    predictions: list[Receipt]
    feedback: list[Receipt]


class Life(NamedTuple):
    """Everything recorded of one study."""

    data: Data
    built: Built
    release: Release
    use: Use


def record_data(tracker: LedgerAPI, study: Study) -> Data:
    """The whole dataset, and the two parts that were split from it."""

    def dataset(array: Any, **more: Any) -> Receipt:
        return tracker.record_dataset(
            name=study.name,
            version="1",
            num_rows=len(array),
            license=study.licence,
            **checksum(array),
            **more,
        )

    whole = dataset(study.whole)
    how = {"split_by": "sklearn.model_selection.train_test_split", "seed": SEED}
    train = dataset(study.train, split="train", parents={"whole": whole}, properties=how)
    test = dataset(study.test, split="test", parents={"whole": whole}, properties=how)
    return Data(whole, train, test)


def record_training(tracker: LedgerAPI, study: Study, data: Data) -> Built:
    """The settings, the run that used them, and the model that came out."""
    settings = tracker.record_hyperparameters(values=study.settings)
    training = tracker.record_training(
        run_id=f"run-{study.name}",
        model_name=study.model_name,
        model_version="1.0",
        status="completed",
        started_at=study.started_at,
        finished_at=study.finished_at,
        seed=SEED,
        parents={"train": data.train, "hyperparameters": settings},
        properties={"estimator": study.estimator.__name__, "scikit-learn": sklearn.__version__},
    )
    model = tracker.record_model(
        name=study.model_name,
        version="1.0",
        format="pickle",
        parents=training,
        **checksum(study.file),
    )
    return Built(settings, training, model)


def record_release(tracker: LedgerAPI, study: Study, data: Data, built: Built) -> Release:
    """The evaluation on the test set, the approval that rests on it, and the deployment."""
    accuracy = study.metrics["accuracy"]
    evaluation = tracker.record_evaluation(
        metrics=study.metrics,
        dataset=study.name,
        split="test",
        num_rows=len(study.test),
        passed=accuracy >= 0.9,
        parents={"model": built.model, "test": data.test},
    )
    approval = tracker.record_approval(
        decision="approved",
        meaning="may answer customers",
        signer_name="Ada Example",
        reason=f"accuracy {accuracy:.3f} on the test set",
        parents={"model": built.model, "evaluation": evaluation},
    )
    deployment = tracker.record_deployment(
        name=f"{study.name}-service",
        stage="production",
        parents={"model": built.model, "approval": approval},
    )
    return Release(evaluation, approval, deployment)


def predictions(study: Study, deployment: Receipt) -> list[PredictionRecord]:
    """One prediction a test row, to be recorded."""
    rows = zip(study.test[:, :-1], study.guesses, strict=True)
    return [
        PredictionRecord(
            prediction_id=f"{study.name}-{number}",
            inputs={study.input_name: row},
            output=int(guess),
            parents=deployment,
        )
        for number, (row, guess) in enumerate(rows)
    ]


def record_use(tracker: LedgerAPI, study: Study, deployment: Receipt) -> Use:
    """The predictions, and for each the true label that came later."""
    answers = tracker.record_many(predictions(study, deployment))
    labels = [
        FeedbackRecord(value=int(truth), kind="true-label", parents=answer)
        for answer, truth in zip(answers, study.test[:, -1], strict=True)
    ]
    return Use(answers, tracker.record_many(labels))
