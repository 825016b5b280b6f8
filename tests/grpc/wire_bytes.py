"""Protobuf's wire format written by hand, to write what generated code never would."""

from __future__ import annotations

import made

VARINT, FIXED64, BYTES, GROUP, END, FIXED32 = range(6)


def varint(value: int) -> bytes:
    """An unsigned varint."""
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def field(number: int, value: int | bytes | str) -> bytes:
    """A field: a varint, or a length and bytes."""
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | BYTES) + varint(len(raw)) + raw


def request(*events: bytes, ledger: str = made.LEDGER) -> bytes:
    """A `RecordRequest` of `NewEvent`s."""
    return field(1, ledger) + b"".join(field(2, event) for event in events)


def draft(*parts: bytes) -> bytes:
    """A `NewEvent` with a draft."""
    return field(1, b"".join(parts))


def prediction(*parts: bytes) -> bytes:
    """A `NewEvent` with a prediction that lacks nothing."""
    return draft(field(1, 5), field(4, 1), field(17, field(1, "p") + b"".join(parts)))


def dataset(*parts: bytes) -> bytes:
    """A `NewEvent` with a dataset that lacks nothing."""
    return draft(field(11, field(1, "d") + b"".join(parts)))
