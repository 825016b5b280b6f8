"""Writes a first input of every kind for each target, from the test vectors: fuzz/seeds/TARGET/.

Standard library, and the readers of tests/spec. `make fuzz` runs it; what it writes is not kept.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "spec"))

from vectorfiles import blocks, cases  # noqa: E402

#: Larger inputs slow the fuzzer down and say nothing new.
MOST = 2_048
SEEDS = ROOT / "fuzz" / "seeds"


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, content: bytes) -> bytes:
    """A field of protobuf that has a length."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def section(block: bytes, codec: int = 0x71) -> bytes:
    """A section of a CAR file."""
    cid = bytes([1, codec, 0x12, 0x20]) + hashlib.sha256(block).digest()
    return varint(len(cid) + len(block)) + cid + block


def drafts() -> Iterator[bytes]:
    for case in cases("drafts"):
        if isinstance(case.get("draft"), str):
            yield case["draft"].encode(errors="surrogatepass")


def requests(known: list[bytes]) -> Iterator[bytes]:
    for block in known:
        yield field(1, b"a") + field(2, field(3, block))
    for draft in drafts():
        yield field(1, b"a") + field(2, field(2, draft))
    yield field(1, b"a") + b"".join(field(2, field(3, block)) for block in known[:4])
    typed = field(11, field(1, b"digits") + b"\x28\x07")
    yield (
        field(1, b"a") + field(2, field(1, typed)) + field(2, field(1, b"\x1a\x02\x10\x00" + typed))
    )


def cars(known: list[bytes]) -> Iterator[bytes]:
    header = bytes.fromhex("11a265726f6f7473806776657273696f6e01")
    for start in range(0, len(known), 5):
        some = known[start : start + 5]
        yield header + b"".join(map(section, some))
        yield header + section(b"raw", 0x55) + section(some[0]) * 2 + b"\0" * 9


def noise(count: int) -> Iterator[bytes]:
    draw = random.Random(7)
    for _ in range(count):
        yield draw.randbytes(draw.randrange(16, 512))
        yield bytes(draw.choice([0, 1, 2, 3, 255, draw.randrange(256)]) for _ in range(256))


def write(target: str, inputs: Iterable[bytes]) -> None:
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        if len(data) <= MOST:
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main() -> None:
    known = [case["block"] for case in blocks()]
    small = [block for block in known if len(block) <= 256]
    write("block", known)
    write("draft", drafts())
    write("wire", requests(small))
    write("car", [*cars(small), *noise(20)])
    write("index", noise(60))
    write("segment", noise(60))
    write("columns", noise(60))


if __name__ == "__main__":
    main()
