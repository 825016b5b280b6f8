"""JSON drafts: what each must become is stated by hand as a map, then encoded by the oracles."""

from __future__ import annotations

from typing import Any

from . import draft_parents, draft_records, draft_syntax
from .forge import encode, expand_text, names, wrap


class Drafts:
    """Collects the cases of drafts.json."""

    def __init__(self) -> None:
        self.cases: list[dict[str, Any]] = []

    def accept(self, name: str, rules: str, draft: Any, event: dict[str, Any], **more: Any) -> None:
        """A draft (JSON text, or parts) and the event that it must give."""
        expand_text(draft)
        block = encode(event)
        case = {"name": f"draft-{name}", "rules": rules.split(), "accept": True, "draft": draft}
        self.cases.append(case | more | {"block": block.hex()} | names(block))

    def refuse(
        self, name: str, rules: str, draft: Any, path: str | None = None, **more: Any
    ) -> None:
        """A draft refused by the first rule, at the path or inside it."""
        case: dict[str, Any] = {"name": f"draft-{name}", "rules": rules.split(), "accept": False}
        if draft is not None:
            expand_text(draft)
            case["draft"] = draft
        if path is not None:
            case["path"] = path
        self.cases.append(case | more)

    def accept_x(self, name: str, rules: str, x: str, value: Any) -> None:
        """A custom draft with the JSON text x as its field x."""
        event = {"v": 1, "type": "a/b", "time": 1, "parents": [], "payload": {"x": value}}
        self.accept(name, rules, around(x), event)

    def refuse_x(self, name: str, rules: str, x: str, path: str | None = "payload.x") -> None:
        """The same, refused."""
        self.refuse(name, rules, around(x), path)


def around(x: str) -> str:
    return '{"type":"a/b","time":1,"record":{"x":' + x + "}}"


def build() -> dict[str, Any]:
    out = Drafts()
    draft_syntax.build(out)
    draft_parents.build(out)
    draft_records.build(out)
    return wrap("drafts", out.cases)
