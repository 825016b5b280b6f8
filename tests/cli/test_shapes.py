"""The JSON documents have the members that docs/guide/cli.md states, and no others."""

import re
from pathlib import Path

import pytest

from .conftest import Cli, Small

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "cli.md"
SECTION = PAGE.read_text(encoding="utf-8").split("## JSON shapes")[1]


def stated(name: str) -> set[str]:
    """The members that the table states for a verb; remarks in brackets do not count."""
    (row,) = re.findall(rf"^\| {name} \| (.*) \|$", SECTION, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", re.sub(r"\([^()]*\)", "", row)))


def described(noun: str) -> set[str]:
    """The members that the text states for an event or a finding."""
    (text,) = re.findall(rf"^An? \*{noun}\* has the members (.*)\.", SECTION, re.MULTILINE)
    first = re.sub(r"\([^()]*\)", "", text).split(". ")[0]
    return set(re.findall(r"`(\w+)`", first))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("init", ["init"]),
        ("record", ["record", "dataset", "--name", "d"]),
        ("events", ["events"]),
        ("find", ["find", "--run-id", "r1"]),
        ("trace", ["trace", "MODEL"]),
        ("impact", ["impact", "DATA"]),
        ("verify", ["verify", "--expect", "0" * 64]),
        ("check", ["check", "DATASET", "file"]),
        ("stats", ["stats"]),
        ("any, refused", ["show", "0" * 64]),
    ],
)
def test_a_document_has_the_stated_members(
    cli: Cli, small: Small, tmp_path: Path, name: str, arguments: list[str]
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    recorded = cli("record", "dataset", "--name", "f", "--file", "file", "-l", small.path, "--json")
    hashes = {"MODEL": small.model, "DATA": small.data, "DATASET": recorded.json["hash"]}
    line = [hashes.get(argument, argument) for argument in arguments]
    document = cli(*line, "--ledger", small.path, "--json").json
    inner = document["error"] if name == "any, refused" else document
    assert set(inner) == stated(name) - {"error"}
    for event in document.get("events", []) if name != "init" and name != "stats" else []:
        assert set(event) == described("event")
    for finding in document.get("findings", []):
        assert set(finding) == described("finding")


def test_a_batch_has_the_stated_members(cli: Cli, small: Small) -> None:
    draft = '{"type": "dataset", "record": {"name": "d"}}'
    document = cli("record", "--batch", "-l", small.path, "--json", stdin=draft).json
    assert set(document) == stated("record --batch")
    assert set(document["receipts"][0]) == stated("record")
