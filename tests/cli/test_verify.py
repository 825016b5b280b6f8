"""`lineseal verify` and `lineseal check`: verdicts, exit statuses, and what they rest on."""

import shutil
from pathlib import Path

import pytest
from lineseal import Tracker, checksum

from .conftest import Cli, Small

NOBODY = "0" * 64


def test_a_sound_ledger(cli: Cli, small: Small) -> None:
    done = cli("verify", "-l", small.path, "--json")
    assert done.status == 0
    assert done.json | {"seconds": 0} == {
        "verdict": "ok",
        "anchor": "none",
        "checked": 5,
        "counts": {},
        "first_bad": None,
        "findings": [],
        "seconds": 0,
    }
    assert cli("verify", "-l", small.path).out.startswith("OK  5 events rehashed in ")


def test_full_hashes_anchor_a_verdict_and_short_ones_do_not(cli: Cli, small: Small) -> None:
    full = cli("verify", small.model, small.data, "-l", small.path, "--json").json
    assert (full["anchor"], full["checked"]) == ("hash", 4)
    short = cli("verify", small.model[:12], "-l", small.path, "--json").json
    assert (short["anchor"], short["checked"]) == ("none", 4)
    kept = cli("verify", "--expect", small.answer, "-l", small.path, "--json").json
    assert (kept["anchor"], kept["checked"], kept["verdict"]) == ("hash", 5, "ok")


def test_what_nobody_expected_is_not_said_to_be_anchored(cli: Cli, small: Small) -> None:
    said = cli("verify", "--expect", small.data, "-l", small.path).out
    assert "and their ancestors are anchored; all else is consistent in itself" in said
    with Tracker(small.path, read_only=True) as tracker:
        page = tracker.verify_all(expect=small.data)._repr_html_()
    assert "and their ancestors; all else is consistent in itself" in page


def test_a_damaged_slot_of_durable_needs_no_copy(cli: Cli, small: Small) -> None:
    slots = Path(small.path, "DURABLE")
    raw = bytearray(slots.read_bytes())
    raw[100] ^= 1
    slots.write_bytes(raw)
    done = cli("verify", "-l", small.path)
    assert done.status == 1
    assert "slot 0 of DURABLE is damaged" in done.out
    assert "the next writer writes the slot anew" in done.out
    assert "No event is known to be lost" in done.out
    assert "restore from a copy" not in done.out
    assert cli("record", "dataset", "--name", "more", "-l", small.path).status == 0
    assert cli("verify", "-l", small.path).status == 0


def test_an_expected_event_that_is_not_there(cli: Cli, small: Small, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text(f"# kept in a drawer\n{small.data}\n\n{NOBODY}\n")
    done = cli("verify", "--expect", "@kept.txt", "-l", small.path, "--json")
    assert done.status == 1
    assert done.json["verdict"] == "failed"
    assert done.json["counts"] == {"expected_missing": 1}
    assert done.json["first_bad"]["hash"] == NOBODY
    assert NOBODY in cli("verify", "--expect", "@kept.txt", "-l", small.path).out


def test_a_flipped_byte_is_found_and_the_first_bad_event_named(cli: Cli, small: Small) -> None:
    with Tracker(small.path, read_only=True) as tracker:
        block = tracker.get(small.run).block
    (segment,) = Path(small.path, "segments").glob("*.car")
    data = bytearray(segment.read_bytes())
    data[data.index(block) + block.index(b"r1")] ^= 1
    segment.write_bytes(data)
    done = cli("verify", "-l", small.path, "--json")
    assert done.status == 1
    assert done.json["counts"]["hash"] == 1
    assert done.json["counts"]["rests_on"] == 2
    assert (done.json["first_bad"]["hash"], done.json["first_bad"]["index"]) == (small.run, 2)
    text = cli("verify", "-l", small.path).out
    assert text.startswith("FAILED")
    assert f"first bad event: {small.run} #2" in text
    assert text.splitlines()[-1] == (
        "Keep this ledger as it is; restore from a copy, and verify that with --expect HASH"
    )


@pytest.mark.parametrize("arguments", [["--expect", "abcd1234"], ["--expect", "@nowhere.txt"]])
def test_what_is_expected_must_be_whole(cli: Cli, small: Small, arguments: list[str]) -> None:
    done = cli("verify", *arguments, "-l", small.path, "--json")
    assert (done.status, done.json["error"]["code"]) == (2, "invalid_argument")


def test_hashes_and_expect_exclude_each_other(cli: Cli, small: Small) -> None:
    done = cli("verify", small.data, "--expect", small.data, "-l", small.path, "--json")
    assert done.status == 2


def test_an_unknown_hash_is_a_finding_not_a_crash(cli: Cli, small: Small) -> None:
    done = cli("verify", NOBODY, "-l", small.path, "--json")
    assert done.status in (1, 3)


@pytest.fixture
def kept(cli: Cli, small: Small, tmp_path: Path) -> tuple[str, str]:
    """A model file and a data directory, recorded."""
    (tmp_path / "model.bin").write_bytes(b"weights")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1,2\n")
    with Tracker(small.path) as tracker:
        model = tracker.record_model(name="lr", version="2", **checksum("model.bin"))
        data = tracker.record_dataset(name="table", **checksum("data"))
    return model.hash, data.hash


def test_check_says_whether_a_file_is_still_the_recorded_one(
    cli: Cli, small: Small, kept: tuple[str, str], tmp_path: Path
) -> None:
    model, data = kept
    assert cli("check", model, "model.bin", "-l", small.path).status == 0
    assert cli("check", data[:8], "data", "-l", small.path, "--json").json["same"] is True
    shutil.copy("model.bin", "other.bin")
    (tmp_path / "other.bin").write_bytes(b"Weights")
    (tmp_path / "data" / "b.csv").write_text("")
    done = cli("check", model, "other.bin", "-l", small.path, "--json")
    assert done.status == 1
    assert done.json == {
        "same": False,
        "hash": model,
        "path": "other.bin",
        "checksum_method": "sha256-file",
        "recorded": checksum("model.bin")["checksum"],
        "found": checksum("other.bin")["checksum"],
    }
    text = cli("check", model, "other.bin", "-l", small.path)
    assert text.status == 1
    assert done.json["recorded"] in text.out
    assert done.json["found"] in text.out
    assert cli("check", data, "data", "-l", small.path).status == 1


def test_check_refuses_what_it_cannot_compare(
    cli: Cli, small: Small, kept: tuple[str, str]
) -> None:
    model, _data = kept
    no_checksum = cli("check", small.data, "model.bin", "-l", small.path, "--json")
    assert (no_checksum.status, no_checksum.json["error"]["field"]) == (2, "checksum")
    wrong_kind = cli("check", model, "data", "-l", small.path, "--json")
    assert (wrong_kind.status, wrong_kind.json["error"]["field"]) == (2, "checksum_method")
    assert "sha256-dir-1" in wrong_kind.json["error"]["message"]
    assert cli("check", model, "nowhere", "-l", small.path, "--json").status == 2
    assert cli("check", NOBODY, "model.bin", "-l", small.path, "--json").status == 3
