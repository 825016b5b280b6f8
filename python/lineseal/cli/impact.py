"""`lineseal impact`: what an event went into. May use the cli's shared modules."""

from collections import Counter

from lineseal import Event
from lineseal.cli.damage import Readable
from lineseal.cli.opening import reading
from lineseal.cli.options import HashArgument, JsonOption, LedgerOption, LimitOption, TypesOption
from lineseal.cli.shapes import event_document
from lineseal.cli.views import list_impact


def impact(
    hash: HashArgument,
    types: TypesOption = None,
    limit: LimitOption = 20,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show all that was made from an event, directly or not.

    Oldest first. All descendants are counted, by type; --limit says how many are listed.

    \b
    Examples:
      lineseal impact 7d9f0b2c                        # what did this dataset touch?
      lineseal impact 7d9f0b2c --type prediction --limit 0 --json
    """
    counts: Counter[str] = Counter()
    listed: list[Event] = []
    with reading(ledger) as tracker:
        readable = Readable(tracker.impact(hash))
        for event in readable:
            if types and event.type not in types:
                continue
            counts[event.type] += 1
            if not limit or len(listed) < limit:
                listed.append(event)
    total = counts.total()
    document = {
        "count": total,
        "types": dict(counts),
        "events": [event_document(event) for event in listed],
        "truncated": len(listed) < total,
    }
    return readable.emit(as_json, document, lambda out: list_impact(out, listed, counts))
