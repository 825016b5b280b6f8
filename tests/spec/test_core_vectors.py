"""The vectors of blocks and drafts, against lineseal through its public Python surface."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

import pytest
from lineseal import (
    EncodingError,
    InvalidRecordError,
    Link,
    ParentNotFoundError,
    Tracker,
    UnsupportedFormatError,
    _core,
    codec,
    verify_blocks,
)
from vectorfiles import blocks, cases, name
from vectorgen import records
from vectorgen.forge import expand_text

BLOCKS = blocks()
ACCEPTED = [case for case in BLOCKS if case["accept"]]
REFUSED = [case for case in BLOCKS if not case["accept"]]
DRAFTS = cases("drafts")
# What lineseal itself draws when a user records: a draft without it is refused only by others.
DRAWN = {"E5.2", "E5.4"}


def value_of(content: Any) -> Any:
    """What lineseal.codec makes of a block, from the `content` of the vectors."""
    match content:
        case {"map": items}:
            return {key: value_of(item) for key, item in items.items()}
        case {"float": digits}:
            return float_of(digits)
        case {"bytes": digits}:
            return bytes.fromhex(digits)
        case {"link": cid}:
            return Link(cid)
        case list():
            return [value_of(item) for item in content]
        case _:
            return content


def float_of(digits: str) -> float:
    return struct.unpack(">d", bytes.fromhex(digits))[0]


def same(left: Any, right: Any) -> bool:
    """Equal, and of the same types at every depth: 1, 1.0 and True differ."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


@pytest.mark.parametrize("case", ACCEPTED, ids=name)
def test_an_accepted_block_is_read_named_and_written_alike(case: dict[str, Any]) -> None:
    value = codec.decode(case["block"])
    assert codec.encode(value) == case["block"]
    assert codec.cid(case["block"]) == case["cid"]
    if "content" in case:
        assert same(value, value_of(case["content"]))


@pytest.mark.parametrize("case", ACCEPTED, ids=name)
def test_an_accepted_block_is_recorded_as_it_is(case: dict[str, Any]) -> None:
    tracker = Tracker()
    if codec.decode(case["block"])["parents"]:
        with pytest.raises(ParentNotFoundError):  # all else about it passed
            tracker.record_blocks([case["block"]])
        return
    (receipt,) = tracker.record_blocks([case["block"]])
    assert (receipt.hash, receipt.cid) == (case["hash"], case["cid"])
    assert tracker.get(receipt).block == case["block"]


@pytest.mark.parametrize("case", REFUSED, ids=name)
def test_a_refused_block_is_not_recorded(case: dict[str, Any]) -> None:
    tracker = Tracker()
    with pytest.raises((InvalidRecordError, EncodingError, UnsupportedFormatError)) as caught:
        tracker.record_blocks([case["block"]])
    assert len(tracker) == 0
    assert str(caught.value)


@pytest.mark.parametrize("case", BLOCKS, ids=name)
def test_verification_names_the_level_that_a_block_fails(case: dict[str, Any]) -> None:
    claimed = hashlib.sha256(case["block"]).hexdigest()
    report = verify_blocks([(claimed, case["block"])])
    found = {finding.check for finding in report.findings} - {"parent_missing"}
    expected = {"frame": {"canonical"}, "envelope": {"schema"}}.get(case.get("level", ""), set())
    if "E15.2" in case.get("permits", []):
        expected = {"unsupported_version"}
    assert found == expected


@pytest.mark.parametrize("case", [case for case in REFUSED if case["level"] != "frame"], ids=name)
def test_what_only_the_schema_refuses_is_canonical_all_the_same(case: dict[str, Any]) -> None:
    assert codec.encode(codec.decode(case["block"])) == case["block"]


def draft_of(case: dict[str, Any]) -> bytes:
    if "draft_hex" in case:
        return bytes.fromhex(case["draft_hex"])
    return expand_text(case["draft"]).encode()


# Where positions are hashes of no event, only the Rust runner can resolve them.
@pytest.mark.parametrize(
    "case", [case for case in DRAFTS if case["accept"] and "positions" not in case], ids=name
)
def test_a_draft_becomes_its_block(case: dict[str, Any]) -> None:
    tracker = Tracker()
    block = bytes.fromhex(case["block"])
    if codec.decode(block)["parents"]:
        with pytest.raises(ParentNotFoundError):
            tracker.record_json([draft_of(case)])
        return
    (receipt,) = tracker.record_json([draft_of(case)])
    assert tracker.get(receipt).block == block
    assert receipt.hash == case["hash"]


@pytest.mark.parametrize(
    "case",
    [case for case in DRAFTS if not case["accept"] and not DRAWN & set(case["rules"])],
    ids=name,
)
def test_a_refused_draft_says_where(case: dict[str, Any]) -> None:
    tracker = Tracker()
    with pytest.raises((InvalidRecordError, EncodingError)) as caught:
        tracker.record_json([draft_of(case)])
    assert len(tracker) == 0
    path = case.get("path")
    if path is not None:
        found = caught.value.path or ""
        assert found == path or found.startswith((path + ".", path + "["))


def test_the_schema_of_the_core_is_the_table_of_the_page() -> None:
    core = {
        type_: [(field, kind, required) for field, kind, required, _ in fields]
        for type_, _, _, _, fields in _core.schema()
    }
    page = {
        type_: [
            (field, "map" if kind == "values" else kind, required)
            for field, kind, required in records.fields(type_)
        ]
        for type_ in records.TABLE
    }
    assert core == page
