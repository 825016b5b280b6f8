"""Events and reports as people read them. May use lineseal, rich, and the cli's output and text."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from lineseal import Event, Report
from lineseal._shown import readable
from lineseal.cli.output import facts, table, verdict
from lineseal.cli.shapes import first_bad
from lineseal.cli.text import safe, short
from lineseal.cli.values import brief

# What tells one event of a type from another at a glance; other types show their first values.
HEADLINES = {
    "dataset": ("name", "version", "split"),
    "hyperparameters": ("values",),
    "training": ("run_id", "model_name", "model_version"),
    "model": ("name", "version"),
    "evaluation": ("metrics", "split"),
    "deployment": ("name", "stage"),
    "prediction": ("prediction_id", "output"),
    "feedback": ("value",),
    "approval": ("decision", "signer_name"),
    "lineseal/gap": ("stream", "count"),
}

# Characters of one value that `show` prints; --json prints all.
LONGEST = 1_000

ANCHORS = {
    "hash": "the events that you gave in full and their ancestors are anchored;"
    " all else is consistent in itself",
    "none": "consistent in itself; a rewritten leaf or a cut tail is not excluded",
}


REMEDY = "Keep this ledger as it is; restore from a copy, and verify that with --expect HASH"
# Where nothing is wrong but a mark that says how far the log is on the disk.
MARK_REMEDY = "No event is known to be lost: --expect HASH shows whether the newest are there"


def summary(event: Event) -> str:
    """The values that tell this event from others of its type, in a short line."""
    keys = HEADLINES.get(event.type) or tuple(event.payload)[:2]
    return " ".join(short(brief(event.payload[key]), 40) for key in keys if key in event.payload)


def headline(event: Event) -> Text:
    """Type, summary, hash and index in a line."""
    return Text.assemble(
        (safe(event.type), "bold"),
        " ",
        summary(event),
        (f"  {event.hash[:12]} #{event.index}", "dim"),
    )


def list_events(out: Console, events: Iterable[Event]) -> int:
    """A table of events, printed as they come; returns how many there were."""
    rows = ((e.index, e.hash[:12], e.type, _when(e), summary(e)) for e in events)
    return table(out, ("index", "hash", "type", "time", "what"), rows)


def say_counts(out: Console, listed: int, counts: Counter[str]) -> None:
    """How many descendants of each type there are, below those that were listed."""
    parts = ", ".join(f"{count:,} {safe(kind)}" for kind, count in counts.most_common())
    out.print(f"{counts.total():,} descendants" + (f": {parts}" if parts else ""), soft_wrap=True)
    if listed < counts.total():
        out.print(Text(f"the first {listed:,} only: --limit 0 shows all", "dim"))


def show_event(out: Console, event: Event) -> None:
    """Envelope, parents and payload of one event."""
    facts(
        out,
        [
            ("type", event.type),
            ("hash", event.hash),
            ("cid", event.cid),
            ("index", event.index),
            ("time", event.time and event.time.isoformat()),
            ("actor", event.actor),
            ("recorded at", event.recorded_at.isoformat()),
        ],
    )
    parents = zip(event.roles, event.parents, strict=True)
    out.print(Text("made from" if event.parents else "made from nothing", "bold underline"))
    facts(out, [(role or "-", parent) for role, parent in parents])
    out.print(Text("payload", "bold underline"))
    facts(out, [(key, short(brief(value), LONGEST)) for key, value in readable(event).items()])


def show_report(out: Console, report: Report, seconds: float) -> None:
    """Verdict and anchor; then the first bad event, and each kind of finding with an example."""
    basis = ANCHORS[report.anchor] if report else f"anchor: {report.anchor}"
    said = f"{report.checked:,} events rehashed in {seconds:.2f} s; {basis}"
    out.print(verdict(report.verdict, said), soft_wrap=True)
    first = first_bad(report)
    if first is None:
        return
    if first.hash is not None:
        place = "" if first.index is None else f" #{first.index}"
        out.print(Text(f"first bad event: {first.hash}{place}", "bold"), soft_wrap=True)
    for check, count in report.counts.items():
        example = next((f.message for f in report.findings if f.check == check), "")
        out.print(Text(f"{count:,} {check}: {safe(example)}"), soft_wrap=True)
    if report.verdict == "failed":
        marks = all(" of DURABLE is damaged" in found.message for found in report.findings)
        out.print(Text(MARK_REMEDY if marks else REMEDY, "dim"), soft_wrap=True)


def _when(event: Event) -> str:
    return f"{event.time or event.recorded_at:%Y-%m-%d %H:%M:%S}"
