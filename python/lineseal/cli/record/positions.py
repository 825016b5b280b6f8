"""Parents of a batch named by their line, across chunks. May use lineseal.errors.

The core knows positions within one atomic batch. A line that names an earlier chunk's line gets
that event's hash instead; all other lines reach the core as they are.
"""

import json
from collections.abc import Sequence
from typing import Any


def placed(chunk: Sequence[bytes], first: int, done: Sequence[str]) -> list[bytes]:
    """The drafts of `chunk`, whose first line is line `first`; `done`: hashes of lines before."""
    if first == 0:
        return list(chunk)
    return [_placed(line, first, done) if _may_name(line) else line for line in chunk]


def _may_name(line: bytes) -> bool:
    """Whether a key may be `position`, which JSON can also spell with escapes."""
    return b'"position"' in line or b"\\u" in line


def _placed(line: bytes, first: int, done: Sequence[str]) -> bytes:
    try:
        draft = json.loads(line, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError):
        return line  # The core refuses it, and says why better than we could.
    parents = draft.get("parents") if isinstance(draft, dict) else None
    if not isinstance(parents, list):
        return line
    draft["parents"] = [_parent(parent, first, done) for parent in parents]
    if draft["parents"] == parents:
        return line
    return json.dumps(draft).encode()


def _parent(parent: Any, first: int, done: Sequence[str]) -> Any:
    position = parent.get("position") if isinstance(parent, dict) else None
    if type(position) is not int or position < 0:
        return parent
    others = {key: value for key, value in parent.items() if key != "position"}
    if position < first:
        return {"hash": done[position]} | others
    return {"position": position - first} | others


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members
