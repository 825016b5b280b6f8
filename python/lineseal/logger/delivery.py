"""Records rows in order, and finds those that the ledger will never take. May use errors.

What is wrong with a row is told apart from what is wrong with the ledger, the way to it or our
right to write: with those, everything is kept and sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lineseal import _core
from lineseal.errors import (
    EncodingError,
    InvalidArgumentError,
    InvalidRecordError,
    LinesealError,
    ParentNotFoundError,
)
from lineseal.records import GapRecord

#: Refusals of a row. InvalidArgumentError may be one of the size of all together.
OF_ROWS = (InvalidRecordError, EncodingError, ParentNotFoundError, InvalidArgumentError)

#: Reasons of gaps.
FULL, DAMAGED = "spool full", "spool damaged"

Record = Callable[[Sequence[bytes]], Any]


@dataclass(frozen=True)
class Refused:
    """A row that the ledger does not take."""

    block: bytes
    error: LinesealError


def deliver(record: Record, blocks: Sequence[bytes]) -> list[Refused]:
    """Records the blocks in order, in one batch where nothing is wrong; returns the refused."""
    refused: list[Refused] = []
    waiting = [blocks]
    while waiting:
        some = waiting.pop()
        if not some:
            continue
        try:
            record(some)
        except OF_ROWS as error:
            at = error.position
            if len(some) == 1:
                refused.append(Refused(some[0], error))
            elif at is not None and 0 <= at < len(some) and type(error) is not InvalidArgumentError:
                # By halves: where many are refused, each costs what is behind it once more.
                half = (at + 1 + len(some)) // 2
                waiting += [some[half:], some[at + 1 : half], some[at : at + 1], some[:at]]
            else:
                half = len(some) // 2
                waiting += [some[half:], some[:half]]
    return refused


def gap(stream: str, first: int, last: int, reason: str) -> bytes:
    """The block of a gap event: rows of a stream that are known to be lost."""
    record = GapRecord(
        stream=stream,
        first_seq=first,
        last_seq=last,
        count=last - first + 1,
        reason=reason,
        parents=(),
    )
    return _core.make_batch([record], str).blocks()[0]


def numbered(block: bytes) -> tuple[str, int] | None:
    """Stream and number of a prediction."""
    try:
        payload = _core.read_payload(block)
    except LinesealError:
        return None
    stream, seq = payload.get("stream"), payload.get("seq")
    return (stream, seq) if isinstance(stream, str) and isinstance(seq, int) else None


def gaps_of(refused: Sequence[Refused]) -> list[bytes]:
    """Gap events of refused rows; neighbours with the same error share one."""
    spans: list[tuple[str, int, int, str]] = []
    for one in refused:
        number = numbered(one.block)
        if number is None or _core.read_event(one.block)[1] != "prediction":
            continue
        stream, seq = number
        reason = f"refused: {one.error.code}"
        if spans and spans[-1][0] == stream and spans[-1][3] == reason and spans[-1][2] + 1 == seq:
            spans[-1] = (stream, spans[-1][1], seq, reason)
        else:
            spans.append((stream, seq, seq, reason))
    return [gap(*span) for span in spans]
