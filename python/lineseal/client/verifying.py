"""Fetches blocks of a service and verifies them here. May use channel, checks, `_core`, report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import grpc

from lineseal import _core
from lineseal.client.answers import in_order, name_of, report_of
from lineseal.client.attempts import Attempts
from lineseal.client.channel import Channel
from lineseal.client.checks import Checks, is_named, raw
from lineseal.errors import (
    CorruptLedgerError,
    EventNotFoundError,
    LinesealError,
)
from lineseal.report import Finding, Report, from_row
from lineseal.v1 import provenance_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from lineseal.client.client import Client
    from lineseal.report import Progress

#: Events asked for at once when a whole ledger is read.
PAGE = 10_000


def trace(
    channel: Channel, ledger: str, names: list[str], after: int | None, limit: int | None
) -> Iterator[Any]:
    """The events of a trace as they come; goes on where a stream breaks."""
    request = pb.TraceRequest(
        ledger=ledger, names=map(name_of, names), after_index=after, limit=limit
    )
    return _resumed(channel, "Trace", request)


def impact(channel: Channel, ledger: str, name: str, after: int | None) -> Iterator[Any]:
    """The descendants as they come; goes on where a stream breaks."""
    request = pb.ImpactRequest(ledger=ledger, name=name_of(name), after_index=after)
    return _resumed(channel, "Impact", request)


def _resumed(channel: Channel, method: str, request: Any) -> Iterator[Any]:
    """Events of a stream; `after_index` says where to go on after a break."""
    attempts = Attempts(channel, channel.timeout)
    while True:
        try:
            for message in channel.stream(method, request):
                for event in message.events:
                    request.after_index = event.index
                    if request.HasField("limit"):
                        if request.limit == 0:
                            raise Checks(channel.address).lie("sent more events than it was asked")
                        request.limit -= 1
                    yield event
                # As long as it goes on, it is not late.
                attempts = Attempts(channel, channel.timeout)
            return
        except grpc.RpcError as error:
            attempts.failed(error)


def is_whole(rows: list[_core.StoredRow], names: list[str], checks: Checks) -> None:
    """Refuses a trace that is not that of the names, or lacks an ancestor."""
    there, roots = {row[0] for row in rows}, []
    for name in names:
        full = _core.full_hash(name)
        root = full if full in there else None
        if full is None:
            root = next((row[0] for row in rows if is_named(row[0], name)), None)
        if root is None:
            raise checks.lie(f"was asked for the trace of {name} and left it out")
        roots.append(root)
    report = _core.verify_rows(rows, roots, progress=None)
    if report[0] == "failed":
        hash, _, _, _, _, message = report[3][0]
        raise checks.lie(f"sent a trace that does not hold: {message}", hash)
    if report[2] != len(rows):
        raise checks.lie(f"sent {len(rows)} events, of which {report[2]} belong to the trace")


def is_begun(rows: list[_core.StoredRow], names: list[str], checks: Checks) -> None:
    """Refuses the first events of a trace where one is neither named nor an ancestor."""
    wanted = {full for name in names if (full := _core.full_hash(name))}
    shortened = [name for name in names if _core.full_hash(name) is None]
    for row in rows:
        if row[0] not in wanted and not any(is_named(row[0], name) for name in shortened):
            raise checks.lie(f"sent event {row[0]}, which does not belong to the trace", row[0])
        wanted.update(checks.read(row)[4])


def verify(client: Client, names: list[str], progress: Progress | None) -> Report:
    """What rehashing the events and all their ancestors here finds."""
    channel, checks = client._channel, client._checks
    full = [client._resolve(name) for name in names]
    rows: list[_core.StoredRow] = []
    try:
        sent = map(raw, trace(channel, client.ledger, full, None, None))
        for row in checks.bounded(sent, full):
            rows.append(row)
            if progress is not None and len(rows) % 1024 == 0:
                progress(len(rows), 0)
        report = from_row(_core.verify_rows(rows, full, progress=progress))
    except CorruptLedgerError as error:
        report = _damaged(error, len(rows), lambda: client.server_verify(full))
    except EventNotFoundError as error:
        if rows:
            raise checks.lie(f"left {error.hash} out of its own trace", error.hash) from error
        raise
    shortened = any(_core.full_hash(name) is None for name in names)
    return report.unanchored() if shortened else report


def verify_all(client: Client, expect: list[str], progress: Progress | None) -> Report:
    """What rehashing the whole ledger here finds, and what its server finds in the files."""
    total = len(client)
    verifier = _core.LogVerifier(total, expect)
    try:
        for rows in _pages(client, total):
            verifier.feed(rows)
            if progress is not None:
                progress(verifier.progress()[0], total)
    except CorruptLedgerError as error:
        done = verifier.progress()[0]
        return _damaged(error, done, lambda: client.server_verify_all(expect))
    report = from_row(verifier.finish())
    if progress is None:
        return _with_files(report, lambda: client.server_verify_all(expect))
    progress(total, total)
    # The bar is full and the files are not done: it can still be interrupted.
    waits = lambda _done, _total: progress(total, total)  # noqa: E731
    return _with_files(report, lambda: client.server_verify_all(expect, progress=waits))


def _with_files(ours: Report, ask: Callable[[], Report]) -> Report:
    """Ours, which judges the events; what is wrong with the files only their server can say."""
    try:
        said = ask()
    except LinesealError:
        if ours:
            raise
        return ours
    if said.verdict != "failed":
        return ours
    theirs = [found for found in said.findings if found.check not in ours.counts]
    counts = in_order({**said.counts, **ours.counts})
    return Report("failed", ours.anchor, ours.checked, (*ours.findings, *theirs), counts)


def _pages(client: Client, total: int) -> Iterator[list[_core.StoredRow]]:
    """All events below `total`, as they come."""
    request = pb.ListEventsRequest(ledger=client.ledger, page_size=PAGE)
    last = -1
    while last + 1 < total:
        answer = client._channel.ask("ListEvents", request)
        rows = [raw(event) for event in answer.events if event.index < total]
        yield rows
        if not rows or not answer.next_page_token or rows[-1][1] <= last:
            return
        last = request.after_index = rows[-1][1]


def server_all(
    channel: Channel, ledger: str, expect: list[str], progress: Progress | None
) -> Report:
    """What the server finds in the whole ledger."""
    full = map(bytes.fromhex, _core.full_hashes(expect))
    request = pb.VerifyLedgerRequest(ledger=ledger, expect=full)

    def attempt(_left: float) -> Report:
        for message in channel.stream("VerifyLedger", request):
            if message.WhichOneof("state") == "report":
                return report_of(message.report)
            if progress is not None:
                progress(message.progress.done, message.progress.total)
        raise Checks(channel.address).lie("ended the verification without a report")

    return channel.again(attempt)


def _damaged(error: CorruptLedgerError, checked: int, ask: Callable[[], Report]) -> Report:
    """The report on a ledger whose server could not send it all: never ok."""
    try:
        said = ask()
    except LinesealError:
        # Damage was seen, whatever else the server cannot say.
        said = Report("undetermined", "none", 0, (), {})
    if said.verdict == "failed":
        return replace(said, checked=max(said.checked, checked))
    finding = Finding(error.hash, None, "hash", "a block of this hash", "none", f"{error.message}")
    counts = {**said.counts, "hash": said.counts.get("hash", 0) + 1}
    return Report("failed", said.anchor, checked, (finding, *said.findings), counts)
