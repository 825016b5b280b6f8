"""Records, `record_*` and docs against the core's table, and the rules of absent fields."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import lineseal
import pytest
from lineseal import (
    UNSET,
    CustomRecord,
    DatasetRecord,
    EvaluationRecord,
    HyperparametersRecord,
    InvalidRecordError,
    PredictionRecord,
    Record,
    Tracker,
    TrainingRecord,
    _core,
)
from lineseal.records import TypedRecord

TYPES = {row[0]: row for row in _core.schema()}
CLASSES = {cls.type_name: cls for cls in TypedRecord.__subclasses__() if cls.__slots__}
ENVELOPE = {"parents", "time", "actor"}

tracker = Tracker()


def test_there_is_a_record_for_every_type_of_the_table() -> None:
    assert set(CLASSES) == set(TYPES)
    for cls in CLASSES.values():
        assert cls.__name__ in lineseal.__all__


@pytest.mark.parametrize("name", TYPES)
def test_a_record_has_the_fields_of_the_table(name: str) -> None:
    _name, _thing, _needs_parent, _doc, fields = TYPES[name]
    cls: type[Any] = CLASSES[name]
    own = {field.name: field for field in dataclasses.fields(cls) if field.name not in ENVELOPE}
    assert set(own) == {field for field, *_ in fields}
    for field, kind, required, _about in fields:
        default = own[field].default
        if field == "prediction_id":  # drawn when it was not given
            assert default is None
        elif required:
            assert default is dataclasses.MISSING, field
        else:
            assert default is (UNSET if kind == "any" else None), field
        assert own[field].kw_only
        documented = cls.__doc__ + (TypedRecord.__doc__ or "")
        assert f"        {field}: " in documented, field


@pytest.mark.parametrize("name", TYPES)
def test_a_method_has_the_signature_of_its_record(name: str) -> None:
    cls: type[Any] = CLASSES[name]
    method = getattr(Tracker, f"record_{cls.__name__.removesuffix('Record').lower()}")
    signature, wanted = inspect.signature(method), inspect.signature(cls)
    assert list(signature.parameters)[1:] == list(wanted.parameters)
    assert cls.__doc__ in method.__doc__


def test_records_hold_what_was_given_and_nothing_else() -> None:
    record = PredictionRecord(output=None, time=5)
    assert repr(record) == "PredictionRecord(time=5, output=None)"
    assert record.inputs is UNSET
    assert record.prediction_id is None
    assert record == PredictionRecord(output=None, time=5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.output = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        DatasetRecord("digits")  # type: ignore[misc, call-arg]


def test_records_survive_pickling_with_unset_being_unset() -> None:
    record = pickle.loads(pickle.dumps(PredictionRecord(output=1)))
    assert record.inputs is UNSET
    assert not UNSET


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: tracker.record_dataset(), "name"),  # type: ignore[call-arg]
        (lambda: tracker.record_training(model_name="m"), "run_id"),  # type: ignore[call-arg]
        (lambda: tracker.record_training(run_id="r"), "model_name"),  # type: ignore[call-arg]
        (lambda: tracker.record_dataset(name="d", nmae=1), "nmae"),  # type: ignore[call-arg]
    ],
)
def test_a_missing_or_unknown_keyword_is_named_by_python(make: Any, field: str) -> None:
    with pytest.raises(TypeError, match=field):
        make()


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (DatasetRecord(name=""), "name"),
        (TrainingRecord(run_id="", model_name="m"), "run_id"),
        (TrainingRecord(run_id="r", model_name=""), "model_name"),
        (EvaluationRecord(metrics={}), "metrics"),
        (DatasetRecord(name=None), "name"),  # type: ignore[arg-type]
        (DatasetRecord(name=b"d"), "name"),  # type: ignore[arg-type]
        (DatasetRecord(name=7), "name"),  # type: ignore[arg-type]
        (DatasetRecord(name="d", num_rows=True), "num_rows"),
        (DatasetRecord(name="d", num_rows=1797.0), "num_rows"),  # type: ignore[arg-type]
        (DatasetRecord(name="d", num_rows=-1), "num_rows"),
        (DatasetRecord(name="d", num_rows=2**63), "num_rows"),
        (DatasetRecord(name="d", checksum="sha256:XY"), "checksum"),
        (DatasetRecord(name="d", schema=[1]), "schema"),  # type: ignore[arg-type]
        (DatasetRecord(name="d", ids=["nocolon"]), "ids"),
        (DatasetRecord(name="d", ids=["a:b", "a:b"]), "ids"),
        (DatasetRecord(name="d", ids="a:b"), "ids"),
        (EvaluationRecord(metrics={"a": "b"}), "metrics"),  # type: ignore[dict-item]
        (EvaluationRecord(metrics={"a": True}), "metrics"),
        (EvaluationRecord(metrics={"a": 2**53 + 1}), "metrics"),
        (EvaluationRecord(metrics={"a": 1.0}, passed=1), "passed"),  # type: ignore[arg-type]
        (TrainingRecord(run_id="r", model_name="m", seed=2**63), "seed"),
        (TrainingRecord(run_id="r", model_name="m", seed=1.0), "seed"),  # type: ignore[arg-type]
        (TrainingRecord(run_id="r", model_name="m", started_at="now"), "started_at"),  # type: ignore[arg-type]
        (TrainingRecord(run_id="r", model_name="m", started_at=datetime(2026, 1, 1)), "started_at"),
        (TrainingRecord(run_id="r", model_name="m", started_at=2**63), "started_at"),
        (TrainingRecord(run_id="r", model_name="m", started_at=True), "started_at"),
        (TrainingRecord(run_id="r", model_name="m", code=[{"uri": 1}]), "code"),  # type: ignore[dict-item]
        (TrainingRecord(run_id="r", model_name="m", code=[{"who": "x"}]), "code"),
        (TrainingRecord(run_id="r", model_name="m", time="now"), "time"),  # type: ignore[arg-type]
        (TrainingRecord(run_id="r", model_name="m", time=2**63), "time"),
        (TrainingRecord(run_id="r", model_name="m", actor=7), "actor"),  # type: ignore[arg-type]
        (CustomRecord(type="custom"), "type"),
        (CustomRecord(type="Acme/x"), "type"),
        (CustomRecord(type="lineseal/new"), "type"),
        (CustomRecord(type=7), "type"),  # type: ignore[arg-type]
        (CustomRecord(type="acme/x", payload=[1]), "payload"),  # type: ignore[arg-type]
        (CustomRecord(type="acme/x", payload={"ids": 7}), "ids"),
        (CustomRecord(type="acme/x", payload={"k": {1}}), "k"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named_with_a_remedy(record: Record, field: str) -> None:
    before = len(tracker)
    with pytest.raises(InvalidRecordError) as caught:
        tracker.record(record)
    assert caught.value.field == field
    assert caught.value.path
    assert caught.value.remedy
    assert caught.value.remedy in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert len(tracker) == before


def test_null_and_empty_count_as_absent_but_any_keeps_them() -> None:
    plain = tracker.record_dataset(name="d")
    empty = tracker.record_dataset(name="d", version="", schema={}, properties={}, ids=[], actor="")
    assert plain.hash == empty.hash
    for value in (None, "", [], {}):
        receipt = tracker.record_prediction(inputs=value, parents=())
        payload = tracker.get(receipt).payload
        assert payload["inputs"] == value
        assert "output" not in payload
    assert tracker.get(tracker.record(HyperparametersRecord(values={}))).payload == {"values": {}}


def test_metrics_become_floats_and_ids_are_sorted() -> None:
    receipt = tracker.record_evaluation(metrics={"a": 1, "b": 2**53}, ids=["b:2", "a:1"])
    payload = tracker.get(receipt).payload
    assert payload == {"metrics": {"a": 1.0, "b": float(2**53)}, "ids": ["a:1", "b:2"]}
    assert all(type(value) is float for value in payload["metrics"].values())


def test_times_are_microseconds_however_they_are_given() -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 7, tzinfo=UTC)
    micros = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    common = {"run_id": "r", "model_name": "m"}
    by_datetime = tracker.record_training(**common, started_at=moment, time=moment)
    by_int = tracker.record_training(**common, started_at=micros, time=micros)
    assert by_datetime.hash == by_int.hash
    event = tracker.get(by_int)
    assert (event.time, event.time_us) == (moment, micros)
    early = tracker.record_training(**common, time=datetime(1, 1, 1, tzinfo=UTC))
    assert tracker.get(early).time == datetime(1, 1, 1, tzinfo=UTC)


def test_times_beyond_the_calendar_are_kept_exactly() -> None:
    for micros, nearest in ((2**63 - 1, datetime.max), (-(2**63), datetime.min)):
        event = tracker.get(tracker.record_training(run_id="r", model_name="m", time=micros))
        assert event.time_us == micros
        assert event.time == nearest.replace(tzinfo=UTC)
        assert repr(event)


def test_what_is_missing_is_drawn_when_it_is_recorded() -> None:
    record = PredictionRecord(output=1, parents=())
    first, second = (tracker.get(tracker.record(record)) for _ in range(2))
    assert first.payload["prediction_id"] != second.payload["prediction_id"]
    assert first.payload["prediction_id"][14] == "7"
    assert abs(first.time - datetime.now(UTC)) < timedelta(minutes=1)
    assert first.actor is None
