"""What we export, read by software that is not ours: go-car, dag-cbor and multiformats."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import cars
import golang
import pytest
from lineseal import Tracker

GOCAR = Path(__file__).parent / "gocar"
Lister = Callable[[Path], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ledger(tmp_path: Path) -> Tracker:
    """Three hundred predictions of a model, in two pages."""
    tracker = Tracker(tmp_path / "source")
    data = tracker.record_dataset(name="digits")
    model = tracker.record_model(name="m", parents=data)
    for n in range(300):
        tracker.record_prediction(prediction_id=f"p-{n}", output=n, parents=model, time=n)
    return tracker


@pytest.fixture(scope="session")
def go_car(tmp_path_factory: pytest.TempPathFactory) -> Lister:
    """Lists a CAR file with go-car."""
    if why := golang.missing(GOCAR):
        reason = f"NOT RUN: go-car reads our exports: {why}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    program = tmp_path_factory.mktemp("gocar") / "gocar"
    build = subprocess.run(
        ["go", "build", "-o", str(program), "."],
        cwd=GOCAR, capture_output=True, text=True,
    )  # fmt: skip
    if build.returncode != 0 and "no required module" not in build.stderr:
        missing = ("dial tcp", "no such host", "connection refused", "i/o timeout")
        if any(word in build.stderr for word in missing):
            pytest.skip(f"go-car cannot be had here: {build.stderr.strip().splitlines()[-1]}")
    assert build.returncode == 0, build.stderr
    return lambda path: subprocess.run([program, path], capture_output=True, text=True)


def test_go_car_reads_a_whole_ledger_and_finds_its_last_event_as_the_root(
    ledger: Tracker, tmp_path: Path, go_car: Lister
) -> None:
    assert ledger.export(tmp_path / "all.car") == 302
    events = [event.cid for event in ledger.events()]
    listed = go_car(tmp_path / "all.car").stdout.splitlines()
    assert listed[:2] == ["version 1", f"root {events[-1]}"]
    assert listed[2:] == [f"block {cid}" for cid in events]


def test_go_car_reads_named_events_and_refuses_a_changed_one(
    ledger: Tracker, tmp_path: Path, go_car: Lister
) -> None:
    leaves = ledger.find(prediction_id="p-7") + ledger.find(prediction_id="p-3")
    assert ledger.export(tmp_path / "two.car", leaves) == 4
    listed = go_car(tmp_path / "two.car").stdout.splitlines()
    assert listed[1:3] == [f"root {leaf.cid}" for leaf in leaves]
    assert {line.split()[1] for line in listed[3:]} == {e.cid for e in ledger.trace(leaves)}
    data = bytearray((tmp_path / "two.car").read_bytes())
    data[-1] ^= 1
    (tmp_path / "two.car").write_bytes(data)
    assert go_car(tmp_path / "two.car").returncode == 1


def test_python_packages_read_the_blocks_parents_first(ledger: Tracker, tmp_path: Path) -> None:
    leaf = ledger.find(prediction_id="p-7")[0]
    ledger.export(tmp_path / "one.car", leaf)
    roots, blocks = cars.read((tmp_path / "one.car").read_bytes())
    assert [str(root.set(base="base32")) for root in roots] == [leaf.cid]
    assert [str(cid) for cid, _ in blocks] == [e.cid for e in reversed(ledger.trace(leaf))]
    assert dict(cars.of("dag-cbor", block) for _, block in blocks) == dict(blocks)


def test_the_same_events_make_the_same_file_whichever_ledger_holds_them(
    ledger: Tracker, tmp_path: Path
) -> None:
    leaves = ledger.find(prediction_id="p-9") + ledger.find(prediction_id="p-2")
    ledger.export(tmp_path / "here.car", leaves)
    other = Tracker()
    other.record_dataset(name="something else")
    other.copy(leaves[1], ledger)
    other.copy(leaves[0], ledger)
    other.export(tmp_path / "there.car", [leaf.hash for leaf in leaves])
    assert (tmp_path / "here.car").read_bytes() == (tmp_path / "there.car").read_bytes()
