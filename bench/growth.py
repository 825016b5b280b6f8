"""Growth: the cost of one event in a large ledger over that in a small one, 1.0 being ideal."""

from .timing import Result

EVENTS_A_SIDE, MOST = 200_000, 20  # a small ledger takes milliseconds: a side is several


def sizes(events: int) -> tuple[int, int]:
    """The sizes below `events`: 10^4 and 10^5 where it is 10^6."""
    return max(events // 100, 100), max(events // 10, 100)


def times(size: int) -> int:
    """How many ledgers of this size make one side."""
    return max(1, min(MOST, EVENTS_A_SIDE // size))


def side_name(what: str, size: int) -> str:
    return f"{what} at {size:,}"


def add_ratio(result: Result, key: str, what: str, events: int) -> None:
    """Rates are inverse costs: the small ledger's over the large one's."""
    result.ratio(key, side_name(what, sizes(events)[0]), side_name(what, events))
