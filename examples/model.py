"""Trains a model of handwritten digits, records its life, exports it for any language.

    python examples/model.py grpc://localhost:50051/default model.json

records dataset -> training -> model in the ledger (a directory or a service, as `open_ledger` takes
it) and writes one JSON object, which is all that the examples beside this file serve:

    {
      "classes":   [0, 1, …, 9],            what the model can answer, integers
      "coef":      [[…64 floats…], …],      a row of coefficients for each class
      "intercept": [… a float a class …],
      "parents":   "…64 hex digits…",       the hash of the model's event: parent of predictions
      "rows":      [{"pixels": [… 64 floats …], "class": 3}, …]    to try it with
    }

The answer to `pixels` is the class whose `intercept + sum(coef * pixels)` is greatest, the first
where several are. The class of each of `rows` is what scikit-learn's own `predict` answers.

May use lineseal, NumPy and scikit-learn (the extra `demo`). Recorded again it gives another
training event, and the same dataset.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from lineseal import checksum, open_ledger
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

SETTINGS = {"C": 0.01, "max_iter": 1000, "random_state": 7}
#: Digits to learn from; the others are for trying.
LEARNT = 1_500
TRIED = 20


def main(target: str, file: Path) -> str:
    """Trains, exports to `file` and records; returns the hash of the model's event."""
    digits = load_digits()
    whole = np.column_stack([digits.data, digits.target])
    with open_ledger(target) as ledger:
        data = ledger.record_dataset(
            name="digits", version="1", num_rows=len(whole), license="CC-BY-4.0", **checksum(whole)
        )
        settings = ledger.record_hyperparameters(values=SETTINGS)
        started = datetime.now(UTC)
        model = LogisticRegression(**SETTINGS).fit(digits.data[:LEARNT], digits.target[:LEARNT])
        training = ledger.record_training(
            run_id=f"digits-{started:%Y%m%dT%H%M%S.%f}",
            model_name="digits-lr",
            model_version="1.0",
            started_at=started,
            finished_at=datetime.now(UTC),
            properties={"rows": [0, LEARNT]},
            parents={"train": data, "hyperparameters": settings},
        )
        exported = plain(model, digits.data[LEARNT : LEARNT + TRIED])
        # The checksum is that of the coefficients; the file names the event, so it comes after it.
        weights = np.column_stack([model.coef_, model.intercept_])
        recorded = ledger.record_model(
            name="digits-lr", version="1.0", format="json", parents=training, **checksum(weights)
        )
    file.write_text(json.dumps(exported | {"parents": recorded.hash}))
    return recorded.hash


def plain(model: LogisticRegression, rows: np.ndarray) -> dict[str, Any]:
    """The model as numbers and lists, with rows and what scikit-learn makes of them."""
    answers = model.predict(rows)
    return {
        "classes": model.classes_.tolist(),
        "coef": model.coef_.tolist(),
        "intercept": model.intercept_.tolist(),
        "rows": [
            {"pixels": row.tolist(), "class": int(answer)}
            for row, answer in zip(rows, answers, strict=True)
        ],
    }


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} LEDGER FILE.json")
    print(main(sys.argv[1], Path(sys.argv[2])))
