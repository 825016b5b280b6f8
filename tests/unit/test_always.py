"""What holds for every value: it comes back as it was, and the same value is the same bytes."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from lineseal import EncodingError, InvalidRecordError, Tensor, Tracker, codec

tracker = Tracker()

KEYS = st.text(max_size=8).filter(lambda key: not key.startswith("lineseal:"))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.binary(max_size=20)
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)

    return st.recursive(leaves, around)


PLAIN = nested(LEAVES)
VALUES = nested(LEAVES | st.floats())


def bits(value: Any) -> Any:
    """The value with floats as their bits, NaNs and zeros being one each, and maps in order."""
    if isinstance(value, float):
        return struct.pack(">d", math.nan if math.isnan(value) else value + 0.0)
    if isinstance(value, dict):
        return {"map": sorted((key, bits(item)) for key, item in value.items())}
    if isinstance(value, list):
        return [bits(item) for item in value]
    return (type(value), value)


@given(VALUES)
@settings(max_examples=300)
def test_a_recorded_value_comes_back(value: Any) -> None:
    receipt = tracker.record_prediction(inputs=value, time=0, prediction_id="p", parents=())
    event = tracker.get(receipt)
    assert repr(bits(event.payload["inputs"])) == repr(bits(value))
    again = tracker.record_prediction(
        inputs=event.payload["inputs"], time=0, prediction_id="p", parents=()
    )
    assert again.hash == receipt.hash


@given(PLAIN)
def test_what_the_codec_encodes_it_decodes(value: Any) -> None:
    block = codec.encode(value)
    assert repr(bits(codec.decode(block))) == repr(bits(value))
    assert codec.encode(codec.decode(block)) == block


@given(
    arrays.arrays(
        st.sampled_from(["?", "<i2", ">i4", "<u8", "<f2", ">f8", "<c8"]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    )
)
def test_an_array_keeps_its_bits(array: Any) -> None:
    receipt = tracker.record_hyperparameters(values={"x": array})
    tensor = tracker.get(receipt).payload["values"]["x"]
    assert isinstance(tensor, Tensor)
    native = array.astype(array.dtype.newbyteorder("="))
    assert tensor.numpy().dtype == native.dtype
    assert tensor.numpy().shape == array.shape
    assert tensor.numpy().tobytes() == native.tobytes()


@given(st.binary(max_size=60))
def test_bytes_that_are_no_event_are_refused(block: bytes) -> None:
    before = len(tracker)
    with pytest.raises((EncodingError, InvalidRecordError)):
        tracker.record_blocks([block])
    assert len(tracker) == before


def test_floats_of_numpy_are_exact() -> None:
    for number in (np.float16(0.1), np.float32(1e-45), np.float64(5e-324)):
        receipt = tracker.record_hyperparameters(values={"x": number})
        assert tracker.get(receipt).payload["values"]["x"] == float(number)
