"""`lineseal export` and `lineseal import`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
    assert again == {"events": 5, "created": 0, "duplicates": 0, "others": 0}
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
    assert (none.status, Path("n.car").exists()) == (3, False)


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
    assert cli("stats", "-l", "other.ledger", "--json").json["events"] == 0
    assert cli("import", "missing.car", "-l", "other.ledger").status == 2
    Path("text.car").write_text("something else")
    assert "no CAR file" in cli("import", "text.car", "-l", "other.ledger").err
    cli("export", "leaf.car", "--type", "model", "-l", small.path)
    assert cli("import", "leaf.car", "-l", "other.ledger").status == 3


def test_without_pyarrow_it_is_said_what_to_install(cli: Cli, small: Small) -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from lineseal.cli import main; main()"
    command = [sys.executable, "-c", code, "export", "x.parquet", "-l", small.path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert 'pip install "lineseal[parquet]"' in done.stderr
