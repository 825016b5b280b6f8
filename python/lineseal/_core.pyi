"""The compiled core. Not public: use the package `lineseal`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, Final, Literal, Self, TypeAlias, final, overload

from lineseal.errors import LinesealError
from lineseal.records import Moment, Parents, Record

__version__: Final[str]
build_profile: Final[Literal["release", "debug"]]
"""`release`, or `debug`, which is many times slower and must not be measured."""

StoredRow: TypeAlias = tuple[str, int, bytes, int]
"""hash, index, block, recorded_at (µs since 1970-01-01 UTC)"""
EventRow: TypeAlias = tuple[int, str, int | None, str | None, tuple[str, ...], tuple[str, ...]]
"""version, type, time (µs), actor, parents, roles (aligned with parents)"""
FindingRow: TypeAlias = tuple[str | None, int | None, str, str, str, str]
"""hash, index, check, expected, found, message"""
ReportRow: TypeAlias = tuple[
    Literal["ok", "failed", "undetermined"],
    Literal["hash", "none"],
    int,
    list[FindingRow],
    dict[str, int],
]
"""verdict, anchor, checked, findings, counts"""
Progress: TypeAlias = Callable[[int, int], object] | None

@final
class Unset:
    def __bool__(self) -> Literal[False]: ...

UNSET: Final[Any]
"""The one `Unset`: "not given" in fields where None is content."""

@final
class Receipt:
    """Proof of recording one event: its hash, its place, and whether it is new.

    `str(receipt)` is the hash, and a receipt may stand wherever a hash or a parent is asked for.
    """

    def __new__(cls, hash: str, index: int, created: bool) -> Receipt: ...
    @property
    def hash(self) -> str:
        """SHA-256 of the event's block, 64 hex digits."""
    @property
    def cid(self) -> str:
        """The hash as a CIDv1 (`bafyrei…`)."""
    @property
    def index(self) -> int:
        """Place in the ledger, from 0."""
    @property
    def created(self) -> bool:
        """False when the ledger already held the event."""
    def __hash__(self) -> int: ...

@final
class Receipts(Sequence[Receipt]):
    """Receipts of many events, packed: an object is made when it is asked for."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, at: int, /) -> Receipt: ...
    @overload
    def __getitem__(self, at: slice, /) -> Receipts: ...
    def hashes(self) -> list[str]:
        """Hex digits of all hashes, in order."""
    @staticmethod
    def joined(parts: list[Receipts]) -> Receipts: ...

@final
class Columns:
    """What one call of `record_predictions` was given."""

    def __len__(self) -> int: ...
    def batch(self, start: int) -> Batch: ...

@final
class Link:
    """A CIDv1 (sha2-256): in a record's values the name of an artifact, never followed."""

    def __new__(cls, cid: str) -> Link: ...
    @property
    def cid(self) -> str:
        """The CID's text, `bafkrei…` for an artifact."""
    def __hash__(self) -> int: ...

@final
class Ledger:
    """A handle of an open ledger."""

    def __len__(self) -> int: ...
    def settle(self) -> None: ...
    def close(self) -> None: ...

class PredictionLogger:
    """The spool of one process, and the rows that are written to it.

    Named as users know the class that inherits from it: errors of its arguments say so.
    """

    def __new__(cls, *args: object, **kwargs: object) -> Self: ...
    def log(
        self,
        *,
        inputs: Any = ...,
        output: Any = ...,
        prediction_id: str | None = None,
        status: str | None = None,
        error: str | None = None,
        latency_us: int | None = None,
        properties: Mapping[str, Any] | None = None,
        ids: Sequence[str] | None = None,
        time: Moment | None = None,
        actor: str | None = None,
        parents: Parents | None = None,
    ) -> str:
        """Logs one prediction: checked, encoded and in the spool when this returns.

        Args:
            inputs: What the model was given: any value.
            output: What it answered: any value.
            prediction_id: A text; a UUIDv7 is drawn when there is none.
            status: How it went.
            error: What went wrong.
            latency_us: Microseconds that it took.
            properties: A map of whatever else.
            ids: Texts by which others know it.
            time: When; now when not given.
            actor: Who recorded it, instead of the logger's.
            parents: Instead of the logger's; full hashes.

        Returns:
            The event's hash, 64 hex digits; empty where the spool was full and the row dropped.

        Raises:
            InvalidRecordError: A value has no place in an event; `path` says where.
            StorageFullError: The spool is full, or its disk.
            LedgerClosedError: The logger is closed.
        """

    def _start(
        self,
        folder: str | PathLike[str],
        stream: str,
        parents: list[tuple[str, str]],
        actor: str | None,
        *,
        total: int,
        segment: int,
        full: str,
        durable: bool,
        dropped: int,
        raised: int,
    ) -> None: ...
    def _forget(self) -> None: ...
    def _note(self, block: bytes) -> None: ...
    def _wait(self, rows: int, seconds: float) -> int: ...
    def _wake(self) -> None: ...
    def _done(self, rows: int, place: tuple[int, int]) -> None: ...
    def _deleted(self, bytes: int) -> None: ...
    def _restart(self, place: tuple[int, int], worth: int) -> bool: ...
    def _tear(self) -> None: ...
    def _lost(self) -> list[tuple[int, int]]: ...
    def _told(self, upto: int) -> None: ...
    def _end(self) -> tuple[int, int]: ...
    def _seq(self) -> int: ...
    def _counts(self) -> tuple[int, int, int, int, int]: ...
    def _close(self) -> None: ...

@final
class Control:
    """Given to a call of the core: cancels it, ends it at a deadline, tells how far it is."""

    def __new__(cls, timeout: float | None = None) -> Control: ...
    def cancel(self) -> None: ...
    def progress(self) -> tuple[int, int]: ...

@final
class Walk:
    """A walk over the graph, left and taken up again; one snapshot."""

    def page(
        self, events: int, *, bytes: int | None = None, control: Control | None = None
    ) -> list[StoredRow]: ...

@final
class LogVerifier:
    """Verifies a log whose events are fed to it in the order of the log."""

    def __new__(cls, total: int, expect: list[str]) -> LogVerifier: ...
    def feed(self, rows: list[StoredRow]) -> None: ...
    def progress(self) -> tuple[int, int]: ...
    def finish(self) -> ReportRow: ...

@final
class Batch:
    """Canonical blocks made and hashed here, to be recorded by a ledger elsewhere."""

    def __len__(self) -> int: ...
    def blocks(self) -> list[bytes]: ...
    def hashes(self) -> list[str]: ...
    def request(self, ledger: str) -> bytes: ...
    def receipts(self, response: bytes) -> list[Receipt]: ...
    def packed(self, response: bytes) -> Receipts: ...

@final
class Parcel:
    """The events of a CAR file, all of it verified, and a way through them, parents first."""

    def __new__(
        cls, path: str, *, progress: Progress, control: Control | None = None
    ) -> Parcel: ...
    def counts(self) -> tuple[int, int, int]:
        """Events, sections of events that stood before, other blocks."""
    def lacking(self) -> list[str]:
        """Roots of the header that are events and not in the file."""
    def choose(self, names: list[str] | None = None) -> int:
        """Chooses the named events with their ancestors, or all events: how many."""
    def outside(self, start: int, most: int) -> list[tuple[str, str]]:
        """Parents of chosen events that are not in the file, each with its first child."""
    def blocks(self, start: int, most: int, bytes: int) -> list[tuple[str, bytes]]:
        """Hash and block of chosen events, parents first."""

# tables
def checks() -> list[str]: ...
def error_table() -> list[tuple[str, str, str, int, bool, str]]:
    """name, class, gRPC status, exit status, whether sending again may help, meaning"""

def schema() -> list[tuple[str, bool, bool, str, list[tuple[str, str, bool, str]]]]:
    """name, thing, needs_parent, doc, fields: (name, kind, required, doc)"""

# encoding
def encode_value(value: Any) -> bytes: ...
def decode_value(block: bytes) -> Any: ...
def block_cid(block: bytes) -> str: ...
def hash_cid(hash: str) -> str: ...
def read_event(block: bytes) -> EventRow: ...
def read_payload(block: bytes) -> dict[str, Any]: ...
def micros_of(moment: Moment) -> int: ...

# columns
def make_columns(
    fields: dict[str, Any],
    time: Any,
    parents: Parents | None,
    named: list[tuple[str, str]],
    actor: str | None,
    resolve: Callable[[str], str],
) -> Columns: ...

# the ledger, one verb a file
def open_ledger(
    path: str | None,
    *,
    read_only: bool,
    create: bool,
    lock_timeout: float | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Ledger: ...
def record_many(ledger: Ledger, records: Iterable[Record]) -> list[Receipt]: ...
def record_columns(ledger: Ledger, columns: Columns) -> Receipts: ...
def record_blocks(
    ledger: Ledger, blocks: list[bytes], *, copies: bool = False
) -> list[Receipt]: ...
def record_json(ledger: Ledger, drafts: list[bytes]) -> list[Receipt]: ...
def get_many(
    ledger: Ledger, names: list[str], *, control: Control | None = None
) -> list[StoredRow]: ...
def get_one(ledger: Ledger, name: str) -> StoredRow: ...
def resolve_name(ledger: Ledger, name: str) -> str: ...
def events_page(
    ledger: Ledger,
    *,
    types: list[str],
    since: int | None,
    until: int | None,
    after_index: int | None,
    limit: int,
    bytes: int | None = None,
    control: Control | None = None,
) -> list[StoredRow]: ...
def find_page(
    ledger: Ledger,
    kind: str,
    text: str,
    *,
    before_index: int | None,
    limit: int,
    bytes: int | None = None,
) -> list[StoredRow]: ...
def trace_walk(
    ledger: Ledger, names: list[str], *, after_index: int | None, control: Control | None = None
) -> Walk: ...
def impact_walk(
    ledger: Ledger, name: str, *, after_index: int | None, control: Control | None = None
) -> Walk: ...
def verify(
    ledger: Ledger, names: list[str], *, progress: Progress, control: Control | None = None
) -> ReportRow: ...
def verify_all(
    ledger: Ledger, expect: list[str], *, progress: Progress, control: Control | None = None
) -> ReportRow: ...
def verify_rows(rows: list[StoredRow], names: list[str], *, progress: Progress) -> ReportRow: ...
def full_hash(name: str) -> str | None: ...
def full_hashes(names: list[str]) -> list[str]: ...
def has_key(block: bytes, kind: str, text: str) -> bool: ...
def verify_blocks(blocks: list[tuple[str, bytes]], *, progress: Progress) -> ReportRow: ...
def stats(ledger: Ledger) -> dict[str, Any]: ...

# CAR files
def car_header(roots: list[str]) -> bytes: ...
def car_sections(events: list[tuple[str, bytes]]) -> bytes: ...

# the wire
def request_ledger(request: bytes) -> str: ...

class Answers:
    def collect(self) -> list[tuple[Any, bytes | LinesealError]] | None: ...
    def close(self) -> None: ...

def begin_request(
    ledger: Ledger,
    name: str,
    request: bytes,
    *,
    limit: int,
    control: Control,
    answers: Answers,
    token: object,
) -> bytes | None: ...
def record_request(
    ledger: Ledger, name: str, request: bytes, *, limit: int, control: Control | None = None
) -> bytes: ...
def read_lost(folder: str | PathLike[str]) -> list[tuple[int, int]]: ...
def read_rows(
    path: str | PathLike[str], start: int, end: int | None = None, *, rows: int
) -> tuple[list[bytes], int, int, bool]:
    """Blocks, where the next ones begin, bytes passed over as damaged, whether nothing follows."""

def make_batch(records: Iterable[Record], resolve: Callable[[str], str]) -> Batch: ...
def make_batch_json(drafts: list[bytes]) -> Batch: ...
def make_batch_blocks(blocks: list[bytes], *, copies: bool = False) -> Batch: ...
