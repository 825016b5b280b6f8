"""Encodes by two codecs that we did not write, which must agree, and collects cases.

May use cbrrr, dag-cbor, multiformats and hashlib; never lineseal.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from typing import Any

import cbrrr
import dag_cbor
from multiformats import CID

RAW, DAG_CBOR = 0x55, 0x71
NAMES = {RAW: "raw", DAG_CBOR: "dag-cbor"}


@dataclass(frozen=True)
class Link:
    """A CIDv1 with sha2-256."""

    codec: int
    digest: bytes

    def __str__(self) -> str:
        return str(self.foreign())

    def foreign(self) -> CID:
        return CID("base32", 1, NAMES[self.codec], ("sha2-256", self.digest))


def artifact(text: str) -> Link:
    return Link(RAW, hashlib.sha256(text.encode()).digest())


def parent(number: int) -> Link:
    """A parent whose hash is easy to sort by eye: the number, then zeros."""
    return Link(DAG_CBOR, bytes([number]) + bytes(31))


def _for_dag_cbor(value: Any) -> Any:
    return _convert(value, Link.foreign)


def _for_cbrrr(value: Any) -> Any:
    return _convert(value, lambda link: cbrrr.CID(bytes(link.foreign())))


def _convert(value: Any, link: Any) -> Any:
    match value:
        case Link():
            return link(value)
        case dict():
            return {key: _convert(item, link) for key, item in value.items()}
        case list():
            return [_convert(item, link) for item in value]
        case _:
            return value


def encode(value: Any) -> bytes:
    """The one encoding of a value, on which both codecs agree."""
    ours = dag_cbor.encode(_for_dag_cbor(value))
    theirs = cbrrr.encode_dag_cbor(_for_cbrrr(value))
    assert ours == theirs, (value, ours.hex(), theirs.hex())
    return ours


def must_be_canonical(block: bytes) -> None:
    """Both codecs read it, and give the same bytes again."""
    assert dag_cbor.encode(dag_cbor.decode(block)) == block, block.hex()
    assert cbrrr.encode_dag_cbor(cbrrr.decode_dag_cbor(block)) == block, block.hex()


def names(block: bytes) -> dict[str, str]:
    digest = hashlib.sha256(block).digest()
    return {"hash": digest.hex(), "cid": str(Link(DAG_CBOR, digest))}


def content(value: Any) -> Any:
    """The value as README.md writes it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return {"float": struct.pack(">d", value).hex()}
        case bytes():
            return {"bytes": value.hex()}
        case Link():
            return {"link": str(value)}
        case dict():
            order = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
            return {"map": {key: content(value[key]) for key in order}}
        case list():
            return [content(item) for item in value]
    raise TypeError(f"no content for {type(value).__name__}")


def expand(parts: Any) -> bytes:
    """The bytes of a `block` or `stream` in the form of README.md."""
    if isinstance(parts, str):
        return bytes.fromhex(parts)
    out = bytearray()
    for part in parts:
        if isinstance(part, str):
            out += bytes.fromhex(part)
        elif "repeat" in part:
            out += bytes.fromhex(part["repeat"]) * part["times"]
        else:
            prefix = bytes.fromhex(part["prefix"])
            for i in range(part["times"]):
                out += prefix + i.to_bytes(part["counter"], "big")
    return bytes(out)


def expand_text(parts: Any) -> str:
    """The text of a `draft` in the form of README.md."""
    if isinstance(parts, str):
        return parts
    out = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif "repeat" in part:
            out.append(part["repeat"] * part["times"])
        else:
            digits = 2 * part["counter"]
            out += [f"{part['prefix']}{i:0{digits}x}{part['suffix']}" for i in range(part["times"])]
    return "".join(out)


def event(type_: str, payload: Any, *, parents: Any = (), **more: Any) -> dict[str, Any]:
    """An event map; `time` is 1 for happenings unless said otherwise; time=None leaves it out."""
    fields = {"v": 1, "type": type_, "parents": list(parents), "payload": payload} | more
    if type_ not in ("dataset", "hyperparameters", "model"):
        fields.setdefault("time", 1)
    return {key: value for key, value in fields.items() if key != "time" or value is not None}


def custom(x: Any, **more: Any) -> dict[str, Any]:
    """A custom event whose payload is {"x": x}."""
    return event("a/b", {"x": x}, **more)


# custom(x) up to x: map of 5; v 1; time 1; type "a/b"; parents []; payload: map of 1; "x"
CUSTOM = "a5 6176 01 6474696d65 01 6474797065 63612f62 67706172656e7473 80 677061796c6f6164 a1 6178"


def around(x: str) -> str:
    """The hex of custom(x), where x is hex put together by hand."""
    return (CUSTOM + x).replace(" ", "")


@dataclass
class Blocks:
    """Collects the cases of one file of blocks."""

    cases: list[dict[str, Any]] = field(default_factory=list)

    def accept(self, name: str, rules: str, value: Any, **more: Any) -> None:
        """An event both codecs encode; the rules are separated by spaces."""
        block = encode(value)
        case = {"name": name, "rules": rules.split(), "accept": True, "block": block.hex()}
        self.cases.append(case | names(block) | {"content": content(value)} | more)

    def accept_hex(self, name: str, rules: str, parts: Any, **more: Any) -> None:
        """A block put together by hand, which both codecs must read and write alike."""
        parts = parts.replace(" ", "") if isinstance(parts, str) else parts
        block = expand(parts)
        must_be_canonical(block)
        case = {"name": name, "rules": rules.split(), "accept": True, "block": parts}
        self.cases.append(case | names(block) | more)

    def refuse(self, name: str, rules: str, level: str, block: Any, **more: Any) -> None:
        """A block, or an event to encode, refused by the first rule at that level.

        CDDL refuses what envelope and record refuse, and not the frame, unless said otherwise.
        """
        if isinstance(block, str):
            block = block.replace(" ", "")
        elif isinstance(block, dict):
            block = encode(block).hex()
        expand(block)
        cddl = more.pop("cddl", level != "frame")
        case = {"name": name, "rules": rules.split(), "accept": False, "level": level}
        self.cases.append(case | {"cddl": cddl, "block": block} | more)

    def file(self) -> dict[str, Any]:
        return wrap("blocks", self.cases)


def wrap(kind: str, cases: list[dict[str, Any]]) -> dict[str, Any]:
    head = {"format": "lineseal-vectors-1", "kind": kind, "license": "Apache-2.0"}
    return head | {"cases": cases}
