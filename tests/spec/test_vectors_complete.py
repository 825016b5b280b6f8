"""Every rule of the format has its vectors, and the vectors are what the generator makes."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import make_vectors
import pytest
from vectorfiles import SPEC, VECTORS, blocks, cases
from vectorgen import records
from vectorgen.forge import Link, encode, must_be_canonical

KINDS = ("blocks", "drafts", "conversions")
RULE = re.compile(r"^- \*\*(E\d+\.\d+)\*\* \[(must|may|is)\] (.*)$", re.MULTILINE)
CHECKSUM_RULE = re.compile(r"^- \*\*(C\d+\.\d+)\*\*", re.MULTILINE)
# Rules about what is not in the input, or that only say what the others mean.
CHECKSUMS_WITHOUT_VECTORS = {"C1.2", "C1.3", "C1.4", "C2.8", "C3.7", "C4.9"}

RULES = RULE.findall((SPEC / "event-format.md").read_text())


def count(accepted: bool) -> Counter[str]:
    """How many cases show each rule; a refused case shows the first it names."""
    every = [case for case in cases(*KINDS) if case["accept"] == accepted]
    return Counter(rule for case in every for rule in case["rules"][: None if accepted else 1])


ACCEPTED, REFUSED = count(True), count(False)
PERMITTED = Counter(rule for case in cases(*KINDS) for rule in case.get("permits", []))


def test_the_page_states_rules() -> None:
    numbers = [number for number, _, _ in RULES]
    assert len(numbers) > 80
    assert len(set(numbers)) == len(numbers)
    stated = re.findall(r"^- \*\*(E\d+\.\d+)", (SPEC / "event-format.md").read_text(), re.M)
    assert stated == numbers, "a rule lacks its class [must], [may] or [is]"


@pytest.mark.parametrize("number", [number for number, kind, _ in RULES if kind == "must"])
def test_a_constraint_has_two_accepted_and_two_refused_cases(number: str) -> None:
    assert ACCEPTED[number] >= 2
    assert REFUSED[number] >= 2


@pytest.mark.parametrize("number", [number for number, kind, _ in RULES if kind == "may"])
def test_a_permission_has_two_accepted_cases(number: str) -> None:
    assert ACCEPTED[number] + PERMITTED[number] >= 2


def test_cases_name_rules_that_exist() -> None:
    known = {number for number, _, _ in RULES}
    assert set(ACCEPTED) | set(REFUSED) | set(PERMITTED) <= known


def test_the_level_of_a_refused_block_is_the_one_its_rule_states() -> None:
    levels = {number: set(re.findall(r"`(frame|envelope|record)`", text[-40:])) for
              number, _, text in RULES}  # fmt: skip
    for case in blocks():
        if not case["accept"]:
            assert case["level"] in levels[case["rules"][0]], case["name"]


def test_names_of_cases_are_unique() -> None:
    names = Counter(case["name"] for case in cases(*KINDS, "checksums"))
    assert [name for name, times in names.items() if times > 1] == []


def test_every_rule_of_checksums_has_a_case() -> None:
    rules = set(CHECKSUM_RULE.findall((SPEC / "checksums.md").read_text()))
    shown = {rule for case in cases("checksums") for rule in case["rules"]}
    assert rules - shown == CHECKSUMS_WITHOUT_VECTORS


def test_every_record_type_has_accepted_and_refused_blocks() -> None:
    for type_ in (*records.TABLE, "a/b"):
        key = encode({"type": type_})[1:]  # as it stands in a block
        found = Counter(case["accept"] for case in blocks() if key in case["block"])
        assert found[True] >= 2, type_
        assert found[False] >= 2, type_


def test_the_table_of_the_page_is_the_one_that_the_vectors_follow() -> None:
    page = (SPEC / "event-format.md").read_text().split("## E9 Records")[1].split("## E10")[0]
    rows = dict(re.findall(r"^\| `(.+?)` \| (.+?) \|$", page, re.M))
    assert list(rows) == list(records.TABLE)
    for type_, row in rows.items():
        stated = re.findall(r"(\w+)(\*?)(?: \[(\w+)\])?(?:, |$)", row)
        fields = [(field, kind or "text", star == "*") for field, star, kind in stated]
        known = [(f, "map" if k == "values" else k, r) for f, k, r in records.fields(type_)]
        assert [*fields, ("ids", "ids", False)] == known, type_


def test_hash_and_cid_of_accepted_blocks_are_those_of_their_bytes() -> None:
    for case in blocks():
        if case["accept"]:
            must_be_canonical(case["block"])
            digest = hashlib.sha256(case["block"]).digest()
            assert case["hash"] == digest.hex()
            assert case["cid"] == str(Link(0x71, digest))


def test_the_files_are_what_the_generator_makes() -> None:
    assert make_vectors.main(["--check"]) == 0, "run tests/spec/make_vectors.py"


def test_the_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in VECTORS.glob("*.json")) < 1_000_000


def test_the_worked_example_is_an_accepted_block() -> None:
    text = (SPEC / "event-format.md").read_text().split("## A worked example")[1]
    example = next(case for case in blocks() if case["name"] == "worked-example")
    listing = text.split("```")[1]
    hexes = [line.split("  ")[0] for line in listing.strip().splitlines()]
    assert bytes.fromhex("".join(hexes)) == example["block"]
    assert example["hash"] in text
    assert example["cid"] in text
