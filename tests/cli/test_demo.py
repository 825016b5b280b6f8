"""`lineseal demo` tells its story, catches what it says it catches, and spares other files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from lineseal import Tracker
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


def test_the_three_commands_at_the_end_work(told: tuple[Path, str], cli: Cli) -> None:
    out, text = told
    lines = [line.split()[1:] for line in text.splitlines() if line.startswith("  lineseal ")]
    assert len(lines) == 3
    for line in lines:
        arguments = [str(out / "ledger") if word == "demo-out/ledger" else word for word in line]
        assert cli(*arguments).status == 0


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
    assert set(document) == {"ledger", "events", "seconds", "steps"}
    assert [step["exit"] for step in document["steps"]] == [0, 0, 0, 1, 0, 1, 1]
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
