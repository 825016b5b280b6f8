"""A server in this process, and one in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from calling import Stubs
from running import Process, serving


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[Stubs]:
    """A server in this process, new for each test."""
    with serving(tmp_path / "data", grace=2) as found:
        yield found


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """A server in a process of its own."""
    with Process(tmp_path / "data") as found:
        yield found
