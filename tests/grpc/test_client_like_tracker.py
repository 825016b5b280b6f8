"""The client cannot be told from the Tracker: signatures, errors and what they name."""

from __future__ import annotations

import asyncio
import inspect
import os
import time
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import lineseal
import pytest
from lineseal import (
    AsyncClient,
    Client,
    CustomRecord,
    DatasetRecord,
    InvalidArgumentError,
    LedgerClosedError,
    LedgerNotFoundError,
    LinesealError,
    PredictionRecord,
    ReadOnlyError,
    Tracker,
    TrainingRecord,
    open_ledger,
)
from lineseal._ledger_api import LedgerAPI
from lineseal.client.answers import report_of
from lineseal.v1 import provenance_pb2 as pb
from running import serving

NOWHERE = "0" * 64
GIVEN = DatasetRecord(name="given")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path / "data") as stubs:
        yield stubs.address


#: Calls that a ledger with one dataset refuses.
BAD: dict[str, Any] = {
    "empty batch": lambda t: t.record_many([]),
    "no batch": lambda t: t.record_many(5),
    "too many": lambda t: t.record_many([GIVEN] * 10_001),
    "empty name": lambda t: t.record_dataset(name=""),
    "wrong type": lambda t: t.record_dataset(name="d", num_rows="many"),
    "too deep": lambda t: t.record_custom(type="a/b", payload={"x": _deep(30)}),
    "too large": lambda t: t.record_custom(type="a/b", payload={"x": "x" * (1 << 20)}),
    "not a value": lambda t: t.record_custom(type="a/b", payload={"x": [{1, 2}]}),
    "reserved key": lambda t: t.record_custom(type="a/b", payload={"x": {"lineseal:x": 1}}),
    "no parent": lambda t: t.record_prediction(output=1),
    "parent nowhere": lambda t: t.record_many([GIVEN, _child(NOWHERE)]),
    "parent of a short hash": lambda t: t.record(_child("00000000")),
    "parent behind": lambda t: t.record_many([_child(GIVEN), GIVEN]),
    "equal events": lambda t: t.record_many([GIVEN, GIVEN]),
    "bad blocks": lambda t: t.record_blocks([b"\xa0", b"\xff"]),
    "no blocks": lambda t: t.record_blocks([]),
    "blocks of text": lambda t: t.record_blocks(["x"]),
    "bad json": lambda t: t.record_json([b"{"]),
    "json twice": lambda t: t.record_json(['{"type": "dataset", "type": "x", "record": {}}']),
    "get nothing": lambda t: t.get(NOWHERE),
    "get a short hash": lambda t: t.get("00000000"),
    "get a shorter hash": lambda t: t.get("0000"),
    "get a number": lambda t: t.get(5),
    "get emptiness": lambda t: t.get(""),
    "trace nothing": lambda t: t.trace(NOWHERE),
    "trace none": lambda t: t.trace([]),
    "impact of nothing": lambda t: list(t.impact(NOWHERE)),
    "verify nothing": lambda t: t.verify(NOWHERE),
    "expect half a hash": lambda t: t.verify_all(expect=["00000000"]),
    "find with two keys": lambda t: t.find(run_id="r", model="m"),
    "find without": lambda t: t.find(),
    "unknown type": lambda t: list(t.events(types="datasets")),
    "negative limit": lambda t: list(t.events(limit=-1)),
}


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def _child(parent: Any) -> TrainingRecord:
    return TrainingRecord(run_id="r", model_name="m", parents=parent, time=5)


def said(tracker: LedgerAPI, call: Any) -> tuple[Any, ...]:
    with pytest.raises(LinesealError) as caught:
        call(tracker)
    error = caught.value
    return type(error), error.field, error.path, error.hash, error.position


@pytest.mark.parametrize("case", BAD)
def test_errors_are_those_of_the_tracker(case: str, address: str) -> None:
    with Client(address) as client, Tracker() as tracker:
        for ledger in (client, tracker):
            ledger.record_dataset(name="there")
        assert said(client, BAD[case]) == said(tracker, BAD[case])
        assert len(client) == 1, "nothing was recorded"


def test_what_the_server_is_to_expect_is_named_in_full(address: str) -> None:
    with Client(address) as client:
        data = client.record_dataset(name="there")
        with pytest.raises(InvalidArgumentError, match="is no full hash"):
            client.server_verify_all(expect=[data, "00000000"])
        assert client.server_verify_all(expect=[data.hash, data.cid])


def test_messages_and_remedies_come_whole(address: str) -> None:
    with Client(address) as client:
        with pytest.raises(LinesealError) as caught:
            client.record(_child(NOWHERE))
        assert NOWHERE in caught.value.message
        assert caught.value.remedy == (
            "Record the parent first, or put it before its child in the same batch"
        )


def test_every_verb_of_the_tracker_is_there_with_its_signature() -> None:
    public = [name for name in dir(Tracker) if not name.startswith("_")]
    assert set(public) <= set(dir(Client))
    for name in public:
        if callable(getattr(Tracker, name)):
            asked = inspect.signature(getattr(Tracker, name))
            assert inspect.signature(getattr(Client, name)) == asked, name


def test_every_verb_of_the_client_can_be_awaited() -> None:
    public = {name for name in dir(Client) if not name.startswith("_")}
    there = {name for name in dir(AsyncClient) if not name.startswith("_")}
    assert there - public == {"count"}
    assert public - there == set()
    for name in public - {"close"}:
        asked, found = getattr(Client, name), getattr(AsyncClient, name)
        assert inspect.signature(found) == inspect.signature(asked), name
        lazy = name in ("ancestors", "events", "impact")
        assert inspect.isasyncgenfunction(found) == lazy, name
        assert inspect.iscoroutinefunction(found) != lazy, name


def test_the_same_verbs_awaited(address: str) -> None:
    async def story() -> None:
        async with AsyncClient(address, "async") as tracker:
            data = await tracker.record_dataset(name="digits")
            runs = await asyncio.gather(
                *(
                    tracker.record_training(run_id=f"r{n}", model_name="m", parents=data)
                    for n in range(40)
                )
            )
            assert await tracker.count() == 41
            assert [event.type async for event in tracker.events(limit=2)] == [
                "dataset",
                "training",
            ]
            below = {event.hash async for event in tracker.impact(data)}
            assert below == {run.hash for run in runs}
            assert await tracker.verify(runs[0])
            assert (await tracker.verify_all(expect=[runs[5]])).checked == 41
            assert len(await tracker.trace(runs[3])) == 2
            with pytest.raises(lineseal.EventNotFoundError):
                await tracker.get(NOWHERE)
        with pytest.raises(LedgerClosedError):
            await tracker.count()

    asyncio.run(story())


def test_an_async_client_that_was_closed_says_so(address: str) -> None:
    async def story() -> None:
        unused = AsyncClient(address)
        await unused.close()
        with pytest.raises(LedgerClosedError, match=address):
            await unused.count()
        tracker = AsyncClient(address)
        for n in range(2):
            await tracker.record_dataset(name=f"d{n}")
        events = tracker.events()
        await anext(events)
        many = [asyncio.create_task(tracker.count()) for _ in range(100)]
        await asyncio.sleep(0)
        await tracker.close()
        await tracker.close()
        for ended in await asyncio.gather(*many, return_exceptions=True):
            assert isinstance(ended, (int, lineseal.LinesealError)), repr(ended)
        assert isinstance(ended, LedgerClosedError)
        with pytest.raises(LedgerClosedError):
            await tracker.record_dataset(name="d")

    asyncio.run(story())


def test_an_async_client_says_what_it_is(address: str) -> None:
    async def story() -> None:
        for options in ({}, {"read_only": True}):
            with Client(address, **options) as client:
                tracker = AsyncClient(address, **options)
                assert repr(tracker) == f"Async{client!r}"
                assert (tracker.ledger, tracker.read_only) == (client.ledger, client.read_only)
                await tracker.close()

    asyncio.run(story())


def test_nothing_is_lost_between_two_fetches_of_an_iterator(address: str) -> None:
    async def story() -> None:
        async with AsyncClient(address, "many") as tracker:
            root = await tracker.record_dataset(name="root")
            await tracker.record_many(
                [DatasetRecord(name=str(n), parents=root) for n in range(1_000)]
            )
            assert [event.index async for event in tracker.events()] == list(range(1_001))
            assert [event.index async for event in tracker.impact(root)] == list(range(1, 1_001))

    asyncio.run(story())


def test_a_trace_of_many_names_takes_no_time_for_each_pair(address: str) -> None:
    with Client(address) as client:
        made = client.record_many([DatasetRecord(name=str(n)) for n in range(5_000)])
        start = time.monotonic()
        assert len(client.trace(made)) == 5_000
        assert time.monotonic() - start < 3, "as squares of 5,000 it would be over 5 s"


def test_a_tracker_does_not_take_a_service_for_a_directory(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="open_ledger, or Client"):
        Tracker("grpc://localhost:50051/runs")


def test_a_cancelled_task_stops_waiting(address: str) -> None:
    async def story() -> None:
        async with AsyncClient(address, "cancelled") as tracker:
            task = asyncio.ensure_future(tracker.record_dataset(name="digits"))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(story())


def test_ledgers_are_made_only_when_asked(address: str) -> None:
    with pytest.raises(LedgerNotFoundError, match="'nowhere'"):
        Client(address, "nowhere", create=False)
    with pytest.raises(LedgerNotFoundError):
        open_ledger(f"grpc://{address}/nowhere", read_only=True)
    with open_ledger(f"grpc://{address}/nowhere") as made:
        made.record_dataset(name="d")
    with open_ledger(f"grpc://{address}/nowhere", read_only=True) as read:
        assert len(read) == 1
        with pytest.raises(ReadOnlyError):
            read.record_dataset(name="e")


@pytest.mark.parametrize("name", ["../x", "x" * 300, "UPPER", "", "-x", "a/b", "ä", "a\n"])
def test_names_that_are_none(address: str, name: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        Client(address, name)
    assert caught.value.path == "ledger"


@pytest.mark.parametrize(
    "target",
    ["", "localhost", "localhost:", ":1", "localhost:99999", "host:1/x", "::1:50051", "h:0", "h:x"],
)
def test_addresses_that_are_none(target: str) -> None:
    with pytest.raises(InvalidArgumentError, match="no address"):
        Client(target)


def test_the_address_of_a_ledger_is_no_target() -> None:
    with pytest.raises(InvalidArgumentError, match="open_ledger"):
        Client("grpc://localhost:50051/runs")


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e9, True, "1"])
def test_timeouts_that_are_none(timeout: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="timeout"):
        Client("localhost:50051", timeout=timeout)


def test_the_longest_timeout_is_one(address: str) -> None:
    with Client(address, timeout=31_536_000) as client:
        assert client.get(client.record_dataset(name="digits"))


def test_a_closed_client_says_so(address: str) -> None:
    client = Client(address)
    client.close()
    client.close()
    for call in (lambda: len(client), lambda: client.record_dataset(name="d")):
        with pytest.raises(LedgerClosedError):
            call()


def test_a_forked_child_is_told(address: str) -> None:
    with Client(address) as client:
        child = os.fork()
        if child == 0:
            try:
                len(client)
            except lineseal.ForkedError:
                os._exit(7)
            finally:
                os._exit(8)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        assert len(client) == 0


def test_a_batch_too_large_for_one_request_says_so_before_it_is_sent(address: str) -> None:
    with Client(address) as client:
        batch = [CustomRecord(type="a/b", payload={"n": n, "x": "x" * 900_000}) for n in range(20)]
        with pytest.raises(InvalidArgumentError, match="more than 16777216"):
            client.record_many(batch)
        assert len(client) == 0


def test_answers_of_many_large_events_come_in_several_messages(address: str) -> None:
    with Client(address) as client:
        made = [
            client.record(CustomRecord(type="a/b", payload={"x": "x" * 1_000_000}, time=n))
            for n in range(7)
        ]
        assert [event.hash for event in client.events()] == [one.hash for one in made]
        assert [event.hash for event in client.get_many(made)] == [one.hash for one in made]
        assert client.verify_all()


def test_predictions_of_equal_content_are_many_events(address: str) -> None:
    with Client(address) as client:
        model = client.record_model(name="m")
        batch = [PredictionRecord(output=1, parents=model) for _ in range(1_000)]
        assert len({one.hash for one in client.record_many(batch)}) == 1_000
        assert len(client) == 1_001


def test_counts_of_a_report_stand_in_the_order_of_the_checks() -> None:
    for found in permutations(["rests_on", "of a later version", "hash", "schema"]):
        report = report_of(pb.Report(counts=dict.fromkeys(found, 1)))
        assert list(report.counts) == ["hash", "schema", "rests_on", "of a later version"]
