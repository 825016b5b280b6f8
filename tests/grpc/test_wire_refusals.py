"""Whatever a protobuf parser would skip, overwrite or guess is refused before it is hashed: with
its code, the event's place in the request, and the path inside the event."""

from __future__ import annotations

import made
import pytest
from lineseal import InvalidArgumentError, InvalidRecordError, LinesealError, Tracker, _core
from test_hot_path import ledger
from wire_bytes import dataset, draft, field, prediction, request, varint

TEXT, NULL = field(6, "x"), field(1, 0)
GOOD = dataset()
HASH = bytes(32)
PARENT = field(1, HASH)
CID = bytes.fromhex("01551220") + bytes(32)


def hot(tracker: Tracker, given: bytes, limit: int = 4 << 20) -> bytes:
    """The request through the hot path."""
    return _core.record_request(tracker._ledger, made.LEDGER, given, limit=limit)


def inputs(value: bytes) -> bytes:
    """A prediction with this `Value` as its inputs."""
    return prediction(field(2, value))


def entry(key: str, value: bytes) -> bytes:
    """An entry of a map."""
    return field(1, key) + field(2, value)


def nested(depth: int) -> bytes:
    """A value of lists inside one another."""
    value = NULL
    for _ in range(depth):
        value = field(8, field(1, value))
    return value


def evaluation(metrics: bytes) -> bytes:
    return draft(field(1, 5), field(15, field(1, metrics)))


def custom(*parts: bytes) -> bytes:
    return draft(field(1, 5), field(10, b"".join(parts)))


def training(code: bytes) -> bytes:
    return draft(field(1, 5), field(13, field(1, "r") + field(2, "m") + field(9, code)))


PAYLOAD, INPUTS, PROPERTIES = "payload", "payload.inputs", "payload.properties"

#: The event; the path; part of the message.
EVENTS = {
    "no form": (b"", "form", "no form"),
    "form twice": (GOOD + GOOD, "form", "twice"),
    "two forms": (GOOD + field(2, b"{}"), "form", "twice"),
    "unknown form": (field(4, b""), "form", "NewEvent has no field 4"),
    "form of another wire type": (field(1, 1), "form", "varint"),
    "block that is none": (field(3, b"\xff"), None, ""),
    "json that is none": (field(2, b"{"), None, "JSON"),
    "json without type": (field(2, b"{}"), "type", "type is missing"),
    "no record": (draft(field(1, 5)), "record", "no record"),
    "two records": (draft(field(11, field(1, "a")), field(17, b"")), "record", "twice"),
    "record twice": (draft(field(11, field(1, "a")) * 2), "record", "twice"),
    "record as number": (draft(field(11, 1)), "record", "varint"),
    "unknown field of a draft": (draft(field(5, b"")), None, "EventDraft has no field 5"),
    "unknown record": (draft(field(99, b"")), None, "EventDraft has no field 99"),
    "field 0": (draft(b"\x02\x00"), None, "0 is no number"),
    "time twice": (draft(field(1, 5) * 2), "time", "twice"),
    "time as text": (draft(field(1, b"5")), "time", "length and bytes"),
    "no time": (draft(field(4, 1), field(17, field(1, "p"))), "time", "time is missing"),
    "no prediction_id": (
        draft(field(1, 5), field(4, 1), field(17, b"")),
        "payload.prediction_id",
        "missing",
    ),
    "actor not UTF-8": (draft(field(2, b"\xff")), "actor", "UTF-8"),
    "actor twice": (draft(field(2, "a") * 2), "actor", "twice"),
    "no_parents is 2": (draft(field(4, 2)), "no_parents", "2 is no bool"),
    "no_parents twice": (draft(field(4, 1) * 2), "no_parents", "twice"),
    "parent as number": (draft(field(3, 1)), "parents", "varint"),
    "parents and none": (
        draft(field(1, 5), field(3, PARENT), field(4, 1), field(17, field(1, "p"))),
        "parents",
        "on purpose",
    ),
    "unknown field of a record": (dataset(field(13, "x")), PAYLOAD, "dataset has no field 13"),
    "field twice": (dataset(field(2, "x") * 2), "payload.version", "twice"),
    "required field empty": (draft(field(11, field(1, ""))), "payload.name", "empty"),
    "record cut off": (draft(field(11, b"\x0a\x05ab")), PAYLOAD, "cut off"),
    "text not UTF-8": (dataset(field(2, b"a\xff")), "payload.version", "from byte 1"),
    "text as number": (dataset(field(2, 7)), "payload.version", "varint"),
    "count below 0": (dataset(field(5, 2**64 - 1)), "payload.num_rows", "count"),
    "count as text": (dataset(field(5, b"1")), "payload.num_rows", "length and bytes"),
    "count packed": (dataset(field(5, varint(1))), "payload.num_rows", "length and bytes"),
    "count as four bytes": (dataset(b"\x2d" + bytes(4)), "payload.num_rows", "four bytes"),
    "checksum that is none": (dataset(field(3, "md5")), "payload.checksum", "checksum"),
    "id that is none": (dataset(field(12, "x")), "payload.ids[0]", ""),
    "id not UTF-8": (dataset(field(12, "a:b"), field(12, b"\xff")), "payload.ids[1]", "UTF-8"),
    "id twice": (dataset(field(12, "a:b") * 2), "payload.ids[1]", ""),
    "group": (dataset(b"\x13\x14"), PAYLOAD, "wire type"),
    "group end": (dataset(b"\x14"), PAYLOAD, "wire type"),
    "wire type 7": (dataset(b"\x17"), PAYLOAD, "wire type"),
    "number of 65 bits": (dataset(b"\x28" + b"\xff" * 9 + b"\x02"), PAYLOAD, "64 bits"),
    "number of 11 bytes": (dataset(b"\x28" + b"\x80" * 10 + b"\0"), PAYLOAD, "64 bits"),
    "tag of 6 bytes": (dataset(b"\xa8\x80\x80\x80\x80\0\0"), PAYLOAD, "32 bits"),
    "length of 6 bytes": (dataset(b"\x12\x80\x80\x80\x80\x80\0"), PAYLOAD, "32 bits"),
    "field number of 30 bits": (dataset(varint(1 << 32) + b"\0"), PAYLOAD, "no number"),
    "entry twice": (dataset(field(11, entry("k", TEXT)) * 2), "payload.properties.k", ""),
    "entry with two keys": (dataset(field(11, field(1, "k") * 2)), PROPERTIES, "twice"),
    "entry with two values": (dataset(field(11, field(2, TEXT) * 2)), PROPERTIES, "twice"),
    "entry with more": (dataset(field(11, field(3, 1))), PROPERTIES, "no field 3"),
    "entry without value": (dataset(field(11, field(1, "k"))), "payload.properties.k", "no kind"),
    "entry key not UTF-8": (dataset(field(11, field(1, b"\xff"))), PROPERTIES, "UTF-8"),
    "entry as number": (dataset(field(11, 1)), PROPERTIES, "varint"),
    "metric as varint": (
        evaluation(field(1, "m") + field(2, 1)),
        "payload.metrics.m",
        "double",
    ),
    "metric as float": (
        evaluation(field(1, "m") + b"\x15" + bytes(4)),
        "payload.metrics.m",
        "double",
    ),
    "code with more": (training(field(4, 1)), "payload.code", "SourceCode has no field 4"),
    "code uri twice": (training(field(1, "u") * 2), "payload.code", "twice"),
    "code twice": (
        draft(field(1, 5), field(13, field(1, "r") + field(2, "m") + field(9, b"") * 2)),
        "payload.code",
        "twice",
    ),
    "value without kind": (inputs(b""), INPUTS, "no kind"),
    "value with two kinds": (inputs(NULL + TEXT), INPUTS, "twice"),
    "value with a kind twice": (inputs(TEXT * 2), INPUTS, "twice"),
    "value of unknown kind": (inputs(field(11, 1)), INPUTS, "Value has no field 11"),
    "value twice": (prediction(field(2, TEXT) * 2), INPUTS, "twice"),
    "null that is 1": (inputs(field(1, 1)), INPUTS, "no null"),
    "bool that is 2": (inputs(field(2, 2)), INPUTS, "no bool"),
    "int as double": (inputs(b"\x19" + bytes(8)), INPUTS, "eight bytes"),
    "double as int": (inputs(field(5, 1)), INPUTS, "double"),
    "text value not UTF-8": (inputs(field(6, b"\xff")), INPUTS, "UTF-8"),
    "list with more": (
        inputs(field(8, field(2, 1))),
        "payload.inputs[0]",
        "ListValue has no field 2",
    ),
    "list item as number": (inputs(field(8, field(1, 1))), "payload.inputs[0]", "varint"),
    "second item without kind": (
        inputs(field(8, field(1, NULL) + field(1, b""))),
        "payload.inputs[1]",
        "no kind",
    ),
    "map with more": (inputs(field(9, field(2, 1))), INPUTS, "MapValue has no field 2"),
    "map key twice": (inputs(field(9, field(1, entry("k", NULL)) * 2)), "payload.inputs.k", ""),
    "map entry without kind": (
        inputs(field(9, field(1, entry("a b", b"")))),
        'payload.inputs["a b"]',
        "no kind",
    ),
    "link of 3 bytes": (inputs(field(10, b"abc")), INPUTS, "CID"),
    "link to an event": (inputs(field(10, b"\x01\x71" + CID[2:])), INPUTS, ""),
    "reserved key": (inputs(field(9, field(1, entry("lineseal:x", NULL)))), INPUTS, "lineseal:x"),
    "too deep": (inputs(nested(30)), "payload.inputs" + "[0]" * 22, "more than 24"),
    "a bomb": (inputs(nested(20_000)), "payload.inputs" + "[0]" * 22, "more than 24"),
    "custom without type": (custom(field(2, entry("k", NULL))), "type", "type"),
    "custom of a built-in type": (custom(field(1, "dataset")), "type", "built-in"),
    "custom of our namespace": (custom(field(1, "lineseal/gap")), "type", "built-in"),
    "custom with more": (custom(field(3, 1)), PAYLOAD, "CustomRecord has no field 3"),
    "custom type twice": (custom(field(1, "a/b") * 2), PAYLOAD, "twice"),
    "custom key twice": (custom(field(1, "a/b"), field(2, entry("k", NULL)) * 2), "payload.k", ""),
}
PARENTS = {
    "no event": (b"", "parents[0]", "neither hash nor position"),
    "two events": (PARENT + field(2, 0), "parents[0]", "twice"),
    "hash twice": (PARENT * 2, "parents[0]", "twice"),
    "hash of 31 bytes": (field(1, bytes(31)), "parents[0].hash", "32 bytes, not 31"),
    "hash as hex": (field(1, "ab" * 32), "parents[0].hash", "32 bytes, not 64"),
    "hash as number": (field(1, 1), "parents[0]", "varint"),
    "itself": (field(2, 1), "parents[0].position", "position 1"),
    "forward": (field(2, 2), "parents[0].position", "position 2"),
    "out of range": (field(2, 2**32), "parents[0].position", "position 4294967296"),
    "role that is none": (PARENT + field(3, "A b"), "parents[0].role", "role"),
    "role not UTF-8": (PARENT + field(3, b"\xff"), "parents[0]", "UTF-8"),
    "role twice": (PARENT + field(3, "a") * 2, "parents[0]", "twice"),
    "more": (PARENT + field(4, 1), "parents[0]", "Parent has no field 4"),
}
EVENTS |= {
    f"parent: {name}": (draft(field(3, parent), field(11, field(1, "e"))), path, text)
    for name, (parent, path, text) in PARENTS.items()
}


def refused(given: bytes, limit: int = 4 << 20) -> LinesealError:
    """What the hot path refuses the request with; nothing of it is recorded."""
    tracker = ledger()
    with pytest.raises(LinesealError) as caught:
        hot(tracker, given, limit)
    assert len(tracker) == len(made.KNOWN)
    return caught.value


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_refused_with_its_position_and_path(name: str) -> None:
    event, path, text = EVENTS[name]
    error = refused(request(GOOD, event, dataset(field(2, "3"))))
    assert isinstance(error, InvalidRecordError) or name.startswith("block")
    assert (error.position, error.path) == (1, path)
    assert text in str(error)
    assert error.remedy


#: The request; the path; part of the message.
REQUESTS = {
    "another ledger": (request(GOOD, ledger="other"), "ledger", "'other'"),
    "no ledger": (field(2, GOOD), "ledger", ""),
    "ledger twice": (request(GOOD) + field(1, made.LEDGER), "ledger", "twice"),
    "ledger not UTF-8": (field(1, b"\xff") + field(2, GOOD), "ledger", "UTF-8"),
    "ledger as number": (field(1, 1) + field(2, GOOD), "ledger", "varint"),
    "unknown field": (request(GOOD) + field(5, 1), None, "RecordRequest has no field 5"),
    "copies twice": (request(GOOD) + field(4, 1) * 2, "copies", "twice"),
    "copies of drafts": (request(GOOD) + field(4, 1), "copies", "not a draft"),
    "return_blocks twice": (request(GOOD) + field(3, 1) * 2, "return_blocks", "twice"),
    "return_blocks is 7": (request(GOOD) + field(3, 7), "return_blocks", "no bool"),
    "no events": (request(), None, "empty"),
    "cut off": (request(GOOD)[:-1], None, "cut off"),
    "trailing byte": (request(GOOD) + b"\0", None, "no number"),
    "too many": (request(*[GOOD] * 10_001), "events", "10000"),
    "too large": (request(GOOD, field(2, b" " * (16 << 20))), None, str(16 << 20)),
    "equal events": (request(GOOD, GOOD), None, "equal"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_refused_as_a_whole(name: str) -> None:
    given, path, text = REQUESTS[name]
    error = refused(given)
    assert isinstance(error, InvalidArgumentError)
    assert (error.path, text in str(error).replace('"', "'")) == (path, True), str(error)


def test_an_answer_over_the_limit_is_refused_before_anything_is_recorded() -> None:
    given = request(dataset(field(2, "v" * 1000)))
    with_blocks = refused(given + field(3, 1), limit=1000)
    assert (with_blocks.path, "return_blocks" in str(with_blocks.remedy)) == ("return_blocks", True)
    tracker = ledger()
    hot(tracker, given, limit=1000)
    assert len(tracker) == len(made.KNOWN) + 1


def test_small_requests_cannot_make_large_blocks() -> None:
    """A parent has 5 bytes as a position, and over 40 as a link."""
    events = [dataset(field(5, number)) for number in range(1000)]
    parents = b"".join(field(3, field(2, at)) for at in range(1000))
    many = [draft(field(11, field(1, f"child-{number}")), parents) for number in range(1800)]
    given = request(*events, *many)
    assert len(given) < 16 << 20
    error = refused(given)
    assert isinstance(error, InvalidArgumentError)
    assert (error.path, str(64 << 20) in str(error)) == ("events", True)


def test_the_name_of_the_ledger_is_found_without_the_events() -> None:
    given = b"".join([field(2, b"\xff"), field(1, made.LEDGER)])
    assert _core.request_ledger(given) == made.LEDGER
    for bad in (field(1, "a") * 2, field(1, 1), field(1, b"\xff"), b"\x0a\x05a"):
        with pytest.raises(InvalidArgumentError):
            _core.request_ledger(bad)


def test_defaults_on_the_wire_are_as_absent_as_no_field_at_all() -> None:
    plain, told = ledger(), ledger()
    defaults = b"".join(field(number, "") for number in (2, 3, 4, 7, 8, 9))
    empty = draft(field(2, ""), field(4, 0), field(11, field(1, "d") + defaults))
    hot(plain, request(GOOD))
    hot(told, request(empty) + field(3, 0))
    assert [e.hash for e in plain.events()] == [e.hash for e in told.events()]


def test_optional_fields_have_presence() -> None:
    tracker = ledger()
    hot(tracker, request(dataset(field(5, 0))))
    (*_base, event) = tracker.events()
    assert event.payload == {"name": "d", "num_rows": 0}


def test_a_number_may_have_more_bytes_than_it_needs() -> None:
    tracker = ledger()
    hot(tracker, request(dataset(b"\x28\x85\x80\0")))
    (*_base, event) = tracker.events()
    assert event.payload == {"name": "d", "num_rows": 5}


def test_an_entry_without_key_has_the_empty_key_and_a_metric_without_value_is_zero() -> None:
    tracker = ledger()
    hot(tracker, request(evaluation(b""), inputs(field(9, field(1, field(2, NULL))))))
    (*_base, metrics, inputs_) = tracker.events()
    assert metrics.payload == {"metrics": {"": 0.0}}
    assert inputs_.payload["inputs"] == {"": None}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (dataset(*[field(11, b"")] * 600_000), "over 524288 fields"),
        (dataset(*[field(5, 1)] * 600_000), "over 524288 fields"),
        (custom(field(1, "a/b"), *[field(2, b"")] * 600_000), "over 524288 fields"),
        (draft(*[field(3, b"")] * 600_000), "more than 1024 parents"),
    ],
)
def test_what_fits_no_event_is_refused_while_it_is_read(given: bytes, text: str) -> None:
    """A request of 16 MiB must not take many times its size in memory."""
    error = refused(request(GOOD, given))
    assert (error.code, error.position) == ("invalid_record", 1)
    assert text in error.message
