"""The canonical encoding: strict DAG-CBOR (docs/spec/event-format.md), for any plain value.

Values are None, bool, int from -2^63 to 2^64-1, finite float, str, bytes, list (or tuple), dict
with str keys, and Link. One block is one value, at most 1 MiB and 24 maps and lists deep.
"""

from __future__ import annotations

from lineseal import _core
from lineseal._arguments import as_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lineseal._arguments import Bytes


def encode(value: Any) -> bytes:
    """The one canonical encoding of a value; -0.0 is stored as 0.0.

    Raises:
        EncodingError: It has none; `path` says where.
    """
    return _core.encode_value(value)


def decode(block: Bytes) -> Any:
    """The value that a block encodes. Reserved forms of events (`lineseal:…`) stay maps.

    Raises:
        EncodingError: The bytes are not exactly one canonical item; `position` says where.
    """
    return _core.decode_value(as_bytes(block, "the block"))


def cid(block: Bytes) -> str:
    """The CIDv1 (dag-cbor, sha2-256) of a block as text, `bafyrei…`."""
    return _core.block_cid(as_bytes(block, "the block"))
