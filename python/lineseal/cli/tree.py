"""A trace drawn as a tree. May use lineseal, rich, and the cli's views. Never recurses."""

from collections.abc import Sequence
from typing import cast

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from lineseal import Event
from lineseal.cli.text import safe
from lineseal.cli.views import headline

# Deeper than this a terminal shows nothing but guides.
MAX_DEPTH = 40


def show_tree(out: Console, events: Sequence[Event], cut: bool) -> None:
    """Print `events` (leaf first, each before its parents) as a tree below the leaf."""
    known = {event.hash: event for event in events}
    shown: set[str] = set()
    root = Tree(headline(events[0]), guide_style="dim")
    pending = [(root, events[0], 0)]
    while pending:
        node, event, depth = pending.pop()
        if event.hash in shown:
            cast(Text, node.label).append(" (above)", "dim")
            continue
        shown.add(event.hash)
        below = []
        for role, hash in _parents(event, known):
            parent = known.get(hash)
            if parent is None:
                node.add(_line(role, Text(f"{hash[:12]}  (not listed: see --limit)", style="dim")))
            elif depth >= MAX_DEPTH:
                node.add(_line(role, headline(parent), " (deeper: see --json)"))
            else:
                below.append((node.add(_line(role, headline(parent))), parent, depth + 1))
        pending.extend(reversed(below))
    out.print(root)
    if cut:
        out.print(Text(f"the nearest {len(events):,} events only: --limit 0 shows all", "dim"))


def _parents(event: Event, known: dict[str, Event]) -> list[tuple[str, str]]:
    """Role and hash of each parent, the most recent first."""
    pairs = zip(event.roles, event.parents, strict=True)
    return sorted(
        pairs, key=lambda pair: known[pair[1]].index if pair[1] in known else -1, reverse=True
    )


def _line(role: str, text: Text, remark: str = "") -> Text:
    return Text.assemble((f"{safe(role)}: " if role else "", "cyan"), text, (remark, "dim"))
