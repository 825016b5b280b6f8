"""The thread that sends what is in spools: this process's, and those of processes that are gone.

It ends for nothing but `stop`: what fails is kept, and tried again with growing pauses. May use
cursor, delivery, folders, pieces and targets.
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from lineseal import _core
from lineseal.errors import LinesealError
from lineseal.logger import folders
from lineseal.logger.cursor import Cursor, Place
from lineseal.logger.delivery import FULL, gap
from lineseal.logger.pieces import next_piece, record
from lineseal.logger.settings import Settings
from lineseal.logger.targets import Target

if TYPE_CHECKING:
    from lineseal._core import PredictionLogger as Spool

LOG = logging.getLogger("lineseal.logger")
#: Seconds between two attempts, at first and at most.
FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0
#: Bytes from which on a segment is emptied when all in it is dealt with; before, for want of room.
EMPTIED = 1 << 20
#: Seconds between two looks for spools of processes that are gone.
LOOK_ROUND = 10.0


class Sender:
    """Sends the rows of a spool until it is stopped.

    Args:
        spool: What the rows are written to.
        folder: Where they lie.
        target: The ledger.
        root: Where other spools lie.
        settings: Sizes and ages of batches.
    """

    def __init__(
        self, spool: Spool, folder: folders.Folder, target: Target, root: Path, settings: Settings
    ) -> None:
        self._spool, self._target, self._root, self._settings = spool, target, root, settings
        self._stream = folder.about.stream
        self._own = Cursor(folder, spool)
        self._orphan: Cursor | None = None
        self._looked = 0.0
        self._stop, self._urgent = False, 0
        self._noted: Place = (0, 0)
        self._owing = threading.Lock()
        self._nudge = threading.Event()
        self._progress = threading.Condition()
        #: Spools of other processes that were taken, and when that was.
        self._adopted: dict[str, float] = {}
        self.sent = self.resent = self.refused = self.damaged = 0
        self.error: str | None = None
        self._thread = threading.Thread(target=self._run, name="lineseal-logger", daemon=True)
        self._thread.start()

    # --- asked by others ------------------------------------------------------------------------

    def flush(self, timeout: float | None) -> bool:
        """Waits until all that was logged before is dealt with; false when time is up."""
        end = None if timeout is None else time.monotonic() + timeout
        with self._progress:
            self._urgent += 1
        try:
            self._try_to_note_lost()
            # Sending may have left notes of what was refused.
            return self._reached(self._spool._end(), end) and self._reached(self._noted, end)
        finally:
            with self._progress:
                self._urgent -= 1

    def _reached(self, place: Place, end: float | None) -> bool:
        self._hurry()
        with self._progress:
            while self._own.acked < place and self._thread.is_alive():
                left = 1.0 if end is None else end - time.monotonic()
                if left <= 0:
                    break
                self._progress.wait(min(left, 1.0))
        return self._own.acked >= place

    def stop(self, timeout: float) -> bool:
        """Ends the thread after what it is doing; whether it ended, and nothing is left."""
        self._stop = True
        self._hurry()
        self._thread.join(timeout)
        if self._thread.is_alive():
            # A call is under way: closing the ledger ends it.
            with contextlib.suppress(Exception):
                self._target.close()
            self._thread.join(2.0)
        left = self._own.acked < self._spool._end() or self._spool._lost()
        return not (self._thread.is_alive() or left)

    def note_lost(self) -> None:
        """Writes gap events of the rows that were dropped into the spool, where it has room."""
        with self._owing:
            for first, last in self._spool._lost():
                if self._spool._counts()[-1] >= self._settings.spool_bytes:
                    break  # While a ledger is away, more and more are dropped.
                # Owed until it is written: the disk may be full, too.
                self._spool._note(gap(self._stream, first, last, FULL))
                self._spool._told(last)

    def _try_to_note_lost(self) -> None:
        with contextlib.suppress(LinesealError):  # No room yet: owed on, and in the file `lost`.
            self.note_lost()

    def bytes_sent(self) -> int:
        """Bytes of the spool that are dealt with and take room still."""
        return self._own.acked[1]

    @property
    def adopted(self) -> int:
        """How many spools of other processes were taken."""
        return len(self._adopted)

    def age(self) -> float:
        """Seconds since the eldest row that the ledger does not have, by the row's own time."""
        block = self._own.eldest()
        when = None if block is None else _core.read_event(block)[2]
        return 0.0 if when is None else max(time.time() - when / 1e6, 0.0)

    def _hurry(self) -> None:
        self._nudge.set()
        self._spool._wake()

    # --- the thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        pause, more = FIRST_PAUSE, False
        while not self._stop:
            try:
                rows = 1 if self._urgent else self._settings.batch_rows
                self._spool._wait(rows, 0.0 if more else self._settings.batch_age)
                self.note_lost()
                self._send(self._own)
                pause = FIRST_PAUSE
                more = self._others()
            except Exception as error:
                more = False
                self._target.reset()
                self._pause(error, pause)
                pause = min(pause * 2, LAST_PAUSE)
        self._try_to_note_lost()
        with contextlib.suppress(Exception):
            # What the last batch left to say.
            while self.error is None and self._send(self._own):
                pass
        self._end()

    def _pause(self, error: Exception, seconds: float) -> None:
        if self.error is None:
            LOG.warning("rows are kept in the spool: %s", error)
        self.error = f"{type(error).__name__}: {error}"
        end = time.monotonic() + seconds * random.uniform(0.5, 1.5)
        self._nudge.clear()
        while (left := end - time.monotonic()) > 0 and not (self._stop or self._nudge.is_set()):
            self._nudge.wait(min(left, 1.0))
            with contextlib.suppress(Exception):
                self.note_lost()

    def _end(self) -> None:
        self._own.close()
        self._leave_orphan()
        with contextlib.suppress(Exception):
            self._target.close()
        with self._progress:
            self._progress.notify_all()

    def _others(self) -> bool:
        """Sends a batch of an orphan; whether there may be more. What fails there keeps no rows but
        its own: it is looked at again later."""
        try:
            if self._orphan is None:
                self._orphan = self._found()
            if self._orphan is None:
                return False
            if not self._send(self._orphan):
                done, self._orphan, self._looked = self._orphan, None, 0.0
                LOG.warning("the spool %s of another process is sent", done.folder.path.name)
                done.close()
                done.folder.delete()
            return True
        except Exception as error:
            LOG.warning("the spool of another process is kept: %s", error)
            self._target.reset()
            self._leave_orphan()
            self._looked = time.monotonic()
            return False

    def _leave_orphan(self) -> None:
        orphan, self._orphan = self._orphan, None
        if orphan is not None:
            orphan.close()
            orphan.folder.close()

    def _found(self) -> Cursor | None:
        if self._target.address is None or time.monotonic() < self._looked + LOOK_ROUND:
            return None
        self._looked = time.monotonic()
        # Those that failed come last, or one that always does would keep the others.
        spools = list(folders.everyone(self._root))
        for path, about in sorted(spools, key=lambda each: self._adopted.get(each[0].name, 0.0)):
            if about.target == self._target.address and path != self._own.folder.path:
                folder = folders.adopt(path, about)
                if folder is not None:
                    self._adopted[path.name] = self._looked
                    with ExitStack() as undo:
                        undo.callback(folder.close)
                        found = Cursor(folder)
                        undo.pop_all()
                    return found
        return None

    def _send(self, cursor: Cursor) -> bool:
        """Sends the next rows of a spool; whether there were any."""
        piece = next_piece(cursor)
        self.resent += piece.again
        self.damaged += piece.damaged
        if piece.blocks:
            record(cursor, piece, self._target.record, self._target.address, self._root)
        self.refused += len(piece.refused)
        self.sent += len(piece.blocks) - len(piece.refused)
        for block in piece.notes:
            self._spool._note(block)
            self._noted = self._spool._end()
        self._acknowledged(cursor, len(piece.blocks))
        return bool(piece.blocks)

    def _acknowledged(self, cursor: Cursor, rows: int) -> None:
        deleted = cursor.advance()
        if self.error is not None:
            LOG.warning("the ledger takes rows again")
            self.error = None
        if cursor is self._own:
            self._spool._done(rows, cursor.acked)
            if deleted:
                self._spool._deleted(deleted)
            if self._spool._restart(cursor.acked, EMPTIED):
                cursor.restarted()
        with self._progress:
            self._progress.notify_all()
