"""Rows that the ledger did not take: one JSON file each, with the error; sent again on request.

May use folders and delivery.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lineseal.logger import folders
from lineseal.logger.delivery import Refused, numbered


@dataclass(frozen=True)
class Kept:
    """A refused row in its file."""

    file: Path
    hash: str
    target: str | None
    stream: str | None
    seq: int | None
    at: str
    code: str
    message: str
    block: bytes


def keep(root: Path, target: str | None, refused: Refused) -> None:
    """Writes the row and its error into `refused/`."""
    place = root / folders.REFUSED
    place.mkdir(mode=0o700, exist_ok=True)
    hash = hashlib.sha256(refused.block).hexdigest()
    stream, seq = numbered(refused.block) or (None, None)
    content = {
        "hash": hash,
        "target": target,
        "stream": stream,
        "seq": seq,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": refused.error.code,
        "message": str(refused.error),
        "block": base64.b64encode(refused.block).decode(),
    }
    folders.write(place / f"{hash}.json", json.dumps(content).encode())


def all_kept(root: Path) -> Iterator[Kept]:
    """The refused rows, in the order of their streams; one at a time, since they may be many."""
    files = (root / folders.REFUSED).glob("*.json")
    order = sorted(
        (kept.stream or "", kept.seq or 0, file) for file in files if (kept := _read(file))
    )
    for *_, file in order:
        if kept := _read(file):
            yield kept


def _read(file: Path) -> Kept | None:
    """A row as it was kept; None where it is being written, or not ours."""
    try:
        said = json.loads(file.read_bytes())
        said["block"] = base64.b64decode(said["block"])
        return Kept(file, **said)
    except (OSError, ValueError, KeyError, TypeError):
        return None
