"""Long answers: first lines at once, the rest piece by piece; JSON stays one document."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from lineseal import Event, ServiceUnavailableError, Tracker
from lineseal.cli.output import console, table
from lineseal.tracker import Tracker as Local
from rich.console import Console

from .conftest import Cli, Small

COMMAND = [sys.executable, "-m", "lineseal.cli"]
MANY = 3_000


@pytest.fixture
def many(cli: Cli) -> tuple[str, str]:
    """A ledger of a dataset and 3,000 predictions of it."""
    with Tracker("many.ledger") as tracker:
        data = tracker.record_dataset(name="digits")
        ids = [f"p-{n}" for n in range(MANY)]
        tracker.record_predictions(
            parents=data, output=list(range(MANY)), prediction_ids=ids, time=7
        )
    return "many.ledger", data.hash


def read_so_far(monkeypatch: pytest.MonkeyPatch, method: str) -> list[int]:
    """How many events `method` had given when each of them was asked for."""
    given: list[int] = []
    original = getattr(Local, method)

    def counted(self: Local, *names: object, **options: object) -> Iterator[Event]:
        for event in original(self, *names, **options):
            given.append(event.index)
            yield event

    monkeypatch.setattr(Local, method, counted)
    return given


class Gone(io.StringIO):
    """A stdout whose reader leaves behind so many lines."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.lines = lines

    def write(self, text: str) -> int:
        done = super().write(text)
        if self.getvalue().count("\n") >= self.lines:
            raise BrokenPipeError
        return done


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("events", []), ("events", ["--json"]), ("impact", []), ("impact", ["--json"]),
        ("trace", ["--json"]),
    ],
)  # fmt: skip
def test_a_reader_that_leaves_early_has_few_events_read(
    many: tuple[str, str], monkeypatch: pytest.MonkeyPatch, verb: str, form: list[str]
) -> None:
    where, data = many
    from lineseal.cli.app import app

    with Tracker(where) as tracker:
        last = tracker.get(data).hash
        for step in range(600):
            last = tracker.record_custom(type="a/b", payload={"n": step}, parents=last).hash
    given = read_so_far(monkeypatch, {"trace": "ancestors"}.get(verb, verb))
    name = {"events": [], "impact": [data], "trace": [last]}[verb]
    monkeypatch.setattr(sys, "stdout", Gone(5))
    with pytest.raises((BrokenPipeError, SystemExit)):
        app([verb, *name, "-n", "0", "-l", where, *form], standalone_mode=False)
    assert 0 < len(given) < 500


@pytest.mark.parametrize("verb", ["events", "find", "impact", "trace"])
def test_json_is_one_document_however_many_events_it_has(
    cli: Cli, many: tuple[str, str], verb: str
) -> None:
    where, data = many
    arguments = {
        "events": ["events"], "find": ["find", "--dataset", "digits"],
        "impact": ["impact", data], "trace": ["trace", data],
    }[verb]  # fmt: skip
    count = {"events": MANY + 1, "impact": MANY}.get(verb, 1)
    done = cli(*arguments, "--limit", 0, "-l", where, "--json")
    assert len(done.json["events"]) == count
    assert len(done.out.splitlines()) == count
    nothing = cli("find", "--run-id", "none", "-l", where, "--json")
    assert nothing.json == {"events": []}


def test_what_fails_on_the_way_is_told_in_the_same_document(
    cli: Cli, many: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where, data = many
    original = Local.impact
    failure: list[type[BaseException]] = []

    def failing(self: Local, name: str) -> Iterator[Event]:
        for count, event in enumerate(original(self, name)):
            if count == 700:
                raise failure[0]("gone")
            yield event

    monkeypatch.setattr(Local, "impact", failing)
    expected = {
        ServiceUnavailableError: (4, "service_unavailable"),
        KeyboardInterrupt: (130, "cancelled"),
        RuntimeError: (70, "internal"),
    }
    for kind, (status, code) in expected.items():
        failure[:] = [kind]
        done = cli("impact", data, "-n", 0, "-l", where, "--json")
        assert done.status == status
        assert (len(done.json["events"]), done.json["count"]) == (700, 700)
        assert done.json["error"]["code"] == code
    counting = cli("impact", data, "-n", 3, "-l", where, "--json").json
    assert (len(counting["events"]), counting["error"]["code"]) == (3, "internal")
    failure[:] = [ServiceUnavailableError]
    text = cli("impact", data, "-n", 0, "-l", where)
    assert (text.status, len(text.out.splitlines())) == (4, 702)
    assert "gone" in text.err


def test_impact_lists_some_at_once_and_then_counts_all(
    cli: Cli, many: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where, data = many
    lines = cli("impact", data, "-n", 2, "-l", where).out.splitlines()
    assert [line.split()[0] for line in lines] == ["index", "1", "2", "3,000", "the"]
    assert lines[3] == "3,000 descendants: 3,000 prediction"
    reader = subprocess.Popen([*COMMAND, "impact", data, "-l", where], stdout=-1, text=True)
    assert reader.stdout is not None
    assert reader.stdout.readline().startswith("index")
    reader.stdout.close()
    assert reader.wait() == 141


def test_a_table_is_laid_out_by_its_first_rows(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(n, "x" * (50 if n == 250 else 5), "end") for n in range(300)]
    assert table(console(), ("index", "name", "what"), rows) == 300
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "index  name   what"
    assert lines[1] == "    0  xxxxx  end"
    assert lines[251] == f"  250  {'x' * 50}  end"
    assert lines[300] == "  299  xxxxx  end"
    assert table(console(), ("index",), []) == 0
    assert capsys.readouterr().out == ""


def test_a_terminal_has_one_header_and_no_line_that_is_too_long() -> None:
    out = Console(file=io.StringIO(), force_terminal=True, width=40, color_system=None)
    rows = [(n, "x" * (50 if n == 250 else 5), "y" * 30) for n in range(450)]
    assert table(out, ("index", "name", "what"), rows) == 450
    lines = out.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert sum("name" in line for line in lines) == 1
    assert max(map(len, lines)) <= 40
    assert "".join(lines[1:]).count("y") == 450 * 30
    assert "".join(lines[1:]).count("x") == 449 * 5 + 50


def test_a_tree_is_drawn_as_it_is_fetched(
    cli: Cli, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Tracker(small.path) as tracker:
        last = small.answer
        for step in range(300):
            last = tracker.record_custom(type="acme/step", payload={"n": step}, parents=last).hash
    cut = cli("trace", last, "-l", small.path)
    assert "--limit 0 draws all to 40 levels" in cut.out
    whole = cli("trace", last, "-l", small.path, "-n", 0).out.splitlines()
    assert len(whole) == 43
    assert whole[-1] == "nothing is drawn below 40 levels: --json --limit 0 lists all"
    assert whole[-2].endswith("(deeper)")
    assert len(cli("trace", last, "-l", small.path, "-n", 0, "--json").json["events"]) == 305
    assert "40 levels" in cli("trace", "--help").out
    near = cli("trace", small.answer, "-l", small.path)
    assert cli("trace", small.answer, "-l", small.path, "-n", 0).out == near.out
    fetched: list[str] = []
    original = Local.get_many

    def counted(self: Local, names: list[str]) -> list[Event]:
        fetched.extend(names)
        return original(self, names)

    monkeypatch.setattr(Local, "get_many", counted)
    cli("trace", last, "-l", small.path, "-n", 0)
    assert len(fetched) == 41


def test_an_events_document_goes_through_any_json_reader(many: tuple[str, str]) -> None:
    done = subprocess.run(
        [*COMMAND, "events", "-n", "0", "-l", many[0], "--json"], capture_output=True, check=True
    )
    document = json.loads(done.stdout)
    assert [event["index"] for event in document["events"]] == list(range(MANY + 1))
    assert document["next_after_index"] is None
