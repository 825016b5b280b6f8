"""lineseal.codec against cbrrr and dag-cbor: the same bytes, the same values, the same refusals.

Where they differ, the rule of docs/spec/event-format.md that says so is named below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cbrrr
import dag_cbor
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from lineseal import EncodingError, InvalidRecordError, Link, codec
from multiformats import CID
from vectorfiles import blocks
from vectorgen.forge import around

RAW, DAG_CBOR = bytes.fromhex("01551220"), bytes.fromhex("01711220")

links = st.builds(
    lambda head, digest: Link("b" + _base32(head + digest)),
    st.sampled_from([RAW, DAG_CBOR]),
    st.binary(min_size=32, max_size=32),
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0)  # never -0.0: E1.6
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | links
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(texts, inner, max_size=6),
    max_leaves=30,
)


def _base32(data: bytes) -> str:
    import base64

    return base64.b32encode(data).decode().lower().rstrip("=")


def swap(value: Any, kind: type, make: Callable[[Any], Any]) -> Any:
    """The value with each link of a kind made into another's."""
    if isinstance(value, kind):
        return make(value)
    if isinstance(value, dict):
        return {key: swap(item, kind, make) for key, item in value.items()}
    if isinstance(value, list):
        return [swap(item, kind, make) for item in value]
    return value


def to_dag_cbor(value: Any) -> Any:
    return swap(value, Link, lambda link: CID.decode(link.cid))


def to_cbrrr(value: Any) -> Any:
    return swap(value, Link, lambda link: cbrrr.CID.decode(link.cid))


def from_dag_cbor(value: Any) -> Any:
    return swap(value, CID, lambda cid: Link(str(cid.set(base="base32"))))


def from_cbrrr(value: Any) -> Any:
    return swap(value, cbrrr.CID, lambda cid: Link(cid.encode()))


def typed(value: Any) -> Any:
    """A form in which 1, 1.0 and True differ."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, value


@given(values)
@settings(max_examples=300, deadline=None)
def test_all_three_write_the_same_bytes(value: Any) -> None:
    block = codec.encode(value)
    assert block == dag_cbor.encode(to_dag_cbor(value))
    assert block == cbrrr.encode_dag_cbor(to_cbrrr(value))


@given(values)
@settings(max_examples=300, deadline=None)
def test_all_three_read_the_same_value(value: Any) -> None:
    block = dag_cbor.encode(to_dag_cbor(value))
    ours = codec.decode(block)
    assert typed(ours) == typed(value)
    assert typed(ours) == typed(from_dag_cbor(dag_cbor.decode(block)))
    assert typed(ours) == typed(from_cbrrr(cbrrr.decode_dag_cbor(block)))


def accepts(decode: Callable[[bytes], Any], block: bytes) -> bool:
    try:
        decode(block)
    except EncodingError:
        return False
    except Exception:  # dag-cbor lets IndexError, OverflowError and errors of multiformats out
        assert decode is not codec.decode
        return False
    return True


def stricter(block: bytes) -> str | None:
    """The rule by which lineseal refuses a block that dag-cbor reads, if one does.

    Judged on the value that dag-cbor reads, not by our code.
    """
    reasons = set(_reasons(dag_cbor.decode(block), 0))
    return min(reasons) if reasons else None


def _reasons(value: Any, depth: int) -> Any:
    if isinstance(value, float) and value == 0 and str(value) == "-0.0":
        yield "E1.6"
    if isinstance(value, int) and value < -(2**63):
        yield "E1.8"
    if isinstance(value, CID) and bytes(value)[:4] not in (RAW, DAG_CBOR):
        yield "E1.13"
    if isinstance(value, CID) and len(bytes(value)) != 36:
        yield "E1.13"
    if isinstance(value, dict | list):
        if depth == 24:
            yield "E1.14"
        for item in value.values() if isinstance(value, dict) else value:
            yield from _reasons(item, depth + 1)


def compare(block: bytes) -> None:
    """We accept exactly what dag-cbor accepts, but for E1.6, E1.8, E1.13 and E1.14."""
    ours = accepts(codec.decode, block)
    theirs = accepts(dag_cbor.decode, block) and dag_cbor.encode(dag_cbor.decode(block)) == block
    if ours:
        assert theirs
        assert typed(codec.decode(block)) == typed(from_dag_cbor(dag_cbor.decode(block)))
        assert codec.encode(codec.decode(block)) == block
    elif theirs:
        assert stricter(block) is not None
    # cbrrr checks neither the form of a CID (E1.13) nor text in it; but what we read, it reads.
    if ours:
        assert accepts(cbrrr.decode_dag_cbor, block)


@given(values, st.data())
@settings(max_examples=500, deadline=None)
def test_mutated_bytes_are_refused_by_all_or_by_none(value: Any, data: st.DataObject) -> None:
    block = bytearray(dag_cbor.encode(to_dag_cbor(value)))
    at = data.draw(st.integers(0, len(block) - 1))
    edit = data.draw(st.sampled_from(["set", "flip", "insert", "delete", "cut", "double"]))
    byte = data.draw(st.integers(0, 255))
    if edit == "set":
        block[at] = byte
    elif edit == "flip":
        block[at] ^= 1 << (byte % 8)
    elif edit == "insert":
        block.insert(at, byte)
    elif edit == "delete":
        del block[at]
    elif edit == "cut":
        del block[at:]
    else:
        block[at:at] = block[at : at + 1 + byte % 8]
    assume(block)
    compare(bytes(block))


@given(st.binary(min_size=1, max_size=40))
@settings(max_examples=500, deadline=None)
@example(bytes.fromhex("fb8000000000000000"))
@example(bytes.fromhex("3b8000000000000000"))
@example(bytes.fromhex("81" * 25 + "00"))
@example(bytes.fromhex("a2616100616101"))
def test_any_bytes_are_refused_by_all_or_by_none(block: bytes) -> None:
    compare(block)


def test_the_vectors_are_refused_by_all_or_by_none() -> None:
    for case in blocks():
        if 0 < len(case["block"]) < 100_000 and case["name"] != "size-1-mib-and-one":
            compare(case["block"])


@pytest.mark.parametrize(
    ("rule", "block"),
    [
        ("E1.6", around("fb8000000000000000")),
        ("E1.8", around("3b8000000000000000")),
        ("E1.13", around("d82a 5825 00 01701220" + "11" * 32)),
        ("E1.14", around("81" * 22 + "80")),
    ],
)
def test_each_known_difference_is_real_and_has_its_rule(rule: str, block: str) -> None:
    data = bytes.fromhex(block)
    assert dag_cbor.encode(dag_cbor.decode(data)) == data
    assert stricter(data) == rule
    with pytest.raises(EncodingError):
        codec.decode(data)


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 2**64, -(2**63) - 1, "\ud800", {1: 2}, {"a": {None: 0}}, {1, 2}],
    ids=repr,
)
def test_what_has_no_encoding_is_refused(value: Any) -> None:
    with pytest.raises((EncodingError, InvalidRecordError)):
        codec.encode(value)


def test_minus_zero_is_written_as_zero() -> None:
    assert codec.encode([-0.0]) == dag_cbor.encode([0.0])


def test_a_block_of_exactly_the_limit_is_written_and_one_byte_more_is_not() -> None:
    room = (1 << 20) - 5  # a head of five bytes
    assert len(codec.encode(bytes(room))) == 1 << 20
    with pytest.raises(EncodingError):
        codec.encode(bytes(room + 1))
