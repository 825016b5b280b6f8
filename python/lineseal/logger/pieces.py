"""A piece of a spool: read, recorded, its refused rows put aside. May use cursor and delivery.

Whoever acknowledges it (`Cursor.advance`) first keeps its notes: gap events of what is missing.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from lineseal import _core
from lineseal.logger import folders, refused
from lineseal.logger.cursor import Cursor
from lineseal.logger.delivery import DAMAGED, FULL, Record, Refused, deliver, gap, gaps_of
from lineseal.logger.settings import MOST_ROWS

LOG = logging.getLogger("lineseal.logger")
#: Seconds between two warnings of refused rows: one a batch may be refused for hours.
SELDOM = 10.0


@dataclass
class Piece:
    """Some rows of a spool, and what came of them."""

    blocks: list[bytes]
    #: Bytes that could not be read, and rows that were sent before without an answer.
    damaged: int
    again: int
    refused: list[Refused] = field(default_factory=list)
    notes: list[bytes] = field(default_factory=list)


def next_piece(cursor: Cursor) -> Piece:
    """The next rows of a spool; none at its end."""
    blocks, damaged = cursor.read(MOST_ROWS)
    piece = Piece(blocks, damaged, min(cursor.unsure, len(blocks)))
    if damaged:
        LOG.warning("%s bytes of the spool %s are damaged", damaged, cursor.folder.path)
    stream = cursor.folder.about.stream
    piece.notes += [gap(stream, first, last, DAMAGED) for first, last in cursor.lost]
    if not blocks and cursor.is_left:
        # What its process dropped, and was ended before it could tell.
        dropped = _core.read_lost(cursor.folder.path)
        piece.notes += [gap(stream, first, last, FULL) for first, last in dropped]
    return piece


def record(cursor: Cursor, piece: Piece, taken: Record, address: str | None, root: Path) -> None:
    """Records the rows, and puts aside those that the ledger does not take."""
    cursor.unsure = len(piece.blocks)
    piece.refused = deliver(taken, piece.blocks)
    for one in piece.refused:
        refused.keep(root, address, one)
    _warn(piece.refused, root)
    piece.notes += gaps_of(piece.refused)
    cursor.unsure = 0


_last_warning = -SELDOM


def _warn(some: list[Refused], root: Path) -> None:
    global _last_warning
    if some and time.monotonic() >= _last_warning + SELDOM:
        _last_warning = time.monotonic()
        rows = "1 row is" if len(some) == 1 else f"{len(some)} rows are"
        kept, first = root / folders.REFUSED, some[0].error
        LOG.warning("%s refused, and kept in %s; the first: %s", rows, kept, first)
