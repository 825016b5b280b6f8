"""Ledgers that are not there, services that are down or strangers: told when and as it helps."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lineseal import (
    Client,
    LedgerNotFoundError,
    PredictionLogger,
    ReadOnlyError,
    ServiceUnavailableError,
    Tracker,
    open_ledger,
)
from spooling import Place, Service, killed, refused_files

Make = Callable[..., PredictionLogger]
NOBODY = "grpc://127.0.0.1:9/default"
#: What only those can do who call a Client.
OTHERS = ("create=True", "connect_timeout", "longer timeout", "record again", "same batch")


def of_the_logger(text: str) -> bool:
    return not [word for word in OTHERS if word in text]


@pytest.mark.parametrize("parents", [(), "ab" * 32, "model:digits-lr"])
def test_a_ledger_that_is_not_there_is_told_when_the_logger_is_made(
    service: Service, logging_to: Make, tmp_path: Path, parents: Any
) -> None:
    for target in (f"grpc://{service.listen}/other", str(tmp_path / "other")):
        with pytest.raises(LedgerNotFoundError, match=f"lineseal init {target}`") as caught:
            logging_to(target, parents)
        assert of_the_logger(str(caught.value))


@pytest.fixture
def stranger() -> Iterator[str]:
    """The address of a web server."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"grpc://127.0.0.1:{server.server_port}/default"
        server.shutdown()
        thread.join()


def test_something_else_at_the_address_is_told_when_the_logger_is_made(
    stranger: str, logging_to: Make
) -> None:
    with pytest.raises(ServiceUnavailableError, match="no lineseal service"):
        logging_to(stranger, ())


@pytest.mark.parametrize("parents", [(), "ab" * 32])
def test_a_service_that_is_down_holds_up_no_logger(
    service: Service, logging_to: Make, caplog: pytest.LogCaptureFixture, parents: Any
) -> None:
    with Client(service.listen, timeout=60) as client:
        service.kill()
        for target in (NOBODY, client):
            caplog.clear()
            start = time.monotonic()
            logger = logging_to(target, parents)
            assert time.monotonic() - start < 4
            assert "taken as given, since nobody answers" in caplog.text
            assert logger.log(output=1)


def test_a_name_without_a_service_to_look_it_up_says_what_to_do(logging_to: Make) -> None:
    with pytest.raises(ServiceUnavailableError) as caught:
        logging_to(NOBODY, ["model:digits-lr", "ab" * 32], timeout=0.5)
    assert "begins with full hashes, not with model:digits-lr" in str(caught.value)
    assert of_the_logger(str(caught.value))


def test_what_keeps_rows_is_told_with_what_the_loggers_user_can_do(
    service: Service, logging_to: Make
) -> None:
    logger = logging_to(service.address, (), timeout=0.5, batch_age=0.01)
    logger.log(output=1)
    assert logger.flush(10)
    service.kill()
    logger.log(output=1)
    assert logger.flush(1.5) is False
    assert "Rows are kept, and sent again" in logger.stats()["error"]
    assert of_the_logger(logger.stats()["error"])


def test_what_is_left_for_a_ledger_that_is_gone_says_how_to_drain_it(
    service: Service, spool: Path
) -> None:
    killed(service.place._replace(address=NOBODY), spool, 1)
    drain = [sys.executable, "-m", "lineseal.cli", "spool", "drain", "--spool", spool, "--to"]
    done = subprocess.run([*drain, f"grpc://{service.listen}/x"], capture_output=True, text=True)
    assert f"lineseal init grpc://{service.listen}/x" in done.stderr
    assert of_the_logger(done.stderr)


def test_a_service_that_comes_back_without_its_ledger_keeps_rows_until_it_is_made(
    service: Service, logging_to: Make, spool: Path
) -> None:
    shop = Place(f"grpc://{service.listen}/shop", service.model)
    with open_ledger(shop.address) as ledger:
        ledger.record_model(name="digits-lr", version="1.0")
    logger = logging_to(*shop, batch_age=0.01, timeout=1)
    logger.log(output="lost with the ledger")
    assert logger.flush(10)
    service.kill()
    service.data.rename(service.data.with_name("gone"))
    service.start()
    kept = logger.log(output="kept", parents=())
    orphan = logger.log(output="of a model that is gone")
    assert logger.flush(2) is False
    told = logger.stats()
    assert f"`lineseal init {shop.address}`" in told["error"]
    assert of_the_logger(told["error"])
    assert (told["depth"], told["refused"]) == (2, 0)
    subprocess.run([sys.executable, "-m", "lineseal.cli", "init", shop.address], check=True)
    assert logger.flush(20)
    assert [event.hash for event in shop.predictions()] == [kept]
    [refused] = refused_files(spool)
    assert refused["hash"] == orphan
    assert "lineseal spool retry" in refused["message"]
    with open_ledger(shop.address) as ledger:
        ledger.record_model(name="digits-lr", version="1.0")
    retry = [sys.executable, "-m", "lineseal.cli", "spool", "retry", "--spool", spool]
    subprocess.run(retry, check=True)
    assert [event.hash for event in shop.predictions()] == [kept, orphan]


def test_a_ledger_opened_for_reading_alone_is_no_target(
    place: Place, service: Service, logging_to: Make
) -> None:
    tracker = Tracker(place.address, read_only=True)
    client = Client(service.listen, read_only=True)
    for ledger in (tracker, client):
        with ledger, pytest.raises(ReadOnlyError, match="read_only=True"):
            logging_to(ledger, ())


def test_an_open_ledger_is_asked_as_it_is(logging_to: Make) -> None:
    with Tracker() as memory:
        with pytest.raises(LookupError, match="There is no model at all"):
            logging_to(memory, "model:digits-lr")
        model = memory.record_model(name="digits-lr")
        assert logging_to(memory, "model:digits-lr").parents == ((model.hash, ""),)
