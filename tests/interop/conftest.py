"""One live server for all languages, and the program of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from languages import HISTORY, LANGUAGES, Program, built
from running import Process


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with Process(tmp_path_factory.mktemp("interop") / "data") as process:
        yield process


@pytest.fixture(scope="session")
def history() -> dict[str, Any]:
    return json.loads(HISTORY.read_text())


@pytest.fixture(scope="session")
def program_of() -> Callable[[str], Program]:
    """The program of a language by its name, built once; the test is NOT RUN without it."""
    by_name = {language.name: language for language in LANGUAGES}

    @cache
    def found(name: str) -> Program:
        return built(by_name[name])

    return found


@pytest.fixture(params=[language.name for language in LANGUAGES])
def program(request: pytest.FixtureRequest, program_of: Callable[[str], Program]) -> Program:
    """Each language's program."""
    return program_of(request.param)


@pytest.fixture(scope="session")
def recorded(server: Process, program_of: Callable[[str], Program]) -> Callable[[str], Any]:
    """What a language's `record` printed, recorded once into the ledger `by-<language>`."""

    @cache
    def names(language: str) -> dict[str, str]:
        return program_of(language).answer("record", server.address, f"by-{language}")

    return names
