"""`lineseal record --batch`: JSON lines, in chunks that are each recorded whole or not at all.

May use lineseal and the cli's shared modules. Memory is bounded by a chunk, and 64 digits a line.
"""

import itertools
from collections.abc import Iterable
from typing import Annotated, BinaryIO

import typer

from lineseal import Receipt
from lineseal.cli.opening import writing
from lineseal.cli.output import emit
from lineseal.cli.progress import bar
from lineseal.cli.record.positions import placed
from lineseal.cli.shapes import receipt_document
from lineseal.errors import LedgerTimeoutError, LinesealError, OutcomeUnknownError

# Large enough that one sync a chunk costs little, small enough that a bar moves.
CHUNK = 1_000

BatchOption = Annotated[
    bool, typer.Option("--batch", help="Read JSON lines: one draft on each line of stdin.")
]


def record_lines(stream: BinaryIO, ledger: str | None, as_json: bool) -> None:
    """Record every line of `stream`; on an error, says how many lines before it are recorded."""
    receipts: list[Receipt] = []
    hashes: list[str] = []
    with writing(ledger) as tracker, bar("recording", hidden=as_json) as progress:
        for chunk in _chunks(stream):
            first = len(receipts)
            try:
                receipts += tracker.record_json(placed(chunk, first, hashes))
            except (LedgerTimeoutError, OutcomeUnknownError) as error:
                raise _unknown(error, first, len(chunk)) from error
            except LinesealError as error:
                raise _with_line(error, first, len(chunk)) from error
            hashes += [receipt.hash for receipt in receipts[first:]]
            if progress is not None:
                progress(len(receipts), 0)
    new = sum(receipt.created for receipt in receipts)
    document = {
        "count": len(receipts),
        "created": new,
        "receipts": [receipt_document(receipt) for receipt in receipts],
    }
    old = len(receipts) - new
    said = f"{new:,} new events" + (f"; {old:,} were there already" if old else "")
    emit(as_json, document, lambda out: out.print(said))


def _chunks(stream: BinaryIO) -> Iterable[list[bytes]]:
    lines = iter(stream)
    while chunk := list(itertools.islice(lines, CHUNK)):
        yield chunk


def _with_line(error: LinesealError, first: int, count: int) -> LinesealError:
    """The same error, told in lines of the input."""
    line = first + (error.position if error.position is not None and count > 1 else 0)
    if first:
        told = (
            f"Lines 1 to {first} are recorded. Where your events state their time and"
            " prediction_id, mend the line and send the whole file again: nothing is recorded"
            f" twice. Else go on with line {first + 1}"
        )
    else:
        told = "Nothing is recorded"
    return _retold(error, f"line {line + 1}: {error.message}", line, told)


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
