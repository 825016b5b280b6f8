"""Spools that were left, and refused rows, sent by hand. May use the package's readers.

What the command line's `lineseal spool` does: it asks for no logger, and answers for what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lineseal._ledger_api import LedgerAPI
from lineseal.errors import InvalidArgumentError, LinesealError
from lineseal.logger import folders
from lineseal.logger.cursor import Cursor, waiting
from lineseal.logger.delivery import OF_ROWS
from lineseal.logger.pieces import next_piece, record
from lineseal.logger.refused import Kept, all_kept
from lineseal.logger.remedies import in_own_words

Open = Callable[[str], LedgerAPI]
MEANWHILE = "Rows stay here until then, or go elsewhere with --to"


@dataclass
class Drained:
    """What became of one spool, or of one refused row."""

    name: str
    target: str | None
    sent: int = 0
    refused: int = 0
    left: int = 0
    error: LinesealError | None = None


def listed(root: Path) -> list[dict[str, Any]]:
    """The spools of a machine: their names, ledgers and processes, and what waits in them."""
    return [
        {
            "name": path.name,
            "target": about.target,
            "stream": about.stream,
            "pid": about.pid,
            "host": about.host,
            "started": about.started,
            "running": folders.is_alive(path),
            "rows": rows,
            "bytes": held,
        }
        for path, about in folders.everyone(root)
        for rows, held in [waiting(path)]
    ]


def drain(root: Path, ledgers: Ledgers, to: str | None) -> Iterator[Drained]:
    """Sends every spool that was left, to its own ledger or to this one, and deletes it."""
    for path, about in folders.everyone(root):
        folder = folders.adopt(path, about)
        if folder is None:
            continue  # Its process lives.
        done = Drained(path.name, to or about.target)
        try:
            with closing(Cursor(folder)) as cursor:
                _send(cursor, ledgers, done, root)
            folder.delete()
        except LinesealError as error:
            folder.close()
            done.error, done.left = error, waiting(path)[0]
        yield done


def _send(cursor: Cursor, ledgers: Ledgers, done: Drained, root: Path) -> None:
    while True:
        piece = next_piece(cursor)
        if piece.blocks:
            ledgers.open(done.target)  # What is wrong with a place is the fault of no row.
            record(cursor, piece, partial(ledgers.record, done.target), done.target, root)
        for note in piece.notes:
            ledgers.record(done.target, [note])
        cursor.advance()
        done.sent += len(piece.blocks) - len(piece.refused)
        done.refused += len(piece.refused)
        if not piece.blocks:
            return


def retry(
    root: Path, ledgers: Ledgers, to: str | None
) -> Iterator[tuple[Kept, LinesealError | None]]:
    """Sends refused rows again, each for itself; those that are taken now are forgotten."""
    for kept in all_kept(root):
        try:
            ledgers.record(to or kept.target, [kept.block])
        except OF_ROWS as error:
            yield kept, error
            continue
        kept.file.unlink(missing_ok=True)
        yield kept, None


class Ledgers:
    """Ledgers by their addresses, each opened once."""

    def __init__(self, open: Open) -> None:
        self._open, self._there = open, dict[str, LedgerAPI]()

    def open(self, address: str | None) -> LedgerAPI:
        """The ledger at an address."""
        if address is None:
            raise InvalidArgumentError(
                "the spool was for a ledger in memory, which is gone",
                remedy="Say where to, with --to",
            )
        if address not in self._there:
            with in_own_words(address, MEANWHILE):
                self._there[address] = self._open(address)
        return self._there[address]

    def record(self, address: str | None, blocks: Sequence[bytes]) -> None:
        """Records the blocks in the ledger at an address."""
        ledger = self.open(address)
        with in_own_words(address, MEANWHILE):
            ledger.record_blocks(blocks)

    def close(self) -> None:
        """Lets go of all."""
        for ledger in self._there.values():
            ledger.close()


@contextmanager
def opened(open: Open) -> Iterator[Ledgers]:
    """Ledgers that are closed at the end."""
    ledgers = Ledgers(open)
    try:
        yield ledgers
    finally:
        ledgers.close()
