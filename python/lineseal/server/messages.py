"""The core's rows as messages, and names of events as the core wants them."""

from __future__ import annotations

from collections.abc import Iterable

from lineseal.errors import InvalidArgumentError
from lineseal.v1 import event_pb2
from lineseal.v1 import provenance_pb2 as pb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lineseal._core import FindingRow, ReportRow, StoredRow

#: No message of the server is larger: the default limit of plain stubs.
MAX_MESSAGE = 4 * 1024 * 1024
#: Bytes of blocks that fill a page: one block more, and what is around each, fit beside them.
PAGE_BYTES = 2 * 1024 * 1024
#: Names in one request.
MAX_NAMES = 10_000


def event(row: StoredRow) -> event_pb2.Event:
    """An event."""
    hash, index, block, recorded_at = row
    return event_pb2.Event(
        hash=bytes.fromhex(hash), index=index, block=block, recorded_at=recorded_at
    )


def name_text(name: pb.EventName, path: str) -> str:
    """A name as the core takes it; `path` is where it stands in the request."""
    match name.WhichOneof("name"):
        case "hash":
            return hash_text(name.hash, f"{path}.hash")
        case "text":
            return name.text
        case _:
            raise InvalidArgumentError(
                "no event is named", path=path, remedy="Give its hash or text"
            )


def hash_text(hash: bytes, path: str) -> str:
    """A hash as hex digits."""
    if len(hash) == 32:
        return hash.hex()
    raise InvalidArgumentError(
        f"a hash has 32 bytes, not {len(hash)}", path=path, remedy="Give all 32 bytes"
    )


def name_texts(names: Iterable[pb.EventName]) -> list[str]:
    """1 to 10,000 names."""
    texts = [name_text(name, f"names[{at}]") for at, name in enumerate(names)]
    if 1 <= len(texts) <= MAX_NAMES:
        return texts
    raise InvalidArgumentError(
        f"names has {len(texts):,} events", path="names", remedy="Give 1 to 10,000"
    )


def report(row: ReportRow) -> pb.Report:
    """A report, with as many findings as fit into a message."""
    verdict, anchor, checked, findings, counts = row
    message = pb.Report(
        verdict=pb.Verdict.Value(f"VERDICT_{verdict.upper()}"),
        anchor=pb.Anchor.Value(f"ANCHOR_{anchor.upper()}"),
        checked=checked,
        counts=counts,
    )
    room = PAGE_BYTES
    for each in findings:
        made = finding(each)
        room -= made.ByteSize() + 8
        if room < 0:
            break
        message.findings.append(made)
    return message


def finding(row: FindingRow) -> pb.Finding:
    """One finding."""
    hash, index, check, expected, found, text = row
    return pb.Finding(
        hash=b"" if hash is None else bytes.fromhex(hash),
        index=index,
        check=check,
        expected=expected,
        found=found,
        message=text,
    )
