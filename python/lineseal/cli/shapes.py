"""The JSON shapes that `--json` prints, stated in docs/guide/cli.md. May use lineseal only.

Values take the form they have in a JSON draft: bytes, links, tensors and NaN can be told apart.
"""

from dataclasses import asdict
from typing import Any

from lineseal import Event, Finding, Receipt, Report
from lineseal._plain import plain


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """What `record` prints for an event."""
    return {
        "hash": receipt.hash,
        "cid": receipt.cid,
        "index": receipt.index,
        "created": receipt.created,
    }


def event_document(event: Event) -> dict[str, Any]:
    """What `show` prints, and every list of events holds."""
    parents = zip(event.parents, event.roles, strict=True)
    return {
        "hash": event.hash,
        "cid": event.cid,
        "index": event.index,
        "type": event.type,
        "time": event.time_us,
        "actor": event.actor,
        "parents": [{"hash": hash, "role": role} for hash, role in parents],
        "payload": plain(event.payload),
        "recorded_at": event.recorded_at_us,
    }


def report_document(report: Report) -> dict[str, Any]:
    """What `verify` prints."""
    first = first_bad(report)
    return {
        "verdict": report.verdict,
        "anchor": report.anchor,
        "checked": report.checked,
        "counts": dict(report.counts),
        "first_bad": asdict(first) if first else None,
        "findings": [asdict(finding) for finding in report.findings],
    }


def first_bad(report: Report) -> Finding | None:
    """The first finding about an event; where there is none, the first about the files."""
    findings = report.findings
    return next((f for f in findings if f.hash is not None), findings[0] if findings else None)
