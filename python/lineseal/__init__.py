"""lineseal: a tamper-evident provenance ledger for the life of a model.

    >>> from lineseal import Tracker, checksum
    >>> tracker = Tracker("runs.ledger")
    >>> data = tracker.record_dataset(name="digits", **checksum("digits.csv"))
    >>> model = tracker.record_model(name="digits-lr", parents={"train": data})
    >>> bool(tracker.verify(model))
    True

Importing it loads the standard library and the compiled core, nothing else.
"""

from __future__ import annotations

from lineseal import codec, errors
from lineseal._core import UNSET, Link, Receipt, Receipts, __version__, build_profile
from lineseal._core import checks as _checks
from lineseal.errors import *  # noqa: F403
from lineseal.event import Event
from lineseal.open import list_ledgers, open_ledger
from lineseal.records import (
    ApprovalRecord,
    CustomRecord,
    DatasetRecord,
    DeploymentRecord,
    EvaluationRecord,
    FeedbackRecord,
    GapRecord,
    HyperparametersRecord,
    ModelRecord,
    PredictionRecord,
    Record,
    TrainingRecord,
)
from lineseal.report import Finding, Report, verify_blocks
from lineseal.tensor import Tensor
from lineseal.trace import Trace
from lineseal.tracker import Tracker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lineseal.checksums import checksum as checksum
    from lineseal.client import AsyncClient as AsyncClient
    from lineseal.client import Client as Client
    from lineseal.logger import PredictionLogger as PredictionLogger

#: Everything that verification looks at, gravest first: the values of `Finding.check`.
CHECKS = tuple(_checks())

__all__ = [
    "CHECKS",
    "UNSET",
    "ApprovalRecord",
    "AsyncClient",
    "Client",
    "CustomRecord",
    "DatasetRecord",
    "DeploymentRecord",
    "EvaluationRecord",
    "Event",
    "FeedbackRecord",
    "Finding",
    "GapRecord",
    "HyperparametersRecord",
    "Link",
    "ModelRecord",
    "PredictionLogger",
    "PredictionRecord",
    "Receipt",
    "Receipts",
    "Record",
    "Report",
    "Tensor",
    "Trace",
    "Tracker",
    "TrainingRecord",
    "__version__",
    "checksum",
    "codec",
    "list_ledgers",
    "open_ledger",
    "verify_blocks",
    *errors.__all__,
]

if build_profile != "release":
    import warnings

    warnings.warn(
        "lineseal's core is a debug build, many times slower; build it with `maturin develop "
        "--release` or `pip install -e .`",
        RuntimeWarning,
        stacklevel=2,
    )


#: What only some programs need, and the module that has it.
_LATER = {
    "checksum": "lineseal.checksums",
    "AsyncClient": "lineseal.client",
    "Client": "lineseal.client",
    "PredictionLogger": "lineseal.logger",
}


def __getattr__(name: str) -> object:
    """Loads what only some programs need, when they ask for it."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    try:
        globals()[name] = found = getattr(importlib.import_module(_LATER[name]), name)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in {"grpc", "google", "grpc_status"}:
            raise
        message = f"{name} needs packages that are not there ({error.name}); install them with: "
        raise ImportError(message + 'pip install "lineseal[client]"') from error
    return found
