"""What holds for every verb: errors, exit statuses, pipes, interrupts, help."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from lineseal import Tracker, __version__, _core
from lineseal.cli import MISSING, main, opening
from lineseal.cli.errors import KEYS, describe
from lineseal.errors import LinesealError

from .conftest import Cli, Small

VERBS = ["show", "events", "find", "trace", "impact", "verify", "check", "stats"]
ARGUMENTS = {
    "show": ["abcdefab"], "trace": ["abcdefab"], "impact": ["abcdefab"], "find": ["--run-id", "r"],
    "check": ["abcdefab", "."],
}  # fmt: skip
# Calls and keywords of Python.
PYTHON = re.compile(r"read_only=|verify_all|\w=\(\)|\w=(?:True|False|None)\b")
COMMAND = [sys.executable, "-m", "lineseal.cli"]


def test_every_error_of_the_table_has_its_exit_status_and_all_members() -> None:
    for name, cls, _grpc, status, _retry, _meaning in _core.error_table():
        import lineseal.errors

        error = getattr(lineseal.errors, cls)("what", field="f", path="p", hash="h", position=3)
        found, document = describe(error)
        assert found == status
        assert document == {
            "code": name, "message": "what", "field": "f", "path": "p", "hash": "h",
            "position": 3, "remedy": None,
        }  # fmt: skip
        assert issubclass(type(error), LinesealError)


@pytest.mark.parametrize("verb", VERBS)
def test_a_missing_ledger_is_an_error_with_a_remedy(cli: Cli, verb: str) -> None:
    arguments = [verb, *ARGUMENTS.get(verb, []), "--ledger", "nowhere"]
    plain = cli(*arguments)
    assert (plain.status, plain.out) == (3, "")
    assert plain.err.startswith("error: ")
    assert "nowhere" in plain.err
    error = cli(*arguments, "--json").json["error"]
    assert set(error) == set(KEYS)
    assert (error["code"], bool(error["remedy"])) == ("ledger_not_found", True)


@pytest.mark.parametrize("verb", VERBS)
def test_a_directory_that_is_no_ledger(cli: Cli, tmp_path: Path, verb: str) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    done = cli(verb, *ARGUMENTS.get(verb, []), "--ledger", "photos", "--json")
    assert done.json["error"]["code"] in {"not_a_ledger", "ledger_not_found"}
    assert done.status in {2, 3}
    assert [p.name for p in (tmp_path / "photos").iterdir()] == ["cat.jpg"]


@pytest.mark.parametrize("verb", ["show", "trace", "impact"])
def test_hashes_that_name_nothing(cli: Cli, small: Small, verb: str) -> None:
    unknown = cli(verb, "0" * 64, "-l", small.path, "--json")
    assert (unknown.status, unknown.json["error"]["code"]) == (3, "event_not_found")
    assert unknown.json["error"]["hash"] == "0" * 64
    short = cli(verb, "abc", "-l", small.path, "--json")
    assert short.status == 2


@pytest.mark.parametrize("verb", [*VERBS, "init", "demo", "record"])
def test_help_teaches_with_examples(cli: Cli, verb: str) -> None:
    done = cli(verb, "--help")
    assert done.status == 0
    assert f"lineseal {verb}" in done.out.split("Examples:")[1]
    assert "--json" in done.out


def test_no_arguments_show_the_help(cli: Cli) -> None:
    done = cli()
    assert done.status in (0, 2)
    assert "lineseal demo" in done.out + done.err


def test_version(cli: Cli) -> None:
    assert cli("--version").out == f"lineseal {__version__}\n"


def test_usage_errors_are_json_too(cli: Cli) -> None:
    done = cli("show", "--json")
    assert done.status == 2
    assert done.json["error"]["code"] == "invalid_argument"
    assert "--help" in done.json["error"]["remedy"]
    assert cli("show").err.count("Usage: lineseal show") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "\udc9b"],
        ["trace", "\udc9b"],
        ["events", "--type", "\udc9b"],
        ["find", "--run-id", "\udc9b"],
        ["verify", "\udc9b"],
        ["verify", "--expect", "\udc9b"],
        ["record", "dataset", "--name", "\udc9b"],
        ["record", "dataset", "--name", "d", "--parent", "\udc9b"],
        ["record", "dataset", "--name", "d", "--parent", "\udc9b=" + "0" * 64],
        ["record", "hyperparameters", "--values", '{"a": "\udc9b"}'],
        ["record", "custom", "acme/\udc9b", "--payload", "a=1"],
    ],
)
def test_bytes_that_are_not_utf8_are_the_users_mistake(
    cli: Cli, small: Small, arguments: list[str]
) -> None:
    done = cli(*arguments, "--ledger", small.path, "--json")
    assert done.status == 2, done.out
    assert done.json["error"]["remedy"]


def test_no_traceback_reaches_a_user_unless_asked_for(
    cli: Cli, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(Tracker, "stats", broken)
    plain = cli("stats", "-l", small.path)
    assert plain.status == 70
    assert "boom" in plain.err
    assert "Traceback" not in plain.err
    assert cli("stats", "-l", small.path, "--json").json["error"]["code"] == "internal"
    monkeypatch.setenv("LINESEAL_DEBUG", "1")
    assert "Traceback" in cli("stats", "-l", small.path).err


def test_output_into_a_pipe_is_plain_and_whole(cli: Cli, small: Small) -> None:
    name = "long" * 10
    with Tracker(small.path) as tracker:
        tracker.record_dataset(name=name)
    done = cli("events", "-l", small.path)
    assert name in done.out
    assert "\x1b" not in done.out


def _on_a_terminal(*arguments: str, **environ: str) -> str:
    parent, child = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=child, stderr=subprocess.DEVNULL,
        env=env | {"TERM": "xterm-256color"} | environ,
    )  # fmt: skip
    os.close(child)
    out = b""
    try:
        while part := os.read(parent, 4096):
            out += part
    except OSError:
        pass  # Linux says EIO when the other side has closed.
    finally:
        os.close(parent)
    assert process.wait(30) == 0
    return out.decode()


def test_a_terminal_gets_colours_unless_no_color_is_set(small: Small) -> None:
    assert "\x1b[" in _on_a_terminal("verify", "-l", small.path)
    plain = _on_a_terminal("verify", "-l", small.path, NO_COLOR="1")
    assert "\x1b[3" not in plain


def test_a_broken_pipe_is_quiet(small: Small) -> None:
    with Tracker(small.path) as tracker:
        tracker.record_json(
            f'{{"type": "dataset", "record": {{"name": "{n:060}"}}}}' for n in range(3_000)
        )
    # Unbuffered, Python drops what a broken pipe did not take without an error.
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    for arguments in (["events", "--limit", "0"], ["events", "--limit", "0", "--json"]):
        process = subprocess.Popen(
            [*COMMAND, *arguments, "-l", small.path],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ,
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(60) == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""


def recorded(path: str) -> int:
    with Tracker(path, read_only=True) as tracker:
        return len(tracker)


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_ends_with_130_and_no_traceback(small: Small, as_json: bool) -> None:
    process = subprocess.Popen(
        [*COMMAND, "record", "--batch", "-l", small.path, *["--json"] * as_json],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    drafts = ({"type": "dataset", "record": {"name": f"d{number}"}} for number in range(1_001))
    process.stdin.write("".join(f"{json.dumps(draft)}\n" for draft in drafts).encode())
    process.stdin.flush()
    deadline = time.monotonic() + 30
    while recorded(small.path) < 1_005:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    out, err = process.communicate()
    if as_json:
        error = json.loads(out)["error"]
        assert set(error) == set(KEYS)
        assert (error["code"], err.strip()) == ("cancelled", b"")
    else:
        assert out == b""
        assert b"interrupted" in err
    assert b"Lines 1 to 1000 " in out + err


def test_ctrl_c_while_the_command_is_loaded_says_the_same(capsys, monkeypatch) -> None:
    class Interrupts:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "lineseal.cli.app":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "lineseal.cli.app")
    monkeypatch.setattr(sys, "meta_path", [Interrupts(), *sys.meta_path])
    monkeypatch.setattr(sys, "argv", ["lineseal", "stats", "--json"])
    with pytest.raises(SystemExit, match="130"):
        main()
    assert json.loads(capsys.readouterr().out)["error"] == describe(KeyboardInterrupt())[1]


def test_remedies_name_verbs_and_flags_where_the_core_names_python() -> None:
    told = set()
    for source in (Path(__file__).parents[2] / "rust" / "core" / "src").rglob("*.rs"):
        code = source.read_text(encoding="utf-8").replace("'\"'", "")
        texts = re.findall(r'"(?:[^"\\]|\\.)*"', code, re.DOTALL)
        told |= {text for text in texts if " " in text and PYTHON.search(text)}
    assert len(told) >= 4
    for text in told:
        error = LinesealError("what", remedy=text)
        assert not PYTHON.search(describe(error)[1]["remedy"]), text


@pytest.mark.parametrize("verb", ["show", "events", "trace", "stats"])
def test_a_damaged_ledger_is_warned_of(cli: Cli, small: Small, verb: str) -> None:
    arguments = [verb, *([small.data] if verb in {"show", "trace"} else []), "-l", small.path]
    assert "damaged" not in cli(*arguments).err
    (segment,) = Path(small.path, "segments").glob("*.car")
    data = segment.read_bytes()
    segment.write_bytes(data.replace(b"r1", b"r2"))
    done = cli(*arguments, "--json")
    assert done.err == "warning: this ledger is damaged; run lineseal verify\n"
    assert done.json
    assert "warning" not in cli("verify", "-l", small.path).err


def test_a_locked_ledger_says_who_is_in_the_way(
    small: Small,
    cli: Cli,
    stuck: Callable[[Path], AbstractContextManager[subprocess.Popen[bytes]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINESEAL_LOCK_TIMEOUT", "0.3")
    recording = ["record", "dataset", "--name", "d", "-l", small.path, "--json"]
    with stuck(Path(small.path)) as other:
        done = cli(*recording)
        reading = cli("stats", "-l", small.path, "--json")
    assert (done.status, done.json["error"]["code"]) == (4, "ledger_locked")
    assert f"process {other.pid} on" in done.json["error"]["message"]
    assert "a longer LINESEAL_LOCK_TIMEOUT" in done.json["error"]["remedy"]
    assert reading.json["events"] == 6
    assert cli(*recording).json["index"] == 6
    monkeypatch.setenv("LINESEAL_LOCK_TIMEOUT", "soon")
    assert "LINESEAL_LOCK_TIMEOUT is 'soon'" in cli(*recording[:-1]).err


def test_without_its_packages_the_command_says_how_to_install_them() -> None:
    code = (
        "import sys; sys.modules['typer'] = None; sys.modules['rich'] = None\n"
        "from lineseal.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert 'pip install "lineseal[cli]"' in done.stderr
    assert done.stderr.strip() == MISSING.format(name="typer")


def test_completion_scripts_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.run(
        [*COMMAND, "--show-completion", "bash"], capture_output=True, text=True, check=False,
        env=os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
    )  # fmt: skip
    assert "complet" in done.stdout


def test_the_package_itself_runs_as_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lineseal", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"lineseal {__version__}\n"


def test_examples_of_things_that_begin_a_lineage_show_no_parent(cli: Cli) -> None:
    for name in ("dataset", "hyperparameters"):
        assert "--parent ROLE" not in cli("record", name, "--help").out.split("Options:")[0]
    assert "--parent ROLE=HASH" in cli("record", "model", "--help").out.split("Options:")[0]


def test_how_long_a_service_may_take_is_said_by_the_environment(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINESEAL_TIMEOUT", "0.5")
    for verb in ("stats", "init"):
        found = cli(verb, "--ledger", "grpc://127.0.0.1:1/runs")
        assert found.status == 4
        assert "nobody answers at 127.0.0.1:1 within 0.5 s" in found.err
        assert "a longer LINESEAL_TIMEOUT" in found.err
    monkeypatch.setenv("LINESEAL_TIMEOUT", "soon")
    found = cli("stats", "--ledger", "grpc://127.0.0.1:1/runs")
    assert (found.status, "LINESEAL_TIMEOUT is 'soon'" in found.err) == (2, True)


def test_a_long_log_that_is_read_for_want_of_an_index_is_told(
    cli: Cli, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "the index does not have them" not in cli("stats", "-l", small.path).err
    monkeypatch.setattr(opening, "MANY", 2)
    told = cli("stats", "-l", small.path)
    assert "the index does not have them" in told.err
    assert "indexed" in told.out
