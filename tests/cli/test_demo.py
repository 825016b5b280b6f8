"""`lineseal demo` tells its story, catches what it says it catches, and spares other files."""

import ast
import builtins
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from lineseal import Tracker
from lineseal.demo.grpcurl import Grpcurl
from lineseal.demo.server import Server
from lineseal.demo.stage import Stage, activation

from .conftest import Cli

COMMAND = [sys.executable, "-m", "lineseal.cli", "demo"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder in which the demo ran twice, and what it said the second time."""
    folder = tmp_path_factory.mktemp("demo")
    for _ in range(2):
        done = subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "demo-out", done.stdout


def test_two_models_lives_are_recorded_and_hold(told: tuple[Path, str]) -> None:
    out, _text = told
    with Tracker(out / "ledger", read_only=True) as tracker:
        types = [event.type for event in tracker.events()]
        assert tracker.verify_all().verdict == "ok"
        (answer,) = tracker.find(prediction_id="digits-0")
        lineage = {event.type for event in tracker.trace(answer)}
    assert types.count("dataset") == 6
    assert types.count("training") == types.count("model") == types.count("evaluation") == 2
    assert types.count("prediction") == types.count("feedback") == 360 + 114
    assert lineage == {
        "prediction", "deployment", "approval", "evaluation", "model", "training",
        "hyperparameters", "dataset",
    }  # fmt: skip


def test_the_three_attacks_are_caught(told: tuple[Path, str]) -> None:
    out, text = told
    with Tracker(out / "ledger", read_only=True) as tracker:
        (answer,) = tracker.find(prediction_id="digits-0")
        (run,) = tracker.find(run_id="run-digits")
    with Tracker(out / "attacks" / "rewritten", read_only=True) as forged:
        assert forged.verify_all().verdict == "ok"
        report = forged.verify_all(expect=[answer])
        assert (report.verdict, report.findings[0].check) == ("failed", "expected_missing")
        (false_run,) = forged.find(run_id="run-digits")
        assert false_run.payload["seed"] != run.payload["seed"]
    with Tracker(out / "attacks" / "flipped", read_only=True) as damaged:
        found = {finding.hash: finding.check for finding in damaged.verify_all().findings}
        assert found[run.hash] == "hash"
    assert text.count("→ caught: exit 1") == 3
    assert "Not noticed yet" in text


def test_the_same_lives_are_in_the_servers_ledger_and_hold(told: tuple[Path, str]) -> None:
    out, text = told
    with Tracker(out / "ledger", read_only=True) as tracker:
        here = {event.hash for event in tracker.events("dataset")}
    with Tracker(out / "service" / "default", read_only=True) as tracker:
        there = {event.hash for event in tracker.events("dataset")}
        assert tracker.verify_all().verdict == "ok"
    assert here <= there
    assert "→ the same data, the same name as in the file" in text
    assert re.search(r"--ledger grpc://127\.0\.0\.1:\d+/default\nOK  49\d events rehashed", text)
    assert "ok 10\n→ the server agrees" in text


def test_a_server_killed_while_it_records_loses_no_prediction(told: tuple[Path, str]) -> None:
    out, text = told
    killed = re.search(r"killed after (\d+) of 114 were acknowledged", text)
    assert killed is not None, text
    assert 36 <= int(killed[1]) < 114
    assert "→ none lost, none twice" in text
    with Tracker(out / "service" / "default", read_only=True) as tracker:
        ids = Counter(event.payload["prediction_id"] for event in tracker.events("prediction"))
    wanted = [f"digits-{n}" for n in range(360)] + [f"breast-cancer-{n}" for n in range(114)]
    assert ids == Counter(wanted)
    assert (out / "service.log").read_text().count("serving") == 2


def test_plain_stubs_record_what_the_client_would(told: tuple[Path, str]) -> None:
    out, text = told
    assert "True False\n→ the server's hash is ours; nothing was added" in text
    with Tracker(out / "service" / "default", read_only=True) as tracker:
        (label,) = tracker.events("feedback")
        assert [event.type for event in tracker.get_many(label.parents)] == ["prediction"]


def test_the_code_that_is_shown_uses_no_name_that_was_not(told: tuple[Path, str]) -> None:
    _out, text = told
    shown = "\n".join(re.findall(r"^(?:>>>|\.\.\.) (.*)", text, flags=re.MULTILINE))
    known = set(vars(builtins)) | {"digits", "tumours"}
    assert "with digits and tumours, the two studies" in text
    for statement in ast.parse(shown).body:
        nodes = list(ast.walk(statement))
        known |= {alias.name for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)
                  for alias in node.names}  # fmt: skip
        named = [node for node in nodes if isinstance(node, ast.Name)]
        known |= {node.id for node in named if isinstance(node.ctx, ast.Store)}
        assert {node.id for node in named} <= known, ast.unparse(statement)


def test_what_startles_is_announced_and_terms_come_before_their_use(told: tuple[Path, str]) -> None:
    _out, text = told
    assert text.index("(a leaf)") < text.index("rewritten leaf")
    assert text.index("cannot and does not notice") < text.index("→ not noticed, as expected")


def test_grpcurl_records_too_or_the_story_says_why_it_does_not(told: tuple[Path, str]) -> None:
    out, text = told
    with Tracker(out / "service" / "default", read_only=True) as tracker:
        found = [event.payload["version"] for event in tracker.find(dataset="digits@2")]
    if "left out: " in text:
        print(re.findall("left out: .*", text))
        assert found == []
    else:
        assert '"created": true' in text
        (program,) = re.findall(r"^\$ (\S+) -plaintext", text, flags=re.MULTILINE)
        assert program == "grpcurl" or (out.parent / program).is_file()
        assert "→ a Tracker in memory gives the same hash" in text
        assert found == ["2"]


def test_without_go_the_story_says_so_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    tool = Grpcurl(tmp_path / "bin")
    tool.wait()
    tool.close()
    assert tool.folder is None
    assert "neither grpcurl nor Go" in tool.missing


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo no route to host >&2; exit 1", "Go could not build it: no route to host"),
        ("sleep 60", "Go is still building it"),
        ("touch $GOBIN/grpcurl", None),
    ],
)
def test_what_became_of_a_build_of_grpcurl_is_told(
    script: str, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "go").write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    tool = Grpcurl(tmp_path / "bin")
    tool.wait(1 if "sleep" in script else 30)
    tool.close()
    if said is None:
        assert tool.folder == tmp_path / "bin"
    else:
        assert tool.folder is None
        assert said in tool.missing


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_ended_story_leaves_no_server(ending: signal.Signals, tmp_path: Path) -> None:
    with subprocess.Popen(
        COMMAND, cwd=tmp_path, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as story:  # fmt: skip
        assert story.stdout is not None
        for line in story.stdout:
            if line.startswith("→ answers"):
                break
        assert len(_processes_in(tmp_path)) >= 2
        story.send_signal(ending)
        assert story.wait(30) == 130, story.communicate()
    assert _processes_in(tmp_path) == []


def _processes_in(folder: Path) -> list[str]:
    """The numbers of the processes whose working directory is in the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(process.name)
        except OSError:
            continue
    return found


def test_the_commands_at_the_end_work(told: tuple[Path, str], cli: Cli, tmp_path: Path) -> None:
    out, text = told
    lines = [line.split()[1:] for line in text.splitlines() if line.startswith("  lineseal ")]
    assert [line[0] for line in lines] == ["show", "find", "trace", "serve", "trace"]
    assert lines[3] == ["serve", "--data", "demo-out/service", "&"]
    with Server(out / "service", tmp_path / "log") as server:
        server.start()
        places = {
            "demo-out/ledger": str(out / "ledger"),
            "grpc://localhost:50051/default": f"grpc://{server.address}/default",
        }
        for line in lines[:3] + lines[4:]:
            assert cli(*[places.get(word, word) for word in line]).status == 0


def test_the_line_that_puts_the_command_on_the_path_is_said_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "a venv" / "bin" / "activate"
    script.parent.mkdir(parents=True)
    script.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "a venv"))
    monkeypatch.setenv("PATH", "")
    assert activation() == ". 'a venv/bin/activate'"
    (script.parent / "lineseal").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(script.parent))
    assert activation() is None
    monkeypatch.setenv("PATH", "")
    script.unlink()
    assert activation() is None


def test_ctrl_c_within_a_step_ends_the_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lineseal.cli.app.run", lambda _arguments: 130)
    with pytest.raises(KeyboardInterrupt):
        Stage(quiet=True).command("verify")


def test_json_lists_the_steps_with_their_times(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--json", "--out", "elsewhere"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert set(document) == {"ledger", "service", "events", "seconds", "steps"}
    exits = [step["exit"] for step in document["steps"] if "exit" in step]
    assert exits[:7] == [0, 0, 0, 1, 0, 1, 1]
    assert len(exits) >= 12
    assert set(exits[7:]) == {0}
    assert sum("code" in step for step in document["steps"]) >= 9
    assert document["seconds"] < 60
    assert (tmp_path / "elsewhere" / "ledger").is_dir()


def test_a_folder_that_is_not_the_demos_is_left_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    done = cli("demo", "--out", "photos", "--json")
    assert (done.status, done.json["error"]["path"]) == (2, "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["cat.jpg"]


def test_a_clone_tells_the_same_story() -> None:
    script = Path(__file__).parents[2] / "demo" / "story.py"
    done = subprocess.run(
        [sys.executable, str(script), "--help"], capture_output=True, text=True, check=True
    )
    assert "lineseal demo" in done.stdout
