"""The JSON shapes that `--json` prints, stated in docs/guide/cli.md. May use lineseal only.

Values take the form they have in a JSON draft: bytes, links, tensors and NaN can be told apart.
"""

from typing import Any

from lineseal import Event, Receipt, Report
from lineseal.cli.values import plain


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
    findings = [
        {
            "hash": finding.hash,
            "index": finding.index,
            "check": str(finding.check),
            "expected": finding.expected,
            "found": finding.found,
            "message": finding.message,
        }
        for finding in report.findings
    ]
    return {
        "verdict": str(report.verdict),
        "anchor": str(report.anchor),
        "checked": report.checked,
        "counts": {str(check): count for check, count in report.counts.items()},
        "first_bad": findings[0] if findings else None,
        "findings": findings,
    }
