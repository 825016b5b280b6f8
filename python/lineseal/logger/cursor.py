"""Reads the rows of a spool in order, and deletes what is acknowledged. May use folders, delivery.

How far that is stands in the file `acked`. It is not synced: after a power cut some rows are sent
again, and content is the idempotency key.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lineseal import _core
from lineseal.errors import StorageError
from lineseal.logger.delivery import numbered
from lineseal.logger.folders import ACKED, DAMAGED, ROWS, Folder, unusable
from lineseal.logger.settings import MOST_ROWS

if TYPE_CHECKING:
    from lineseal._core import PredictionLogger

MARK, SUM = struct.Struct("<QQQ?"), struct.Struct("<I")
#: Instead of a number that is not known.
UNKNOWN = (1 << 64) - 1
Place = tuple[int, int]
Span = tuple[int, int]


class Mark(NamedTuple):
    """How far a spool is dealt with: segment, offset, the number that the next row should have; and
    whether something before could not be read, so that it may have another one."""

    segment: int
    offset: int
    seq: int | None
    doubt: bool

    def packed(self) -> bytes:
        """As it stands in the file."""
        seq = UNKNOWN if self.seq is None else self.seq
        raw = MARK.pack(self.segment, self.offset, seq, self.doubt)
        return raw + SUM.pack(zlib.crc32(raw))


def acknowledged(raw: bytes) -> Mark | None:
    """The mark in the bytes of the file `acked`; None where they are not whole."""
    mark, check = raw[: MARK.size], raw[MARK.size :]
    if len(check) != SUM.size or SUM.unpack(check)[0] != zlib.crc32(mark):
        return None
    segment, offset, seq, doubt = MARK.unpack(mark)
    return Mark(segment, offset, None if seq == UNKNOWN else seq, doubt)


def waiting(path: Path) -> tuple[int, int]:
    """How many rows and bytes of a spool wait, whoever has it: as it is now."""
    try:
        start = acknowledged((path / ACKED).read_bytes())
    except OSError:
        start = None
    rows = held = 0
    for file in sorted(path.glob("*" + ROWS)):
        at = start.offset if start and file.stem == f"{start.segment:010}" else 0
        last = start is not None and file.stem < f"{start.segment:010}"
        with suppress(StorageError):  # It may be sent and gone meanwhile.
            while not last:
                blocks, after, _, last = _core.read_rows(file, at, rows=MOST_ROWS)
                rows, held, at = rows + len(blocks), held + after - at, after
    return rows, held


class Cursor:
    """A place in a spool.

    Args:
        folder: The spool.
        writer: Who writes to it; None of a spool that nobody writes to.
    """

    def __init__(self, folder: Folder, writer: PredictionLogger | None = None) -> None:
        self.folder, self._writer = folder, writer
        with ExitStack() as undo:
            try:
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                self._file = os.open(folder.path / ACKED, flags, 0o600)
                undo.callback(self.close)
                self.mark = self._next = self._begin()
            except OSError as error:
                raise unusable(error, folder.path) from error
            undo.pop_all()
        #: First and last numbers of the rows that are lost before and between those read last.
        self.lost: list[Span] = []
        #: Segments in which something could not be read.
        self._harmed: set[int] = set()
        #: How many rows were sent without an answer.
        self.unsure = 0

    def _begin(self) -> Mark:
        mark = acknowledged(os.pread(self._file, MARK.size + SUM.size, 0))
        if mark is not None:
            return mark
        first = min(self.folder.segments(), default=0)
        # Written at once: a disk that is full later has room for it.
        return self._note(Mark(first, 0, None if first else 0, False))

    def _note(self, mark: Mark) -> Mark:
        os.pwrite(self._file, mark.packed(), 0)
        return mark

    @property
    def acked(self) -> Place:
        """Segment and offset up to which all is dealt with."""
        return self.mark.segment, self.mark.offset

    @property
    def is_left(self) -> bool:
        """Whether nobody writes to it any more."""
        return self._writer is None

    def read(self, rows: int) -> tuple[list[bytes], int]:
        """At most so many rows from here on, none at the end; and the bytes that could not be read.
        `advance` acknowledges them; without it the same are read again."""
        segment, offset, _, before = self.mark
        blocks, passed, doubt = list[bytes](), 0, False
        # Asked before the end: all rows before it are then before the end, too.
        coming = self._writer._seq() if self._writer else None
        while not blocks and (segment, offset) < (end := self._end()):
            path, upto = self.folder.segment(segment), end[1] if segment == end[0] else None
            damaged, whole = 0, True
            if path.exists():
                blocks, offset, damaged, whole = _core.read_rows(path, offset, upto, rows=rows)
            else:  # Emptied and renamed, or lost: the number of the next row says which.
                doubt = True
            if whole and upto is not None and offset < upto and self._writer:
                self._writer._tear()  # Others cut it off, or deleted it.
                damaged, offset = damaged + upto - offset, upto
            if damaged:
                passed, doubt = passed + damaged, True
                self._harmed.add(segment)
            if whole and upto is None:
                segment, offset = segment + 1, 0
        self.lost, seq = self._missing(blocks, before or doubt)
        doubt = doubt or (before and not blocks)
        if coming is not None and (segment, offset) >= self._end():
            # Nothing is left, so that what has not come is lost.
            if doubt and seq is not None and seq < coming:
                self.lost.append((seq, coming - 1))
            seq, doubt = max(coming, seq or 0), False
        self._next = Mark(segment, offset, seq, doubt)
        return blocks, passed

    def _end(self) -> Place:
        """Where nothing follows."""
        if self._writer is not None:
            return self._writer._end()
        return max(self.folder.segments(), default=-1) + 1, 0

    def _missing(self, blocks: Sequence[bytes], doubt: bool) -> tuple[list[Span], int | None]:
        """What is missing of the numbers, if there is doubt, and the one that comes next."""
        lost, seq = [], self.mark.seq
        if not doubt:
            latest = (number for block in reversed(blocks) if (number := self._seq(block)))
            return [], next(latest, seq)
        for number in filter(None, map(self._seq, blocks)):
            if seq is not None and seq < number - 1:
                lost.append((seq, number - 2))
            seq = number
        return lost, seq

    def _seq(self, block: bytes) -> int | None:
        """The number that follows that of a row, where it is one of this spool's stream."""
        stream, seq = numbered(block) or (None, 0)
        return seq + 1 if stream == self.folder.about.stream else None

    def eldest(self) -> bytes | None:
        """The first row that is not acknowledged, if it lies in the segment begun."""
        (segment, offset), end = self.acked, self._end()
        path, upto = self.folder.segment(segment), end[1] if segment == end[0] else None
        if (segment, offset) >= end:
            return None
        blocks: list[bytes] = []
        with suppress(StorageError):  # It may be gone meanwhile: who asks is not who sends.
            blocks = _core.read_rows(path, offset, upto, rows=1)[0]
        return blocks[0] if blocks else None

    def advance(self) -> int:
        """Acknowledges what was read last; deletes segments that are done: how many bytes."""
        before = self.mark.segment
        if self._next != self.mark:
            self.mark = self._note(self._next)
        return sum(self._delete(number) for number in range(before, self.mark.segment))

    def restarted(self) -> None:
        """The writer emptied the segment, all acknowledged, and goes on in the next."""
        mark = self.mark._replace(segment=self.mark.segment + 1, offset=0)
        self.mark = self._next = self._note(mark)

    def _delete(self, number: int) -> int:
        path = self.folder.segment(number)
        try:
            size = path.stat().st_size
            if number in self._harmed:
                self._harmed.discard(number)
                place = self.folder.path.parent / DAMAGED
                place.mkdir(mode=0o700, exist_ok=True)
                path.rename(place / f"{self.folder.path.name}-{path.name}")
            else:
                path.unlink()
        except FileNotFoundError:
            return 0
        return size

    def close(self) -> None:
        """Lets go of the files."""
        os.close(self._file)
