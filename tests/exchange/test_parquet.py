"""Parquet files, read by pyarrow and by pandas."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import cars
import pandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lineseal import Tracker, _core

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def ledger() -> Tracker:
    tracker = Tracker()
    data = tracker.record_dataset(name="digits", num_rows=1797, ids=["oci:x", "mlflow-run:7"])
    run = tracker.record_training(
        run_id="r1", model_name="lr", started_at=NOON, time=NOON, actor="ada", seed=-7,
        parents={"train": data}, metrics={"loss": float("nan")},
    )  # fmt: skip
    tracker.record_evaluation(metrics={"a": 1.0}, passed=False, parents=run, time=NOON)
    tracker.record_custom(type="acme/x", payload={"name": 7, "bytes": b"\0"}, time=NOON)
    return tracker


def test_every_event_is_a_row_with_what_all_events_have(ledger: Tracker, tmp_path: Path) -> None:
    assert ledger.export(tmp_path / "all.parquet", format="parquet") == 4
    rows = pq.read_table(tmp_path / "all.parquet").to_pylist()
    for row, event in zip(rows, ledger.events(), strict=True):
        for name in ("hash", "cid", "index", "type", "time", "actor", "recorded_at"):
            assert row[name] == getattr(event, name)
        assert (row["parents"], row["roles"]) == (list(event.parents), list(event.roles))
    assert json.loads(rows[0]["payload"])["num_rows"] == 1797
    assert json.loads(rows[1]["payload"])["metrics"] == {"loss": {"lineseal:float": "NaN"}}
    assert json.loads(rows[3]["payload"])["bytes"] == {"/": {"bytes": "AA"}}


def test_simple_fields_are_columns_with_their_types(ledger: Tracker, tmp_path: Path) -> None:
    ledger.export(tmp_path / "all.parquet", format="parquet")
    table = pq.read_table(tmp_path / "all.parquet")
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    assert columns["name"] == ["digits", None, None, None]
    assert columns["num_rows"] == [1797, None, None, None]
    assert columns["ids"] == [["mlflow-run:7", "oci:x"], None, None, None]
    assert columns["seed"] == [None, -7, None, None]
    assert columns["started_at"] == [None, NOON, None, None]
    assert columns["passed"] == [None, None, False, None]
    assert table.schema.field("started_at").type == pa.timestamp("us", tz="UTC")
    frame = pandas.read_parquet(tmp_path / "all.parquet")
    assert list(frame[frame.type == "training"].run_id) == ["r1"]


def test_the_columns_are_those_of_the_schema_and_of_every_ledger(
    ledger: Tracker, tmp_path: Path
) -> None:
    ledger.export(tmp_path / "one.parquet", types="dataset", format="parquet")
    ledger.export(tmp_path / "all.parquet", format="parquet")
    schema = pq.read_schema(tmp_path / "one.parquet")
    assert schema == pq.read_schema(tmp_path / "all.parquet")
    simple = {"text", "count", "int", "time", "bool", "checksum", "ids"}
    fields = {f for *_, members in _core.schema() for f, kind, _, _ in members if kind in simple}
    assert fields < set(schema.names)
    assert len(schema.names) == len(fields) + 10


def test_names_and_filters_choose_the_rows(ledger: Tracker, tmp_path: Path) -> None:
    (run,) = ledger.find(run_id="r1")
    assert ledger.export(tmp_path / "run.parquet", run, format="parquet") == 2
    assert pq.read_table(tmp_path / "run.parquet")["index"].to_pylist() == [1, 0]
    assert ledger.export(tmp_path / "two.parquet", after_index=1, limit=1, format="parquet") == 1


def test_fields_that_hold_what_their_type_forbids_stay_in_the_payload_alone(tmp_path: Path) -> None:
    odd = cars.event(type="dataset", payload={"name": 7, "ids": [1], "num_rows": True})
    (tmp_path / "odd.car").write_bytes(cars.car([odd]))
    tracker = Tracker()
    tracker.copy_all(tmp_path / "odd.car")
    tracker.export(tmp_path / "odd.parquet", format="parquet")
    (row,) = pq.read_table(tmp_path / "odd.parquet").to_pylist()
    assert (row["name"], row["ids"], row["num_rows"]) == (None, None, None)
    assert json.loads(row["payload"]) == {"name": 7, "ids": [1], "num_rows": True}


def test_counts_beyond_64_bits_with_a_sign_stay_in_the_payload_alone(tmp_path: Path) -> None:
    (tmp_path / "foreign.car").write_bytes(
        cars.car([cars.event(type="dataset", payload={"name": "d", "num_rows": 2**64 - 1})])
    )
    tracker = Tracker()
    tracker.copy_all(tmp_path / "foreign.car")
    tracker.export(tmp_path / "foreign.parquet", format="parquet")
    (row,) = pq.read_table(tmp_path / "foreign.parquet").to_pylist()
    assert (row["name"], row["num_rows"]) == ("d", None)
    assert json.loads(row["payload"])["num_rows"] == 2**64 - 1


def test_many_events_make_row_groups(tmp_path: Path) -> None:
    tracker = Tracker()
    blocks = [cars.event(payload={"n": n})[1] for n in range(20_000)]
    for start in range(0, len(blocks), 10_000):
        tracker.record_blocks(blocks[start : start + 10_000])
    tracker.export(tmp_path / "many.parquet", format="parquet")
    file = pq.ParquetFile(tmp_path / "many.parquet")
    assert (file.metadata.num_rows, file.metadata.num_row_groups) == (20_000, 2)


def test_without_pyarrow_it_is_said_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import lineseal\n"
        "try: lineseal.Tracker().export('x.parquet', format='parquet')\n"
        "except lineseal.InvalidArgumentError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "lineseal[parquet]"' in done.stdout
