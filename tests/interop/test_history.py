"""Every language records the same history, and each checks what the others recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import make_history
import pytest
from languages import HISTORY, LANGUAGES, VECTORS, Program
from running import Process

Recorded = Callable[[str], dict[str, str]]
NAMES = [language.name for language in LANGUAGES]


def expected(history: dict[str, Any], language: str) -> dict[str, str]:
    """What `record` must print in this language."""
    of = {event["name"]: event["hash"] for event in history["events"]}
    hashes = {name: one if isinstance(one, str) else one[language] for name, one in of.items()}
    return hashes | {event["name"]: event["code"] for event in history["refused"]}


def ancestry(history: dict[str, Any], name: str) -> list[str]:
    """The event and its ancestors by name, the latest recorded first."""
    parents = {
        event["name"]: [parent["event"] for parent in event.get("parents", [])]
        for event in history["events"]
    }
    found, ahead = set(), [name]
    while ahead:
        found.add(next_ := ahead.pop())
        ahead += parents[next_]
    return [event for event in reversed(parents) if event in found]


def test_the_history_is_what_its_generator_makes() -> None:
    assert HISTORY.read_text() == make_history.text()


@pytest.mark.parametrize("language", NAMES)
def test_a_language_records_the_history_with_the_hashes_of_foreign_codecs(
    language: str, recorded: Recorded, history: dict[str, Any]
) -> None:
    assert recorded(language) == expected(history, language)


@pytest.mark.parametrize("writer", NAMES)
@pytest.mark.parametrize("reader", NAMES)
def test_each_language_checks_what_each_recorded(
    reader: str,
    writer: str,
    recorded: Recorded,
    program_of: Callable[[str], Program],
    server: Process,
    history: dict[str, Any],
) -> None:
    names = [event["name"] for event in history["events"]]
    hashes = {name: recorded(writer)[name] for name in names}
    answer = program_of(reader).answer("check", server.address, f"by-{writer}", given=hashes)
    for name in names:
        ancestors = [hashes[event] for event in ancestry(history, name)]
        assert answer[name] == {"ok": True, "checked": len(ancestors), "ancestors": ancestors}


def test_a_language_runs_the_vectors(program: Program) -> None:
    if program.name == "python":
        pytest.skip("Python runs the vectors in tests/spec")
    done = program.run("vectors", VECTORS)
    assert done.returncode == 0, done.stdout + done.stderr
    passed, failed = done.stdout.splitlines()[-1].split(", ")
    assert int(passed.removesuffix(" passed")) > 100
    assert failed == "0 failed"


def test_a_language_logs_predictions_of_a_model(
    program: Program, server: Process, recorded: Recorded
) -> None:
    ledger, model = f"by-{program.name}", recorded(program.name)["model"]
    answer = program.answer("log", server.address, ledger, model, 2500)
    first, last = answer["hashes"]
    assert answer["logged"] == 2500
    checked = program.answer("check", server.address, ledger, given={"a": first, "b": last})
    assert checked["a"]["ok"]
    assert checked["b"]["ancestors"][1] == model


def test_an_event_that_is_not_there_is_an_error_by_its_code(
    program: Program, server: Process, recorded: Recorded
) -> None:
    ledger = f"by-{program.name}"
    assert recorded(program.name)
    done = program.run("check", server.address, ledger, given={"none": "00" * 32})
    assert done.returncode == 1
    assert json.loads(done.stdout)["none"]["ok"] is False
    assert "EVENT_NOT_FOUND" in json.loads(done.stdout)["none"]["error"]


def test_a_server_that_is_not_there_is_an_error_by_its_code(program: Program) -> None:
    done = program.run("check", "127.0.0.1:1", "default", given={"none": "00" * 32})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: SERVICE_UNAVAILABLE: ")
