"""Events, traces and reports in notebooks. Everything that comes from a ledger is escaped.

Imported only when a notebook asks.
"""

from __future__ import annotations

from datetime import datetime
from html import escape

from lineseal._layout import GAP_X, HEIGHT, WIDTH, Place, layout
from lineseal._shown import readable
from lineseal.trace import title

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lineseal.event import Event
    from lineseal.report import Report
    from lineseal.trace import Trace

#: Nodes drawn of a trace, and findings listed of a report; more would not be read.
MOST_NODES, MOST_FINDINGS = 120, 10
#: Characters shown of one value.
MOST_TEXT = 400

FACE = "font-family:system-ui,sans-serif;font-size:13px"
#: What a verdict of `ok` rests on.
ANCHORS = {
    "hash": "the events given in full and their ancestors; all else is consistent in itself",
    "none": "consistent in itself; a rewritten leaf or a cut tail is not excluded",
}
TONES = {"ok": "#1a7f37", "failed": "#cf222e", "undetermined": "#9a6700"}


def event_html(event: Event) -> str:
    """Envelope, parents and record as a table."""
    rows = [("hash", event.hash), ("index", event.index)]
    if event.time is not None:
        rows.append(("time", event.time.isoformat()))
    if event.actor is not None:
        rows.append(("actor", event.actor))
    rows.append(("recorded at", event.recorded_at.isoformat()))
    for parent, role in zip(event.parents, event.roles, strict=True):
        rows.append((f"parent {role}".strip(), parent))
    rows += [(key, _value(value)) for key, value in readable(event).items()]
    return _frame(event.type, _table(rows))


def report_html(report: Report) -> str:
    """Verdict, what it rests on, counts, and the first findings."""
    tone = TONES[report.verdict]
    anchor = ANCHORS[report.anchor] if report else report.anchor
    rows = [("checked", f"{report.checked:,} events"), ("anchor", anchor)]
    rows += [(check, f"{count:,}") for check, count in report.counts.items()]
    body = f' <b style="color:{tone}">{escape(report.verdict)}</b>{_table(rows)}'
    return _frame("verification", body + _findings(report))


def trace_html(trace: Trace) -> str:
    """The graph as SVG: the leaf on the left, parents to its right."""
    shown = trace[:MOST_NODES]
    places = layout(shown)
    width = max((place.x for place in places.values()), default=0) + WIDTH
    height = max((place.y for place in places.values()), default=0) + HEIGHT
    lines = "".join(_edges(shown, places))
    boxes = "".join(_box(event, places[event.hash]) for event in shown)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2}" height="{height + 2}" '
        f'viewBox="-1 -1 {width + 2} {height + 2}" role="img">{lines}{boxes}</svg>'
    )
    more = f"<div>the first {len(shown)} of {len(trace):,}</div>" if len(trace) > len(shown) else ""
    return _frame(f"trace, {len(trace):,} events", f'<div style="overflow:auto">{svg}</div>{more}')


def _edges(trace: Trace, places: dict[str, Place]) -> Iterable[str]:
    for event in trace:
        start = places[event.hash]
        for parent in dict.fromkeys(event.parents):
            end = places.get(parent)
            if end is not None:
                pairs = zip(event.parents, event.roles, strict=True)
                yield _edge(start, end, ", ".join(role for hash, role in pairs if hash == parent))


def _edge(start: Place, end: Place, role: str) -> str:
    """A line from child to parent; the role stands on it in the gap before the parent."""
    x, y, rise = start.x + WIDTH, start.y + HEIGHT / 2, end.y - start.y
    line = f'<path d="M{x} {y} L{end.x} {y + rise}" stroke="#8c959f" fill="none"/>'
    if not role:
        return line
    across = end.x - GAP_X / 2
    height = y + rise * (across - x) / (end.x - x)
    return (
        f'{line}<text x="{across}" y="{height - 3:.1f}" font-size="10" fill="#57606a" '
        f'text-anchor="middle">{escape(role[:18])}</text>'
    )


def _box(event: Event, place: Place) -> str:
    tip = escape(f"{event.hash}\n{event!r}")
    name = escape(title(event)[:22])
    return (
        f'<g transform="translate({place.x} {place.y})"><title>{tip}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="5" fill="#f6f8fa" stroke="#8c959f"/>'
        f'<text x="8" y="16" font-size="12" font-weight="600">{escape(event.type[:22])}</text>'
        f'<text x="8" y="31" font-size="11">{name}</text>'
        f'<text x="8" y="45" font-size="10" fill="#57606a">{event.hash[:12]}</text></g>'
    )


def _findings(report: Report) -> str:
    first = report.findings[:MOST_FINDINGS]
    items = "".join(f"<li>{escape(finding.message)}</li>" for finding in first)
    more = sum(report.counts.values()) - len(first)
    items += f"<li>and {more:,} more</li>" if more > 0 else ""
    return f"<ol>{items}</ol>" if items else ""


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT] + "…"


def _table(rows: Iterable[tuple[str, object]]) -> str:
    cells = "".join(
        f'<tr><th style="text-align:left">{escape(str(key))}</th>'
        f'<td style="text-align:left;word-break:break-word">{escape(str(value))}</td></tr>'
        for key, value in rows
    )
    return f"<table>{cells}</table>"


def _frame(head: str, body: str) -> str:
    return f'<div style="{FACE}"><b>lineseal {escape(head)}</b>{body}</div>'
