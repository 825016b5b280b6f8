"""What an event was made from. May use event and, for notebooks, `_html`."""

from __future__ import annotations

from collections.abc import Sequence

from lineseal.event import Event

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import overload


class Trace(Sequence[Event]):
    """Events and all their ancestors: leaf first, every event before its parents."""

    __slots__ = ("_events",)

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = tuple(events)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, place: int) -> Event: ...
        @overload
        def __getitem__(self, place: slice) -> Trace: ...

    def __getitem__(self, place: int | slice) -> Event | Trace:
        if isinstance(place, slice):
            return Trace(self._events[place])
        return self._events[place]

    def __len__(self) -> int:
        return len(self._events)

    @property
    def roots(self) -> tuple[Event, ...]:
        """The events that were made from nothing."""
        return tuple(event for event in self._events if not event.parents)

    def to_mermaid(self) -> str:
        """The graph as Mermaid text: arrows go from parent to child and carry the role."""
        return "\n".join(["graph TD", *self._nodes(), *self._edges()]) + "\n"

    def _nodes(self) -> Iterable[str]:
        for event in self._events:
            label = _mermaid(f"{event.type} {title(event)}".strip())
            yield f'  e{event.index}["{label}<br/>{event.hash[:8]}"]'

    def _edges(self) -> Iterable[str]:
        places = {event.hash: event.index for event in self._events}
        for event in self._events:
            for parent, role in zip(event.parents, event.roles, strict=True):
                if parent in places:
                    arrow = f'-->|"{_mermaid(role)}"|' if role else "-->"
                    yield f"  e{places[parent]} {arrow} e{event.index}"

    def __repr__(self) -> str:
        if not self._events:
            return "<Trace of nothing>"
        leaf, roots = self._events[0], len(self.roots)
        return f"<Trace of {leaf.type} {leaf.hash[:12]}…: {len(self)} events, {roots} roots>"

    def _repr_html_(self) -> str:
        from lineseal._html import trace_html

        return trace_html(self)


#: The payload keys that name an event to people, best first.
TITLES = ("name", "run_id", "prediction_id", "decision", "stream")


def title(event: Event) -> str:
    """What people call the event, where its record says so."""
    payload = event.payload
    name = next((payload[key] for key in TITLES if isinstance(payload.get(key), str)), "")
    parts = [name, payload.get("version"), payload.get("split")]
    if event.type == "feedback":
        parts = [str(payload.get("value"))]
    text = " ".join(part for part in parts if isinstance(part, str) and part)
    return text if len(text) <= 40 else text[:39] + "…"


def _mermaid(text: str) -> str:
    """Text inside a quoted label: whatever Mermaid or HTML could read goes out as an entity."""
    return "".join(c if c.isalnum() or c in " .-_/:+@" else f"#{ord(c)};" for c in text)
