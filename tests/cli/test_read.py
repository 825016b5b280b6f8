"""init, show, events, find, trace, impact and stats: what they say, and its JSON shape."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lineseal import Tracker
from lineseal.cli.text import safe

from .conftest import TIME, Cli, Small

EVENT = {"hash", "cid", "index", "type", "time", "actor", "parents", "payload", "recorded_at"}


def test_init_makes_a_ledger_once(cli: Cli, tmp_path) -> None:
    assert cli("init", "new", "--json").json == {"ledger": "new", "created": True, "events": 0}
    assert cli("init", "new", "--json").json == {"ledger": "new", "created": False, "events": 0}
    assert (tmp_path / "new" / "ledger.json").exists()


def test_the_ledger_is_named_unless_it_was_typed(cli: Cli, monkeypatch) -> None:
    default = cli("init")
    assert "lineseal-ledger" in default.err
    monkeypatch.setenv("LINESEAL_LEDGER", "other")
    named = cli("init")
    assert "other" in named.err
    assert "LINESEAL_LEDGER" in named.err
    assert cli("stats", "--ledger", "other").err == ""


def test_show_has_the_event_in_full(cli: Cli, small: Small) -> None:
    event = cli("show", small.run[:8], "-l", small.path, "--json").json
    assert set(event) == EVENT
    assert (event["hash"], event["type"], event["time"]) == (small.run, "training", TIME)
    assert {parent["role"]: parent["hash"] for parent in event["parents"]} == {
        "train": small.data,
        "hyperparameters": small.settings,
    }
    assert event["payload"] == {"run_id": "r1", "model_name": "lr"}
    text = cli("show", small.run, "-l", small.path).out
    assert small.run in text
    assert small.data in text
    assert "r1" in text


def test_show_prints_times_as_times_and_small_arrays_in_full(cli: Cli, small: Small) -> None:
    numpy = pytest.importorskip("numpy")
    values = {
        "small": numpy.array([[1, 2], [3, 4]], dtype="int16"),
        "flags": numpy.array([True, False]),
        "waves": numpy.array([1 + 2j], dtype="complex64"),
        "large": numpy.zeros(17),
    }
    with Tracker(small.path) as tracker:
        run = tracker.record_training(
            run_id="r2", model_name="m", started_at=TIME, hyperparameters=values
        )
    text = cli("show", run.hash, "-l", small.path).out
    assert re.search(r"started_at +2026-01-01T00:00:00\+00:00\n", text)
    assert "small=int16[2, 2] [1, 2, 3, 4]" in text
    assert "flags=bool[2] [True, False]" in text
    assert "waves=complex64[1] [(1+2j)]" in text
    assert re.search(r"large=float64\[17\](,|\n)", text)
    payload = cli("show", run.hash, "-l", small.path, "--json").json["payload"]
    assert payload["started_at"] == TIME


def test_show_by_cid(cli: Cli, small: Small) -> None:
    cid = cli("show", small.run, "-l", small.path, "--json").json["cid"]
    assert cli("show", cid, "-l", small.path, "--json").json["hash"] == small.run


def test_the_block_hashes_to_the_name(small: Small) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lineseal.cli", "show", small.run, "-l", small.path, "--block"],
        capture_output=True,
        check=True,
    )
    assert hashlib.sha256(done.stdout).hexdigest() == small.run


def test_json_tells_bytes_and_nan_and_tensors_apart(cli: Cli, small: Small) -> None:
    numpy = pytest.importorskip("numpy")
    values = {"b": b"\x00\x01", "n": float("nan"), "i": float("-inf"), "t": numpy.arange(2)}
    with Tracker(small.path) as tracker:
        hash = tracker.record_hyperparameters(values=values).hash
    document = cli("show", hash, "-l", small.path, "--json")
    assert document.json["payload"]["values"] == {
        "b": {"/": {"bytes": "AAE"}},
        "n": {"lineseal:float": "NaN"},
        "i": {"lineseal:float": "-Infinity"},
        "t": {
            "lineseal:tensor": {
                "dtype": "int64",
                "shape": [2],
                "data": {"/": {"bytes": "AAAAAAAAAAABAAAAAAAAAA"}},
            }
        },
    }
    draft = {"type": "hyperparameters", "record": document.json["payload"]}
    again = cli("record", "-l", small.path, "--json", stdin=__import__("json").dumps(draft))
    assert again.json["hash"] == hash


def test_events_go_on_where_a_page_ended(cli: Cli, small: Small) -> None:
    first = cli("events", "--limit", 2, "-l", small.path, "--json").json
    assert [e["hash"] for e in first["events"]] == [small.data, small.settings]
    assert first["next_after_index"] == 1
    rest = cli("events", "--after-index", 1, "-l", small.path, "--json").json
    assert [e["hash"] for e in rest["events"]] == [small.run, small.model, small.answer]
    assert rest["next_after_index"] is None


def test_events_are_chosen_by_type_and_time(cli: Cli, small: Small) -> None:
    def hashes(*arguments: str) -> list[str]:
        found = cli("events", *arguments, "-l", small.path, "--json").json["events"]
        return [event["hash"] for event in found]

    assert hashes("--type", "model", "-t", "dataset") == [small.data, small.model]
    assert hashes("-t", "training", "--since", "2026-01-01") == [small.run]
    assert hashes("-t", "training", "--until", "2026-01-01T00:00:00Z") == []
    assert hashes("-t", "training", "--since", "2026-01-01T00:00:00.000001+00:00") == []


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["--prediction-id", "p-1"], "answer"),
        (["--run-id", "r1"], "run"),
        (["--model", "lr"], "model"),
        (["--model", "lr@1"], "model"),
        (["--dataset", "digits@1"], "data"),
    ],
)
def test_find_by_name(cli: Cli, small: Small, arguments: list[str], name: str) -> None:
    found = cli("find", *arguments, "-l", small.path, "--json").json["events"]
    assert [event["hash"] for event in found] == [getattr(small, name)]


def test_find_nothing_is_an_empty_answer(cli: Cli, small: Small) -> None:
    done = cli("find", "--run-id", "r2", "-l", small.path)
    assert (done.status, done.out) == (0, "no events\n")


@pytest.mark.parametrize("arguments", [[], ["--run-id", "a", "--model", "b"]])
def test_find_takes_one_name(cli: Cli, small: Small, arguments: list[str]) -> None:
    done = cli("find", *arguments, "-l", small.path, "--json")
    assert (done.status, done.json["error"]["code"]) == (2, "invalid_argument")


def test_trace_is_a_tree_from_the_leaf_to_the_data(cli: Cli, small: Small) -> None:
    lines = cli("trace", small.answer[:9], "-l", small.path).out.splitlines()
    assert [re.search(r"[a-z]+(?= [\w-]+)", line.split(": ")[-1])[0] for line in lines] == [
        "prediction", "model", "training", "hyperparameters", "dataset",
    ]  # fmt: skip
    assert "train: dataset digits" in lines[-1]
    document = cli("trace", small.answer, "-l", small.path, "--json").json
    assert [e["index"] for e in document["events"]] == [4, 3, 2, 1, 0]
    assert set(document["roots"]) == {small.data, small.settings}
    assert document["truncated"] is False


def test_trace_says_that_it_was_cut(cli: Cli, small: Small) -> None:
    document = cli("trace", small.answer, "-l", small.path, "--json", "--limit", 2).json
    assert [e["index"] for e in document["events"]] == [4, 3]
    assert document["truncated"] is True
    assert "--limit 0" in cli("trace", small.answer, "-l", small.path, "--limit", 2).out


def test_a_shared_ancestor_is_drawn_once(cli: Cli, small: Small) -> None:
    with Tracker(small.path) as tracker:
        last = tracker.record_evaluation(
            metrics={"a": 1.0}, parents={"model": small.model, "test": small.data}
        )
    text = cli("trace", last.hash, "-l", small.path).out
    assert text.count(small.data[:12]) == 2
    assert text.count("(above)") == 1


def test_a_deep_chain_is_drawn_to_a_bound(cli: Cli, small: Small) -> None:
    with Tracker(small.path) as tracker:
        last = small.answer
        for step in range(60):
            last = tracker.record_custom(type="acme/step", payload={"n": step}, parents=last).hash
    done = cli("trace", last, "-l", small.path)
    assert done.status == 0
    assert "deeper" in done.out


def test_trace_as_mermaid(cli: Cli, small: Small) -> None:
    text = cli("trace", small.answer, "--mermaid", "-l", small.path).out
    assert text.startswith("graph TD\n")
    assert text.count("-->") == 4


def test_impact_counts_all_and_lists_some(cli: Cli, small: Small) -> None:
    document = cli("impact", small.data, "-l", small.path, "--json", "--limit", 1).json
    assert (document["count"], document["truncated"]) == (3, True)
    assert document["types"] == {"training": 1, "model": 1, "prediction": 1}
    assert [e["hash"] for e in document["events"]] == [small.run]
    chosen = cli("impact", small.data, "-t", "model", "-l", small.path, "--json").json
    assert (chosen["count"], chosen["truncated"]) == (1, False)
    assert cli("impact", small.answer, "-l", small.path).out == "0 descendants\n"


def test_stats_count_the_events(cli: Cli, small: Small) -> None:
    assert cli("stats", "-l", small.path, "--json").json["events"] == 5
    assert "5" in cli("stats", "-l", small.path).out


def test_stats_tell_damage_and_torn_tails_in_sentences(cli: Cli, small: Small) -> None:
    assert re.search(r"durable slots +valid, valid\n", cli("stats", "-l", small.path).out)
    (segment,) = Path(small.path, "segments").glob("*.car")
    whole = segment.read_bytes()
    segment.write_bytes(whole + b"\x05torn")
    text = cli("stats", "-l", small.path).out
    assert f"segment 0: 5 bytes of an unfinished write behind byte {len(whole):,};" in text
    segment.write_bytes(whole.replace(b"r1", b"r2"))
    text = cli("stats", "-l", small.path).out
    assert re.search(r"damage +segments/0+\.car, byte \d+: ", text)
    assert "{" not in text


def test_text_from_a_ledger_controls_no_terminal(cli: Cli, small: Small) -> None:
    evil = "\x1b[2J\x9b31m[bold]\u202e\r\nname :smile:"
    with Tracker(small.path) as tracker:
        hash = tracker.record_dataset(name=evil, properties={evil: evil}).hash
    for arguments in (["show", hash], ["events"], ["trace", hash], ["find", "--dataset", evil]):
        text = cli(*arguments, "-l", small.path).out
        assert not set(text) & set("\x1b\x9b\u202e\r"), arguments
        assert r"\x1b[2J\x9b31m[bold]\u202e\r\n"[:20] in text.replace("\n", ""), arguments
    document = cli("show", hash, "-l", small.path, "--json")
    assert document.out.isascii()
    assert document.json["payload"]["name"] == evil


def test_safe_leaves_ordinary_text_alone() -> None:
    assert safe("Müller 数据 ± 7") == "Müller 数据 ± 7"
    assert safe("a\tb\x00\u2028") == r"a\tb\x00\u2028"
