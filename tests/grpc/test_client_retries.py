"""The client tries again where that helps, with the same bytes, and says what is left open."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from lineseal import (
    AsyncClient,
    Client,
    DatasetRecord,
    InvalidArgumentError,
    InvalidRecordError,
    LedgerTimeoutError,
    LinesealError,
    ServiceUnavailableError,
    Tracker,
    errors,
)
from lineseal.server import Config, Server
from lineseal.server.errors import abort
from lineseal.v1 import provenance_pb2 as pb
from lying import Liar, lying
from running import serving

Pair = tuple[Client, Liar]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with (
        serving(tmp_path / "data") as stubs,
        lying(stubs.address) as (address, liar),
        Client(address, timeout=5) as client,
    ):
        yield client, liar


def failing(method: str, times: int, error: Any) -> Any:
    """Ends the first calls of a method with an error."""

    def meddle(called: str, number: int, context: grpc.ServicerContext) -> None:
        if called == method and number <= times:
            if isinstance(error, LinesealError):
                abort(context, error)
            context.abort(error, "meddled with")

    return meddle


@pytest.mark.parametrize(
    "error",
    [
        grpc.StatusCode.UNAVAILABLE,
        errors.ServiceOverloadedError("full"),
        errors.OutcomeUnknownError("the disk failed"),
        errors.StorageFullError("no room"),
    ],
)
def test_what_may_pass_is_tried_again(pair: Pair, error: Any) -> None:
    client, liar = pair
    liar.meddle = failing("Record", 1, error)
    receipt = client.record_dataset(name="digits")
    assert (receipt.index, receipt.created, liar.calls["Record"]) == (0, True, 2)
    liar.calls.clear()
    liar.meddle = failing("GetEvent", 1, error)
    assert client.get(receipt).hash == receipt.hash


def test_a_batch_whose_answer_was_lost_is_there_once(pair: Pair) -> None:
    client, liar = pair

    def lost(messages: list[Any]) -> list[Any]:
        liar.lies.clear()
        raise RuntimeError("the answer is lost")

    liar.lies["Record"] = lost
    # What an unknown fault of a server leaves open is not tried again by itself …
    blocks = [event.block for event in _told()]
    with pytest.raises(LinesealError):
        client.record_blocks(blocks)
    # … and the same bytes add nothing.
    assert [receipt.created for receipt in client.record_blocks(blocks)] == [False, False]
    assert len(client) == 2


def _told() -> list[Any]:
    tracker = Tracker()
    tracker.record_custom(type="a/b", payload={}, parents=tracker.record_dataset(name="d"))
    return list(tracker.events())


def test_what_will_not_pass_is_not_tried_again(pair: Pair) -> None:
    client, liar = pair
    with pytest.raises(InvalidRecordError):
        client.record(DatasetRecord(name=""))
    assert "Record" not in liar.calls, "it was refused before it was sent"
    with pytest.raises(errors.ParentNotFoundError):
        client.record(DatasetRecord(name="d", parents="0" * 64))
    assert liar.calls["Record"] == 1


def test_time_that_is_up_leaves_the_outcome_open_and_says_so(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data") as stubs,
        lying(stubs.address) as (address, liar),
        Client(address, timeout=1) as client,
    ):
        liar.meddle = lambda method, *_: time.sleep(1.5) if method == "Record" else None
        with pytest.raises(LedgerTimeoutError, match="record again if it is not there") as caught:
            client.record_dataset(name="digits")
        lost = caught.value.hash
        assert lost is not None
        assert f"the event {lost}" in str(caught.value), "one event is named"
        with pytest.raises(LedgerTimeoutError, match=r"the 2 events .* all or none") as caught:
            client.record_many([DatasetRecord(name="a"), DatasetRecord(name="b")])
        assert caught.value.hash is None
        liar.meddle = lambda *_: None
        assert client.get(lost).hash == lost, "what the error names can be asked for"


def test_what_fails_for_good_is_asked_for_once(pair: Pair) -> None:
    client, liar = pair
    with pytest.raises(errors.EventNotFoundError):
        client.get_many(["f" * 64])
    assert liar.calls["GetEvent"] == 1


@pytest.mark.parametrize(
    "error", [grpc.StatusCode.UNAVAILABLE, errors.ServiceOverloadedError("meddled with")]
)
def test_the_whole_time_is_used_and_the_error_says_what_was_tried(pair: Pair, error: Any) -> None:
    client, liar = pair
    client._channel.timeout = 1.5
    liar.meddle = failing("GetLedger", 1_000, error)
    start = time.monotonic()
    with pytest.raises(LinesealError, match=r"meddled with.*: \d+ attempts in 1\.[3-6] s"):
        len(client)
    assert 1.2 < time.monotonic() - start < 2
    tried = liar.calls["GetLedger"]
    liar.meddle = failing("ListEvents", 1, errors.EventNotFoundError("final"))
    with pytest.raises(errors.EventNotFoundError) as caught:
        list(client.events())
    assert (tried >= 3, caught.value.message) == (True, "final")


def test_an_outcome_stays_open_whatever_is_said_later(pair: Pair) -> None:
    client, liar = pair
    client._channel.timeout = 1

    def meddle(method: str, number: int, context: grpc.ServicerContext) -> None:
        if method == "Record" and number == 2:
            context.abort(grpc.StatusCode.UNAVAILABLE, "broke")
        if method == "Record":
            abort(context, errors.ServiceOverloadedError("full"))

    liar.meddle = meddle
    with pytest.raises(ServiceUnavailableError, match=r"broke: \d attempts.* full") as caught:
        client.record_dataset(name="digits")
    assert "It may have recorded the event" in str(caught.value)


def test_a_server_that_comes_late_is_waited_for(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as stubs:
        address = stubs.address
        with Client(address, timeout=20) as client:
            first = client.record_dataset(name="before")
            stubs.server.stop(0)
            found: list[Any] = []
            waiting = threading.Thread(
                target=lambda: found.append(client.record_dataset(name="after", parents=first))
            )
            waiting.start()
            time.sleep(0.5)
            with Server(Config(data=str(tmp_path / "data"), listen=address)):
                waiting.join(20)
                assert [receipt.index for receipt in found] == [1]


def test_streams_go_on_where_they_broke(pair: Pair) -> None:
    client, liar = pair
    last = client.record_dataset(name="0")
    for n in range(1, 20):
        last = client.record_dataset(name=str(n), parents=last)
    whole = [event.hash for event in client.trace(last)]

    original = liar._answers

    def answers(path: str, method: str, request: bytes, context: Any) -> Iterator[bytes]:
        if method not in ("Trace", "Impact"):
            yield from original(path, method, request, context)
            return
        sent = original(path, method, request, context)
        kind = getattr(pb, method + "Response")
        events = [event for raw in sent for event in kind.FromString(raw).events]
        yield kind(events=events[:1]).SerializeToString()
        if len(events) > 15:
            context.abort(grpc.StatusCode.UNAVAILABLE, "broken off")
        yield kind(events=events[1:]).SerializeToString()

    liar._answers = answers  # type: ignore[method-assign, assignment]
    assert [event.hash for event in client.trace(last)] == whole
    assert liar.calls["Trace"] > 5
    assert [event.hash for event in client.impact(whole[-1])] == whole[-2::-1]
    assert client.verify(last)


@pytest.mark.parametrize(
    "detail",
    [
        error_details_pb2.ErrorInfo(
            domain="lineseal", reason="PARENT_NOT_FOUND", metadata={"position": "9" * 5_000}
        ),
        error_details_pb2.RetryInfo(retry_delay={"seconds": 10**18}),
        b"\xff",
    ],
)
def test_details_that_no_server_of_ours_sends_are_no_crash(pair: Pair, detail: Any) -> None:
    client, liar = pair
    status = status_pb2.Status(code=grpc.StatusCode.INTERNAL.value[0], message="odd")
    packed = status.details.add()
    if isinstance(detail, bytes):
        packed.Pack(error_details_pb2.ErrorInfo())
        packed.value = detail
    else:
        packed.Pack(detail)

    def meddle(method: str, _number: int, context: grpc.ServicerContext) -> None:
        if method == "GetEvent":
            context.abort_with_status(rpc_status.to_status(status))

    liar.meddle = meddle
    with pytest.raises(LinesealError, match="odd"):
        client.get("0" * 64)


@pytest.mark.parametrize("method", ["GetLedger", "ListEvents", "Trace", "Record", "GetEvent"])
def test_a_cancelled_task_cancels_its_call(pair: Pair, method: str) -> None:
    client, liar = pair
    data = client.record_dataset(name="digits")
    came, gone = threading.Event(), threading.Event()

    def meddle(called: str, _number: int, context: grpc.ServicerContext) -> None:
        if called == method:
            context.add_callback(gone.set)
            came.set()
            gone.wait(10)

    async def listed(tracker: AsyncClient) -> list[Any]:
        return [event async for event in tracker.events()]

    verbs: dict[str, Any] = {
        "GetLedger": lambda tracker: tracker.count(),
        "ListEvents": listed,
        "Trace": lambda tracker: tracker.trace(data),
        "Record": lambda tracker: tracker.record_dataset(name="other"),
        "GetEvent": lambda tracker: tracker.get(data),
    }

    async def story() -> None:
        async with AsyncClient(client._channel.address) as tracker:
            await tracker.count()
            liar.meddle = meddle
            task = asyncio.ensure_future(verbs[method](tracker))
            await asyncio.to_thread(came.wait, 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(gone.wait, 5), "the server was told"
            liar.meddle = lambda *_: None
            assert await tracker.get(data), "the client goes on"

    asyncio.run(story())
    assert liar.calls[method] <= 3, "nobody tries again"


def test_a_rate_limit_of_somebody_in_between_is_waited_for(pair: Pair) -> None:
    client, liar = pair
    liar.meddle = failing("Record", 2, grpc.StatusCode.RESOURCE_EXHAUSTED)
    assert client.record_dataset(name="digits").created
    assert liar.calls["Record"] == 3


@pytest.mark.parametrize(
    "text",
    [
        "grpc: received message larger than max (5 vs. 4)",
        "SERVER: Received message larger than max (5 vs. 4)",
        "gRPC message exceeds maximum size 4: 5",
        "Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes",
    ],
)
@pytest.mark.parametrize(
    "code", [grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.OUT_OF_RANGE], ids=lambda c: c.name
)
def test_a_message_that_is_too_long_is_not_sent_again(pair: Pair, code: Any, text: str) -> None:
    client, liar = pair

    def meddle(method: str, _number: int, context: grpc.ServicerContext) -> None:
        if method == "Record":
            context.abort(code, text)

    liar.meddle = meddle
    with pytest.raises(InvalidArgumentError, match="refused the message"):
        client.record_dataset(name="digits")
    assert liar.calls["Record"] == 1
