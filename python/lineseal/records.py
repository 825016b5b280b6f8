"""The records that users hand in: one frozen dataclass for each type of event.

May use `_core` and `dataclasses`. They hold what the user gave and nothing else: nothing is
checked, converted or drawn before a record is recorded, and then by the core alone, whose table of
types (`_core.schema`) a test holds against this module.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineseal._core import UNSET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any, TypeAlias

    from lineseal._core import Receipt
    from lineseal.event import Event

    Parent: TypeAlias = "str | Receipt | Event | Record"
    Parents: TypeAlias = "Parent | Sequence[Parent] | Mapping[str, Parent | Sequence[Parent]]"
    Moment: TypeAlias = datetime | int


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Record:
    """What all records have.

    Attributes:
        parents: The events that this one was made from: one, a sequence, or a mapping from role to
            one or a sequence. Each is a Receipt, an Event, a hash (64 hex digits, or 8 or more of
            them), a CID, or a record that stands earlier in the same `record_many`. `()` says
            "none on purpose", where a type asks for one.
        time: When it happened: an aware datetime, or an int of microseconds since 1970-01-01 UTC.
            Drawn when recorded, where the type has one and none was given. Datasets,
            hyperparameters and models have none by themselves: the same content is the same event.
        actor: Who recorded it, as you state it. Never filled in.
    """

    type_name = None  # type: str | None

    parents: Parents | None = None
    time: Moment | None = None
    actor: str | None = None

    def __repr__(self) -> str:
        fields = self.__dataclass_fields__.values()
        pairs = ((field.name, getattr(self, field.name), field.default) for field in fields)
        shown = (f"{name}={value!r}" for name, value, default in pairs if value is not default)
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TypedRecord(Record):
    """What the records of all built-in types have.

    Attributes:
        ids: 1 to 64 names in other systems, as `scheme:name` (`mlflow-run:…`, `oci:…`), by which
            `find(id=…)` finds the event.
    """

    ids: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class DatasetRecord(TypedRecord):
    """A set of data. A thing: recorded twice with the same content, it is one event.

    Attributes:
        name: Required. What you call it.
        version: Which state of it.
        checksum: `sha256:` and hex digits; see `lineseal.checksum`, which gives the three fields
            checksum, checksum_method and num_bytes.
        checksum_method: How the checksum was made (docs/spec/checksums.md).
        num_rows: How many rows, 0 to 2^63-1.
        num_bytes: How many bytes of content.
        uri: Where it lies.
        split: Which part of a whole, such as `train`.
        license: Its licence, best as an SPDX identifier.
        schema: Names and types of columns, in any form you like.
        properties: Anything else.
    """

    type_name = "dataset"

    name: str
    version: str | None = None
    checksum: str | None = None
    checksum_method: str | None = None
    num_rows: int | None = None
    num_bytes: int | None = None
    uri: str | None = None
    split: str | None = None
    license: str | None = None
    schema: Mapping[str, Any] | None = None
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class HyperparametersRecord(TypedRecord):
    """The settings of a training. A thing: the same settings are one event.

    Attributes:
        values: Required. Names and values; may be `{}`.
        properties: Anything else.
    """

    type_name = "hyperparameters"

    values: Mapping[str, Any]
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TrainingRecord(TypedRecord):
    """A training run.

    Attributes:
        run_id: Required. The run's name; `find(run_id=…)` finds it.
        model_name: Required. What is being trained.
        model_version: Which version comes out.
        status: How it ended, such as `completed` or `failed`.
        hyperparameters: Settings, where they are not an event of their own.
        started_at: Aware datetime, or microseconds since 1970-01-01 UTC.
        finished_at: Aware datetime, or microseconds since 1970-01-01 UTC.
        seed: Of the random numbers, -2^63 to 2^63-1.
        code: The sources that ran: a map with `uri`, `revision` and `dirty` (a bool).
        image: The container image it ran in.
        metrics: Names and numbers; ints of at most 2^53 become floats.
        properties: Anything else.
    """

    type_name = "training"

    run_id: str
    model_name: str
    model_version: str | None = None
    status: str | None = None
    hyperparameters: Mapping[str, Any] | None = None
    started_at: Moment | None = None
    finished_at: Moment | None = None
    seed: int | None = None
    code: Mapping[str, str | bool] | None = None
    image: str | None = None
    metrics: Mapping[str, float] | None = None
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ModelRecord(TypedRecord):
    """A trained model. A thing: recorded twice with the same content, it is one event.

    Attributes:
        name: Required. What you call it.
        version: Which state of it.
        checksum: `sha256:` and hex digits; see `lineseal.checksum`.
        checksum_method: How the checksum was made (docs/spec/checksums.md).
        num_bytes: How many bytes of content.
        format: Of the file, such as `safetensors`.
        uri: Where it lies.
        license: Its licence, best as an SPDX identifier.
        properties: Anything else.
    """

    type_name = "model"

    name: str
    version: str | None = None
    checksum: str | None = None
    checksum_method: str | None = None
    num_bytes: int | None = None
    format: str | None = None
    uri: str | None = None
    license: str | None = None
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class EvaluationRecord(TypedRecord):
    """What a model scored.

    Attributes:
        metrics: Required. Names and numbers; ints of at most 2^53 become floats.
        dataset: Name of the data it was measured on (name the event in parents, too).
        split: Which part of it, such as `test`.
        slice: Which slice of that, such as `country=DE`.
        num_rows: How many rows were measured.
        passed: Whether that was good enough.
        properties: Anything else.
    """

    type_name = "evaluation"

    metrics: Mapping[str, float]
    dataset: str | None = None
    split: str | None = None
    slice: str | None = None
    num_rows: int | None = None
    passed: bool | None = None
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class DeploymentRecord(TypedRecord):
    """A model put to use.

    Attributes:
        name: Required. The service's name; `find(deployment=…)` finds it.
        stage: Such as `production`.
        endpoint: Where it answers.
        image: The container image that runs.
        status: Such as `active`.
        properties: Anything else.
    """

    type_name = "deployment"

    name: str
    stage: str | None = None
    endpoint: str | None = None
    image: str | None = None
    status: str | None = None
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class PredictionRecord(TypedRecord):
    """One answer of a model. Needs a parent: the model or deployment that gave it.

    Attributes:
        prediction_id: Its name; a UUIDv7 is drawn when recorded if none was given.
        inputs: What went in: any value, NumPy arrays included. None is content.
        output: What came out: any value. None is content.
        status: Such as `ok` or `error`.
        error: What went wrong.
        latency_us: How long it took, in microseconds.
        stream: The sequence that it belongs to.
        seq: Its number in the stream, from 0.
        properties: Anything else.
    """

    type_name = "prediction"

    prediction_id: str | None = None
    inputs: Any = UNSET
    output: Any = UNSET
    status: str | None = None
    error: str | None = None
    latency_us: int | None = None
    stream: str | None = None
    seq: int | None = None
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FeedbackRecord(TypedRecord):
    """What became known of a prediction later. Needs a parent, which takes the role `of`.

    Attributes:
        value: Required. The truth, a score, a comment: any value, None included.
        kind: What it is, such as `true-label`.
        source: Where it came from.
        properties: Anything else.
    """

    type_name = "feedback"

    value: Any
    kind: str | None = None
    source: str | None = None
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ApprovalRecord(TypedRecord):
    """A decision of a person. Needs a parent: what was decided upon.

    Attributes:
        decision: Required. Such as `approved` or `rejected`.
        meaning: What it allows.
        signer_name: Who decided.
        reason: Why.
        properties: Anything else.
    """

    type_name = "approval"

    decision: str
    meaning: str | None = None
    signer_name: str | None = None
    reason: str | None = None
    properties: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GapRecord(TypedRecord):
    """Predictions known to be lost (type `lineseal/gap`).

    Attributes:
        stream: Required. The sequence that has the gap.
        first_seq: Required. Number of the first that is missing.
        last_seq: Required. Number of the last that is missing.
        count: Required. How many are missing.
        reason: Required. Why.
    """

    type_name = "lineseal/gap"

    stream: str
    first_seq: int
    last_seq: int
    count: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class CustomRecord(Record):
    """An event of a type of your own.

    Attributes:
        type: Required. `namespace/name`, both `[a-z0-9][a-z0-9._-]{0,62}`.
        payload: Its content, under any keys; may be left out. A key `ids` has the form of other
            records' `ids`.
    """

    type: str
    payload: Mapping[str, Any] | None = None
