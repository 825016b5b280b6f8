"""`lineseal export` and `lineseal import`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lineseal import Receipt, Tracker

from .conftest import Cli, Small

LINESEAL = [sys.executable, "-m", "lineseal.cli"]


def test_a_ledger_goes_through_a_file(cli: Cli, small: Small) -> None:
    assert cli("export", "all.car", "-l", small.path, "--json").json == {
        "file": "all.car", "format": "car", "events": 5,
    }  # fmt: skip
    cli("init", "other.ledger")
    done = cli("import", "all.car", "-l", "other.ledger")
    assert (done.status, done.out) == (0, "5 new events\n")
    again = cli("import", "all.car", "-l", "other.ledger", "--json").json
    assert again == {"events": 5, "created": 0, "duplicates": 5, "repeated": 0, "others": 0}
    assert cli("verify", small.answer, "-l", "other.ledger").status == 0


def test_one_event_goes_with_its_ancestors(cli: Cli, small: Small) -> None:
    assert cli("export", "one.car", small.run[:8], "-l", small.path).out == "3 events in one.car\n"
    cli("init", "other.ledger")
    assert cli("import", small.path, small.run, "-l", "other.ledger").out == "3 new events\n"
    assert cli("import", "one.car", "-l", "other.ledger").out.startswith("0 new events; 3 were")


def test_a_segment_is_imported_and_its_frames_are_counted(cli: Cli, small: Small) -> None:
    cli("init", "other.ledger")
    done = cli("import", f"{small.path}/segments/000000000000.car", "-l", "other.ledger")
    assert done.out == "5 new events; 6 blocks are no events\n"


def test_filters_are_those_of_events(cli: Cli, small: Small) -> None:
    done = cli("export", "p.parquet", "-l", small.path, "--type", "prediction", "--json")
    assert done.json == {"file": "p.parquet", "format": "parquet", "events": 1}
    assert cli("export", "p.car", "-l", small.path, "--since", "2026-01-01", "-n", 2).status == 0
    none = cli("export", "n.car", "-l", small.path, "--until", "1999-01-01")
    assert (none.status, none.out) == (0, "0 events in n.car\n")


def test_a_backup_that_grows_may_find_nothing_new(cli: Cli, small: Small) -> None:
    cli("init", "other.ledger")
    assert cli("export", "day1.car", "-l", small.path).status == 0
    done = cli("export", "day2.car", "--after-index", 4, "-l", small.path)
    assert (done.status, done.out) == (0, "nothing new: 0 events in day2.car\n")
    for name, new in (("day1.car", 5), ("day2.car", 0)):
        assert cli("import", name, "-l", "other.ledger").out == f"{new} new events\n"
    cli("init", "empty.ledger")
    assert cli("export", "e.parquet", "-l", "empty.ledger", "--json").json["events"] == 0


def test_a_file_says_by_its_name_what_it_is_to_hold(cli: Cli, small: Small) -> None:
    for name in ("x.json", "x", "x.car.gz"):
        refused = cli("export", name, small.run, "-l", small.path, "--json")
        assert refused.status == 2
        error = refused.json["error"]
        assert ".car" in error["message"]
        assert ".parquet" in error["message"]
        assert "--format" in error["remedy"]
        assert not Path(name).exists()
    assert cli("export", "x", "--format", "car", "-l", small.path).status == 0


def test_a_directory_that_is_no_ledger_is_refused_as_a_source(cli: Cli, small: Small) -> None:
    Path("photos").mkdir()
    Path("photos/cat.jpg").write_bytes(b"cat")
    refused = cli("import", "photos", "-l", small.path)
    assert refused.status == 2
    assert "Give the directory of a ledger, the address of one, or a CAR file" in refused.err


def test_a_file_that_is_there_needs_force(cli: Cli, small: Small) -> None:
    Path("all.car").write_text("precious")
    refused = cli("export", "all.car", "-l", small.path)
    assert refused.status == 2
    assert "--force" in refused.err
    assert cli("export", "all.car", "-l", small.path, "--force").status == 0
    assert Path("all.car").stat().st_size > 500


def test_a_pipe_carries_a_ledger(cli: Cli, small: Small) -> None:
    cli("init", "other.ledger")
    sent = subprocess.run([*LINESEAL, "export", "-", "-l", small.path], capture_output=True)
    assert sent.returncode == 0
    done = cli("import", "-", "-l", "other.ledger", stdin=sent.stdout)
    assert done.out == "5 new events\n"
    assert cli("export", "-", "-l", small.path, "--json").status == 2
    with subprocess.Popen([*LINESEAL, "export", "-", "-l", small.path], stdout=-1) as reader:
        assert reader.stdout is not None
        reader.stdout.close()
    assert reader.returncode == 141


def test_what_is_wrong_with_a_file_is_told_with_its_place(cli: Cli, small: Small) -> None:
    cli("export", "all.car", "-l", small.path)
    data = bytearray(Path("all.car").read_bytes())
    data[-1] ^= 1
    Path("bad.car").write_bytes(data)
    cli("init", "other.ledger")
    refused = cli("import", "bad.car", "-l", "other.ledger", "--json")
    assert refused.status == 2
    error = refused.json["error"]
    assert error["message"].startswith("block 4 at byte ")
    assert "was changed" in error["message"]
    assert error["position"] > 0
    assert error["path"] == "bad.car"
    piped = cli("import", "-", "-l", "other.ledger", "--json", stdin=bytes(data)).json["error"]
    assert (piped["path"], piped["message"]) == ("stdin", error["message"])
    assert "bad.car" in cli("import", "bad.car", "-l", "other.ledger").err
    assert cli("stats", "-l", "other.ledger", "--json").json["events"] == 0
    assert cli("import", "missing.car", "-l", "other.ledger").status == 2
    Path("text.car").write_text("something else")
    assert "no CAR file" in cli("import", "text.car", "-l", "other.ledger").err
    cli("export", "leaf.car", "--type", "model", "-l", small.path)
    assert cli("import", "leaf.car", "-l", "other.ledger").status == 3


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_ctrl_c_says_how_much_was_imported(
    cli: Cli, small: Small, monkeypatch: pytest.MonkeyPatch, form: list[str]
) -> None:
    with Tracker("big.ledger") as tracker:
        data = tracker.record_dataset(name="digits")
        tracker.record_predictions(parents=data, output=list(range(9000)), time=1)
    cli("export", "big.car", "-l", "big.ledger")
    original = Tracker._record_copies
    calls: list[int] = []

    def broken(self: Tracker, blocks: list[bytes]) -> list[Receipt]:
        calls.append(len(blocks))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(self, blocks)

    monkeypatch.setattr(Tracker, "_record_copies", broken)
    done = cli("import", "big.car", "-l", small.path, *form)
    assert done.status == 130
    assert "interrupted: at least 8,192 events are recorded" in done.out + done.err
    assert "Import again" in done.out + done.err
    again = cli("import", "big.car", "-l", small.path)
    assert again.out == "809 new events; 8,192 were there already\n"

    def at_once(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lineseal.exchange.copying.copy", at_once)
    monkeypatch.setattr("lineseal.exchange.copy", at_once)
    early = cli("import", "big.car", "-l", small.path, *form)
    assert early.status == 130
    assert "nothing is recorded" in early.out + early.err


def test_without_pyarrow_it_is_said_what_to_install(cli: Cli, small: Small) -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from lineseal.cli import main; main()"
    command = [sys.executable, "-c", code, "export", "x.parquet", "-l", small.path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert 'pip install "lineseal[parquet]"' in done.stderr
