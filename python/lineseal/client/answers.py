"""Messages as what a Tracker gives. May use `_core`, report, and the generated messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lineseal import _core
from lineseal.report import Finding, Report
from lineseal.v1 import provenance_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Mapping

VERDICTS: dict[int, Any] = {pb.VERDICT_OK: "ok", pb.VERDICT_UNDETERMINED: "undetermined"}
ANCHORS: dict[int, Any] = {pb.ANCHOR_HASH: "hash"}
NUMBERS = [
    "id",
    "origin",
    "format",
    "read_only",
    "events",
    "batches",
    "groups",
    "segments",
    "bytes",
]


def name_of(text: str) -> pb.EventName:
    """A name as the message has it: hashes as bytes, what is shortened as text."""
    full = _core.full_hash(text)
    return pb.EventName(hash=bytes.fromhex(full)) if full else pb.EventName(text=text)


def report_of(message: pb.Report) -> Report:
    """A server's report; what it says in words of a later version is not taken for ok."""
    findings = tuple(
        Finding(
            found.hash.hex() or None,
            found.index if found.HasField("index") else None,
            found.check,
            found.expected,
            found.found,
            found.message,
        )
        for found in message.findings
    )
    verdict = VERDICTS.get(message.verdict, "failed")
    anchor = ANCHORS.get(message.anchor, "none")
    return Report(verdict, anchor, message.checked, findings, in_order(message.counts))


def in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """By severity, as a report of the core has its checks; a map of protobuf comes in any order."""
    order = {check: at for at, check in enumerate(_core.checks())}
    return dict(sorted(counts.items(), key=lambda item: order.get(item[0], len(order))))


def stats_of(ledger: pb.Ledger) -> dict[str, Any]:
    """A ledger in numbers, as `Tracker.stats` names them; without its address."""
    torn = [
        {
            "segment": tail.segment,
            "offset": tail.offset,
            "bytes": tail.bytes,
            "saved": tail.saved or None,
        }
        for tail in ledger.torn
    ]
    return {
        **{key: getattr(ledger, key) for key in NUMBERS},
        "torn": torn,
        "durable_slots": tuple(ledger.durable_slots),
        "damage": list(ledger.damage),
        "poisoned": ledger.poisoned or None,
    }
