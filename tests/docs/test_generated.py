"""What the documents say of flags, fields and errors is what the code has."""

import pytest

from .generate import MAKERS, PART, pages, renewed

PAGES = pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_generated_part_is_what_the_code_says(page) -> None:
    assert renewed(page) == page.read_text(), "run: python -m tests.docs.generate"


def test_every_generated_part_has_its_place() -> None:
    found = {part[2] for page in PAGES for part in PART.finditer(page.read_text())}
    assert found == set(MAKERS)
