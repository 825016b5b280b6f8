"""Makes history.json: what every client records, and what the ledger must then hold.

Uses the codecs of tests/spec/vectorgen, none of which is ours. What a draft becomes is worked out
here by hand, by the rules of docs/spec/event-format.md, for the few of them that the history needs.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "spec"))

from vectorgen import forge  # noqa: E402

LANGUAGES = ("python", "go", "node", "java")
NAN, INFINITY = float("nan"), float("inf")
SOON = 1767225600000000  # 2026-01-01


@dataclass
class Tensor:
    """An array as a client's own kind of tensor; data little-endian, in C order."""

    dtype: str
    shape: list[int]
    data: bytes


@dataclass
class Draft:
    """An event to record. Parents are names of earlier events, or hashes, each with its role."""

    name: str
    type: str
    fields: dict[str, Any]
    parents: list[tuple[str, str]] = field(default_factory=list)
    time: int | None = None
    actor: str | None = None
    no_parents: bool = False

    def tagged(self) -> dict[str, Any]:
        """As history.json has it."""
        parents = [
            {"hash" if len(event) == 64 else "event": event} | ({"role": role} if role else {})
            for event, role in self.parents
        ]
        found = {"name": self.name, "type": self.type, "time": self.time, "actor": self.actor}
        found |= {"parents": parents, "no_parents": self.no_parents}
        found = {key: value for key, value in found.items() if value}
        return found | {"fields": {key: tagged(value) for key, value in self.fields.items()}}

    def block(self, hashes: dict[str, str], language: str) -> bytes:
        """The one block that it must become (E4.5, E4.4, E13.10, E11.3)."""
        links = [
            (forge.Link(forge.DAG_CBOR, bytes.fromhex(hashes[event])), self.role(role))
            for event, role in self.parents
        ]
        links.sort(key=lambda pair: (pair[0].digest, pair[1].encode()))
        event: dict[str, Any] = {"v": 1, "type": self.type, "parents": [link for link, _ in links]}
        if any(role for _, role in links):
            event["roles"] = [role for _, role in links]
        event |= {} if self.time is None else {"time": self.time}
        event |= {} if self.actor is None else {"actor": self.actor}
        payload = {key: stored(value, language) for key, value in self.fields.items()}
        if "ids" in payload:
            payload["ids"].sort(key=str.encode)
        return forge.encode(event | {"payload": payload})

    def role(self, role: str) -> str:
        return role or ("of" if self.type == "feedback" else "")


def tagged(value: Any) -> Any:
    """A value as tests/spec/vectors/README.md writes it; maps in the order given, and tensors."""
    match value:
        case Tensor():
            return {
                "tensor": {"dtype": value.dtype, "shape": value.shape, "data": value.data.hex()}
            }
        case dict():
            return {"map": {key: tagged(item) for key, item in value.items()}}
        case list():
            return [tagged(item) for item in value]
        case _:
            return forge.content(value)


def stored(value: Any, language: str) -> Any:
    """The value in the block (E7, E8.1)."""
    match value:
        case Tensor():
            parts = {"dtype": value.dtype, "shape": value.shape, "data": value.data}
            return {"lineseal:tensor": parts}
        case float() if math.isnan(value):
            return {"lineseal:float": "NaN"}
        case float() if math.isinf(value):
            return {"lineseal:float": "Infinity" if value > 0 else "-Infinity"}
        case float():
            return value + 0.0  # -0.0 + 0.0 is 0.0
        case str():
            return value.replace("<lang>", language)
        case dict():
            return {key: stored(item, language) for key, item in value.items()}
        case list():
            return [stored(item, language) for item in value]
        case _:
            return value


def nested(levels: int) -> Any:
    """Lists and maps by turns, so many inside one another."""
    value: Any = "bottom"
    for level in range(levels):
        value = {"in": value} if level % 2 else [value]
    return value


EVERYTHING = {
    "beyond a double": 2**53 + 1,
    "least int64": -(2**63),
    "greatest int64": 2**63 - 1,
    "least beyond int64": 2**63,
    "greatest uint64": 2**64 - 1,
    "zero": 0,
    "one, a float": 1.0,
    "minus zero": -0.0,
    "least subnormal": 5e-324,
    "greatest": 1.7976931348623157e308,
    "nan": NAN,
    "infinities": [INFINITY, -INFINITY],
    "text": "žluťoučký kůň 🐎 👩‍👩‍👧‍👦 \u0000 \r\n e\u0301 é",
    "🔑": "a key outside the BMP",
    "\uffff": "a key that UTF-16 sorts behind it",
    "": "",
    "/": {"/": "no link"},
    "bytes": bytes(range(256)),
    "no bytes": b"",
    "empty": [[], {}, "", None],
    "bools": [True, False],
    "link": forge.artifact("an artifact"),
}
TENSORS = {
    "float64": Tensor("float64", [2, 2], struct.pack("<4d", 0.5, -0.0, INFINITY, -1e300)),
    "float32": Tensor("float32", [3], struct.pack("<3f", 0.1, -2.5, NAN)),
    "int64": Tensor("int64", [1, 2], struct.pack("<2q", -(2**63), 2**53 + 1)),
    "uint64": Tensor("uint64", [1], struct.pack("<Q", 2**64 - 1)),
    "uint8": Tensor("uint8", [2, 1, 3], bytes([0, 1, 2, 253, 254, 255])),
    "bool": Tensor("bool", [2], b"\0\1"),
    "no elements": Tensor("int32", [0, 7], b""),
    "no dimensions": Tensor("int16", [], b"\xff\x7f"),
}

EVENTS = [
    Draft("train-set", "dataset", {
        "name": "digits", "version": "1", "checksum": "sha256:" + "ab" * 32,
        "checksum_method": "file-sha256", "num_rows": 2**53 + 1, "num_bytes": 2**63 - 1,
        "uri": "file:///data/digits 🖼.parquet", "split": "train", "license": "CC0-1.0",
        "schema": {"pixels": {"type": "float64", "shape": [8, 8]}, "class": "int64"},
        "properties": EVERYTHING, "ids": ["oci:registry/digits@sha256:ab", "dvc:digits"],
    }),
    Draft("test-set", "dataset", {"name": "digits", "split": "test", "num_rows": 0}),
    Draft("settings", "hyperparameters", {"values": {
        "C": 0.1, "max_iter": 300, "solver": "lbfgs", "class_weight": None, "layers": [64, 32, 10],
        "tolerance": 1e-4, "balanced": False,
    }}),
    Draft("training", "training", {
        "run_id": "run-1", "model_name": "classifier", "model_version": "2", "status": "completed",
        "hyperparameters": {"C": 0.1}, "started_at": SOON, "finished_at": SOON + 60_000_001,
        "seed": -(2**63), "image": "registry/train@sha256:cd",
        "code": {"uri": "git+ssh://example.org/ml", "revision": "c0ffee", "dirty": False},
        "metrics": {"loss": 0.25, "nan": NAN, "up": INFINITY, "down": -INFINITY, "zero": -0.0,
                    "": 1.0},
    }, [("train-set", "train"), ("settings", ""), ("test-set", "validation")], SOON, "trainer 🤖"),
    Draft("model", "model", {
        "name": "classifier", "version": "2", "num_bytes": 0, "format": "onnx",
        "ids": ["mlflow-model:classifier/2"],
    }, [("training", "")], SOON + 1),
    Draft("evaluation", "evaluation", {
        "metrics": {"accuracy": 0.97, "auc": NAN}, "dataset": "digits", "split": "test",
        "slice": "odd digits", "num_rows": 360, "passed": False,
    }, [("model", "subject"), ("test-set", "test"), ("test-set", "reference")], SOON + 2, "judge"),
    Draft("deployment", "deployment", {
        "name": "api", "stage": "production", "endpoint": "https://example.org/predict",
    }, [("model", ""), ("evaluation", "because")], SOON + 3),
    Draft("everything", "prediction", {
        "prediction_id": "p-everything", "inputs": EVERYTHING, "output": NAN,
        "latency_us": 2**63 - 1, "stream": "s", "seq": 0,
    }, [("deployment", "")], SOON + 4),
    Draft("tensors", "prediction", {
        "prediction_id": "p-tensors", "inputs": TENSORS, "output": 2**64 - 1,
        "stream": "s", "seq": 1,
    }, [("deployment", "")], SOON + 5),
    Draft("deep", "prediction", {
        "prediction_id": "p-deep", "inputs": nested(22), "output": None, "status": "ok",
        "stream": "s", "seq": 2,
    }, [("deployment", "")], SOON + 6),
    Draft("failed", "prediction", {
        "prediction_id": "p-failed", "inputs": "", "status": "failed", "error": "no such class 🤷",
    }, time=-(2**63), no_parents=True),
    Draft("nothing-out", "prediction", {"prediction_id": "p-empty", "inputs": [], "output": {}},
          [("model", "")], 2**63 - 1),
    Draft("gap", "lineseal/gap", {
        "stream": "s", "first_seq": 3, "last_seq": 4, "count": 2, "reason": "buffer full",
    }, time=SOON + 7),
    Draft("feedback", "feedback", {"value": -7, "kind": "label", "source": "a person"},
          [("everything", ""), ("model", "model")], SOON + 8),
    Draft("approval", "approval", {
        "decision": "approved", "meaning": "release", "signer_name": "Ada Lovelace 👩‍💻",
        "reason": "fit",
    }, [("model", ""), ("evaluation", "")], SOON + 9, "ada"),
    Draft("custom", "acme.example/carbon", {"kg": 12.5, "scope": 2, "": [], "ids": ["a:1"]},
          [("training", "of")], SOON + 10),
    Draft("last", "prediction", {
        "prediction_id": "p-<lang>", "inputs": [0.0, 1.5, -2.0], "output": 7, "stream": "of <lang>",
        "seq": 0,
    }, [("everything", "before"), ("deployment", ""), ("custom", "carbon")], SOON + 11),
]  # fmt: skip

#: Drafts that are refused: with which code, and at which place.
REFUSED = [
    (Draft("too-deep", "prediction", {"prediction_id": "p", "inputs": nested(60)},
           time=SOON, no_parents=True), "INVALID_RECORD", None),
    (Draft("negative-count", "dataset", {"name": "digits", "num_rows": -1}),
     "INVALID_RECORD", "payload.num_rows"),
    (Draft("reserved-key", "dataset", {"name": "digits", "properties": {"lineseal:float": "none"}}),
     "INVALID_RECORD", "payload.properties"),
    (Draft("without-parents", "prediction", {"prediction_id": "p"}, time=SOON),
     "INVALID_RECORD", "parents"),
    (Draft("unknown-parent", "model", {"name": "m"}, [("00" * 31 + "01", "")]),
     "PARENT_NOT_FOUND", None),
]  # fmt: skip


def build() -> dict[str, Any]:
    """The whole file."""
    events = []
    hashes: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for draft in EVENTS:
        for language in LANGUAGES:
            block = draft.block(hashes[language], language)
            hashes[language][draft.name] = forge.names(block)["hash"]
        each = {language: hashes[language][draft.name] for language in LANGUAGES}
        one = next(iter(each.values()))
        events.append(draft.tagged() | {"hash": one if len(set(each.values())) == 1 else each})
    refused = [
        draft.tagged() | {"code": code} | ({"path": path} if path else {})
        for draft, code, path in REFUSED
    ]
    head = {"format": "lineseal-history-1", "license": "Apache-2.0"}
    return head | {"events": events, "refused": refused}


def text() -> str:
    """One event a line, so that a diff shows which of them changed."""
    history = build()
    lists = [
        f'"{name}": [\n'
        + ",\n".join(json.dumps(one, separators=(",", ":")) for one in history[name])
        + "\n]"
        for name in ("events", "refused")
    ]
    head = json.dumps({key: history[key] for key in ("format", "license")})[:-1]
    return f"{head}, {', '.join(lists)}}}\n"


if __name__ == "__main__":
    (HERE / "history.json").write_text(text())
