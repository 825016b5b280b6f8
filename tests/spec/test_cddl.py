"""docs/spec/event.cddl held over the vectors by a foreign validator, cddl-verifier."""

from __future__ import annotations

from typing import Any

import pytest
from cddl_verifier import Validator
from vectorfiles import SPEC, blocks, cases, name

# cddl-verifier tries every map twice, so that its time doubles with each level of nesting.
TOO_DEEP = {"depth-24-maps"}

VALIDATOR = Validator((SPEC / "event.cddl").read_text())
ACCEPTED = [case for case in blocks() if case["accept"] and case["name"] not in TOO_DEEP]
REFUSED = [case for case in blocks() if case.get("cddl")]
DRAFTS = [
    {"name": case["name"], "block": bytes.fromhex(case["block"])}
    for case in cases("drafts")
    if case["accept"]
]


@pytest.mark.parametrize("case", [*ACCEPTED, *DRAFTS], ids=name)
def test_cddl_accepts_what_the_rules_accept(case: dict[str, Any]) -> None:
    result = VALIDATOR.validate(case["block"])
    assert result.valid, result.errors


@pytest.mark.parametrize("case", REFUSED, ids=name)
def test_cddl_refuses_what_it_can_see(case: dict[str, Any]) -> None:
    assert not VALIDATOR.validate(case["block"]).valid


def test_cddl_sees_most_of_what_envelope_and_record_refuse() -> None:
    structural = [case for case in blocks() if case.get("level") in ("envelope", "record")]
    assert len([case for case in structural if case["cddl"]]) > 0.8 * len(structural)
