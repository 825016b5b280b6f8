"""`lineseal check`: is a file still the recorded one? May use the cli's shared modules."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from lineseal import Event, checksum
from lineseal.cli.opening import reading
from lineseal.cli.options import HashArgument, JsonOption, LedgerOption
from lineseal.cli.output import emit, facts, verdict
from lineseal.cli.text import safe
from lineseal.errors import InvalidArgumentError


def check(
    hash: HashArgument,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The file or directory.")],
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Check whether a file or directory is still as recorded.

    Its checksum is computed anew by the method that the event names. Exit status 0: the same;
    1: it differs.

    \b
    Examples:
      lineseal check 7d9f0b2c model.pkl
      lineseal check 7d9f0b2c data/ --json
    """
    with reading(ledger) as tracker:
        event = tracker.get(hash)
    recorded, method = _recorded(event)
    found = checksum(path)
    if found["checksum_method"] != method:
        raise InvalidArgumentError(
            f"{event.hash} was recorded by the method {method}, and {path} would be checked by"
            f" {found['checksum_method']}",
            hash=event.hash,
            field="checksum_method",
            remedy="Name what was recorded: a file for sha256-file, a directory for sha256-dir-1;"
            " compare arrays and DataFrames in Python, with lineseal.checksum",
        )
    same = found["checksum"] == recorded
    document = {
        "same": same,
        "hash": event.hash,
        "path": str(path),
        "checksum_method": method,
        "recorded": recorded,
        "found": found["checksum"],
    }
    emit(as_json, document, lambda out: _show(out, document))
    return 0 if same else 1


def _recorded(event: Event) -> tuple[str, str]:
    """The checksum that the event holds, and its method."""
    payload = event.payload
    recorded, method = payload.get("checksum"), payload.get("checksum_method")
    if recorded and method:
        return recorded, method
    raise InvalidArgumentError(
        f"the {event.type} event {event.hash} has no checksum with its method",
        hash=event.hash,
        field="checksum",
        remedy="Record datasets and models with --file PATH, or with **checksum(path) in Python",
    )


def _show(out: Console, document: dict[str, Any]) -> None:
    same, path = document["same"], safe(document["path"])
    if same:
        out.print(verdict("ok", f"{path} is what {document['hash'][:12]} recorded"))
    else:
        out.print(verdict("failed", f"{path} is not what {document['hash'][:12]} recorded"))
    facts(out, [("recorded", document["recorded"]), ("found", document["found"])])
