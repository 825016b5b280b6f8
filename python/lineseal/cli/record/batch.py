"""`lineseal record --batch`: JSON lines, in chunks that are each recorded whole or not at all.

May use lineseal and the cli's shared modules. Memory is bounded by a chunk, and 64 digits a line.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, BinaryIO

import typer

from lineseal import Receipt
from lineseal._ledger_api import LedgerAPI
from lineseal.cli.opening import writing
from lineseal.cli.output import emit
from lineseal.cli.progress import bar
from lineseal.cli.record.positions import placed
from lineseal.cli.shapes import receipt_document
from lineseal.errors import (
    InvalidRecordError,
    LedgerTimeoutError,
    LinesealError,
    OperationCancelledError,
    OutcomeUnknownError,
)

# Large enough that one sync a chunk costs little, small enough that a bar moves.
CHUNK = 1_000

# How the core names other events of the same batch, from 0.
PLACES = re.compile(
    r"events [0-9]+ and [0-9]+ of the batch|event [0-9]+ of the batch has event [0-9]+"
    r"|event at position [0-9]+"
)

BatchOption = Annotated[
    bool, typer.Option("--batch", help="Read JSON lines: one draft on each line of stdin.")
]


def record_lines(stream: BinaryIO, ledger: str | None, as_json: bool) -> None:
    """Record every line of `stream`; what ends it early says how many lines are recorded."""
    receipts: list[Receipt] = []
    hashes: list[str] = []
    sent = 0
    try:
        with writing(ledger) as tracker, bar("recording", hidden=as_json) as progress:
            for chunk in _chunks(stream):
                first, sent = sent, sent + len(chunk)
                receipts += _record_chunk(tracker, chunk, first, hashes)
                hashes += [receipt.hash for receipt in receipts[first:]]
                if progress is not None:
                    progress(sent, 0)
    except KeyboardInterrupt as stop:
        raise _interrupted(len(receipts), sent) from stop
    new = sum(receipt.created for receipt in receipts)
    document = {
        "count": len(receipts),
        "created": new,
        "receipts": [receipt_document(receipt) for receipt in receipts],
    }
    old = len(receipts) - new
    said = f"{new:,} new events" + (f"; {old:,} were there already" if old else "")
    emit(as_json, document, lambda out: out.print(said))


def _record_chunk(
    tracker: LedgerAPI, chunk: list[bytes], first: int, hashes: list[str]
) -> list[Receipt]:
    """Records lines; `hashes` are those of the `first` lines before them."""
    try:
        if b"" in chunk:
            raise InvalidRecordError(
                "the line is empty", position=chunk.index(b""), remedy="Leave it out"
            )
        return tracker.record_json(placed(chunk, first, hashes))
    except (LedgerTimeoutError, OutcomeUnknownError) as error:
        raise _unknown(error, first, len(chunk)) from error
    except LinesealError as error:
        raise _with_line(error, first, len(chunk)) from error


def _chunks(stream: BinaryIO) -> Iterable[list[bytes]]:
    lines = _lines(stream)
    while chunk := list(itertools.islice(lines, CHUNK)):
        yield chunk


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines, blank ones as b"", without those at the end."""
    blank = 0
    for line in stream:
        if line.isspace():
            blank += 1
            continue
        yield from itertools.repeat(b"", blank)
        blank = 0
        yield line


def _with_line(error: LinesealError, first: int, count: int) -> LinesealError:
    """The same error, told in lines of the input."""
    line = first + (error.position if error.position is not None and count > 1 else 0)
    message = PLACES.sub(lambda found: _in_lines(found[0], first), error.message)
    return _retold(
        error, f"line {line + 1}: {message}", line, _recorded(first, "mend the line and ")
    )


def _interrupted(done: int, sent: int) -> LinesealError:
    """Ctrl-C, with what is recorded."""
    if sent > done:
        return _unknown(OperationCancelledError("interrupted"), done, sent - done)
    return OperationCancelledError("interrupted", remedy=_recorded(done, ""))


def _recorded(first: int, mend: str) -> str:
    if not first:
        return "Nothing is recorded"
    return (
        f"Lines 1 to {first} are recorded. Where your events state their time and prediction_id,"
        f" {mend}send the whole file again: nothing is recorded twice. Else go on with line"
        f" {first + 1}"
    )


def _in_lines(said: str, first: int) -> str:
    """The core's words about places in a batch, told in lines."""
    said = said.replace("event", "line").replace(" of the batch", "").replace("at position ", "")
    return re.sub("[0-9]+", lambda number: str(first + int(number[0]) + 1), said)


def _unknown(error: LinesealError, first: int, count: int) -> LinesealError:
    """The same error, where nobody knows whether the chunk became durable."""
    lines = f"lines {first + 1} to {first + count}"
    told = f"Lines 1 to {first} are recorded. " if first else ""
    told += (
        f"L{lines[1:]} may be recorded, all or none: look before you send them again"
        " (`lineseal stats`, `lineseal events`)"
    )
    return _retold(error, f"{lines}: {error.message}", first, told)


def _retold(error: LinesealError, message: str, line: int, told: str) -> LinesealError:
    """The same error with another message, place and remedy."""
    return type(error)(
        message,
        field=error.field,
        path=error.path,
        hash=error.hash,
        position=line,
        remedy=f"{error.remedy}. {told}" if error.remedy else told,
    )
