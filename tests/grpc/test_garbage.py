"""Bytes that are no request, to every RPC and to the port itself: refused, and nothing harmed."""

from __future__ import annotations

import random
import struct
from collections import Counter
from collections.abc import Iterator
from typing import Any

import grpc
import http2
import pytest
from calling import TIMEOUT, Stubs, dataset, told
from grpc_health.v1 import health_pb2, health_pb2_grpc
from lineseal import Client
from lineseal.v1 import provenance_pb2 as pb
from running import Process

RPCS = [
    (service.full_name, method)
    for service in pb.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]
IDS = [method.name for _service, method in RPCS]
NOWHERE = bytes(32)
#: How a malformed request may be answered; OK, where what is left of it happens to be one.
ANSWERS = {"OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"}
ROUNDS = 60
#: Status 0 among the trailers, as they are on the wire.
OK = b"grpc-status\x010"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with Process(tmp_path_factory.mktemp("garbage") / "data") as found:
        found.stubs.record("first", "second")
        yield found


@pytest.fixture(autouse=True)
def unharmed(process: Process) -> Iterator[None]:
    """Behind each test the server is alive, healthy, and its ledger what it was."""
    with Client(process.address) as client:
        before = [event.hash for event in client.events()]
    yield
    assert process.popen.poll() is None
    health = health_pb2_grpc.HealthStub(process.stubs.channel)
    for service in ("", "lineseal.v1.ProvenanceService", "lineseal.v1.LedgerService"):
        request = health_pb2.HealthCheckRequest(service=service)
        answer = health.Check(request, timeout=TIMEOUT)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with Client(process.address) as client:
        assert [event.hash for event in client.events()] == before
        assert client.verify_all(expect=before)
        assert client.server_verify_all(expect=before)
    assert b"Traceback" not in process.log.read_bytes()


def ask(stubs: Stubs, service: str, method: Any, request: bytes) -> str:
    """Sends the bytes; the name of the status that comes back."""
    path = f"/{service}/{method.name}"
    try:
        if method.server_streaming:
            list(stubs.channel.unary_stream(path)(request, timeout=TIMEOUT))
        else:
            stubs.channel.unary_unary(path)(request, timeout=TIMEOUT)
    except grpc.RpcError as error:
        said = told(error)
        assert said.reason is not None, said
        return said.code
    return "OK"


def valid(method: Any) -> bytes:
    """A request that is understood; one of Record asks for a parent that is not there."""
    kind = getattr(pb, method.input_type.name)
    message = kind()
    names = {field.name for field in kind.DESCRIPTOR.fields}
    if "ledger" in names:
        message.ledger = "default"
    if "name" in names:
        message.name.hash = NOWHERE
    if "names" in names:
        message.names.add(hash=NOWHERE)
    if "events" in names:
        new = dataset("never", license="x", num_rows=5)
        new.draft.parents.add(hash=NOWHERE, role="base")
        message.events.append(new)
    if "run_id" in names:
        message.run_id = "none"
    return bytes(message.SerializeToString())


def flipped(request: bytes, rng: random.Random) -> bytes:
    """The request with one to three of its bits the other way."""
    changed = bytearray(request)
    for _ in range(rng.randint(1, 3)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


@pytest.mark.parametrize(("service", "method"), RPCS, ids=IDS)
def test_random_cut_and_flipped_requests_are_refused(
    process: Process, service: str, method: Any
) -> None:
    rng = random.Random(method.name)
    request = valid(method) or b"\x08\x05\x12\x01x"
    sent = [rng.randbytes(rng.randrange(1, 300)) for _ in range(ROUNDS)]
    sent += [request[: rng.randrange(len(request))] for _ in range(ROUNDS)]
    sent += [flipped(request, rng) for _ in range(ROUNDS)]
    answers = Counter(ask(process.stubs, service, method, each) for each in sent)
    assert answers.keys() <= ANSWERS
    assert answers["INVALID_ARGUMENT"] > ROUNDS / 2
    if method.name == "Record":
        assert not answers["OK"], "something was recorded"


def wrapped(field: int, inner: bytes) -> bytes:
    """A message with one field."""
    length, size = len(inner), b""
    while length > 127:
        size += bytes([length & 127 | 128])
        length >>= 7
    return bytes([field << 3 | 2]) + size + bytes([length]) + inner


def nested(*fields: int, depth: int) -> bytes:
    """So many messages in one another, by turns these fields of the one around them."""
    inner = b""
    for level in range(depth):
        inner = wrapped(fields[level % len(fields)], inner)
    return inner


@pytest.mark.parametrize(("service", "method"), RPCS, ids=IDS)
def test_nesting_bombs_are_refused(process: Process, service: str, method: Any) -> None:
    for field in range(1, 12):
        for depth in (120, 5_000):
            bomb = valid(method) + nested(field, depth=depth)
            assert ask(process.stubs, service, method, bomb) in ANSWERS


def test_bombs_in_what_is_recorded_are_refused(process: Process) -> None:
    # Of Value: lists in lists, and maps in maps.
    values = [nested(1, 8, depth=depth) for depth in (60, 150, 20_000)]
    values += [nested(2, 1, 9, depth=3 * depth) for depth in (40, 150, 20_000)]
    entries = [wrapped(1, b"x") + wrapped(2, value) for value in values]
    forms = [wrapped(1, wrapped(12, wrapped(1, entry))) for entry in entries]
    forms += [wrapped(2, mark * 100_000) for mark in (b"[", b'{"a":')]
    forms += [wrapped(3, mark * 100_000) for mark in (b"\x81", b"\xa1\x61a")]
    good = pb.RecordRequest(ledger="default", events=[dataset("bomb")]).SerializeToString()
    service, record = next(rpc for rpc in RPCS if rpc[1].name == "Record")
    for form in forms:
        assert ask(process.stubs, service, record, good + wrapped(2, form)) == "INVALID_ARGUMENT"


@pytest.mark.parametrize(("service", "method"), RPCS, ids=IDS)
def test_a_message_beyond_the_transport_s_limit_is_refused(
    process: Process, service: str, method: Any
) -> None:
    path = f"/{service}/{method.name}"
    with pytest.raises(grpc.RpcError) as caught:
        list(process.stubs.channel.unary_stream(path)(bytes(21 << 20), timeout=TIMEOUT))
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


def message(body: bytes, *, compressed: int = 0, length: int | None = None) -> bytes:
    """A message as gRPC puts it into DATA, its length as it is or as it is said to be."""
    return struct.pack(">BI", compressed, len(body) if length is None else length) + body


def test_a_call_made_by_hand_is_answered(process: Process) -> None:
    """Or the tests behind would not get as far as they say."""
    sent = http2.call("/lineseal.v1.LedgerService/ListLedgers", message(b""))
    assert OK in http2.send(process.address, sent, hang_up=False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\x00",
        message(b"abc", length=9),
        message(b"abc", length=1),
        message(b"", length=0xFFFFFFFF),
        message(b"abc", compressed=1),
        message(b"abc", compressed=7),
        message(b"") * 2,
        message(b"\x0a\x07default") * 3,
        message(bytes(100_000), length=200_000),
    ],
    ids=range(10),
)
def test_broken_framing_ends_the_call_with_an_error(process: Process, body: bytes) -> None:
    for method in ("Record", "GetEvent", "Trace"):
        got = http2.send(
            process.address, http2.call(f"/lineseal.v1.ProvenanceService/{method}", body)
        )
        assert OK not in got, got


def test_garbage_on_the_port_itself(process: Process) -> None:
    rng = random.Random(8)
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(64)
    sent = [b"", hello, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", http2.PREFACE[:10], bytes(1 << 20)]
    sent += [rng.randbytes(rng.randrange(1, 5_000)) for _ in range(20)]
    sent += [http2.opening() + rng.randbytes(rng.randrange(1, 500)) for _ in range(20)]
    for _ in range(60):
        kind, flags, stream = rng.randrange(12), rng.randrange(256), rng.choice([0, 1, 3, 2**31])
        payload = rng.randbytes(rng.randrange(40))
        sent.append(http2.opening() + http2.frame(kind, payload, flags=flags, stream=stream))
    sent.append(http2.opening("/" + "x" * 120))
    long = bytes([0, 1]) + b"x" + bytes([0x7F]) + bytes([0xFF] * 20)
    sent.append(http2.opening() + http2.frame(http2.HEADERS, long, flags=4, stream=1))
    for each in sent:
        http2.send(process.address, each)
