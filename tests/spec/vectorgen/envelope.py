"""Blocks for E2 to E5 and E15: envelope, parents and roles, identity, versions."""

from __future__ import annotations

from typing import Any

from .forge import DAG_CBOR, Blocks, Link, custom, encode, event, parent

DIGITS = {"name": "digits"}


def build() -> dict[str, Any]:
    out = Blocks()
    for section in (version, keys, types, time, actor, payload, parents, roles, order, identity):
        section(out)
    return out.file()


def without(value: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k != key}


def version(out: Blocks) -> None:
    thing = event("dataset", DIGITS)
    out.accept("version-1-thing", "E3.2", thing)
    out.accept("version-1-happening", "E3.2", custom(0))
    out.refuse("version-2", "E3.2", "envelope", thing | {"v": 2}, permits=["E15.2"])
    later = {"v": 2, "parents": [parent(2), parent(1)], "links": {"z": [None]}, "type": 7}
    out.refuse("version-2-of-another-form", "E3.2", "envelope", later, permits=["E15.2"])
    greatest = {"v": 2**64 - 1, "parents": []}
    out.refuse("version-greatest", "E3.2", "envelope", greatest, permits=["E15.2"])


def keys(out: Blocks) -> None:
    full = event("model", DIGITS, time=7, actor="ada", parents=[parent(1)], roles=["base"])
    out.accept("keys-all", "E3.3 E5.3", full)
    out.accept("keys-least", "E3.3", event("model", DIGITS))
    out.refuse("keys-one-more", "E3.3", "envelope", full | {"x": 1})
    out.refuse("keys-empty", "E3.3", "envelope", full | {"": None})
    out.refuse("keys-upper-case", "E3.3", "envelope", full | {"Actor": "ada"})
    out.refuse("keys-reserved", "E3.3", "envelope", full | {"lineseal:float": "NaN"})


def types(out: Blocks) -> None:
    out.accept("type-table", "E3.4", event("model", DIGITS))
    out.accept("type-custom", "E3.4 E9.5", event("acme/label-job", {}))
    happening = custom(0)
    out.refuse("type-missing", "E3.4", "envelope", without(happening, "type"))
    for name, value in {
        "integer": 1,
        "null": None,
        "empty": "",
        "unknown": "checkpoint",
        "upper-case": "Dataset",
        "custom-is-a-row-not-a-type": "custom",
        "gap-without-namespace": "gap",
    }.items():
        out.refuse(f"type-{name}", "E3.4", "envelope", happening | {"type": value})

    longest = "a" * 63
    for name, value in {
        "longest": f"{longest}/{longest}",
        "shortest": "0/9",
        "signs": "a.b_c-/0-_.",
    }.items():
        out.accept(f"type-name-{name}", "E3.5", event(value, {}))
    for name, value in {
        "upper-case": "acme/Job",
        "upper-case-namespace": "Acme/job",
        "no-namespace": "/job",
        "no-name": "acme/",
        "slash-only": "/",
        "two-slashes": "acme/job/x",
        "space": "acme/label job",
        "newline-after": "acme/job\n",
        "first-is-a-sign": "acme/-job",
        "first-is-a-dot": ".acme/job",
        "not-ascii": "acmé/job",
        "64-in-name": f"acme/{longest}a",
        "64-in-namespace": f"{longest}a/job",
        "lineseal-no-name": "lineseal/",
        "lineseal-upper-case": "lineseal/Gap",
    }.items():
        out.refuse(f"type-name-{name}", "E3.5", "envelope", happening | {"type": value})

    for name, value in {"empty": {}, "any": {"x": [{"lineseal:y": 1, "z": parent(1)}]}}.items():
        later = event("lineseal/later-than-this", value)
        out.accept(f"type-unknown-lineseal-{name}", "E15.4", later)
    out.accept("type-unknown-ids-unseen", "E15.4", event("lineseal/x", {"ids": 7}))


def time(out: Blocks) -> None:
    out.accept("time-least", "E3.6 E3.9 E5.2", custom(0, time=-(2**63)))
    out.accept("time-greatest", "E3.6 E3.9 E5.2", custom(0, time=2**63 - 1))
    out.accept("time-zero", "E3.9", custom(0, time=0))
    for name, value in {
        "too-great": 2**63,
        "unsigned-greatest": 2**64 - 1,
        "float": 1.0,
        "text": "2026-01-01T00:00:00Z",
        "null": None,
        "bool": True,
    }.items():
        happening = without(custom(0), "time") | {"time": value}
        out.refuse(f"time-{name}", "E3.6", "envelope", happening)
    thing = event("dataset", DIGITS) | {"time": None}
    out.refuse("time-null-in-a-thing", "E3.6", "envelope", thing)


def actor(out: Blocks) -> None:
    out.accept("actor-text", "E3.7 E3.10", custom(0, actor="ada@example.org"))
    out.accept("actor-odd", "E3.7 E3.10", custom(0, actor=" \x00é\n"))
    out.accept("actor-long", "E3.10", custom(0, actor="a" * 1000))
    for name, value in {"empty": "", "null": None, "integer": 1, "bytes": b"ada"}.items():
        out.refuse(f"actor-{name}", "E3.7", "envelope", custom(0, actor=value))


def payload(out: Blocks) -> None:
    out.accept("payload-map", "E3.8", custom(0))
    out.accept("payload-empty-map", "E3.8", event("a/b", {}))
    happening = custom(0)
    out.refuse("payload-missing", "E3.8", "envelope", without(happening, "payload"))
    for name, value in {"null": None, "list": [], "text": "x", "link": parent(1)}.items():
        out.refuse(f"payload-{name}", "E3.8", "envelope", happening | {"payload": value})


def _many(count: int) -> list[Any]:
    """custom(0) with many parents: hashes 0, 1, 2 … as 32 bytes; parts of README.md."""
    event_hex = encode(custom(0)).hex()
    empty = "67706172656e747380"
    head, tail = event_hex.split(empty)
    links = {"prefix": "d82a58250001711220", "counter": 32, "times": count}
    return [head + empty[:-2] + f"99{count:04x}", links, tail]


def parents(out: Blocks) -> None:
    out.accept_hex("parents-1024", "E4.1", _many(1024))
    out.accept_hex("parents-300", "E4.1", _many(300))
    out.refuse("parents-1025", "E4.1", "envelope", _many(1025))
    out.refuse("parents-2000", "E4.1", "envelope", _many(2000))
    out.accept("parents-none-prediction", "E4.8", event("prediction", {"prediction_id": "p"}))
    out.accept("parents-none-approval", "E4.8", event("approval", {"decision": "approved"}))
    out.accept("parents-none-feedback", "E4.8", event("feedback", {"value": 7}))


def roles(out: Blocks) -> None:
    two = [parent(1), parent(2)]
    out.accept("roles-two", "E4.2 E4.3", custom(0, parents=two, roles=["train", "test"]))
    out.accept("roles-one-empty", "E4.2 E4.3 E4.4", custom(0, parents=two, roles=["", "test"]))
    out.accept("roles-absent", "E4.4", custom(0, parents=two))
    longest = ["a" * 63, "0._-"]
    out.accept("roles-longest-and-signs", "E4.3", custom(0, parents=two, roles=longest))
    for name, value, cddl in [
        ("one-for-two", ["train"], False),
        ("three-for-two", ["a", "b", "c"], False),
        ("null", None, True),
        ("text", "train", True),
        ("map", {}, True),
        ("integer-inside", ["train", 1], True),
        ("null-inside", ["train", None], True),
    ]:
        bad = custom(0, parents=two, roles=value)
        out.refuse(f"roles-{name}", "E4.2", "envelope", bad, cddl=cddl)
    bad = custom(0, roles=["train"])
    out.refuse("roles-without-parents", "E4.2", "envelope", bad, cddl=False)
    for name, value in {
        "upper-case": "Train",
        "space": "a b",
        "64": "a" * 64,
        "first-is-a-sign": "-a",
        "slash": "a/b",
        "newline-after": "a\n",
        "not-ascii": "é",
    }.items():
        bad = custom(0, parents=two, roles=["", value])
        out.refuse(f"role-{name}", "E4.3", "envelope", bad)
    for name, bad in {
        "two": custom(0, parents=two, roles=["", ""]),
        "one": custom(0, parents=[parent(1)], roles=[""]),
    }.items():
        out.refuse(f"roles-all-empty-{name}", "E4.4", "envelope", bad, cddl=False)
    out.refuse("roles-empty-list", "E4.4", "envelope", custom(0, roles=[]))


def order(out: Blocks) -> None:
    one, two = parent(1), parent(2)
    low, high = Link(DAG_CBOR, bytes(32)), Link(DAG_CBOR, b"\xff" * 32)
    out.accept("order-by-hash", "E4.5 E4.6", custom(0, parents=[low, one, two, high]))
    same = {"parents": [one] * 4, "roles": ["", "a", "ab", "b"]}
    out.accept("order-by-role-prefix-first", "E4.5 E4.6 E4.7", custom(0, **same))
    hash_first = {"parents": [one, two], "roles": ["z", "a"]}
    out.accept("order-hash-before-role", "E4.5", custom(0, **hash_first))
    out.accept("order-signs", "E4.5 E4.7", custom(0, parents=[one] * 3, roles=["a", "a-", "a0"]))
    for name, bad in {
        "hash": {"parents": [two, one]},
        "hash-unsigned": {"parents": [high, one]},
        "role": {"parents": [one, one], "roles": ["b", "a"]},
        "role-empty-last": {"parents": [one, one], "roles": ["a", ""]},
        "role-length-first": {"parents": [one, one], "roles": ["b", "ab"]},
        "role-before-hash": {"parents": [two, one], "roles": ["a", "z"]},
    }.items():
        out.refuse(f"order-parents-{name}", "E4.5", "envelope", custom(0, **bad), cddl=False)
    for name, bad in {
        "no-role": {"parents": [one, one]},
        "one-role": {"parents": [one, one], "roles": ["train", "train"]},
        "among-others": {"parents": [one, one, two, two], "roles": ["", "a", "b", "b"]},
    }.items():
        out.refuse(f"pair-twice-{name}", "E4.6", "envelope", custom(0, **bad), cddl=False)


def identity(out: Blocks) -> None:
    out.accept("thing-without-time", "E5.3", event("hyperparameters", {"values": {"C": 0.1}}))
    timed = event("dataset", DIGITS, time=1_700_000_000_000_000)
    out.accept("thing-with-time", "E5.3", timed)
    required = {
        "training": {"run_id": "r", "model_name": "m"},
        "evaluation": {"metrics": {"accuracy": 1.0}},
        "deployment": {"name": "d"},
        "prediction": {"prediction_id": "p"},
        "feedback": {"value": 1},
        "approval": {"decision": "approved"},
        "lineseal/gap": {
            "stream": "s",
            "first_seq": 1,
            "last_seq": 2,
            "count": 2,
            "reason": "lost",
        },
        "a/b": {},
        "lineseal/later": {},
    }
    for name, value in required.items():
        slug = name.replace("/", "-")
        out.refuse(f"time-missing-{slug}", "E5.2", "record", event(name, value, time=None))
