"""Which events of the log a call means: the filters of `events` and `export`, looked at once."""

from __future__ import annotations

from dataclasses import dataclass

from lineseal import _core
from lineseal._arguments import as_text, listed, natural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypedDict

    from lineseal.records import Moment

    class Page(TypedDict):
        types: list[str]
        since: int | None
        until: int | None
        after_index: int | None
        limit: int


@dataclass(frozen=True)
class Filters:
    """The filters; times in microseconds since 1970-01-01 UTC."""

    types: list[str]
    since: int | None
    until: int | None
    after_index: int | None
    limit: int | None

    def page(self, after: int | None, size: int) -> Page:
        """The arguments of `_events_page` for the next page."""
        return {
            "types": self.types,
            "since": self.since,
            "until": self.until,
            "after_index": after,
            "limit": size,
        }


def filtered(
    types: str | Iterable[str] | None,
    since: Moment | None,
    until: Moment | None,
    after_index: int | None,
    limit: int | None,
) -> Filters:
    """The filters that were given."""
    several = [types] if isinstance(types, str) else listed(types or (), "types")
    return Filters(
        [as_text(kind, "a type") for kind in several],
        None if since is None else _core.micros_of(since),
        None if until is None else _core.micros_of(until),
        natural(after_index, "after_index"),
        natural(limit, "limit"),
    )
