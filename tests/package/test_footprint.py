"""The import stays light in the environment that the tests run in, too."""

import sys

from footprint import LIMIT_MS, foreign_modules, import_milliseconds


def test_the_import_loads_nothing_but_the_standard_library_and_lineseal() -> None:
    assert foreign_modules(sys.executable) == []


def test_the_import_takes_less_than_50_ms() -> None:
    # On a busy machine one measurement may be unlucky; three in a row are not.
    assert min(import_milliseconds(sys.executable) for _ in range(3)) < LIMIT_MS
