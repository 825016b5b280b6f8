"""docs/spec/ledger.md held against a real ledger, with tools that are not ours."""

from __future__ import annotations

import hashlib
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cbrrr
import pytest
from lineseal import Tracker
from vectorfiles import SPEC


@pytest.fixture
def ledger(tmp_path: Path) -> tuple[Path, list[str]]:
    path = tmp_path / "l"
    with Tracker(path) as tracker:
        data = tracker.record_dataset(name="digits")
        model = tracker.record_model(name="m", parents=data)
        hashes = [data.hash, model.hash]
        for n in range(20):
            many = [tracker.record_prediction(output=n, parents=model).hash]
            hashes += many
    return path, hashes


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            return value, at


def sections(data: bytes) -> list[tuple[int, int, bytes, bytes]]:
    """Start, end, CID and block of each section behind the CAR header."""
    length, at = varint(data, 0)
    at += length
    found = []
    while at < len(data):
        start = at
        length, at = varint(data, at)
        found.append((start, at + length, data[at : at + 36], data[at + 36 : at + length]))
        at += length
    return found


def decode(block: bytes) -> Any:
    return cbrrr.decode_dag_cbor(block)


def test_the_script_of_the_page_lists_a_closed_segment(
    ledger: tuple[Path, list[str]], tmp_path: Path
) -> None:
    path, hashes = ledger
    (script,) = re.findall(r"```python\n(.*?)```", (SPEC / "ledger.md").read_text(), re.S)
    segment = path / "segments" / "000000000000.car"
    done = subprocess.run(
        [sys.executable, "-c", script, str(segment)], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    events = [row for row in rows if row[1:2] == ["event"]]
    assert [row[2] for row in events] == hashes
    assert [int(row[0]) for row in events] == list(range(len(hashes)))


def test_headers_and_frames_are_as_the_page_says(ledger: tuple[Path, list[str]]) -> None:
    path, hashes = ledger
    data = (path / "segments" / "000000000000.car").read_bytes()
    length, at = varint(data, 0)
    car = decode(data[at : at + length])
    (_, body, cid, block), *groups = sections(data)
    assert car["version"] == 1
    assert [bytes(root) for root in car["roots"]] == [cid]
    header = decode(block)
    assert header["first"] == 0
    assert header["format"] == "0"
    assert header["previous"] is None
    assert header["ledger"].hex() in (path / "ledger.json").read_text()
    first, previous, clock, events = 0, 0, -1, 0
    for start, end, cid, block in groups:
        assert cid[4:] == hashlib.sha256(block).digest()
        if cid[1] == 0x71:
            events += 1
            continue
        frame = decode(block)
        assert frame["offset"] == start
        assert frame["nonce"] == header["nonce"]
        assert frame["previous"] == previous
        assert frame["first"] == first
        assert frame["count"] == frame["ends"][-1] == events
        assert frame["crc"] == zlib.crc32(data[body:start])
        assert frame["clock"] >= clock
        first, previous, clock, events, body = first + events, start, frame["clock"], 0, end
    assert (first, events) == (len(hashes), 0)


def test_the_marks_are_as_the_page_says(ledger: tuple[Path, list[str]]) -> None:
    path, hashes = ledger
    data = (path / "segments" / "000000000000.car").read_bytes()
    durable = (path / "DURABLE").read_bytes()
    assert len(durable) == 1024
    marks = []
    for slot in (durable[:512], durable[512:]):
        magic, seq, segment, end, events, clean = struct.unpack_from("<8sQQQQB", slot)
        assert magic == b"lineseal"
        assert struct.unpack_from("<I", slot, 508)[0] == zlib.crc32(slot[:508])
        marks.append((seq, segment, end, events, clean, slot[41:77]))
    _, segment, end, events, clean, cid = max(marks)
    assert (segment, end, events, clean) == (0, len(data), len(hashes), 1)
    assert cid == sections(data)[-1][2]
