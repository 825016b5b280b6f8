"""The example in Python; tests/logger asks it about every row."""

from __future__ import annotations

from pathlib import Path

import pytest
from headers import follow_header
from languages import ROOT


def test_the_header_of_the_example_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert len(follow_header(ROOT / "examples" / "fastapi" / "service.py", tmp_path)) == 5
    assert list((tmp_path / "state/lineseal/spool").iterdir()) == []
