"""The one vocabulary of all ledgers: `LedgerAPI` has all the sugar once, over few primitives.

`Tracker` implements the primitives over the core, a client will over the service; neither adds
anything else. May use records, event, trace and report.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from lineseal import _core, records
from lineseal._arguments import as_text, listed, natural
from lineseal._filters import filtered
from lineseal._sugar import recorder
from lineseal.errors import CorruptLedgerError, InvalidArgumentError, LinesealError
from lineseal.event import Event
from lineseal.trace import Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import IO, Any, Literal, Self, TypeAlias

    from lineseal._arguments import Bytes
    from lineseal._columns import Columns
    from lineseal._core import Receipt, Receipts
    from lineseal.exchange import Copied
    from lineseal.records import Moment, Parents, Record
    from lineseal.report import Progress, Report

    Name: TypeAlias = "str | Receipt | Event"

Sequence.register(_core.Receipts)

#: Events fetched at first, and at most, when a long answer is read in pages.
FIRST_PAGE, LARGEST_PAGE = 256, 16_384
#: Bytes of blocks with which a page ends, however few its events are.
PAGE_BYTES = 16 << 20


class LedgerAPI(ABC):
    """A ledger, wherever it is.

    Where a method takes a *name*, it takes a hash (64 hex digits, or 8 or more of them that fit one
    event alone), a CID, a Receipt or an Event.
    """

    # --- recording ------------------------------------------------------------------------------

    def record(self, record: Record) -> Receipt:
        """Records one record; returns when it is durable.

        Raises:
            InvalidRecordError: A rule of the event format is broken; `field` and `path` say where.
            ParentNotFoundError: A parent is not in the ledger; `hash` says which.
        """
        return self.record_many([record])[0]

    record_dataset = recorder(records.DatasetRecord)
    record_hyperparameters = recorder(records.HyperparametersRecord)
    record_training = recorder(records.TrainingRecord)
    record_model = recorder(records.ModelRecord)
    record_evaluation = recorder(records.EvaluationRecord)
    record_deployment = recorder(records.DeploymentRecord)
    record_prediction = recorder(records.PredictionRecord)
    record_feedback = recorder(records.FeedbackRecord)
    record_approval = recorder(records.ApprovalRecord)
    record_gap = recorder(records.GapRecord)
    record_custom = recorder(records.CustomRecord)

    @abstractmethod
    def record_many(self, records: Iterable[Record]) -> list[Receipt]:
        """Records 1 to 10,000 records as one atomic batch: all or none.

        A record may name a record that stands earlier in the same call as its parent. Receipts come
        in the order of the records. Errors carry the `position` of the record at fault.
        """

    @abstractmethod
    def record_blocks(self, blocks: Iterable[Bytes]) -> list[Receipt]:
        """Records 1 to 10,000 canonical blocks, as they are, as one atomic batch.

        Blocks that the ledger holds already add nothing: recording them again is safe.
        """

    @abstractmethod
    def record_json(self, drafts: Iterable[str | Bytes]) -> list[Receipt]:
        """Records 1 to 10,000 JSON drafts as one atomic batch (docs/spec/event-format.md).

        A draft is `{type, time, actor, parents: [{hash | position, role}], no_parents, record}`.
        """

    def record_predictions(
        self,
        *,
        parents: Parents,
        inputs: Columns = _core.UNSET,
        output: Columns = _core.UNSET,
        prediction_ids: Columns | None = None,
        time: Moment | Columns | None = None,
        status: Columns | None = None,
        error: Columns | None = None,
        latency_us: Columns | None = None,
        stream: Columns | None = None,
        seq: Columns | None = None,
        properties: Columns | None = None,
        ids: Columns | None = None,
        actor: str | None = None,
    ) -> Receipts:
        """Records one prediction a row, from columns; returns when all are durable.

        The events are those that `record_prediction` makes of the rows, one after the other. They
        are recorded in batches of at most 10,000, in order.

        Args:
            parents: As for every record; those of all rows. A column of full hashes among them
                names one of each row's own.
            inputs: A table (Arrow, Polars, pandas, or a dict from names to columns), each row of
                which is a map; or one column. A column is an Arrow, Polars or pandas one, a NumPy
                array or a list. A NumPy array of several dimensions gives a tensor a row.
            output: A table or a column. Here and below a text names a column of `inputs`, which
                then is no input.
            prediction_ids: Texts; UUIDv7 are drawn when there are none.
            time: One for all, or a column of timestamps with a zone, or of microseconds since
                1970-01-01 UTC; drawn when there is none.
            status: A column, or one text that is every row's; so are `error` and `stream`.
            error: What went wrong.
            latency_us: A column of integers; so is `seq`.
            stream: The sequence that it belongs to.
            seq: Its number in the stream.
            properties: A table.
            ids: A column of lists of texts.
            actor: Who recorded them.

        Raises:
            InvalidRecordError: A value has no place in an event; `position` is its row, `path` its
                column. Of every error `recorded` says how many rows were recorded before, and
                `receipts` has theirs.
        """
        from lineseal._columns import given

        fields = {
            "inputs": inputs,
            "output": output,
            "prediction_id": prediction_ids,
            "status": status,
            "error": error,
            "latency_us": latency_us,
            "stream": stream,
            "seq": seq,
            "properties": properties,
            "ids": ids,
        }
        who = None if actor is None else as_text(actor, "actor")
        try:
            columns = _core.make_columns(*given(fields, time, parents), who, self._resolve)
            return self._record_columns(columns)
        except LinesealError as error_:
            error_.recorded = error_.recorded or 0
            raise

    # --- reading --------------------------------------------------------------------------------

    def get(self, name: Name) -> Event:
        """The event of that name.

        Raises:
            EventNotFoundError: There is none.
            AmbiguousHashError: A shortened hash fits several.
            CorruptLedgerError: Its stored bytes do not have its hash.
        """
        return self._get(hash_text(name))

    def get_many(self, names: Iterable[Name]) -> list[Event]:
        """The events of these names, in their order."""
        return self._get_many([hash_text(name) for name in listed(names, "names")])

    def resolve(self, name: Name) -> str:
        """The full hash of the event that a name stands for."""
        return self._resolve(hash_text(name))

    def events(
        self,
        types: str | Iterable[str] | None = None,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        after_index: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Event]:
        """Events in the order of the log, fetched as you go on.

        Args:
            types: Only events of this type, or of these.
            since: Only where `since <= t`, with t the event's time, else when it was recorded. An
                aware datetime, or microseconds since 1970-01-01 UTC.
            until: Only where `t < until`.
            after_index: Only events with a greater index: go on where another call ended.
            limit: At most so many.
        """
        filters = filtered(types, since, until, after_index, limit)

        def page(after: int | None, size: int) -> list[Event]:
            return self._events_page(**filters.page(after, size))

        return read_pages(page, filters.after_index, filters.limit)

    def find(
        self,
        *,
        prediction_id: str | None = None,
        run_id: str | None = None,
        model: str | None = None,
        dataset: str | None = None,
        deployment: str | None = None,
        stream: str | None = None,
        id: str | None = None,
        before_index: int | None = None,
        limit: int | None = None,
    ) -> list[Event]:
        """Events by what people call them, newest first. Give one key, and `limit` if you like.

        Args:
            prediction_id: Of predictions.
            run_id: Of training runs.
            model: Name, or name@version, of models.
            dataset: Name, or name@version, of datasets.
            deployment: Name of deployments.
            stream: Of predictions and gaps.
            id: One of the `ids` of any event.
            before_index: Only events with a lower index: go on where another call ended.
            limit: At most so many.
        """
        keys = {
            "prediction_id": prediction_id,
            "run_id": run_id,
            "model": model,
            "dataset": dataset,
            "deployment": deployment,
            "stream": stream,
            "id": id,
        }
        given = [(kind, text) for kind, text in keys.items() if text is not None]
        if len(given) != 1:
            raise InvalidArgumentError(
                f"find takes one key, not {len(given)}", remedy=f"Give one of {', '.join(keys)}"
            )
        before = natural(before_index, "before_index")
        return list(self._found(*given[0], natural(limit, "limit"), before))

    def _found(
        self, kind: str, name: str, limit: int | None, before_index: int | None = None
    ) -> Iterator[Event]:
        text = as_text(name, kind)

        def page(before: int | None, size: int) -> list[Event]:
            return self._find_page(kind, text, before_index=before, limit=size)

        return read_pages(page, before_index, limit)

    def trace(
        self,
        names: Name | Iterable[Name],
        *,
        after_index: int | None = None,
        limit: int | None = None,
    ) -> Trace:
        """The event (or events) and all ancestors: leaf first, every event before its parents.

        Args:
            names: One name, or several.
            after_index: Only events with a lower index: go on where another call ended.
            limit: At most so many.
        """
        after, most = natural(after_index, "after_index"), natural(limit, "limit")
        return Trace(self._trace(some_texts(names), after_index=after, limit=most))

    def ancestors(
        self, names: Name | Iterable[Name], *, after_index: int | None = None
    ) -> Iterator[Event]:
        """The same events as `trace`, fetched as you go on: for more than fits into memory.

        Args:
            names: One name, or several.
            after_index: Only events with a lower index: go on where another call ended.
        """
        after = natural(after_index, "after_index")
        return self._ancestors(some_texts(names), after_index=after)

    def impact(self, name: Name, *, after_index: int | None = None) -> Iterator[Event]:
        """All descendants of the event in the order of the log, fetched as you go on.

        Args:
            name: The event, which is not among the answers.
            after_index: Only events with a greater index: go on where another call ended.
        """
        return self._impact(self.resolve(name), after_index=natural(after_index, "after_index"))

    # --- verifying ------------------------------------------------------------------------------

    def verify(self, names: Name | Iterable[Name], *, progress: Progress | None = None) -> Report:
        """Rehashes the event (or events) and all ancestors from their stored bytes.

        A tampered event is a finding of the report, not an error.

        Args:
            names: One name, or several. The verdict rests on names given in full, as text or as
                the receipt that was kept; an `Event` was read from a ledger, and is no anchor.
            progress: Called about ten times a second with the events done and the events in all
                (0: not known).
        """
        given = as_list(names)
        report = self._verify(some_texts(given), progress)
        return report.unanchored() if any(isinstance(name, Event) for name in given) else report

    def verify_all(
        self, expect: Name | Iterable[Name] = (), *, progress: Progress | None = None
    ) -> Report:
        """Rehashes the whole ledger from its segments alone.

        Of a service, every event is rehashed here; its files only the server can look at, and its
        findings are added. A lying server can hide damage of files, not of events.

        Args:
            expect: Full hashes or CIDs kept elsewhere, which must be there. Without them a ledger
                that was rewritten as a whole is consistent in itself.
            progress: As for `verify`.
        """
        return self._verify_all(hash_texts(expect), progress)

    # --- from and to elsewhere ------------------------------------------------------------------

    def copy(
        self,
        names: Name | Iterable[Name],
        source: LedgerAPI | str | os.PathLike[str],
        *,
        progress: Progress | None = None,
    ) -> Copied:
        """Records the event (or events) and all ancestors as they are in another ledger or file.

        Hashes stay what they are; what this ledger holds already is skipped. Every block is
        verified before the first is recorded: its hash, its form, and that its parents are among
        the copied or here. One that fails is an error that names it, and nothing is recorded. The
        events are then recorded in batches; what breaks that off has how many are there in
        `recorded`, and the same call again does the rest.

        Args:
            names: One name of the source, or several.
            source: A ledger, the address of one (see `open_ledger`), or the path of a CAR file.
            progress: Called with the events done and the events in all (0: not known), first while
                they are verified, then while they are recorded.

        Raises:
            EventNotFoundError: The source does not hold the event.
            ParentNotFoundError: A parent is neither in the source nor here.
        """
        from lineseal.exchange import copy

        return copy(self, as_list(names), source, progress)

    def copy_all(
        self,
        source: LedgerAPI | str | os.PathLike[str],
        *,
        progress: Progress | None = None,
    ) -> Copied:
        """Records all events of another ledger or of a CAR file; otherwise as `copy`."""
        from lineseal.exchange import copy

        return copy(self, None, source, progress)

    def export(
        self,
        target: str | os.PathLike[str] | IO[bytes],
        names: Name | Iterable[Name] | None = None,
        *,
        types: str | Iterable[str] | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        after_index: int | None = None,
        limit: int | None = None,
        format: Literal["car", "parquet"] = "car",
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> int:
        """Writes events to a file: how many; where there are none, a whole file without any.

        A CAR file holds their blocks, parents first, and can be copied into any ledger; a Parquet
        file holds their fields for analysis (it takes the extra `parquet`). The file appears when
        it is whole. Memory is bounded, but for some 90 bytes an event where names are given.

        Args:
            target: Path of the file, or a binary stream.
            names: These events with all their ancestors. Without names: the log, filtered by
                `types`, `since`, `until`, `after_index` and `limit` as `events` has them.
            format: `car` or `parquet`.
            overwrite: Replace a file that is there; otherwise that is an error.
            progress: Called with the events done and the events in all (0: not known).

        Raises:
            EventNotFoundError: The ledger does not hold one that is named.
        """
        from lineseal.exchange import export

        filters = filtered(types, since, until, after_index, limit)
        texts = None if names is None else some_texts(names)
        return export(self, target, texts, filters, format, overwrite, progress)

    # --- the ledger itself ----------------------------------------------------------------------

    @abstractmethod
    def stats(self) -> dict[str, Any]:
        """Facts about the ledger: what it is, how much it holds, what opening it found."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of the ledger. Closing twice does nothing; other calls then raise."""

    @abstractmethod
    def __len__(self) -> int: ...

    def __bool__(self) -> bool:
        """True, also when empty."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # --- primitives; names are texts ------------------------------------------------------------

    @abstractmethod
    def _place(self) -> str:
        """The ledger as people call it: in messages."""

    def _get(self, name: str) -> Event:
        return self._get_many([name])[0]

    @abstractmethod
    def _record_columns(self, columns: _core.Columns) -> Receipts: ...

    @abstractmethod
    def _get_many(self, names: list[str]) -> list[Event]: ...

    @abstractmethod
    def _resolve(self, name: str) -> str: ...

    @abstractmethod
    def _events_page(
        self,
        *,
        types: list[str],
        since: int | None,
        until: int | None,
        after_index: int | None,
        limit: int,
    ) -> list[Event]: ...

    @abstractmethod
    def _find_page(
        self, kind: str, text: str, *, before_index: int | None, limit: int
    ) -> list[Event]: ...

    @abstractmethod
    def _trace(
        self, names: list[str], *, after_index: int | None, limit: int | None
    ) -> list[Event]: ...

    @abstractmethod
    def _ancestors(self, names: list[str], *, after_index: int | None = None) -> Iterator[Event]:
        """The events and all ancestors by descending index, fetched as one goes on."""

    @abstractmethod
    def _record_copies(self, blocks: list[bytes]) -> list[Receipt]:
        """Like `record_blocks`, for events recorded elsewhere: held to the envelope alone."""

    @abstractmethod
    def _impact(self, name: str, *, after_index: int | None) -> Iterator[Event]: ...

    @abstractmethod
    def _verify(self, names: list[str], progress: Progress | None) -> Report: ...

    @abstractmethod
    def _verify_all(self, expect: list[str], progress: Progress | None) -> Report: ...


def hash_text(name: object) -> str:
    """The text of a name, whatever it was given as."""
    if isinstance(name, str):
        return as_text(name, "the name")
    if isinstance(name, (_core.Receipt, Event)):
        return name.hash
    raise InvalidArgumentError(
        f"{name!r:.60} names no event (type {type(name).__name__})",
        remedy="Give a hash or CID as text, a Receipt or an Event",
    )


def as_list(names: object) -> list[object]:
    """One name, or several, as a list."""
    if isinstance(names, (str, _core.Receipt, Event)) or not hasattr(names, "__iter__"):
        return [names]
    return list(names)


def hash_texts(names: object) -> list[str]:
    """The texts of one name or several."""
    return [hash_text(name) for name in as_list(names)]


def some_texts(names: object) -> list[str]:
    """Like `hash_texts`, and not none: an empty list would pass every verification."""
    texts = hash_texts(names)
    if texts:
        return texts
    raise InvalidArgumentError("no event is named", remedy="Give at least one hash")


def read_pages(
    page: Callable[[int | None, int], list[Event]], last: int | None, limit: int | None
) -> Iterator[Event]:
    """Reads page after page, each larger than the one before, up to `limit` events."""
    size, left = FIRST_PAGE, limit
    while left is None or left > 0:
        asked = size if left is None else min(size, left)
        try:
            events = page(last, asked)
        except CorruptLedgerError as error:
            if asked == 1 or error.position is None:
                raise
            size = asked // 2  # what stands before the damage is given first
            continue
        yield from events
        if len(events) < asked and sum(len(event.block) for event in events) < PAGE_BYTES:
            return
        last, size = events[-1].index, min(size * 2, LARGEST_PAGE)
        if left is not None:
            left -= len(events)
