"""Blocks for E9 to E12: every record type, every field, every kind."""

from __future__ import annotations

from typing import Any

from .forge import DAG_CBOR, Blocks, Link, artifact, custom, encode, event, names, parent

# The table of E9, stated again by hand: required fields have a star.
TABLE = {
    "dataset": "name* version checksum:checksum checksum_method num_rows:count num_bytes:count uri"
    " split license schema:map properties:map",
    "hyperparameters": "values*:values properties:map",
    "training": "run_id* model_name* model_version status hyperparameters:map started_at:time"
    " finished_at:time seed:int code:code image metrics:metrics properties:map",
    "model": "name* version checksum:checksum checksum_method num_bytes:count format uri license"
    " properties:map",
    "evaluation": "metrics*:metrics dataset split slice num_rows:count passed:bool properties:map",
    "deployment": "name* stage endpoint image status properties:map",
    "prediction": "prediction_id* inputs:any output:any status error latency_us:count stream"
    " seq:count properties:map",
    "feedback": "value*:any kind source properties:map",
    "approval": "decision* meaning signer_name reason properties:map",
    "lineseal/gap": "stream* first_seq*:count last_seq*:count count*:count reason*",
}
CHECKSUM = "sha256:" + "0123456789abcdef" * 4
GOOD = {
    "text": "some text",
    "bool": False,
    "count": 1797,
    "int": -42,
    "time": 1_700_000_000_123_456,
    "map": {"a": [1, None, ""], "b": {}},
    "values": {"C": 0.1, "max_iter": 200, "solver": None},
    "metrics": {"accuracy": 0.97, "loss": {"lineseal:float": "Infinity"}},
    "code": {"uri": "git+https://example.org/m", "revision": "0a1b2c", "dirty": True},
    "checksum": CHECKSUM,
    "any": {"pixels": [0, 0.5, 16], "note": None},
    "ids": ["mlflow-run:8f14e45f", "oci:registry/image@sha256:00"],
}
PARENTED = ("training", "model", "evaluation", "deployment", "prediction", "feedback", "approval")
WRONG = {
    "text": {
        "integer": 7,
        "bool": True,
        "float": 0.5,
        "bytes": b"x",
        "list": ["x"],
        "map": {"a": 1},
    },
    "bool": {"integer": 1, "text": "true", "null": None, "float": 1.0},
    "count": {
        "negative": -1,
        "float": 1797.0,
        "text": "1797",
        "bool": True,
        "too-great": 2**63,
        "null": None,
    },
    "int": {"float": 1.0, "bool": False, "text": "7", "too-great": 2**63, "null": None},
    "time": {
        "float": 1.5,
        "text": "2026-01-01T00:00:00.000000Z",
        "too-great": 2**63,
        "null": None,
        "bool": True,
    },
    "map": {"list": [1], "text": "x", "bytes": b"x", "integer": 7},
    "values": {"list": [], "text": "x", "null": None},
    "metrics": {
        "list": [0.5],
        "number": 0.5,
        "integer-inside": {"n": 1},
        "null-inside": {"n": None},
        "text-inside": {"n": "0.5"},
        "bool-inside": {"n": True},
        "map-inside": {"n": {"m": 0.5}},
        "list-inside": {"n": [0.5]},
    },
    "code": {
        "list": [{"uri": "u"}],
        "text": "u",
        "uri-integer": {"uri": 1},
        "revision-bytes": {"revision": b"x"},
        "dirty-integer": {"dirty": 1},
        "dirty-null": {"dirty": None},
    },
    "checksum": {
        "no-method": "0a1b",
        "upper-case": "sha256:0A1B",
        "odd": "sha256:0a1",
        "no-digits": "sha256:",
        "no-name": ":0a1b",
        "not-hex": "sha256:xy",
        "name-with-upper-case": "SHA256:0a1b",
        "name-with-underscore": "sha_256:0a1b",
        "space": "sha256: 0a1b",
        "newline-after": "sha256:0a1b\n",
        "integer": 7,
        "bytes": b"sha256:0a1b",
    },
    "ids": {"text": "oci:x", "map": {"oci": "x"}, "integer-inside": [1]},
}
RULE = {
    "text": "E10.1",
    "bool": "E10.2",
    "count": "E10.3",
    "int": "E10.4",
    "time": "E10.5",
    "map": "E10.6",
    "values": "E10.6",
    "metrics": "E10.7",
    "code": "E10.9",
    "checksum": "E10.10",
    "any": "E10.11",
    "ids": "E11.1",
}
# What drafts drop and blocks refuse, a kind.
EMPTY: dict[str, list[Any]] = {
    "text": ["", None],
    "checksum": ["", None],
    "map": [{}, None],
    "metrics": [{}, None],
    "code": [{}, None],
    "ids": [[], None],
}
SLUG = {type(None): "null", str: "empty-text", dict: "empty-map", list: "empty-list"}


def fields(type_: str) -> list[tuple[str, str, bool]]:
    """(name, kind, required) of a type."""
    out = []
    for word in TABLE[type_].split():
        name, _, kind = word.partition(":")
        out.append((name.rstrip("*"), kind or "text", "*" in name))
    return [*out, ("ids", "ids", False)]


def least(type_: str) -> dict[str, Any]:
    return {name: GOOD[kind] for name, kind, required in fields(type_) if required}


def of(type_: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    parents = [parent(1)] if type_ in PARENTED else []
    return event(type_, payload, parents=parents, **more)


def build() -> dict[str, Any]:
    out = Blocks()
    worked_example(out)
    for type_ in TABLE:
        whole_type(out, type_)
    for section in (kinds, unknown, empties, anything, ids):
        section(out)
    return out.file()


def worked_example(out: Blocks) -> None:
    """The one of event-format.md: how a model did on a dataset."""
    digest = names(encode(event("dataset", {"name": "digits"})))["hash"]
    payload = {"metrics": {"accuracy": 0.97}, "split": "test", "num_rows": 360}
    tested = [Link(DAG_CBOR, bytes.fromhex(digest))]
    example = event(
        "evaluation", payload, time=1_795_500_000_000_000, parents=tested, roles=["test"]
    )
    out.accept("worked-example", "E9.1 E9.2", example)


def whole_type(out: Blocks, type_: str) -> None:
    slug = type_.replace("/", "-")
    out.accept(f"{slug}-least", "E9.1 E9.2", of(type_, least(type_)))
    full = {name: GOOD[kind] for name, kind, _ in fields(type_)}
    out.accept(f"{slug}-full", "E9.1 E9.2 E11.2 E11.3", of(type_, full, time=5, actor="ada"))
    for name, kind, required in fields(type_):
        if required:
            bad = {key: value for key, value in least(type_).items() if key != name}
            out.refuse(f"{slug}-{name}-missing", "E9.1", "record", of(type_, bad))
        if kind == "any":
            continue
        what, wrong = next(iter(WRONG[kind].items()))
        bad = least(type_) | {name: wrong}
        rules = f"{RULE[kind]} E9.2"
        out.refuse(f"{slug}-{name}-{what}", rules, "record", of(type_, bad))
        if kind in EMPTY:
            empty = EMPTY[kind][0]
            bad = of(type_, least(type_) | {name: empty})
            cddl = kind != "code"
            slug_of = SLUG[type(empty)]
            out.refuse(f"{slug}-{name}-{slug_of}", "E12.2", "record", bad, cddl=cddl)


WHERE = {
    "text": ("dataset", "version"),
    "bool": ("evaluation", "passed"),
    "count": ("prediction", "seq"),
    "int": ("training", "seed"),
    "time": ("training", "started_at"),
    "map": ("model", "properties"),
    "values": ("hyperparameters", "values"),
    "metrics": ("evaluation", "metrics"),
    "code": ("training", "code"),
    "checksum": ("model", "checksum"),
    "any": ("feedback", "value"),
    "ids": ("dataset", "ids"),
}
EDGES: dict[str, dict[str, Any]] = {
    "text": {"space": " ", "nul": "\x00", "long": "é" * 300},
    "bool": {"false": False, "true": True},
    "count": {"zero": 0, "greatest": 2**63 - 1},
    "int": {"least": -(2**63), "greatest": 2**63 - 1},
    "time": {"least": -(2**63), "zero": 0, "greatest": 2**63 - 1},
    "map": {"one-empty-key": {"": None}, "nested-empties": {"a": {}, "b": []}},
    "metrics": {
        "empty-key": {"": 0.5},
        "extremes": {"a": -1.7976931348623157e308, "b": 0.0, "c": {"lineseal:float": "-Infinity"}},
    },
    "code": {"dirty-only": {"dirty": False}, "later-key": {"uri": "u", "tag": [None, ""]}},
    "checksum": {"shortest": "a:00", "signs": "blake2b-256:0a1b", "dash": "-:ff"},
}


def kinds(out: Blocks) -> None:
    for kind, (type_, name) in WHERE.items():
        for what, value in EDGES.get(kind, {}).items():
            good = of(type_, least(type_) | {name: value})
            out.accept(f"kind-{kind}-{what}", f"{RULE[kind]} E9.2", good)
        for what, value in WRONG.get(kind, {}).items():
            bad = of(type_, least(type_) | {name: value})
            empty = value is None and kind in EMPTY
            rules = "E12.2" if empty else f"{RULE[kind]} E9.2"
            out.refuse(f"kind-{kind}-{what}", rules, "record", bad)
        for value in EMPTY.get(kind, []):
            bad = of(type_, least(type_) | {name: value})
            cddl = kind != "code" or value is None
            out.refuse(f"kind-{kind}-{SLUG[type(value)]}", "E12.2", "record", bad, cddl=cddl)
    # One of its own so that E10.1 is refused for an empty required text too.
    out.refuse("kind-text-empty-required", "E10.1", "record", of("dataset", {"name": ""}))


def unknown(out: Blocks) -> None:
    later = {"name": "d", "later": {"a": [1, None, {}, artifact("x")]}, "": None, "Name": ""}
    out.accept("unknown-fields", "E9.3", of("dataset", later))
    out.accept("unknown-field-null", "E9.3", of("approval", least("approval") | {"later": None}))
    code = {"dirty": True, "later": {"lineseal:float": "NaN"}}
    out.accept("unknown-in-code", "E9.3 E10.9", of("training", least("training") | {"code": code}))
    out.accept("custom-empty", "E9.5 E12.4", event("acme/label-job", {}))
    own = {"name": "", "num_rows": -1.5, "metrics": {"n": 1}, "checksum": None, "time": [{}]}
    out.accept("custom-any-fields", "E9.5 E12.7", event("acme/label-job", own))


def empties(out: Blocks) -> None:
    out.accept("values-empty", "E12.4 E10.6", of("hyperparameters", {"values": {}}))
    nested = {"values": {"a": None, "b": "", "c": [], "d": {}, "e": [None, ""]}}
    out.accept("values-nested-empties", "E12.7", of("hyperparameters", nested))
    out.accept("no-empties-dataset", "E12.2", of("dataset", {"name": "d", "schema": {"x": None}}))
    out.accept(
        "no-empties-code", "E12.2", of("training", least("training") | {"code": {"uri": "u"}})
    )
    for member, value in {"uri": "", "revision": None}.items():
        bad = of("training", least("training") | {"code": {"dirty": True, member: value}})
        out.refuse(f"code-{member}-{SLUG[type(value)]}", "E12.2", "record", bad)


def anything(out: Blocks) -> None:
    for what, value in {
        "null": None,
        "empty-text": "",
        "empty-list": [],
        "empty-map": {},
        "false": False,
        "bytes": b"",
        "link": artifact("weights"),
        "integer": 2**64 - 1,
    }.items():
        out.accept(f"any-{what}", "E10.11 E12.5", of("feedback", {"value": value}))
    both = least("prediction") | {"inputs": None, "output": []}
    out.accept("any-both-empty", "E10.11 E12.5", of("prediction", both))


def ids(out: Blocks) -> None:
    def dataset(value: Any) -> dict[str, Any]:
        return of("dataset", {"name": "d", "ids": value})

    longest = "a" + "z0.+-" * 6 + "9"
    assert len(longest) == 32
    for what, value in {
        "shortest": ["a:x"],
        "longest": [f"{longest}:{'😀' * 512}"],
        "any-characters": ["x: \n\x00:/?#é"],
        "colon-again": ["doi::"],
    }.items():
        out.accept(f"ids-{what}", "E11.1", dataset(value))
    many = [f"n:{i:02d}" for i in range(64)]
    out.accept("ids-64", "E11.2 E11.3", dataset(many))
    by_bytes = ["a-b:1", "a:1", "a:10", "a:2", "b:\uffff", "b:😀"]
    assert by_bytes == sorted(by_bytes, key=str.encode)
    out.accept("ids-by-bytes", "E11.3", dataset(by_bytes))
    for what, text in {
        "no-colon": "abc",
        "no-scheme": ":x",
        "nothing-after": "doi:",
        "upper-case": "DOI:x",
        "first-is-a-digit": "1a:x",
        "underscore": "a_b:x",
        "scheme-33": longest + "a:x",
        "513-characters": "a:" + "é" * 513,
        "space-before": " a:x",
        "empty": "",
    }.items():
        out.refuse(f"ids-{what}", "E11.1", "record", dataset([text]))
        out.refuse(f"ids-custom-{what}", "E11.5 E11.1", "record", event("a/b", {"ids": [text]}))
    out.refuse("ids-65", "E11.2", "record", dataset([f"n:{i:02d}" for i in range(65)]))
    out.refuse("ids-twice", "E11.2", "record", dataset(["a:x", "a:x"]), cddl=False)
    late = dataset(["a:x", "b:x", "b:x"])
    out.refuse("ids-twice-late", "E11.2", "record", late, cddl=False)
    for what, value in {
        "descending": ["b:x", "a:x"],
        "shorter-first": ["b:1", "a:10"],
        "prefix-last": ["a:xy", "a:x"],
        "utf-16-order": ["b:😀", "b:\uffff"],
    }.items():
        out.refuse(f"ids-order-{what}", "E11.3", "record", dataset(value), cddl=False)
    out.accept("ids-custom", "E11.5", event("a/b", {"ids": ["a:x", "b:x"], "x": 1}))
    out.accept("ids-custom-nested-is-free", "E11.5", custom({"ids": 7}))
    for what, value in {"null": None, "empty-list": [], "text": "a:x", "map": {}}.items():
        out.refuse(f"ids-custom-{what}", "E11.5", "record", event("a/b", {"ids": value}))
    unsorted = event("a/b", {"ids": ["b:x", "a:x"]})
    out.refuse("ids-custom-descending", "E11.5 E11.3", "record", unsorted, cddl=False)
