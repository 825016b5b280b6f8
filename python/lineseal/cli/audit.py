"""`lineseal audit-streams`: what is missing of the logged. May use the cli's shared modules."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from lineseal import EventNotFoundError
from lineseal.cli.opening import reading
from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.output import emit, table, verdict
from lineseal.logger import audit_streams as audited
from lineseal.logger.audit import Stream

Spans = Iterable[tuple[int, int]]


def audit_streams(
    ledger: LedgerOption = None,
    stream: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
    as_json: JsonOption = False,
) -> int:
    """Look for predictions that are missing from their streams, or there twice.

    Each process that logs predictions numbers them from 0, in a stream of its own. A number that is
    missing is a prediction that was lost, unless a lineseal/gap event says that and why. What is
    missing at the end of a stream no ledger can know: compare the last numbers with what the
    service counted. Exit status 1 where anything is missing without a word, or there twice.

    \b
    Examples:
      lineseal audit-streams
      lineseal audit-streams --ledger grpc://localhost:50051/digits --json
    """
    with reading(ledger) as tracker:
        streams = audited(tracker, stream)
    if stream is not None and not streams:
        raise EventNotFoundError(
            f"no prediction has the stream {stream!r}",
            remedy="Without --stream all streams are looked at and listed",
        )
    ok = all(each.ok for each in streams)
    document = {"ok": ok, "streams": [_document(each) for each in streams]}
    emit(as_json, document, lambda out: _show(out, streams, ok))
    return 0 if ok else 1


def _document(stream: Stream) -> dict[str, Any]:
    return {
        "stream": stream.name,
        "rows": stream.rows,
        "last_seq": stream.last,
        "missing": stream.unexplained(),
        "explained": stream.explained(),
        "duplicates": stream.duplicates,
        "duplicate_seqs": stream.doubled,
    }


def _show(out: Any, streams: Sequence[Stream], ok: bool) -> None:
    rows = [
        (
            each.name,
            each.rows,
            "" if each.last is None else each.last,
            _spans(each.unexplained()),
            _spans(each.explained()),
            each.duplicates or "",
        )
        for each in streams
    ]
    if rows:
        table(out, ["stream", "rows", "last", "missing", "explained", "twice"], rows)
    count = sum(each.rows for each in streams)
    text = f"{_many(count, 'prediction')} in {_many(len(streams), 'stream')}"
    if not ok:
        bad = sum(not each.ok for each in streams)
        text += f"; {bad:,} of them lack some without a word, or have some twice"
    out.print(verdict("ok" if ok else "failed", text), soft_wrap=True)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _spans(spans: Spans) -> str:
    """`3, 7-9`, and how many more there are behind the first ten."""
    texts = [str(first) if first == last else f"{first}-{last}" for first, last in spans]
    more = f", and {len(texts) - 10} more" if len(texts) > 10 else ""
    return ", ".join(texts[:10]) + more
