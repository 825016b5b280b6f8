"""What the README of each client says works, from an empty folder on."""

from __future__ import annotations

from pathlib import Path

import pytest
from languages import LANGUAGES, ROOT, built
from readmes import follow


@pytest.mark.parametrize("language", LANGUAGES[1:], ids=lambda language: language.name)
def test_a_readme_followed_literally_works(language, tmp_path: Path) -> None:
    built(language)
    written, ran = follow(ROOT / "clients" / language.name / "README.md", tmp_path)
    assert written >= 1
    assert ran >= 2
