"""A trace drawn as a tree, line by line. May use lineseal, rich, and the cli's views.

Never recurses, and holds no more events than the branch that it draws has; of those it has drawn it
keeps their indices.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from lineseal import Event
from lineseal.cli.text import safe
from lineseal.cli.views import headline

# Deeper than this a terminal shows nothing but guides.
MAX_DEPTH = 40

# Events by their hashes; those that are not to be drawn are missing.
Finder = Callable[[list[str]], dict[str, Event]]


@dataclass(frozen=True)
class Line:
    """An event on its way to the tree: how it was used, what stands before it, how deep it is."""

    hash: str
    event: Event | None
    role: str = ""
    depth: int = 0
    guide: str = ""
    below: str = ""


def show_tree(out: Console, leaf: Event, find: Finder) -> bool:
    """Print `leaf` and below it what it was made from; returns whether that was too deep."""
    shown: set[int] = set()
    deeper = False
    pending = [Line(leaf.hash, leaf)]
    while pending:
        line = pending.pop()
        event, remark = line.event, ""
        if event is None:
            remark = "  (not listed: see --limit)"
        elif event.index in shown:
            remark = " (above)"
        elif line.depth > MAX_DEPTH and event.parents:
            remark, deeper = " (deeper)", True
        else:
            shown.add(event.index)
            pending.extend(_parents(line, event, find))
        _print(out, line, remark)
    return deeper


def _parents(line: Line, event: Event, find: Finder) -> Iterator[Line]:
    """A line for each parent, the most recent last: it is taken first."""
    known = find(list(event.parents)) if event.parents else {}
    pairs = sorted(
        zip(event.parents, event.roles, strict=True),
        key=lambda pair: known[pair[0]].index if pair[0] in known else -1,
    )
    for place, (hash, role) in enumerate(pairs):
        guide, below = ("├── ", "│   ") if place else ("└── ", "    ")
        yield Line(
            hash, known.get(hash), role, line.depth + 1, line.below + guide, line.below + below
        )


def _print(out: Console, line: Line, remark: str) -> None:
    name = Text(line.hash[:12], "dim") if line.event is None else headline(line.event)
    role = f"{safe(line.role)}: " if line.role else ""
    text = Text.assemble((line.guide, "dim"), (role, "cyan"), name, (remark, "dim"))
    if out.is_terminal:
        out.print(text, soft_wrap=True)
    else:
        out.file.write(f"{text.plain}\n")
