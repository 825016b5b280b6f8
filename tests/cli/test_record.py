"""`lineseal record`: flags, drafts and batches make the events that Python makes."""

import itertools
import json
from collections.abc import Iterator

import pytest
from lineseal import Receipt, Tracker, _core, checksum
from lineseal.cli.record.batch import record_lines
from lineseal.errors import (
    LedgerTimeoutError,
    LinesealError,
    OperationCancelledError,
    OutcomeUnknownError,
)

from .conftest import TIME, Cli, Small


def test_flags_make_the_same_event_as_python(cli: Cli, small: Small) -> None:
    done = cli(
        "record", "dataset", "--name", "digits", "--version", "1", "--num-rows", 1797,
        "--ledger", small.path, "--json",
    )  # fmt: skip
    assert done.status == 0
    assert done.json == {
        "hash": small.data,
        "cid": done.json["cid"],
        "index": 0,
        "created": False,
    }


def test_parents_take_roles_and_shortened_hashes(cli: Cli, small: Small) -> None:
    done = cli(
        "record", "evaluation", "--metrics", "accuracy=0.97", "--metrics", "loss=1",
        "--parent", f"model={small.model[:10]}", "--parent", small.data[:8], "--passed",
        "--time", "2026-01-01T00:00:00Z", "--actor", "ci", "-l", small.path, "--json",
    )  # fmt: skip
    assert done.status == 0, done.out
    with Tracker(small.path, read_only=True) as tracker:
        event = tracker.get(done.json["hash"])
    assert dict(zip(event.parents, event.roles, strict=True)) == {
        small.model: "model",
        small.data: "",
    }
    assert event.payload == {"metrics": {"accuracy": 0.97, "loss": 1.0}, "passed": True}
    assert (event.time_us, event.actor) == (TIME, "ci")


def test_free_values_are_json_where_they_are_json(cli: Cli, small: Small) -> None:
    hashes = [
        cli(
            "record", "prediction", "--prediction-id", f"p{n}", "--output", output,
            "--parent", small.model, "-l", small.path, "--json",
        ).json["hash"]
        for n, output in enumerate(["7", "cat", '"7"', "[1, 2.0]", "null", "-Infinity"])
    ]  # fmt: skip
    with Tracker(small.path, read_only=True) as tracker:
        assert [e.payload["output"] for e in tracker.get_many(hashes)] == [
            7, "cat", "7", [1, 2.0], None, float("-inf"),
        ]  # fmt: skip


def test_a_file_gives_checksum_method_and_size(cli: Cli, small: Small, tmp_path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    done = cli("record", "model", "--name", "lr", "--file", "model.bin", "-l", small.path, "--json")
    with Tracker(small.path, read_only=True) as tracker:
        assert tracker.get(done.json["hash"]).payload == {"name": "lr", **checksum("model.bin")}


def test_an_argument_may_come_from_a_file(cli: Cli, small: Small, tmp_path) -> None:
    (tmp_path / "values.json").write_text('{"C": 0.1}')
    done = cli("record", "hyperparameters", "--values", "@values.json", "-l", small.path, "--json")
    assert done.json["hash"] == small.settings


def test_a_custom_type_takes_its_payload(cli: Cli, small: Small) -> None:
    done = cli(
        "record", "custom", "acme/review", "--payload", "stars=5", "--payload", "by=Ada",
        "-l", small.path, "--json",
    )  # fmt: skip
    with Tracker(small.path, read_only=True) as tracker:
        event = tracker.get(done.json["hash"])
    assert (event.type, event.payload) == ("acme/review", {"stars": 5, "by": "Ada"})


def test_a_draft_comes_on_stdin(cli: Cli, small: Small) -> None:
    draft = '{"type": "dataset", "record": {"name": "digits", "version": "1", "num_rows": 1797}}'
    done = cli("record", "--ledger", small.path, "--json", stdin=draft)
    assert (done.status, done.json["hash"]) == (0, small.data)


def test_options_may_stand_before_the_type(cli: Cli, small: Small) -> None:
    done = cli("record", "-l", small.path, "--json", "dataset", "--name", "new")
    assert done.status == 0
    assert done.json["created"] is True


def test_a_batch_names_parents_by_line_across_chunks(cli: Cli, small: Small) -> None:
    lines = [json.dumps({"type": "dataset", "record": {"name": f"d{n}"}}) for n in range(1_500)]
    for parent in (3, 1_200, 1_500):
        lines.append(
            json.dumps(
                {
                    "type": "acme/step",
                    "time": TIME + parent,
                    "parents": [{"position": parent, "role": "of"}],
                    "record": {"big": 2**63, "small": 1.5},
                }
            )
        )
    # JSON may spell the key with escapes.
    lines[-3] = lines[-3].replace('"position"', r'"posi\u0074ion"')
    done = cli("record", "--batch", "-l", small.path, "--json", stdin="\n".join(lines))
    assert done.status == 0, done.out
    hashes = [receipt["hash"] for receipt in done.json["receipts"]]
    assert (done.json["count"], done.json["created"]) == (1_503, 1_503)
    with Tracker(small.path, read_only=True) as tracker:
        steps = tracker.get_many(hashes[1_500:])
    assert [step.parents for step in steps] == [(hashes[3],), (hashes[1_200],), (hashes[1_500],)]
    assert all(step.payload == {"big": 2**63, "small": 1.5} for step in steps)


def test_a_bad_line_is_named_and_what_stands_before_it_is_told(cli: Cli, small: Small) -> None:
    good = json.dumps({"type": "dataset", "record": {"name": "d"}})
    lines = [good.replace('"d"', f'"d{n}"') for n in range(1_004)] + ['{"type": "dataset"}']
    done = cli("record", "--batch", "-l", small.path, "--json", stdin="\n".join(lines))
    error = done.json["error"]
    assert (done.status, error["code"], error["position"]) == (2, "invalid_record", 1_004)
    assert error["message"].startswith("line 1005: ")
    assert "Lines 1 to 1000 are recorded." in error["remedy"]
    assert "send the whole file again" in error["remedy"]
    assert error["remedy"].endswith("go on with line 1001")
    with Tracker(small.path, read_only=True) as tracker:
        assert len(tracker) == 5 + 1_000


def draft(name: object, **more: object) -> str:
    return json.dumps({"type": "dataset", "record": {"name": f"d{name}"}} | more)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([draft(1), draft(2), draft(1)], "line 3: lines 1 and 3 are equal"),
        ([*map(draft, range(1_010)), draft(1_004)], "line 1011: lines 1005 and 1011 are equal"),
        (
            [*map(draft, range(1_010)), draft("x", parents=[{"position": 1_015}])],
            "line 1011: no line 1016 stands before this one",
        ),
        ([draft(1), "", " ", draft(2)], "line 2: the line is empty"),
        ([*map(draft, range(1_010)), "", draft("x")], "line 1011: the line is empty"),
    ],
)
def test_messages_count_lines_of_the_input_from_one(
    cli: Cli, small: Small, lines: list[str], said: str
) -> None:
    done = cli("record", "--batch", "-l", small.path, "--json", stdin="\n".join(lines))
    assert (done.status, done.json["error"]["message"]) == (2, said)


def test_blank_lines_at_the_end_are_ignored(cli: Cli, small: Small) -> None:
    stdin = draft(1) + "\n" + draft(2) + "\n\n \r\n"
    done = cli("record", "--batch", "-l", small.path, "--json", stdin=stdin)
    assert (done.status, done.json["count"]) == (0, 2)


def test_a_time_in_text_is_refused_with_what_it_should_be(cli: Cli, small: Small) -> None:
    stdin = draft(1, type="training", time="2026-01-01T00:00:00Z")
    error = cli("record", "-l", small.path, "--json", stdin=stdin).json["error"]
    assert (error["path"], "microseconds since 1970" in error["message"]) == ("time", True)
    assert "1767225600000000" in error["remedy"]


@pytest.mark.parametrize("error", [OutcomeUnknownError, LedgerTimeoutError])
@pytest.mark.parametrize("calls", [0, 1])
def test_lines_that_may_be_recorded_are_not_told_as_if_they_were_not(
    cli: Cli,
    small: Small,
    monkeypatch: pytest.MonkeyPatch,
    error: type[LinesealError],
    calls: int,
) -> None:
    done_before = itertools.count()
    record_json = Tracker.record_json

    def failing(tracker: Tracker, drafts: list[bytes]) -> list[Receipt]:
        if next(done_before) < calls:
            return record_json(tracker, drafts)
        raise error("the disk failed", remedy="Mend the disk")

    monkeypatch.setattr(Tracker, "record_json", failing)
    lines = [json.dumps({"type": "dataset", "record": {"name": f"d{n}"}}) for n in range(1_400)]
    done = cli("record", "--batch", "-l", small.path, "--json", stdin="\n".join(lines))
    told = done.json["error"]
    assert (done.status, told["code"]) == (error.exit_code, error.code)
    assert "Nothing is recorded" not in told["remedy"]
    assert told["remedy"].startswith("Mend the disk. ")
    if calls:
        assert "Lines 1 to 1000 are recorded. Lines 1001 to 1400 may be" in told["remedy"]
    else:
        assert "Lines 1 to 1000 may be recorded" in told["remedy"]


@pytest.mark.parametrize(("calls", "said"), [
    (0, "Lines 1 to 1000 may be recorded"),
    (1, "Lines 1 to 1000 are recorded. Lines 1001 to 1400 may be"),
])  # fmt: skip
def test_ctrl_c_tells_which_lines_are_recorded(
    cli: Cli, small: Small, monkeypatch: pytest.MonkeyPatch, calls: int, said: str
) -> None:
    done_before = itertools.count()
    record_json = Tracker.record_json

    def interrupted(tracker: Tracker, drafts: list[bytes]) -> list[Receipt]:
        if next(done_before) < calls:
            return record_json(tracker, drafts)
        raise KeyboardInterrupt

    monkeypatch.setattr(Tracker, "record_json", interrupted)
    lines = "\n".join(draft(n) for n in range(1_400))
    done = cli("record", "--batch", "-l", small.path, stdin=lines)
    assert done.status == 130
    assert "interrupted" in done.err
    assert said in done.err


@pytest.mark.parametrize(("given", "said"), [
    (999, "Nothing is recorded"), (1_003, "Lines 1 to 1000 are recorded."),
])  # fmt: skip
def test_ctrl_c_while_it_waits_for_lines(small: Small, given: int, said: str) -> None:
    def typed() -> Iterator[bytes]:
        yield from (draft(n).encode() for n in range(given))
        raise KeyboardInterrupt

    with pytest.raises(OperationCancelledError) as caught:
        record_lines(typed(), small.path, as_json=False)
    assert (caught.value.remedy or "").startswith(said)
    assert "may be" not in str(caught.value)
    with Tracker(small.path, read_only=True) as tracker:
        assert len(tracker) == 5 + given // 1_000 * 1_000


def test_two_drafts_are_told_of_batch(cli: Cli, small: Small) -> None:
    done = cli("record", "-l", small.path, stdin=f"{draft(1)}\n{draft(2)}\n")
    assert done.status == 2
    assert "--batch" in done.err


@pytest.mark.parametrize(
    ("arguments", "status", "code", "field"),
    [
        (["dataset"], 2, "invalid_record", "name"),
        (["dataset", "--name", ""], 2, "invalid_record", "name"),
        (["dataset", "--name", "d", "--num-rows", "-1"], 2, "invalid_record", "num_rows"),
        (["dataset", "--name", "d", "--num-rows", "x"], 2, "invalid_argument", None),
        (["dataset", "--name", "d", "--checksum", "md5"], 2, "invalid_record", "checksum"),
        (["hyperparameters", "--values", "C"], 2, "invalid_argument", "values"),
        (["hyperparameters", "--values", "{bad"], 2, "invalid_argument", "values"),
        (["evaluation", "--metrics", "a=b"], 2, "invalid_record", "metrics"),
        (["prediction", "--output", "7"], 2, "invalid_record", None),
        (["training", "--run-id", "r", "--model-name", "m", "--started-at", "noon"],
         2, "invalid_argument", "--started-at"),
        (["dataset", "--name", "d", "--time", "2026-01-31T12:00:00"],
         2, "invalid_argument", "--time"),
        (["dataset", "--name", "d", "--time", "2026-01-31T12:00:00.1234567Z"],
         2, "invalid_argument", "--time"),
        (["dataset", "--name", "d", "--time", "--5"], 2, "invalid_argument", "--time"),
        (["dataset", "--name", "d", "--parent", "0" * 64], 3, "parent_not_found", None),
        (["dataset", "--name", "d", "--parent", "Bad Role=" + "0" * 64], 2, "invalid_record", None),
        (["custom", "nonsense", "--payload", "a=1"], 2, "invalid_record", None),
        (["dataset", "--name", "d", "--file", "nowhere"], 2, None, None),
        (["nonsense"], 2, "invalid_argument", None),
        (["dataset", "--name", "d", "--nonsense"], 2, "invalid_argument", None),
    ],
)  # fmt: skip
def test_a_bad_flag_is_refused_and_records_nothing(
    cli: Cli, small: Small, arguments: list[str], status: int, code: str | None, field: str | None
) -> None:
    done = cli("record", "--ledger", small.path, *arguments, "--json")
    error = done.json["error"]
    assert (done.status, error["code"]) == (status, code or error["code"]), error
    assert error["message"]
    if field is not None:
        assert error["field"] == field
    with Tracker(small.path, read_only=True) as tracker:
        assert len(tracker) == 5


@pytest.mark.parametrize(
    "draft",
    ["", "{", "[]", '{"type": "dataset", "record": {"name": "a", "name": "b"}}', "\xff", "{}{}"],
)
def test_a_bad_draft_is_refused(cli: Cli, small: Small, draft: str) -> None:
    done = cli("record", "-l", small.path, "--json", stdin=draft.encode("latin-1"))
    assert done.status == 2
    assert done.json["error"]["message"]


def test_recording_makes_no_ledger_by_a_typo(cli: Cli, tmp_path) -> None:
    done = cli("record", "dataset", "--name", "d", "--ledger", "rnus", "--json")
    assert (done.status, done.json["error"]["code"]) == (3, "ledger_not_found")
    assert not (tmp_path / "rnus").exists()


def test_every_type_of_the_schema_has_its_verb_and_every_field_its_flag(cli: Cli) -> None:
    for name, _thing, _needs, doc, fields in _core.schema():
        text = cli("record", name, "--help").out
        assert doc in " ".join(text.split())
        for field, kind, _required, _about in fields:
            flag = "--id" if kind == "ids" else "--" + field.replace("_", "-")
            assert flag in text, (name, flag)
