"""The stream of bytes that a checksum is taken of. May use the codec."""

from __future__ import annotations

import hashlib

from lineseal import codec
from lineseal.errors import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from lineseal.checksums import Checksum

NULL = b"\xf6"


class Stream:
    """Hashes heads and data as they are made, and counts the data."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.num_bytes = 0
        self._sha = hashlib.sha256()

    def head(self, **keys: Any) -> None:
        """A head; not counted."""
        self.item(keys)

    def item(self, value: Any) -> None:
        """One item; not counted."""
        self._sha.update(codec.encode(value))

    def data(self, data: Any) -> None:
        """Content: anything with a contiguous buffer."""
        self.num_bytes += memoryview(data).nbytes
        self._sha.update(data)

    def items(self, items: Iterable[bytes]) -> None:
        """Content of many small pieces."""
        pending: list[bytes] = []
        size = 0
        for item in items:
            pending.append(item)
            size += len(item)
            if size > 1 << 16:
                self.data(b"".join(pending))
                pending, size = [], 0
        self.data(b"".join(pending))

    def result(self) -> Checksum:
        """What it comes to."""
        return {
            "checksum": f"sha256:{self._sha.hexdigest()}",
            "checksum_method": self.method,
            "num_bytes": self.num_bytes,
        }


def text_item(text: str, where: str) -> bytes:
    """A text as a DAG-CBOR item, without the limit on size."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise refuse(
            where, f"the text {text!r:.60} holds a lone surrogate", "Decode it properly"
        ) from None
    return _length(0x60, len(raw)) + raw


def bytes_item(raw: bytes) -> bytes:
    """A byte string as a DAG-CBOR item, without the limit on size."""
    return _length(0x40, len(raw)) + raw


def refuse(where: str, what: str, remedy: str) -> InvalidArgumentError:
    """The error for content that no method states without doubt."""
    return InvalidArgumentError(f"{where}: {what}", path=where, remedy=remedy)


def _length(major: int, length: int) -> bytes:
    if length < 24:
        return bytes([major | length])
    for low, width in ((24, 1), (25, 2), (26, 4)):
        if length < 1 << (8 * width):
            return bytes([major | low]) + length.to_bytes(width)
    return bytes([major | 27]) + length.to_bytes(8)
