"""Reads the rows of a spool in order, and deletes what is acknowledged. May use folders.

How far that is stands in the file `acked`: segment and offset. It is not synced: after a power cut
some rows are sent again, and content is the idempotency key.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lineseal import _core
from lineseal.errors import StorageError
from lineseal.logger.folders import ACKED, DAMAGED, ROWS, Folder
from lineseal.logger.settings import MOST_ROWS

PLACE = struct.Struct("<QQ")
SUM = struct.Struct("<I")
Place = tuple[int, int]


def acknowledged(raw: bytes) -> Place | None:
    """The place in the bytes of the file `acked`; None where they are not whole."""
    place, check = raw[: PLACE.size], raw[PLACE.size :]
    if len(check) != SUM.size or SUM.unpack(check)[0] != zlib.crc32(place):
        return None
    segment, offset = PLACE.unpack(place)
    return segment, offset


def waiting(path: Path) -> int:
    """How many rows of a spool wait, whoever has it: as it is now."""
    try:
        start = acknowledged((path / ACKED).read_bytes())
    except OSError:
        start = None
    rows = 0
    for file in sorted(path.glob("*" + ROWS)):
        at = start[1] if start and file.stem == f"{start[0]:010}" else 0
        last = start is not None and file.stem < f"{start[0]:010}"
        with suppress(StorageError):  # It may be sent and gone meanwhile.
            while not last:
                blocks, at, _, last = _core.read_rows(file, at, rows=MOST_ROWS)
                rows += len(blocks)
    return rows


class Cursor:
    """A place in a spool.

    Args:
        folder: The spool.
        end: Where its writer is; None of a spool that nobody writes to.
    """

    def __init__(self, folder: Folder, end: Callable[[], Place] | None = None) -> None:
        self.folder, self._end = folder, end
        self._file = os.open(folder.path / ACKED, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.acked = self._begin()
        self._next = self.acked
        #: Segments in which something could not be read.
        self._harmed: set[int] = set()
        #: The last row that is dealt with, and how many were sent without an answer.
        self.before: bytes | None = None
        self.unsure = 0

    def _begin(self) -> Place:
        place = acknowledged(os.pread(self._file, PLACE.size + SUM.size, 0))
        if place is not None:
            return place
        # Written at once: a disk that is full later has room for it.
        return self._note((min(self.folder.segments(), default=0), 0))

    def _note(self, place: Place) -> Place:
        raw = PLACE.pack(*place)
        os.pwrite(self._file, raw + SUM.pack(zlib.crc32(raw)), 0)
        return place

    def read(self, rows: int) -> tuple[list[bytes], int]:
        """At most so many rows from here on, none at the end; and the bytes passed over as damaged.
        `advance` acknowledges them; without it the same are read again."""
        segment, offset = self.acked
        passed = 0
        while True:
            end = self._end() if self._end else None
            if end is not None and (segment, offset) >= end:
                blocks: list[bytes] = []
                break
            last = end[0] if end else max(self.folder.segments(), default=-1)
            if segment > last:
                blocks = []
                break
            path, upto = self.folder.segment(segment), end[1] if end and segment == end[0] else None
            blocks, damaged, whole = [], 0, True
            if path.exists():
                blocks, offset, damaged, whole = _core.read_rows(path, offset, upto, rows=rows)
            if damaged:
                passed += damaged
                self._harmed.add(segment)
            if whole and (end is None or segment < end[0]):
                segment, offset = segment + 1, 0
            if blocks:  # More damage than is read at once is not the end.
                break
        self._next = (segment, offset)
        return blocks, passed

    @property
    def is_left(self) -> bool:
        """Whether nobody writes to it any more."""
        return self._end is None

    def eldest(self) -> bytes | None:
        """The first row that is not acknowledged, if it lies in the segment begun."""
        (segment, offset), end = self.acked, self._end() if self._end else None
        path, upto = self.folder.segment(segment), end[1] if end and segment == end[0] else None
        if (end is not None and (segment, offset) >= end) or not path.exists():
            return None
        blocks = _core.read_rows(path, offset, upto, rows=1)[0]
        return blocks[0] if blocks else None

    def advance(self) -> int:
        """Acknowledges what was read last; deletes segments that are done: how many bytes."""
        before, self.acked = self.acked[0], self._note(self._next)
        return sum(self._delete(number) for number in range(before, self.acked[0]))

    def restarted(self) -> None:
        """The writer emptied the segment, all acknowledged, and goes on in the next."""
        self.acked = self._next = self._note((self.acked[0] + 1, 0))

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
