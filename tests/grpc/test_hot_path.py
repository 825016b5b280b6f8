"""Record's fast path (rust/wire) gives what the slow one gives; what it refuses beyond protobuf's
parser is in test_wire_refusals."""

from __future__ import annotations

import random
from typing import Any

import made
import pytest
import slowly
from hypothesis import HealthCheck, given, settings
from lineseal import LinesealError, Tracker, _core
from lineseal.v1 import event_pb2, provenance_pb2

LIMIT = 4 << 20
PATIENT = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def ledger() -> Tracker:
    tracker = Tracker()
    tracker.record_json(made.KNOWN)
    return tracker


def fast(tracker: Tracker, request: bytes) -> provenance_pb2.RecordResponse:
    answer = _core.record_request(tracker._ledger, made.LEDGER, request, limit=LIMIT)
    return provenance_pb2.RecordResponse.FromString(answer)


def slow(tracker: Tracker, request: bytes) -> tuple[list[Any], list[bytes]]:
    blocks = slowly.blocks(request)
    return tracker.record_blocks(blocks), blocks


def outcome(path: Any, tracker: Tracker, request: bytes) -> Any:
    """What a path gives: rows, or the code of its refusal."""
    try:
        found = path(tracker, request)
    except LinesealError as error:
        return error.code
    if isinstance(found, tuple):
        return [(r.hash, r.index, r.created) for r in found[0]]
    return [(r.hash.hex(), r.index, r.created) for r in found.receipts]


@PATIENT
@given(made.request())
def test_both_paths_record_the_same(message: provenance_pb2.RecordRequest) -> None:
    request = message.SerializeToString()
    one, other = ledger(), ledger()
    assert outcome(fast, one, request) == outcome(slow, other, request)
    assert [(e.hash, e.block) for e in one.events()] == [(e.hash, e.block) for e in other.events()]
    # Content is the idempotency key: the same request again adds nothing.
    again = outcome(fast, one, request)
    assert again == outcome(slow, other, request)
    assert isinstance(again, str) or not any(created for _, _, created in again)


@PATIENT
@given(made.request())
def test_blocks_come_back_when_asked_for(message: provenance_pb2.RecordRequest) -> None:
    message.return_blocks = True
    request = message.SerializeToString()
    tracker = ledger()
    if isinstance(outcome(fast, tracker, request), list):
        blocks = [receipt.block for receipt in fast(tracker, request).receipts]
        assert blocks == slowly.blocks(request)


def test_damaged_requests_are_refused_or_read_as_protobuf_reads_them() -> None:
    """What is taken must be what any other reader of these bytes sees."""
    chance, taken = random.Random(7), 0
    message = provenance_pb2.RecordRequest(ledger=made.LEDGER)
    draft = message.events.add().draft
    draft.time, draft.prediction.prediction_id = 5, "p"
    draft.parents.add(hash=made.HASHES[0], role="train")
    entries = draft.prediction.inputs.map_value.entries
    entries["a"].list_value.items.add().double_value = 0.5
    entries["b"].int_value = -(2**60)
    message.events.add().draft.dataset.name = "digits"
    whole = message.SerializeToString()
    for _ in range(4_000):
        raw = bytearray(whole)
        match chance.randrange(4):
            case 0:
                raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            case 1:
                del raw[chance.randrange(len(raw)) :]
            case 2:
                at = chance.randrange(len(raw))
                raw[at:at] = chance.randbytes(chance.randrange(1, 4))
            case _:
                at = chance.randrange(len(raw))
                raw[at : at + chance.randrange(1, 9)] = b""
        request = bytes(raw)
        found = outcome(fast, ledger(), request)
        if isinstance(found, list):
            taken += 1
            assert found == outcome(slow, ledger(), request), request.hex()
    assert taken > 50, "the damage is too great to test anything"


def test_random_bytes_are_refused() -> None:
    chance, tracker = random.Random(8), ledger()
    for size in range(400):
        with pytest.raises(LinesealError):
            fast(tracker, chance.randbytes(size))
    assert len(tracker) == len(made.KNOWN)


# --- the messages themselves ----------------------------------------------------------------------

FIELDS = {
    "text": "string",
    "checksum": "string",
    "bool": "bool",
    "count": "int64",
    "int": "int64",
    "time": "int64",
    "code": "SourceCode",
    "any": "Value",
    "ids": "repeated string",
    "map": "map Value",
    "metrics": "map double",
}


def test_the_messages_are_those_of_the_schema() -> None:
    """Numbers are places in the schema: rust/wire has no list of its own."""
    numbers = {
        field.name: (field.number, field.message_type.name)
        for field in event_pb2.EventDraft.DESCRIPTOR.oneofs_by_name["record"].fields
    }
    assert numbers.pop("custom") == (10, "CustomRecord")
    for place, (name, _thing, _parent, _doc, fields) in enumerate(_core.schema()):
        short = name.removeprefix("lineseal/")
        number, message = numbers.pop(short)
        assert number == 11 + place
        described = getattr(event_pb2, message).DESCRIPTOR
        found = [(field.name, field.number, _kind(field)) for field in described.fields]
        assert found == [
            (field, at + 1, FIELDS[kind]) for at, (field, kind, _, _) in enumerate(fields)
        ]
        for field, (_, kind, _, _) in zip(described.fields, fields, strict=True):
            if kind in ("bool", "count", "int", "time"):
                assert field.has_presence, f"{message}.{field.name} cannot be absent"
    assert not numbers


def _kind(field: Any) -> str:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return "map " + _kind(field.message_type.fields_by_name["value"])
    names = {field.TYPE_STRING: "string", field.TYPE_BOOL: "bool", field.TYPE_INT64: "int64"}
    names |= {field.TYPE_DOUBLE: "double"}
    name = field.message_type.name if field.message_type else names[field.type]
    return f"repeated {name}" if field.is_repeated else name
