"""Every language records the same history, and each checks what the others recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import make_history
import pytest
from languages import HISTORY, LANGUAGES, VECTORS, Program
from lineseal import Client
from running import Process

Recorded = Callable[[str], dict[str, str]]
#: What no case has.
WRONG = {"hash": "ab" * 32, "cid": "bafyreie", "block": "a0", "output": {"map": {"not": "so"}}}
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


def vectors(program: Program, folder: Path) -> tuple[int, int, list[str]]:
    """How `vectors` ends, how many cases have passed, and the lines of those that failed."""
    if program.name == "python":
        pytest.skip("Python runs the vectors in tests/spec")
    done = program.run("vectors", folder)
    *lines, last = done.stdout.splitlines()
    passed, failed = (int(part.split()[0]) for part in last.split(", "))
    told = [line for line in lines if not line.startswith("not covered: ")]
    assert len(told) >= failed, done.stdout + done.stderr
    return done.returncode, passed, told[:failed]


def wrong(case: dict[str, Any]) -> dict[str, Any]:
    """What is not so of a case: its block is given where it is of the kind blocks."""
    is_given = "block" in case and "draft" not in case and "draft_hex" not in case
    return {key: value for key, value in WRONG.items() if key != "block" or not is_given}


def turned(case: dict[str, Any]) -> bool:
    """What is to be taken is to be refused, and but for drafts the other way round."""
    was, _ = case["accept"], case.pop("level", None)
    case |= {"accept": False, "level": "frame", "path": "nowhere"} if was else wrong(case)
    case["accept"] = not was
    return was or "input" in case or not case.keys() & {"draft", "draft_hex"}


def renamed(case: dict[str, Any]) -> bool:
    """What is to be taken is to have another hash, block or value; the rest is left out."""
    case |= wrong(case)
    return bool(case["accept"])


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
    status, passed, failed = vectors(program, VECTORS)
    assert (status, failed) == (0, [])
    assert passed > 100


@pytest.mark.parametrize("spoil", [turned, renamed], ids=lambda spoil: spoil.__name__)
def test_vectors_that_are_wrong_all_fail(
    program: Program, tmp_path: Path, spoil: Callable[[dict[str, Any]], bool]
) -> None:
    for file in VECTORS.glob("*.json"):
        whole = json.loads(file.read_text())
        whole["cases"] = [case for case in whole["cases"] if spoil(case)]
        (tmp_path / file.name).write_text(json.dumps(whole))
    status, passed, failed = vectors(program, tmp_path)
    assert (status, passed) == (1, 0)
    assert len(failed) > 100


def test_a_language_logs_predictions_of_a_model(
    program: Program, server: Process, recorded: Recorded
) -> None:
    ledger, model = f"by-{program.name}", recorded(program.name)["model"]
    answer = program.answer("log", server.address, ledger, model, 2500)
    assert answer["logged"] == 2500
    with Client(server.address, ledger=ledger) as client:
        rows = [
            event
            for event in client.events(types=["prediction"])
            if event.payload["prediction_id"].startswith(f"{program.name}-")
        ]
    assert [row.payload["output"] for row in rows] == list(range(2500))
    assert [row.payload["prediction_id"] for row in rows] == [
        f"{program.name}-{n}" for n in range(2500)
    ]
    assert {tuple(row.parents) for row in rows} == {(model,)}
    assert answer["hashes"] == [rows[0].hash, rows[-1].hash]
    if program.name != "python":  # whose program has no logger, which tests/logger tests
        assert len({row.payload["stream"] for row in rows}) == 1
        assert [row.payload["seq"] for row in rows] == list(range(2500))


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
