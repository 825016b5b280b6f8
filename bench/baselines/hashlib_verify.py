"""Verification as an auditor would write it in Python: one thread, one pass over the segments.

Reads closed segments (CARv1: a header, then sections of varint, CID and data), hashes every block
and compares with the CID that the file gives it. Follows no parents, checks no encoding.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

RAW, DAG_CBOR = bytes.fromhex("01551220"), bytes.fromhex("01711220")


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number at `at`, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def verify(segments: Iterable[Path]) -> int:
    """Count the blocks that have the hash of their CID; ValueError names the first that has not."""
    sha256, sound = hashlib.sha256, 0
    for path in segments:
        data = memoryview(path.read_bytes())
        length, at = varint(data, 0)
        at += length  # the CAR header
        while at < len(data):
            length, start = varint(data, at)
            at = start + length
            if sha256(data[start + 36 : at]).digest() != data[start + 4 : start + 36]:
                raise ValueError(f"{path.name}: the block at byte {start} does not have its hash")
            sound += data[start : start + 4] == DAG_CBOR
    return sound
