"""What can be read of a damaged ledger is shown, and then the error with what to do."""

import asyncio
from pathlib import Path

import pytest
from lineseal import AsyncClient, CorruptLedgerError, Tracker
from lineseal.client import address
from lineseal.server import Config, Server

from .conftest import Cli, Result


@pytest.fixture(params=["directory", "service"])
def place(request: pytest.FixtureRequest, tmp_path: Path):
    """A ledger of ten models of one dataset, the seventh of which is damaged."""
    path = tmp_path / "data" / "runs"
    with Tracker(path) as tracker:
        data = tracker.record_dataset(name="digits")
        for number in range(10):
            tracker.record_model(name="lr", version=f"v{number}", parents=data)
    (segment,) = (path / "segments").glob("*.car")
    raw = bytearray(segment.read_bytes())
    raw[raw.index(b"v6")] ^= 1
    segment.write_bytes(raw)
    if request.param == "directory":
        yield str(path), data.hash
        return
    with Server(Config(data=str(tmp_path / "data"), listen="127.0.0.1:0")) as server:
        yield f"grpc://{server.address}/runs", data.hash


def indices(done: Result) -> list[int]:
    return [event["index"] for event in done.json["events"]]


def test_events_end_before_the_damage_and_go_on_behind_it(cli: Cli, place: tuple[str, str]) -> None:
    where, _data = place
    done = cli("events", "-l", where, "--json")
    assert (done.status, indices(done)) == (5, list(range(7)))
    error = done.json["error"]
    assert (error["code"], error["position"]) == ("corrupt_ledger", 7)
    assert "lineseal verify" in error["remedy"]
    assert "lineseal events --after-index 7" in error["remedy"]
    behind = cli("events", "--after-index", 7, "-l", where, "--json")
    assert (behind.status, indices(behind)) == (0, [8, 9, 10])
    text = cli("events", "-l", where)
    assert (text.status, len(text.out.splitlines())) == (5, 8)
    assert "--after-index 7" in text.err


@pytest.mark.parametrize("place", ["service"], indirect=True)
def test_an_async_client_gives_them_too(place: tuple[str, str]) -> None:
    where, _data = place
    seen = []

    async def read() -> None:
        target, ledger = address.split(where)
        async with AsyncClient(target, ledger) as client:
            async for event in client.events():
                seen.append(event.index)

    with pytest.raises(CorruptLedgerError):
        asyncio.run(read())
    assert seen == list(range(7))


def test_impact_gives_what_stands_before_the_damage(cli: Cli, place: tuple[str, str]) -> None:
    where, data = place
    done = cli("impact", data, "--limit", 0, "-l", where, "--json")
    assert (done.status, indices(done)) == (5, list(range(1, 7)))
    assert done.json["error"]["code"] == "corrupt_ledger"
    assert "copy" in done.json["error"]["remedy"]


def test_find_gives_what_stands_before_the_damage(cli: Cli, place: tuple[str, str]) -> None:
    where, _data = place
    done = cli("find", "--model", "lr", "-l", where, "--json")
    assert (done.status, indices(done)) == (5, [10, 9, 8])
    assert done.json["error"]["position"] == 7


def test_where_nothing_can_be_read_there_is_the_error_alone(
    cli: Cli, place: tuple[str, str]
) -> None:
    where, _data = place
    done = cli("find", "--model", "lr@v6", "-l", where, "--json")
    assert (done.status, set(done.json)) == (5, {"error"})
    assert "only reads" not in done.json["error"]["remedy"]
