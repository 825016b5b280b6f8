"""Hypothesis strategies of requests, made with the generated classes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from lineseal import _core
from lineseal.v1 import event_pb2, provenance_pb2

LEDGER = "made"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
COUNT = st.integers(0, 2**63 - 1)
INT = st.integers(-(2**63), 2**63 - 1)
FLOAT = st.floats(width=64)
CHECKSUM = st.binary(min_size=1, max_size=8).map(lambda raw: f"sha256:{raw.hex()}")
IDS = st.lists(st.integers(0, 99).map(lambda n: f"run:{n}"), unique=True, max_size=3)
LINK = st.binary(min_size=32, max_size=32).map(lambda raw: bytes.fromhex("01551220") + raw)
KNOWN = [json.dumps({"type": "dataset", "record": {"name": f"known {n}"}}) for n in range(4)]
HASHES = [
    bytes.fromhex(hash) for hash in _core.make_batch_json([d.encode() for d in KNOWN]).hashes()
]


def _value(kind: str) -> Any:
    return lambda held: event_pb2.Value(**{kind: held})


VALUE = st.recursive(
    st.one_of(
        st.just(event_pb2.Value(null_value=event_pb2.NULL_VALUE_UNSPECIFIED)),
        st.booleans().map(_value("bool_value")),
        INT.map(_value("int_value")),
        st.integers(0, 2**64 - 1).map(_value("uint_value")),
        FLOAT.map(_value("double_value")),
        TEXT.map(_value("text_value")),
        st.binary(max_size=9).map(_value("bytes_value")),
        LINK.map(_value("link_value")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(
            lambda items: event_pb2.Value(list_value=event_pb2.ListValue(items=items))
        ),
        st.dictionaries(TEXT, inner, max_size=3).map(
            lambda entries: event_pb2.Value(map_value=event_pb2.MapValue(entries=entries))
        ),
    ),
    max_leaves=6,
)
CODE = st.builds(
    event_pb2.SourceCode,
    uri=TEXT,
    revision=TEXT,
    dirty=st.one_of(st.none(), st.booleans()),
)
KINDS: dict[str, Any] = {
    "text": TEXT,
    "checksum": CHECKSUM,
    "bool": st.booleans(),
    "count": COUNT,
    "int": INT,
    "time": INT,
    "map": st.dictionaries(TEXT, VALUE, max_size=3),
    "metrics": st.dictionaries(TEXT, FLOAT, max_size=3),
    "code": CODE,
    "any": VALUE,
    "ids": IDS,
}


@st.composite
def record(draw: st.DrawFn, name: str, fields: list[tuple[str, str, bool, str]]) -> Any:
    """A record's message: what is required, and some of the rest."""
    message = getattr(event_pb2, name)()
    given = {}
    for field, kind, required, _doc in fields:
        if required or draw(st.booleans()):
            held = KINDS[kind]
            if required and kind in ("text", "metrics"):
                held = held.filter(bool)
            given[field] = draw(held)
    return type(message)(**given)


CUSTOM = st.builds(
    event_pb2.CustomRecord,
    type=st.just("acme/thing"),
    payload=st.dictionaries(TEXT.filter(lambda key: key != "ids"), VALUE, max_size=3),
)
RECORDS: dict[str, Any] = {"custom": CUSTOM} | {
    name.removeprefix("lineseal/"): record(
        name.removeprefix("lineseal/").capitalize() + "Record", fields
    )
    for name, _thing, _parent, _doc, fields in _core.schema()
}


@st.composite
def draft(draw: st.DrawFn, before: int) -> event_pb2.EventDraft:
    """A draft behind `before` other events."""
    kind = draw(st.sampled_from(sorted(RECORDS)))
    made = event_pb2.EventDraft(**{kind: draw(RECORDS[kind])}, actor=draw(TEXT))
    made.time = draw(INT)
    places = [event_pb2.Parent(hash=hash) for hash in HASHES]
    places += [event_pb2.Parent(position=at) for at in range(before)]
    for parent in draw(st.lists(st.sampled_from(range(len(places))), unique=True, max_size=3)):
        made.parents.append(places[parent])
        made.parents[-1].role = draw(st.sampled_from(["", "train", "base"]))
    made.no_parents = not made.parents
    return made


@st.composite
def request(draw: st.DrawFn) -> provenance_pb2.RecordRequest:
    """Some events in all forms; parents by hash are those of `KNOWN`."""
    made = provenance_pb2.RecordRequest(ledger=LEDGER, return_blocks=draw(st.booleans()))
    for at in range(draw(st.integers(1, 4))):
        event = made.events.add()
        match draw(st.sampled_from(["draft", "draft", "json", "block"])):
            case "draft":
                event.draft.CopyFrom(draw(draft(at)))
            case "json":
                parents = [{"position": at - 1, "role": "base"}] if at else []
                name = {"name": f"json {at} {draw(TEXT)}", "num_rows": draw(COUNT)}
                said = {"type": "dataset", "parents": parents, "record": name}
                event.json = json.dumps(said).encode()
            case _:
                name = {"name": f"block {at} {draw(TEXT)}"}
                said = {"type": "model", "record": name}
                batch = _core.make_batch_json([json.dumps(said).encode()])
                sent = provenance_pb2.RecordRequest.FromString(batch.request(LEDGER))
                event.block = sent.events[0].block
    return made
