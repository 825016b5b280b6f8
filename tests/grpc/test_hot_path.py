"""Record's fast path (rust/wire) gives what the slow one gives, and refuses what protobuf's parser
would let pass."""

from __future__ import annotations

import random
from typing import Any

import made
import pytest
import slowly
from google.protobuf.message import DecodeError
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


# --- what protobuf's own parser lets pass ---------------------------------------------------------


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def part(number: int, content: bytes | int | str) -> bytes:
    """A field, whatever it is a field of."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    raw = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def draft_of(*parts: bytes) -> bytes:
    """A request with one sound event before a draft of these parts."""
    sound = part(2, part(1, part(11, part(1, "sound"))))
    return part(1, made.LEDGER) + sound + part(2, part(1, b"".join(parts)))


def value_of(*parts: bytes) -> bytes:
    """The same, the parts being those of a value."""
    inputs = part(2, b"".join(parts))
    return draft_of(part(1, 5), part(4, 1), part(17, part(1, "p") + inputs))


def dataset(*parts: bytes) -> bytes:
    return draft_of(part(11, part(1, "d") + b"".join(parts)))


def deep(levels: int) -> bytes:
    value = part(1, 0)
    for _ in range(levels):
        value = part(8, part(1, value))
    return value


SOUND = part(2, part(1, part(11, part(1, "sound"))))
PARENT = part(3, part(1, made.HASHES[0]))
REFUSED = {
    # of a draft: (request, path, a word of the message)
    "unknown field of a draft": (draft_of(part(9, 1), part(11, part(1, "d"))), None, "no field 9"),
    "unknown field of a record": (dataset(part(99, "x")), "payload", "no field 99"),
    "unknown field of a parent": (
        draft_of(part(3, part(1, made.HASHES[0]) + part(4, 1)), part(11, part(1, "d"))),
        "parents[0]",
        "no field 4",
    ),
    "unknown field of a value": (value_of(part(11, 1)), "payload.inputs", "no field 11"),
    "unknown field of a list": (value_of(part(8, part(2, 1))), "payload.inputs[0]", "no field 2"),
    "unknown field of a map": (value_of(part(9, part(2, 1))), "payload.inputs", "no field 2"),
    "unknown field of an entry": (
        value_of(part(9, part(1, part(1, "k") + part(2, part(2, 1)) + part(3, 1)))),
        "payload.inputs",
        "no field 3",
    ),
    "unknown field of the code": (
        draft_of(
            part(1, 5),
            part(13, part(1, "r") + part(2, "m") + part(9, part(4, 1))),
        ),
        "payload.code",
        "no field 4",
    ),
    "text twice": (dataset(part(1, "e")), "payload.name", "twice"),
    "count twice": (dataset(part(5, 1), part(5, 2)), "payload.num_rows", "twice"),
    "value twice": (
        draft_of(
            part(1, 5),
            part(4, 1),
            part(17, part(1, "p") + part(2, part(2, 1)) + part(2, part(2, 0))),
        ),
        "payload.inputs",
        "twice",
    ),
    "time twice": (draft_of(part(1, 5), part(1, 6), part(11, part(1, "d"))), None, "twice"),
    "record twice": (draft_of(part(11, part(1, "d")), part(14, part(1, "m"))), None, "twice"),
    "kind twice": (value_of(part(2, 1), part(3, 1)), "payload.inputs", "twice"),
    "event of a parent twice": (
        draft_of(part(3, part(1, made.HASHES[0]) + part(2, 0)), part(11, part(1, "d"))),
        "parents[0]",
        "twice",
    ),
    "key of a map twice": (
        value_of(part(9, part(1, part(1, "k") + part(2, part(2, 1))) * 2)),
        "payload.inputs.k",
        "twice",
    ),
    "key of an entry twice": (
        value_of(part(9, part(1, part(1, "k") + part(1, "l") + part(2, part(2, 1))))),
        "payload.inputs",
        "twice",
    ),
    "no record": (draft_of(part(1, 5)), "record", "no record"),
    "no kind": (value_of(), "payload.inputs", "no kind"),
    "an entry without value": (
        value_of(part(9, part(1, part(1, "k")))),
        "payload.inputs.k",
        "no kind",
    ),
    "an empty entry of values": (draft_of(part(12, part(1, b""))), 'payload.values[""]', "no kind"),
    "no parent": (draft_of(part(3, b""), part(11, part(1, "d"))), "parents[0]", "neither"),
    "wrong wire type": (dataset(part(5, "x")), "payload.num_rows", "integer"),
    "a hash of 31 bytes": (
        draft_of(part(3, part(1, bytes(31))), part(11, part(1, "d"))),
        "parents[0].hash",
        "32 bytes",
    ),
    "a parent at its own position": (
        draft_of(part(3, part(2, 1)), part(11, part(1, "d"))),
        "parents[0].position",
        "position 1",
    ),
    "a parent behind": (
        draft_of(part(3, part(2, 7)), part(11, part(1, "d"))),
        "parents[0].position",
        "position 7",
    ),
    "a role in capitals": (
        draft_of(part(3, part(1, made.HASHES[0]) + part(3, "TRAIN")), part(11, part(1, "d"))),
        "parents[0].role",
        "TRAIN",
    ),
    "a negative count": (dataset(part(5, 2**64 - 1)), "payload.num_rows", "num_rows"),
    "a bool of 2": (value_of(part(2, 2)), "payload.inputs", "2 is no bool"),
    "a null of 1": (value_of(part(1, 1)), "payload.inputs", "1 is no null"),
    "text that is not UTF-8": (dataset(part(2, b"\xff")), "payload.version", "UTF-8"),
    "a key that is not UTF-8": (
        value_of(part(9, part(1, part(1, b"\xff") + part(2, part(2, 1))))),
        "payload.inputs",
        "UTF-8",
    ),
    "a link to nothing": (value_of(part(10, bytes(36))), "payload.inputs", "link"),
    "too deep": (value_of(deep(40)), None, "more than 24"),
    "bombs of depth": (value_of(deep(5_000)), None, "more than 24"),
    "no time": (draft_of(part(13, part(1, "r") + part(2, "m"))), "time", "time"),
    "no prediction_id": (
        draft_of(part(1, 5), PARENT, part(17, part(2, part(2, 1)))),
        "payload.prediction_id",
        "prediction_id",
    ),
    "a built-in type as custom": (
        draft_of(part(1, 5), part(10, part(1, "dataset"))),
        "type",
        "dataset",
    ),
    "a reserved key": (
        value_of(part(9, part(1, part(1, "lineseal:x") + part(2, part(2, 1))))),
        None,
        "lineseal:",
    ),
    "no form": (part(1, made.LEDGER) + SOUND + part(2, b""), None, "no form"),
    "two forms": (
        part(1, made.LEDGER)
        + part(2, part(1, part(11, part(1, "s"))))
        + part(2, part(2, "{}") + part(3, b"x")),
        None,
        "twice",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_vanish_or_be_guessed_is_refused(case: str) -> None:
    request, path, word = REFUSED[case]
    tracker = ledger()
    with pytest.raises(LinesealError) as refusal:
        fast(tracker, request)
    error = refusal.value
    assert (error.code, error.position) == ("invalid_record", 1), error
    assert word in error.message, error
    assert error.remedy
    if path is not None:
        assert error.path == path, error
    assert len(tracker) == len(made.KNOWN)


def test_protobuf_would_have_let_most_of_them_pass() -> None:
    passed = 0
    for request, _path, _word in REFUSED.values():
        try:
            provenance_pb2.RecordRequest.FromString(request)
            passed += 1
        except DecodeError:
            pass
    assert passed > len(REFUSED) * 3 // 4


REQUESTS = {
    "no ledger": (SOUND, "ledger", '"", not "made"'),
    "another ledger": (part(1, "other") + SOUND, "ledger", "other"),
    "two ledgers": (part(1, made.LEDGER) * 2 + SOUND, "ledger", "twice"),
    "a ledger behind": (part(1, made.LEDGER) + SOUND + part(1, "other"), "ledger", "twice"),
    "no events": (part(1, made.LEDGER), None, "empty"),
    "an unknown field": (part(1, made.LEDGER) + SOUND + part(9, 1), None, "no field 9"),
    "return_blocks twice": (
        part(1, made.LEDGER) + SOUND + part(3, 1) * 2,
        "return_blocks",
        "twice",
    ),
    "cut off": ((part(1, made.LEDGER) + SOUND)[:-1], None, "cut off"),
    "too many events": (part(1, made.LEDGER) + SOUND * 10_001, "events", "10000"),
    "too large": (part(1, made.LEDGER) + part(2, part(3, bytes(17 << 20))), None, "16777216"),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_requests_that_are_no_batch_are_refused(case: str) -> None:
    request, path, word = REQUESTS[case]
    tracker = ledger()
    with pytest.raises(LinesealError) as refusal:
        fast(tracker, request)
    assert (refusal.value.code, refusal.value.path) == ("invalid_argument", path), refusal.value
    assert word in refusal.value.message
    assert len(tracker) == len(made.KNOWN)


def test_the_ledger_that_is_looked_up_is_the_one_that_is_recorded_to() -> None:
    request = part(1, made.LEDGER) + SOUND
    assert _core.request_ledger(request) == made.LEDGER
    for case in ("two ledgers", "a ledger behind", "cut off"):
        with pytest.raises(LinesealError):
            _core.request_ledger(REQUESTS[case][0])


def test_an_answer_that_would_not_fit_is_refused_before_anything_is_recorded() -> None:
    tracker = ledger()
    message = provenance_pb2.RecordRequest(ledger=made.LEDGER, return_blocks=True)
    for n in range(5):
        message.events.add().draft.dataset.name = f"{n}" + "x" * 1_000_000
    with pytest.raises(LinesealError) as refusal:
        fast(tracker, message.SerializeToString())
    assert (refusal.value.code, refusal.value.path) == ("invalid_argument", "return_blocks")
    assert len(tracker) == len(made.KNOWN)
    message.return_blocks = False
    assert len(fast(tracker, message.SerializeToString()).receipts) == 5


def test_defaults_written_out_are_absent_and_presence_is_kept() -> None:
    tracker = ledger()
    explicit = dataset(part(2, ""), part(5, 0))
    (event,) = [e for e in _recorded(tracker, explicit) if e.payload["name"] == "d"]
    assert event.payload == {"name": "d", "num_rows": 0}


def _recorded(tracker: Tracker, request: bytes) -> list[Any]:
    return [tracker.get(receipt.hash.hex()) for receipt in fast(tracker, request).receipts]


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
