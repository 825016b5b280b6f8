"""Two small studies on data that scikit-learn brings along: no network, fixed seeds.

May use NumPy and scikit-learn. Nothing here knows lineseal: this is the user's own code.
"""

import pickle
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

SEED = 7


@dataclass
class Study:
    """A dataset, the settings for a model on it, and what came of them."""

    name: str
    model_name: str
    input_name: str
    licence: str
    estimator: type[BaseEstimator]
    settings: dict[str, Any]
    whole: Any
    train: Any = None
    test: Any = None
    model: Any = None
    file: Path = Path()
    started_at: datetime = datetime.min
    finished_at: datetime = datetime.min
    guesses: Any = None
    metrics: dict[str, float] = field(default_factory=dict)

    def split(self) -> None:
        """Four of five rows for training; the label is the last column."""
        labels = self.whole[:, -1]
        self.train, self.test = train_test_split(
            self.whole, test_size=0.2, random_state=SEED, stratify=labels
        )

    def fit(self, folder: Path) -> None:
        """Train on the training rows, and pickle the model."""
        self.started_at = datetime.now(UTC)
        self.model = self.estimator(**self.settings).fit(self.train[:, :-1], self.train[:, -1])
        self.finished_at = datetime.now(UTC)
        self.file = folder / f"{self.model_name}.pkl"
        self.file.write_bytes(pickle.dumps(self.model))

    def evaluate(self) -> None:
        """Predict every test row and score the guesses."""
        truth = self.test[:, -1]
        self.guesses = self.model.predict(self.test[:, :-1])
        self.metrics = {
            "accuracy": float(accuracy_score(truth, self.guesses)),
            "f1_macro": float(f1_score(truth, self.guesses, average="macro")),
        }


def studies() -> list[Study]:
    """Handwritten digits, and tumours that are malignant or benign."""
    return [
        Study(
            name="digits",
            model_name="digits-lr",
            input_name="pixels",
            licence="CC-BY-4.0",
            estimator=LogisticRegression,
            settings={"C": 0.01, "max_iter": 1000, "tol": 0.01, "random_state": SEED},
            whole=_with_labels(load_digits()),
        ),
        Study(
            name="breast-cancer",
            model_name="tumour-forest",
            input_name="measurements",
            licence="CC-BY-4.0",
            estimator=RandomForestClassifier,
            settings={"n_estimators": 60, "max_depth": 8, "random_state": SEED},
            whole=_with_labels(load_breast_cancer()),
        ),
    ]


def _with_labels(bundle: Any) -> Any:
    return np.column_stack([bundle.data, bundle.target])
