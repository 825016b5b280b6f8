"""Drafts for E5 and E7 to E12: fields, kinds, what counts as absent, ids, reserved forms."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .forge import artifact, event, parent
from .records import GOOD, PARENTED, TABLE, fields, least

if TYPE_CHECKING:
    from .drafts import Drafts

HASH = parent(1).digest.hex()
LEAF_ROLES = {"feedback": ["of"]}


def build(out: Drafts) -> None:
    for section in (
        types,
        identity,
        kinds,
        metrics,
        absent,
        absent_envelope,
        empties,
        anything,
        ids,
        forms,
    ):
        section(out)


def draft(type_: str, record: Any, **more: Any) -> str:
    body: dict[str, Any] = {"type": type_}
    if type_ not in ("dataset", "hyperparameters", "model"):
        body["time"] = 1
    if type_ in PARENTED:
        body["parents"] = [{"hash": HASH}]
    return json.dumps(body | more | {"record": record})


def of(type_: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    if type_ in PARENTED:
        more = {"parents": [parent(1)]} | more
    if type_ in LEAF_ROLES:
        more["roles"] = LEAF_ROLES[type_]
    return event(type_, payload, **more)


def types(out: Drafts) -> None:
    for type_ in TABLE:
        slug = type_.replace("/", "-")
        record = least(type_)
        out.accept(f"{slug}-least", "E9.1 E9.2", draft(type_, record), of(type_, record))
        full = {name: GOOD[kind] for name, kind, _ in fields(type_)}
        out.accept(f"{slug}-full", "E9.2 E9.4", draft(type_, full), of(type_, full))
        for name, kind, required in fields(type_):
            if required:
                bad = {key: value for key, value in record.items() if key != name}
                out.refuse(
                    f"{slug}-{name}-missing", _missing(name), draft(type_, bad), f"payload.{name}"
                )
            if required and kind == "text":
                bad = record | {name: ""}
                out.refuse(
                    f"{slug}-{name}-empty", "E12.3 E9.1", draft(type_, bad), f"payload.{name}"
                )
        bad = record | {"nmae": "x"}
        out.refuse(f"{slug}-unknown-field", "E9.4", draft(type_, bad), "payload.nmae")
    case = draft("dataset", {"name": "d", "Name": "d"})
    out.refuse("unknown-field-case", "E9.4", case, "payload.Name")
    reserved = draft("dataset", {"name": "d", "lineseal:float": "NaN"})
    out.refuse("unknown-field-reserved", "E9.4 E7.1", reserved, 'payload["lineseal:float"]')


def _missing(name: str) -> str:
    return "E9.1 E5.4" if name == "prediction_id" else "E9.1"


def identity(out: Drafts) -> None:
    for type_ in (*(t for t in TABLE if t not in ("dataset", "hyperparameters", "model")), "a/b"):
        slug = type_.replace("/", "-")
        record = least(type_) if type_ in TABLE else {}
        bad = draft(type_, record, time=None)
        out.refuse(f"{slug}-time-null", "E5.2", bad, "time")
    out.accept("happening-time", "E5.2", draft("a/b", {}, time=-5), of("a/b", {}, time=-5))
    deployed = of("deployment", {"name": "d"}, time=2**63 - 1)
    out.accept(
        "happening-time-greatest",
        "E5.2",
        draft("deployment", {"name": "d"}, time=2**63 - 1),
        deployed,
    )
    plain = of("dataset", {"name": "d"})
    out.accept("thing-time-null", "E5.3 E12.1", draft("dataset", {"name": "d"}, time=None), plain)
    timed = of("dataset", {"name": "d"}, time=0)
    out.accept("thing-time-zero", "E5.3", draft("dataset", {"name": "d"}, time=0), timed)


# (kind, type, field, {what: a bad value}, rule)
BAD: list[tuple[str, str, dict[str, Any], str]] = [
    ("dataset", "version", {"integer": 1, "float": 1.5, "bool": False, "list": ["1"]}, "E9.2"),
    ("evaluation", "passed", {"integer": 1, "text": "true", "float": 0.0}, "E10.2"),
    (
        "dataset",
        "num_rows",
        {"float": 1797.0, "bool": True, "text": "1797", "negative": -1, "too-great": 2**63},
        "E10.3",
    ),
    ("training", "seed", {"float": 1.0, "bool": False, "too-great": 2**63}, "E10.4"),
    (
        "training",
        "started_at",
        {"text": "2026-01-01T00:00:00Z", "float": 0.5, "bool": True, "too-great": 2**63},
        "E10.5 E8.8",
    ),
    ("dataset", "schema", {"list": [1], "text": "x", "integer": 0, "bool": False}, "E9.2"),
    ("training", "code", {"text": "u", "list": ["u"], "bool": True}, "E10.9"),
    (
        "model",
        "checksum",
        {
            "upper-case": "sha256:AB",
            "odd": "sha256:abc",
            "bare": "abcd",
            "no-digits": "sha256:",
            "integer": 1,
        },
        "E10.10",
    ),
    ("evaluation", "metrics", {"list": [1.5], "number": 1.5, "text": "x"}, "E9.2"),
]


def kinds(out: Drafts) -> None:
    for type_, name, values, rule in BAD:
        for what, value in values.items():
            bad = draft(type_, least(type_) | {name: value})
            out.refuse(f"{name}-{what}", rule, bad, f"payload.{name}")
    for member, value in {"uri": 1, "dirty": 1, "revision": ["x"]}.items():
        bad = draft("training", least("training") | {"code": {member: value}})
        out.refuse(f"code-{member}-wrong", "E10.9", bad, f"payload.code.{member}")
    bad = draft("training", least("training") | {"code": {"uri": "u", "tag": "v1"}})
    out.refuse("code-unknown", "E10.9", bad, "payload.code.tag")
    part = {"code": {"dirty": False}}
    good = least("training") | part
    out.accept("code-dirty-false", "E10.9 E12.6", draft("training", good), of("training", good))
    exponent = '{"type":"dataset","record":{"name":"d","num_rows":1e3}}'
    out.refuse("num_rows-exponent", "E10.3 E13.4", exponent, "payload.num_rows")


def metrics(out: Drafts) -> None:
    def accept(name: str, text: str, value: Any, rules: str = "E10.8") -> None:
        bare = '{"type":"evaluation","time":1,"record":{"metrics":{"m":' + text + "}}}"
        event_ = event("evaluation", {"metrics": {"m": value}})
        out.accept(f"metric-{name}", rules, bare, event_)

    def refuse(name: str, text: str, rules: str = "E10.8") -> None:
        bare = '{"type":"evaluation","time":1,"record":{"metrics":{"m":' + text + "}}}"
        out.refuse(f"metric-{name}", rules, bare, "payload.metrics.m")

    accept("integer", "7", 7.0)
    accept("zero", "0", 0.0)
    accept("minus-zero-integer", "-0", 0.0)
    accept("2-pow-53", "9007199254740992", 2.0**53)
    accept("minus-2-pow-53", "-9007199254740992", -(2.0**53))
    accept("minus-zero", "-0.0", 0.0, "E10.7 E8.1")
    accept("nan", '{"lineseal:float":"NaN"}', {"lineseal:float": "NaN"}, "E10.7 E13.13")
    refuse("2-pow-53-and-one", "9007199254740993")
    refuse("minus-2-pow-53-and-one", "-9007199254740993")
    refuse("2-pow-64-less-one", "18446744073709551615")
    for name, text in {
        "null": "null",
        "bool": "true",
        "text": '"1"',
        "list": "[1]",
        "map": "{}",
    }.items():
        refuse(name, text, "E10.7")
    refuse(
        "tensor",
        '{"lineseal:tensor":{"dtype":"float64","shape":[],"data":{"/":{"bytes":"AAAAAAAAAAA"}}}}',
        "E7.11",
    )


def absent(out: Drafts) -> None:
    plain = of("dataset", {"name": "d"})
    empties: dict[str, list[Any]] = {
        "text": ["", None],
        "checksum": ["", None],
        "map": [{}, None],
        "count": [None],
        "ids": [[], None],
    }
    for name, kind, required in fields("dataset"):
        for value in [] if required else empties[kind]:
            what = "null" if value is None else "empty"
            given = draft("dataset", {"name": "d", name: value})
            out.accept(f"absent-{name}-{what}", "E12.1", given, plain)
    training = least("training")
    for name, value in {
        "metrics": {},
        "code": {},
        "seed": None,
        "started_at": None,
        "hyperparameters": {},
    }.items():
        given = draft("training", training | {name: value})
        out.accept(f"absent-training-{name}", "E12.1", given, of("training", training))
    given = draft("evaluation", least("evaluation") | {"passed": None})
    out.accept("absent-passed", "E12.1", given, of("evaluation", least("evaluation")))


def absent_envelope(out: Drafts) -> None:
    plain = of("dataset", {"name": "d"})
    for key, value in [
        ("actor", ""),
        ("actor", None),
        ("parents", None),
        ("no_parents", None),
    ]:
        what = "null" if value is None else "empty"
        given = draft("dataset", {"name": "d"}, **{key: value})
        out.accept(f"absent-{key}-{what}", "E12.1", given, plain)
    for what, value in {"null": None, "empty": []}.items():
        given = draft("a/b", {"ids": value, "x": value})
        out.accept(f"absent-custom-ids-{what}", "E12.1 E12.7", given, of("a/b", {"x": value}))


def empties(out: Drafts) -> None:
    training = least("training")
    for what, value in {"map": {}, "list": [], "text": ""}.items():
        name = {"map": "uri", "list": "uri", "text": "properties"}[what]
        bad = draft("dataset", {"name": "d", name: value})
        out.refuse(f"empty-{what}-of-another-kind", "E9.2 E12.1", bad, f"payload.{name}")
    bad = draft("dataset", {"name": "d", "num_rows": ""})
    out.refuse("empty-text-is-no-count", "E10.3 E12.1", bad, "payload.num_rows")

    code = {"uri": "", "revision": None, "dirty": None}
    given = draft("training", training | {"code": code})
    out.accept("code-nothing-left", "E12.6", given, of("training", training))
    given = draft("training", training | {"code": code | {"revision": "0a"}})
    left = of("training", training | {"code": {"revision": "0a"}})
    out.accept("code-revision-left", "E12.6", given, left)
    for type_, name, value in [
        ("dataset", "name", None),
        ("evaluation", "metrics", {}),
        ("evaluation", "metrics", None),
        ("hyperparameters", "values", None),
    ]:
        what = "null" if value is None else "empty-map"
        bad = draft(type_, least(type_) | {name: value})
        out.refuse(f"{type_}-{name}-{what}", "E12.3 E9.1", bad, f"payload.{name}")
    out.accept(
        "values-empty",
        "E12.4 E12.3",
        draft("hyperparameters", {"values": {}}),
        of("hyperparameters", {"values": {}}),
    )
    out.accept(
        "required-not-empty", "E12.3", draft("dataset", {"name": " "}), of("dataset", {"name": " "})
    )
    nested = {"a": None, "b": "", "c": [], "d": {}, "e": [{"f": None}]}
    for name in ("properties", "schema"):
        given = {"name": "d", name: nested}
        out.accept(f"nested-{name}", "E12.7", draft("dataset", given), of("dataset", given))
    out.accept(
        "nested-values",
        "E12.7",
        draft("hyperparameters", {"values": nested}),
        of("hyperparameters", {"values": nested}),
    )
    out.accept("custom-fields-kept", "E12.7 E9.5", draft("a/b", nested), of("a/b", nested))


def anything(out: Drafts) -> None:
    for what, value in {"null": None, "empty-text": "", "empty-list": [], "empty-map": {}}.items():
        given = {"value": value}
        out.accept(f"any-{what}", "E10.11 E12.5", draft("feedback", given), of("feedback", given))
        both = {"prediction_id": "p", "inputs": value, "output": value}
        out.accept(
            f"any-prediction-{what}", "E12.5", draft("prediction", both), of("prediction", both)
        )


def ids(out: Drafts) -> None:
    def dataset(value: Any) -> dict[str, Any]:
        return {"name": "d", "ids": value}

    mixed = ["b:2", "a:10", "b:\U0001f600", "a:1", "b:\uffff"]
    ordered = dataset(sorted(mixed, key=str.encode))
    out.accept("ids-sorted", "E11.4", draft("dataset", dataset(mixed)), of("dataset", ordered))
    out.accept(
        "ids-one",
        "E11.1 E11.4",
        draft("dataset", dataset(["a:x"])),
        of("dataset", dataset(["a:x"])),
    )
    own = {"ids": ["b:x", "a:x"], "x": 1}
    out.accept(
        "ids-custom-sorted",
        "E11.4 E11.5",
        draft("a/b", own),
        of("a/b", own | {"ids": ["a:x", "b:x"]}),
    )
    out.refuse("ids-form", "E11.1", draft("dataset", dataset(["a:x", "b"])), "payload.ids")
    out.refuse("ids-null-inside", "E11.1", draft("dataset", dataset(["a:x", None])), "payload.ids")
    out.refuse("ids-text", "E11.1", draft("dataset", dataset("a:x")), "payload.ids")
    out.refuse(
        "ids-twice", "E11.2", draft("dataset", dataset(["b:x", "a:x", "b:x"])), "payload.ids"
    )
    many = [f"n:{i}" for i in range(65)]
    out.refuse("ids-65", "E11.2", draft("dataset", dataset(many)), "payload.ids")
    out.refuse("ids-custom-form", "E11.5 E11.1", draft("a/b", {"ids": ["A:x"]}), "payload.ids")
    out.refuse("ids-custom-number", "E11.5 E11.1", draft("a/b", {"ids": 7}), "payload.ids")


def forms(out: Drafts) -> None:
    zeros = {"/": {"bytes": "AAAAAA"}}
    tensor = {"lineseal:tensor": {"dtype": "uint8", "shape": [2, 2], "data": zeros}}
    value = {"lineseal:tensor": {"dtype": "uint8", "shape": [2, 2], "data": bytes(4)}}
    sealed = {"lineseal:sealed": {"/": str(parent(2))}}
    for name, given, becomes in [
        ("float", {"lineseal:float": "-Infinity"}, {"lineseal:float": "-Infinity"}),
        ("tensor", tensor, value),
        ("sealed", sealed, {"lineseal:sealed": parent(2)}),
    ]:
        text = draft("feedback", {"value": given})
        out.accept(f"form-{name}", "E13.13", text, of("feedback", {"value": becomes}))
        inside = draft("dataset", {"name": "d", "properties": {"a": [given]}})
        good = of("dataset", {"name": "d", "properties": {"a": [becomes]}})
        out.accept(f"form-{name}-inside", "E13.13", inside, good)
        top = draft("a/b", given)
        out.refuse(f"form-{name}-is-custom-payload", "E7.11", top)
        bad = draft("dataset", {"name": "d", "properties": given})
        out.refuse(f"form-{name}-is-properties", "E7.11", bad, "payload.properties")
        bad = draft("dataset", {"name": given})
        out.refuse(f"form-{name}-is-a-name", "E7.11", bad, "payload.name")
    inner = tensor["lineseal:tensor"]
    for name, rules, bad in [
        ("two-keys", "E7.1", {"lineseal:float": "NaN", "x": 1}),
        ("two-keys-later", "E7.1", {"x": 1, "lineseal:float": "NaN"}),
        ("unknown", "E7.1", {"lineseal:decimal": "1"}),
        ("float-text", "E7.2", {"lineseal:float": "nan"}),
        ("float-number", "E7.2", {"lineseal:float": 1.5}),
        ("tensor-no-data", "E7.3", {"lineseal:tensor": {"dtype": "uint8", "shape": [4]}}),
        ("tensor-one-more", "E7.3", {"lineseal:tensor": inner | {"order": "C"}}),
        ("tensor-dtype", "E7.4", {"lineseal:tensor": inner | {"dtype": "float"}}),
        ("tensor-shape", "E7.5", {"lineseal:tensor": inner | {"shape": [2.0, 2]}}),
        ("tensor-size", "E7.6", {"lineseal:tensor": inner | {"shape": [5]}}),
        (
            "tensor-bool",
            "E7.7",
            {"lineseal:tensor": {"dtype": "bool", "shape": [1], "data": {"/": {"bytes": "Ag"}}}},
        ),
        ("sealed-raw", "E7.9", {"lineseal:sealed": {"/": str(artifact("weights"))}}),
        ("sealed-text", "E7.9", {"lineseal:sealed": str(parent(1))}),
        ("deep", "E7.1", [{"a": {"lineseal:x": 1}}]),
    ]:
        out.refuse(f"form-{name}", rules, draft("a/b", {"x": bad}), "payload.x")
