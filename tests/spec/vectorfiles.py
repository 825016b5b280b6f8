"""Reads tests/spec/vectors/*.json for the tests. May use vectorgen.forge, to expand blocks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vectorgen.forge import expand

HERE = Path(__file__).parent
VECTORS = HERE / "vectors"
SPEC = HERE.parents[1] / "docs" / "spec"


def cases(*kinds: str) -> list[dict[str, Any]]:
    """The cases of all files of these kinds."""
    files = [json.loads(path.read_text()) for path in sorted(VECTORS.glob("*.json"))]
    return [case for file in files if file["kind"] in kinds for case in file["cases"]]


def blocks() -> list[dict[str, Any]]:
    """The cases of kind blocks, `block` as bytes."""
    return [case | {"block": expand(case["block"])} for case in cases("blocks")]


def name(case: dict[str, Any]) -> str:
    """For the ids of parametrized tests."""
    return case["name"]
