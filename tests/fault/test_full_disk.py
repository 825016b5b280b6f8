"""A disk that fills up under two writing processes and a reading one; `make soak` fills more."""

from pathlib import Path

import disks
import jobs
import pytest


def test_a_full_disk_loses_nothing_of_two_writers_and_shows_a_reader_nothing_false(
    tmp_path: Path,
) -> None:
    if reason := disks.hindrance():
        pytest.skip(reason)
    assert jobs.play(disks.every(tmp_path, 2)).total() == 2
