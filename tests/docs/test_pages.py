"""Every command and snippet in the documents does what the documents say."""

from pathlib import Path

import pytest

from .pages import ROOT, run_page

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted((DOCS / "guide").glob("*.md")), DOCS / "spec" / "errors.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path) -> None:
    assert run_page(page, tmp_path) > 0
