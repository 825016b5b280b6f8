"""Links lead somewhere; tables written by hand list what the code has, no more and no less."""

import re
from pathlib import Path

import lineseal
from lineseal import _core
from lineseal.cli import errors

from .generate import PART
from .pages import FENCE, ROOT

PAGES = [
    *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("clients/*/README.md"),
    *ROOT.glob("tests/*/README.md"), *ROOT.glob("tests/spec/vectors/README.md"),
]  # fmt: skip
GUIDE = ROOT / "docs" / "guide"


def _section(page: Path, title: str) -> str:
    return page.read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_link_to_a_file_leads_to_one() -> None:
    broken = []
    for page in PAGES:
        prose = FENCE.sub("", page.read_text(encoding="utf-8"))
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", prose):
            if not (page.parent / link).exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert broken == []


def test_each_page_keeps_a_ledger_of_its_own_so_that_they_can_be_followed_in_one_folder() -> None:
    seen: dict[str, Path] = {}
    for page in [ROOT / "README.md", *sorted(GUIDE.glob("*.md"))]:
        by_hand = PART.sub("", page.read_text(encoding="utf-8"))
        for name in set(re.findall(r"[\w-]+\.ledger\b", by_hand)):
            assert seen.setdefault(name, page) == page, name
    assert len(seen) >= 6


def test_every_link_within_a_page_leads_to_a_heading() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        heads = {
            re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-")
            for head in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
        assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= heads, page


def test_the_table_of_checks_is_complete_and_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", _section(GUIDE / "verifying.md", "Findings"), re.MULTILINE)
    assert tuple(rows) == lineseal.CHECKS


def test_the_table_of_exit_statuses_is_complete() -> None:
    section = _section(GUIDE / "errors.md", "Exit statuses")
    rows = {int(row) for row in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    of_the_table = {row[3] for row in _core.error_table()}
    of_the_command = {0, 1, errors.USAGE, errors.INTERNAL, errors.INTERRUPTED, errors.PIPE}
    assert rows == of_the_table | of_the_command


def test_the_attributes_of_an_error_are_those_that_json_prints() -> None:
    text = (GUIDE / "errors.md").read_text(encoding="utf-8").split("## The table")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == errors.KEYS
