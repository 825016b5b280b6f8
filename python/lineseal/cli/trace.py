"""`lineseal trace`: where an event comes from. May use the cli's shared modules."""

from typing import Annotated

import typer

from lineseal.cli.opening import reading
from lineseal.cli.options import HashArgument, JsonOption, LedgerOption, LimitOption
from lineseal.cli.output import emit
from lineseal.cli.shapes import event_document
from lineseal.cli.tree import show_tree


def trace(
    hash: HashArgument,
    mermaid: Annotated[
        bool, typer.Option("--mermaid", help="Print a mermaid flowchart instead of a tree.")
    ] = False,
    limit: LimitOption = 200,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Trace an event to all that it was made from.

    A tree: an event stands above its parents. An ancestor that several events share is shown in
    full where the tree first meets it.

    \b
    Examples:
      lineseal trace 7d9f0b2c
      lineseal trace 7d9f0b2c --mermaid > lineage.mmd
      lineseal trace 7d9f0b2c --json --limit 0
    """
    with reading(ledger) as tracker:
        found = tracker.trace(hash, limit=limit + 1 if limit else None)
    cut = bool(limit) and len(found) > limit
    page = found[:limit] if cut else found
    if mermaid and not as_json:
        print(page.to_mermaid())
        return
    document = {
        "events": [event_document(event) for event in page],
        "roots": [root.hash for root in page.roots],
        "truncated": cut,
    }
    emit(as_json, document, lambda out: show_tree(out, page, cut))
