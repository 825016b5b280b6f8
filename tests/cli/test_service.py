"""A service from the shell: its ledgers, its numbers, and what is said where there are none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lineseal.client import address
from lineseal.server import Config, Server

from .conftest import Cli


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    with Server(Config(data=str(tmp_path / "data"), listen="127.0.0.1:0")) as server:
        yield f"grpc://{server.address}"


def test_its_ledgers_are_listed_as_one_types_them(cli: Cli, service: str) -> None:
    assert cli("init", f"{service}/runs").status == 0
    found = [f"{service}/default", f"{service}/runs"]
    assert cli("ledgers", service).out.splitlines() == found
    assert cli("ledgers", f"{service}/", "--json").json == {"ledgers": found}
    assert cli("ledgers", f"{service}/runs", "--json").json == {"ledgers": found[1:]}
    nowhere = cli("ledgers", f"{service}/nowhere")
    assert nowhere.status == 3
    assert f"lineseal ledgers {service}" in nowhere.err


def test_slashes_that_were_forgotten_are_asked_for(cli: Cli) -> None:
    for typed in ("grpc:localhost:50051/runs", "grpc:/localhost:50051/runs"):
        done = cli("stats", "-l", typed)
        assert done.status == 2
        assert "Write grpc://localhost:50051/runs" in done.err


def test_more_ledgers_than_a_page_has_are_listed(cli: Cli, service: str, tmp_path: Path) -> None:
    for number in range(1_050):
        (tmp_path / "data" / f"l{number:04}" / "segments").mkdir(parents=True)
    found = cli("ledgers", service, "--json").json["ledgers"]
    assert (len(found), found[-1]) == (1_051, f"{service}/l1049")


def test_a_ledger_that_is_not_there_is_answered_with_lines_to_type(cli: Cli, service: str) -> None:
    done = cli("stats", "-l", f"{service}/nowhere", "--json")
    remedy = done.json["error"]["remedy"]
    assert done.status == 3
    assert f"lineseal init {service}/nowhere" in remedy
    assert f"lineseal ledgers {service}" in remedy
    for placeholder in ("HOST", "CreateLedger", "create="):
        assert placeholder not in remedy


def test_a_name_that_is_none_is_not_told_as_a_directory(cli: Cli, service: str) -> None:
    for verb in (["init"], ["stats", "-l"]):
        done = cli(*verb, f"{service}/Not_A_Name")
        assert done.status == 2
        assert "'Not_A_Name' is no name of a ledger" in done.err
        assert "director" not in done.err


def test_its_numbers_name_the_address(cli: Cli, service: str) -> None:
    assert cli("stats", "-l", service, "--json").json["ledger"] == f"{service}/default"
    text = cli("stats", "-l", f"{service}/default").out
    assert "empty" not in text
    assert f"{service}/default" in text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("grpc://host:7/runs", ("host:7", "runs")),
        ("grpc://host:7", ("host:7", "default")),
        ("grpc://host/runs", ("host:50051", "runs")),
        ("grpc://host", ("host:50051", "default")),
        ("grpc://[::1]/runs", ("[::1]:50051", "runs")),
    ],
)
def test_port_and_name_may_be_left_out(typed: str, meant: tuple[str, str]) -> None:
    assert address.split(typed) == meant
