"""Drafts for E4 and E13.8 to E13.11: parents, their roles, and who needs them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .forge import DAG_CBOR, Link, artifact, event, parent

if TYPE_CHECKING:
    from .drafts import Drafts

ONE, TWO, THREE = (parent(n) for n in (1, 2, 3))
HEX1, HEX2 = ONE.digest.hex(), TWO.digest.hex()


def build(out: Drafts) -> None:
    for section in (given, bad, twice, wanted, feedback):
        section(out)


def model_draft(parents: Any, **more: Any) -> str:
    return json.dumps({"type": "model", "parents": parents, "record": {"name": "m"}} | more)


def model(**more: Any) -> dict[str, Any]:
    return event("model", {"name": "m"}, **more)


def given(out: Drafts) -> None:
    out.accept(
        "parents-hash-and-cid",
        "E13.8",
        model_draft([{"hash": HEX1}, {"hash": str(TWO)}]),
        model(parents=[ONE, TWO]),
    )
    by_position = [{"position": 1}, {"position": 0, "role": "base"}]
    out.accept(
        "parents-position",
        "E13.8 E13.11",
        model_draft(by_position),
        model(parents=[ONE, TWO], roles=["base", ""]),
        positions=[HEX1, HEX2],
    )
    upper = event("model", {"name": "m"}, parents=[Link(DAG_CBOR, b"\xab" * 32)])
    out.accept("parents-hash-upper-case", "E13.8", model_draft([{"hash": "AB" * 32}]), upper)
    no_role = [{"hash": HEX1, "role": None}, {"hash": HEX2, "role": ""}]
    out.accept(
        "parents-no-role", "E13.8 E13.11 E4.4", model_draft(no_role), model(parents=[ONE, TWO])
    )
    out.accept("parents-none", "E13.8", model_draft([]), model())
    mixed = [(THREE, "z"), (ONE, "b"), (TWO, ""), (ONE, "ab"), (ONE, "")]
    unsorted = [{"hash": link.digest.hex(), "role": role} for link, role in mixed]
    links, roles = [ONE, ONE, ONE, TWO, THREE], ["", "ab", "b", "", "z"]
    out.accept(
        "parents-sorted",
        "E13.11 E4.5 E4.7",
        model_draft(unsorted),
        model(parents=links, roles=roles),
    )
    out.accept(
        "parents-sorted-no-roles",
        "E13.11 E4.5",
        model_draft([{"hash": HEX2}, {"hash": HEX1}]),
        model(parents=[ONE, TWO]),
    )


def bad(out: Drafts) -> None:
    for name, item in {
        "neither": {"role": "base"},
        "both": {"hash": HEX1, "position": 0},
        "another-key": {"hash": HEX1, "index": 0},
        "hash-short": {"hash": HEX1[:-2]},
        "hash-prefix": {"hash": HEX1[:12]},
        "hash-long": {"hash": HEX1 + "00"},
        "hash-not-hex": {"hash": "g" * 64},
        "hash-integer": {"hash": 1},
        "hash-null": {"hash": None},
        "hash-raw-cid": {"hash": str(artifact("weights"))},
        "hash-link-form": {"hash": {"/": str(ONE)}},
        "position-unknown": {"position": 2},
        "position-negative": {"position": -1},
        "position-float": {"position": 0.0},
        "position-text": {"position": "0"},
        "role-integer": {"hash": HEX1, "role": 1},
    }.items():
        positions = [HEX1, HEX2]
        out.refuse(
            f"parent-{name}", "E13.8", model_draft([item]), "parents[0]", positions=positions
        )
    out.refuse("parent-is-text", "E13.8", model_draft([HEX1]), "parents[0]")
    out.refuse("parents-map", "E13.8", model_draft({"base": HEX1}), "parents")
    second = [{"hash": HEX1}, {"hash": HEX2, "role": "Base"}]
    out.refuse("role-upper-case", "E4.3", model_draft(second), "parents[1].role")
    spaced = [{"hash": HEX1, "role": "a b"}]
    out.refuse("role-space", "E4.3", model_draft(spaced), "parents[0].role")


def twice(out: Drafts) -> None:
    same = [{"hash": HEX1, "role": "a"}, {"hash": HEX2}, {"hash": str(ONE), "role": "a"}]
    out.refuse("pair-twice", "E4.6", model_draft(same), "parents")
    no_role_twice = [{"hash": HEX1}, {"hash": HEX1, "role": ""}]
    out.refuse("pair-twice-no-role", "E4.6", model_draft(no_role_twice), "parents")
    through_position = [{"hash": HEX1}, {"position": 0}]
    out.refuse(
        "pair-twice-position", "E4.6", model_draft(through_position), "parents", positions=[HEX1]
    )


def wanted(out: Drafts) -> None:
    records: dict[str, dict[str, Any]] = {
        "prediction": {"prediction_id": "p"},
        "feedback": {"value": 7},
        "approval": {"decision": "yes"},
    }
    for type_, record in records.items():
        base = {"type": type_, "time": 1, "record": record}
        out.refuse(f"{type_}-parents-missing", "E13.9", json.dumps(base), "parents")
        empty = base | {"parents": []}
        out.refuse(f"{type_}-parents-empty", "E13.9", json.dumps(empty), "parents")
        on_purpose = base | {"no_parents": True}
        out.accept(
            f"{type_}-no-parents", "E13.9 E4.8", json.dumps(on_purpose), event(type_, record)
        )
        false = base | {"no_parents": False}
        out.refuse(f"{type_}-no-parents-false", "E13.9", json.dumps(false), "parents")
    base = {"type": "model", "record": {"name": "m"}}
    plain = event("model", {"name": "m"})
    out.accept(
        "no-parents-where-none-are-wanted", "E13.9", json.dumps(base | {"no_parents": True}), plain
    )
    both = base | {"no_parents": True, "parents": [{"hash": HEX1}]}
    out.refuse("no-parents-with-parents", "E13.9", json.dumps(both))
    for name, value in {"integer": 1, "text": "true"}.items():
        out.refuse(f"no-parents-{name}", "E13.9", json.dumps(base | {"no_parents": value}))


def feedback(out: Drafts) -> None:
    base = {"type": "feedback", "time": 1, "record": {"value": 7}}
    bare = base | {"parents": [{"hash": HEX1}]}
    of = event("feedback", {"value": 7}, parents=[ONE], roles=["of"])
    out.accept("feedback-of", "E13.10", json.dumps(bare), of)
    empty = base | {"parents": [{"hash": HEX1, "role": ""}]}
    out.accept("feedback-of-for-empty-role", "E13.10", json.dumps(empty), of)
    mixed = base | {"parents": [{"hash": HEX1, "role": "rater"}, {"hash": HEX1}, {"hash": HEX2}]}
    links = event("feedback", {"value": 7}, parents=[ONE, ONE, TWO], roles=["of", "rater", "of"])
    out.accept("feedback-of-among-others", "E13.10 E13.11", json.dumps(mixed), links)
    again = base | {"parents": [{"hash": HEX1}, {"hash": HEX1, "role": "of"}]}
    out.refuse("feedback-of-twice", "E4.6 E13.10", json.dumps(again), "parents")
    approval = {
        "type": "approval",
        "time": 1,
        "parents": [{"hash": HEX1}],
        "record": {"decision": "yes"},
    }
    out.accept(
        "approval-gets-no-role",
        "E13.10",
        json.dumps(approval),
        event("approval", {"decision": "yes"}, parents=[ONE]),
    )
