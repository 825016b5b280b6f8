"""An event's record as people read it. Imported only when an event is shown; may use `_core`."""

from __future__ import annotations

from functools import cache

from lineseal import _core
from lineseal._time import moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lineseal.event import Event


def readable(event: Event) -> dict[str, Any]:
    """The payload with the times of the schema as datetimes (UTC) instead of microseconds."""
    payload = event.payload
    for field in _times().get(event.type, ()):
        if type(payload.get(field)) is int:
            payload[field] = moment(payload[field])
    return payload


@cache
def _times() -> dict[str, list[str]]:
    """The fields of each record type that hold a time."""
    return {
        name: [field for field, kind, _required, _about in fields if kind == "time"]
        for name, _thing, _needs_parent, _doc, fields in _core.schema()
    }
