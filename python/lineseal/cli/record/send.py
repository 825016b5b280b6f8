"""Sends drafts to a ledger and shows receipts. May use lineseal and the cli's shared modules."""

import json
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console

from lineseal import Receipt
from lineseal._ledger_api import LedgerAPI
from lineseal.cli.opening import writing
from lineseal.cli.output import emit, facts
from lineseal.cli.shapes import receipt_document
from lineseal.cli.times import micros


@dataclass(frozen=True)
class Envelope:
    """What a draft states beside its record, as typed on the command line."""

    type: str
    parents: list[str]
    no_parents: bool
    time: str | None
    actor: str | None

    def draft(self, record: str, tracker: LedgerAPI) -> str:
        """The JSON draft with `record` (JSON text) in it; shortened hashes are looked up."""
        members: dict[str, Any] = {
            "type": self.type,
            "parents": [_parent(text, tracker) for text in self.parents],
            "no_parents": self.no_parents or None,
            "time": None if self.time is None else micros(self.time, "--time"),
            "actor": self.actor,
        }
        head = json.dumps({key: value for key, value in members.items() if value not in (None, [])})
        return f'{head[:-1]}, "record": {record}}}'


def record_flags(
    ctx: typer.Context, envelope: Envelope, record: str, ledger: str | None, as_json: bool
) -> None:
    """Record one event that was typed as flags; options before the type's name hold too."""
    outer_ledger, outer_json = ctx.obj or (None, False)
    with writing(ledger or outer_ledger) as tracker:
        draft = envelope.draft(record, tracker)
        (receipt,) = tracker.record_json([draft])
    show_receipt(receipt, as_json or outer_json)


def record_draft(draft: bytes, ledger: str | None, as_json: bool) -> None:
    """Record one JSON draft."""
    with writing(ledger) as tracker:
        (receipt,) = tracker.record_json([draft])
    show_receipt(receipt, as_json)


def show_receipt(receipt: Receipt, as_json: bool) -> None:
    """Print one receipt."""

    def show(out: Console) -> None:
        new = "new" if receipt.created else "was there already"
        facts(out, [("hash", receipt.hash), ("index", f"{receipt.index} ({new})")])

    emit(as_json, receipt_document(receipt), show)


def _parent(text: str, tracker: LedgerAPI) -> dict[str, str]:
    role, equals, hash = text.rpartition("=")
    return {"hash": tracker.resolve(hash)} | ({"role": role} if equals else {})
