"""Places for the boxes of a drawn trace: a column for each step away from the leaf."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lineseal.trace import Trace

WIDTH, HEIGHT = 160, 54
GAP_X, GAP_Y = 100, 12


@dataclass(frozen=True, slots=True)
class Place:
    """The upper left corner of a box."""

    x: int
    y: int


def layout(trace: Trace) -> dict[str, Place]:
    """A place for every event: right of all its children, in the order of the trace."""
    column: dict[str, int] = defaultdict(int)
    filled: dict[int, int] = defaultdict(int)
    places: dict[str, Place] = {}
    # A trace has every event before its parents, so a column is final when its turn comes.
    for event in trace:
        across = column[event.hash]
        down = filled[across]
        filled[across] += 1
        places[event.hash] = Place(across * (WIDTH + GAP_X), down * (HEIGHT + GAP_Y))
        for parent in event.parents:
            column[parent] = max(column[parent], across + 1)
    return places
