"""CAR files made without lineseal: by hashlib, dag-cbor and multiformats."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import dag_cbor
from multiformats import CID, varint

Block = tuple[CID, bytes]


def of(codec: str, block: bytes, version: int = 1) -> Block:
    """A block under its CID by SHA-256."""
    digest = hashlib.sha256(block).digest()
    base = "base58btc" if version == 0 else "base32"
    return CID(base, version, codec, ("sha2-256", digest)), block


def event(**changes: object) -> Block:
    """An event that dag-cbor encodes; `changes` replace its keys, and None leaves one out."""
    content: dict[str, object] = {"v": 1, "type": "acme/x", "parents": [], "payload": {}, "time": 0}
    content |= changes
    kept = {key: value for key, value in content.items() if value is not None}
    return of("dag-cbor", dag_cbor.encode(kept))  # type: ignore[arg-type]


def section(cid: CID | bytes, block: bytes) -> bytes:
    """A section; the CID need not be the block's."""
    return varint.encode(len(bytes(cid)) + len(block)) + bytes(cid) + block


def car(blocks: Iterable[Block], roots: Iterable[CID] = ()) -> bytes:
    """A CARv1."""
    header = dag_cbor.encode({"roots": list(roots), "version": 1})
    body = b"".join(section(cid, block) for cid, block in blocks)
    return varint.encode(len(header)) + header + body


def car_v2(inner: bytes, index: bytes = b"an index") -> bytes:
    """A CARv2 around a CARv1."""
    offset = 51 + 13
    numbers = (offset, len(inner), offset + len(inner))
    head = bytes(16) + b"".join(number.to_bytes(8, "little") for number in numbers)
    return bytes.fromhex("0aa16776657273696f6e02") + head + bytes(13) + inner + index


def read(data: bytes) -> tuple[list[CID], list[Block]]:
    """Roots and blocks of a CARv1, every block held against its CID."""
    length, used, _ = varint.decode_raw(data)
    at = used + length
    header = dag_cbor.decode(data[used:at])
    assert isinstance(header, dict)
    assert header["version"] == 1
    blocks = []
    while at < len(data):
        length, used, _ = varint.decode_raw(data[at:])
        raw = data[at + used : at + used + length]
        at += used + length
        cid, block = CID.decode(raw[:36]).set(base="base32"), raw[36:]
        assert cid.digest[2:] == hashlib.sha256(block).digest()
        blocks.append((cid, block))
    return header["roots"], blocks  # type: ignore[return-value]
