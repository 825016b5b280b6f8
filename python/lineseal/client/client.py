"""A ledger of a service: the primitives of `LedgerAPI` over gRPC, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from lineseal import _core
from lineseal._arguments import as_blocks, as_drafts, as_text
from lineseal._ledger_api import PAGE_BYTES, LedgerAPI, hash_texts, some_texts
from lineseal.client import verifying
from lineseal.client.address import target_of
from lineseal.client.answers import name_of, report_of, stats_of
from lineseal.client.attempts import OPEN
from lineseal.client.channel import Channel, may_be_recorded
from lineseal.client.checks import Checks
from lineseal.errors import (
    InvalidArgumentError,
    LedgerNotFoundError,
    LinesealError,
    ReadOnlyError,
)
from lineseal.event import Event
from lineseal.v1 import provenance_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from lineseal._arguments import Bytes
    from lineseal._core import Receipt, Receipts
    from lineseal._ledger_api import Name
    from lineseal.records import Record
    from lineseal.report import Progress, Report

T = TypeVar("T")

#: gRPC takes a deadline much further off for one that is over.
YEAR = 31_536_000


class Client(LedgerAPI):
    """A ledger of a service (`lineseal serve`); but for its constructor it is a `Tracker`.

    Events are encoded and hashed here before they are sent, and every answer is held against what
    was asked: a server that changes, swaps or leaves out events is refused.

    Args:
        target: HOST:PORT of the service.
        ledger: Name of the ledger.
        timeout: Seconds that a call may take, further attempts included, and that a stream may be
            broken off. Streams and the server's verification take as long as they take.
        connect_timeout: Seconds in which the service must be found: who mistyped an address does
            not want to wait.
        create: Make the ledger when it is not there; otherwise that is an error.
        read_only: Refuse to record. Whether the server can, `stats()["read_only"]` says.

    Raises:
        ServiceUnavailableError: Nobody answers there.
        LedgerNotFoundError: There is no such ledger.

    Example:
        >>> with Client("localhost:50051", ledger="runs") as tracker:
        ...     data = tracker.record_dataset(name="digits", num_rows=1797)
    """

    def __init__(
        self,
        target: str,
        ledger: str = "default",
        *,
        timeout: float = 60.0,
        connect_timeout: float = 5.0,
        create: bool = True,
        read_only: bool = False,
    ) -> None:
        for name, given in [("timeout", timeout), ("connect_timeout", connect_timeout)]:
            if (
                isinstance(given, bool)
                or not isinstance(given, (int, float))
                or not 0 < given <= YEAR
            ):
                raise InvalidArgumentError(
                    f"{name} cannot be {given!r}",
                    remedy=f"Give seconds, more than 0 and at most {YEAR} (a year)",
                )
        self.ledger = as_text(ledger, "the ledger's name")
        self.read_only = read_only
        self._channel = Channel(target_of(as_text(target, "the address")), timeout)
        self._checks = Checks(self._channel.address)
        create = create and not read_only
        method = "CreateLedger" if create else "GetLedger"
        request = getattr(pb, f"{method}Request")(ledger=self.ledger)
        try:
            self._channel.meet(method, request, min(timeout, connect_timeout))
        except BaseException as error:
            self._channel.close()
            if isinstance(error, LedgerNotFoundError):
                service = f"grpc://{self._channel.address}"
                error.remedy = (
                    f"Make it with create=True or `lineseal init {service}/{self.ledger}`;"
                    f" `lineseal ledgers {service}` says which there are"
                )
            raise

    def record_many(self, records: Iterable[Record]) -> list[Receipt]:
        self._may_record()
        return self._record(_core.make_batch(records, self._resolve))

    def record_blocks(self, blocks: Iterable[Bytes]) -> list[Receipt]:
        self._may_record()
        return self._record(_core.make_batch_blocks(as_blocks(blocks)))

    def record_json(self, drafts: Iterable[str | Bytes]) -> list[Receipt]:
        self._may_record()
        return self._record(_core.make_batch_json(as_drafts(drafts)))

    def _record_columns(self, columns: _core.Columns) -> Receipts:
        self._may_record()
        parts: list[Receipts] = []
        done = 0
        while done < len(columns):
            try:
                batch = columns.batch(done)
                parts.append(self._rows_sent(batch, done))
            except LinesealError as error:
                error.recorded, error.receipts = done, _core.Receipts.joined(parts)
                raise
            done += len(batch)
        return _core.Receipts.joined(parts)

    def _rows_sent(self, batch: _core.Batch, first: int) -> Receipts:
        try:
            return self._sent(batch, batch.packed)
        except LinesealError as error:
            if error.position is not None:
                error.position += first
            raise

    def stats(self) -> dict[str, Any]:
        address = f"grpc://{self._channel.address}/{self.ledger}"
        return {"ledger": address} | stats_of(self._info())

    def server_verify(self, names: Name | Iterable[Name]) -> Report:
        """What the server finds when it rehashes the events and all their ancestors.

        It is the server's word: `verify` hashes here.
        """
        named = [name_of(text) for text in some_texts(names)]
        request = pb.VerifyRequest(ledger=self.ledger, names=named)
        return report_of(self._channel.ask_patiently("Verify", request).report)

    def server_verify_all(
        self, expect: Name | Iterable[Name] = (), *, progress: Progress | None = None
    ) -> Report:
        """What the server finds when it rehashes its files; `verify_all` hashes here, too."""
        return verifying.server_all(self._channel, self.ledger, hash_texts(expect), progress)

    def close(self) -> None:
        self._channel.close()

    def __len__(self) -> int:
        return int(self._info().events)

    def __repr__(self) -> str:
        only = ", read_only=True" if self.read_only else ""
        return f"Client({self._channel.address!r}, ledger={self.ledger!r}{only})"

    def _place(self) -> str:
        return f"grpc://{self._channel.address}/{self.ledger}"

    def _may_record(self) -> None:
        self._channel.check()
        if self.read_only:
            raise ReadOnlyError(
                f"{self._place()} was opened read-only",
                remedy="Open it without read_only=True to record",
            )

    def _record(self, batch: _core.Batch) -> list[Receipt]:
        return self._sent(batch, batch.receipts)

    def _sent(self, batch: _core.Batch, read: Callable[[bytes], T]) -> T:
        try:
            answer = self._channel.record(batch.request(self.ledger))
        except OPEN as error:
            raise may_be_recorded(error, batch.hashes()) from error.__cause__
        try:
            return read(answer)
        except LinesealError as error:
            error.message = f"{self._channel.address}: {error.message}"
            raise

    def _info(self) -> Any:
        return self._channel.ask("GetLedger", pb.GetLedgerRequest(ledger=self.ledger)).ledger

    def _get_many(self, names: list[str]) -> list[Event]:
        requests = [pb.GetEventRequest(ledger=self.ledger, name=name_of(name)) for name in names]
        answers = self._channel.ask_many("GetEvent", requests)
        found = []
        for answer, name in zip(answers, names, strict=True):
            found.append(Event(*self._checks.named(self._checks.row(answer.event), name)))
        return found

    def _resolve(self, name: str) -> str:
        return _core.full_hash(name) or self._get_many([name])[0].hash

    def _events_page(
        self,
        *,
        types: list[str],
        since: int | None,
        until: int | None,
        after_index: int | None,
        limit: int,
    ) -> list[Event]:
        request = pb.ListEventsRequest(
            ledger=self.ledger, types=types, since=since, until=until, after_index=after_index
        )

        def fetch(found: list[_core.StoredRow]) -> Any:
            if found:
                request.after_index = found[-1][1]
            request.page_size = limit - len(found)
            return self._channel.ask("ListEvents", request)

        rows = self._filled(fetch, after_index, limit, descending=False)
        if not types and since is None and until is None:
            self._checks.gapless(rows, after_index)
        for row in rows:
            self._checks.filtered(row, types, since, until)
        return [Event(*row) for row in rows]

    def _find_page(
        self, kind: str, text: str, *, before_index: int | None, limit: int
    ) -> list[Event]:
        request = pb.FindEventsRequest(ledger=self.ledger, before_index=before_index)
        setattr(request, kind, text)

        def fetch(found: list[_core.StoredRow]) -> Any:
            if found:
                request.before_index = found[-1][1]
            request.page_size = limit - len(found)
            return self._channel.ask("FindEvents", request)

        rows = self._filled(fetch, before_index, limit, descending=True)
        for row in rows:
            self._checks.key(row, kind, text)
        return [Event(*row) for row in rows]

    def _filled(
        self, fetch: Any, after: int | None, limit: int, *, descending: bool
    ) -> list[_core.StoredRow]:
        """As many rows as asked for, or a page's bytes: a server cuts where a message is full."""
        found: list[_core.StoredRow] = []
        held = 0
        while len(found) < limit and held < PAGE_BYTES:
            answer = fetch(found)
            held += sum(len(event.block) for event in answer.events)
            rows = map(self._checks.row, answer.events)
            last = found[-1][1] if found else after
            found.extend(self._checks.ordered(rows, last, descending=descending))
            if not answer.next_page_token or not answer.events:
                break
        if len(found) > limit:
            raise self._checks.lie(f"sent {len(found)} events where {limit} were asked for")
        return found

    def _trace(
        self, names: list[str], *, after_index: int | None, limit: int | None
    ) -> list[Event]:
        events = verifying.trace(self._channel, self.ledger, names, after_index, limit)
        sound: Iterable[_core.StoredRow] = map(self._checks.row, events)
        if after_index is None:
            sound = self._checks.bounded(sound, names)
        rows = list(self._checks.ordered(sound, after_index, descending=True))
        if after_index is None:
            whole = limit is None or len(rows) < limit
            check = verifying.is_whole if whole else verifying.is_begun
            check(rows, names, self._checks)
        return [Event(*row) for row in rows]

    def _ancestors(self, names: list[str], *, after_index: int | None = None) -> Iterator[Event]:
        events = verifying.trace(self._channel, self.ledger, names, after_index, None)
        sound = self._checks.ordered(map(self._checks.row, events), after_index, descending=True)
        # Behind `after_index` it takes the events before it to know which belong to the trace.
        for row in self._checks.lineage(sound, names) if after_index is None else sound:
            yield Event(*row)

    def _record_copies(self, blocks: list[bytes]) -> list[Receipt]:
        self._may_record()
        return self._record(_core.make_batch_blocks(blocks, copies=True))

    def _impact(self, name: str, *, after_index: int | None) -> Iterator[Event]:
        rows = verifying.impact(self._channel, self.ledger, name, after_index)
        known = {name}
        for row in self._checks.ordered(map(self._checks.row, rows), after_index, descending=False):
            # Behind `after_index` its parents may be among those that were not sent.
            if after_index is None and known.isdisjoint(self._checks.read(row)[4]):
                raise self._checks.lie(
                    f"sent event {row[0]} as a descendant of {name}, which it is not", row[0]
                )
            known.add(row[0])
            yield Event(*row)

    def _verify(self, names: list[str], progress: Progress | None) -> Report:
        return verifying.verify(self, names, progress)

    def _verify_all(self, expect: list[str], progress: Progress | None) -> Report:
        return verifying.verify_all(self, expect, progress)
