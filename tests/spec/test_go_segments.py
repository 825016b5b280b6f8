"""A closed ledger read by a Go program that knows docs/spec and no line of ours (tests/spec/go)."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import cbrrr
import golang
import pytest
from lineseal import DatasetRecord, Tracker
from test_ledger_format import sections

HERE = Path(__file__).parent
Reader = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Runs the program on a ledger."""
    if why := golang.missing(HERE / "go"):
        reason = f"NOT RUN: a closed segment read in Go: {why}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    program = tmp_path_factory.mktemp("segments") / "segments"
    build = subprocess.run(
        ["go", "build", "-o", str(program), "."], cwd=HERE / "go", capture_output=True, text=True
    )
    assert build.returncode == 0, build.stderr
    return lambda *arguments: subprocess.run([program, *arguments], capture_output=True, text=True)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A small life, in batches of one and of many."""
    with Tracker(tmp_path / "l") as tracker:
        data = tracker.record_dataset(name="digits")
        tracker.record_many([DatasetRecord(name=f"part {n}") for n in range(3)])
        model = tracker.record_model(name="m", parents=data)
        tracker.record_prediction(prediction_id="p", output=7, parents=model, time=1)
    return tmp_path / "l"


def test_every_event_and_every_number_is_found(ledger: Path, read: Reader) -> None:
    done = read(ledger)
    *hashes, last = done.stdout.splitlines()
    with Tracker(ledger, read_only=True) as tracker:
        assert hashes == [event.hash for event in tracker.events()]
        stats = tracker.stats()
    report = json.loads(last)
    assert report == {key: stats[key] for key in report}
    assert report["batches"] == 4


def test_a_ledger_of_several_segments_is_read_to_its_end(tmp_path: Path, read: Reader) -> None:
    filler = b"x" * 1_000_000
    with Tracker(tmp_path / "l") as tracker:
        for start in range(0, 280, 40):
            tracker.record_many(
                DatasetRecord(name=f"{n}", properties={"filler": filler})
                for n in range(start, start + 40)
            )
        tracker.record_dataset(name="in a segment of its own")
        stats = tracker.stats()
    assert stats["segments"] == 2
    report = json.loads(read(tmp_path / "l").stdout.splitlines()[-1])
    assert (report["segments"], report["events"]) == (2, 281)
    second = sorted((tmp_path / "l" / "segments").iterdir())[1]
    second.rename(second.with_name("000000000001.car"))
    assert "is next" in read(tmp_path / "l").stderr


def test_no_flipped_bit_goes_unseen(ledger: Path, read: Reader) -> None:
    done = read("-flips", ledger)
    tried, _, unseen, _ = done.stdout.splitlines()[-1].split()
    assert int(unseen) == 0, done.stdout
    assert int(tried) > 8 * 2_000


def test_a_ledger_cut_short_or_open_is_refused(ledger: Path, read: Reader) -> None:
    segment = ledger / "segments" / "000000000000.car"
    whole = segment.read_bytes()
    starts = [start for start, *_ in sections(whole)]
    for end in (0, 10, *starts, len(whole) - 1):
        segment.write_bytes(whole[:end])
        assert read(ledger).returncode == 1, end
    segment.write_bytes(whole + bytes(64))
    assert read(ledger).returncode == 1
    segment.write_bytes(whole)
    assert read(ledger).returncode == 0
    with Tracker(ledger) as tracker:
        tracker.record_dataset(name="more")
        assert read(ledger).returncode == 1


def test_an_event_rewritten_with_all_that_stands_around_it_is_missed_by_its_child(
    ledger: Path, read: Reader
) -> None:
    segment = ledger / "segments" / "000000000000.car"
    data = segment.read_bytes()
    (_, header, *_), (_, body, cid, block), (start, end, _, old) = sections(data)[:3]
    forged = block.replace(b"digits", b"dogits")
    new_cid = cid[:4] + hashlib.sha256(forged).digest()
    group = data[header:body].replace(cid + block, new_cid + forged)
    frame = cbrrr.decode_dag_cbor(old) | {"crc": zlib.crc32(group)}
    rewritten = cbrrr.encode_dag_cbor(frame)
    assert len(rewritten) == len(old)
    name = bytes([0x01, 0x55, 0x12, 0x20]) + hashlib.sha256(rewritten).digest()
    length = data[start : end - 36 - len(old)]
    segment.write_bytes(data[:header] + group + length + name + rewritten + data[end:])
    assert f"its parent {cid[4:].hex()} does not stand before it" in read(ledger).stderr
