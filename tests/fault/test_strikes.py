"""Some of the system calls of lives that record, recover and import, struck: `make soak` strikes
all of them.
"""

from collections import Counter
from pathlib import Path

import jobs
import pytest
import strace
from lives import Background, Import, Life, Recovery
from strikes import Range


@pytest.mark.parametrize(
    ("kind", "part"), [(Life, 20), (Background, 10), (Recovery, 20), (Import, 8)]
)
def test_whatever_call_fails_nothing_is_lost_halved_or_falsified(
    tmp_path: Path, kind: type[Life], part: int
) -> None:
    strace.need_strace()
    field = Range(kind(tmp_path / "room"))
    every = list(field.jobs())
    assert len(every) > 100, f"only {len(every)} strikes: {Counter(job.name for job in every)}"
    outcomes = jobs.play(jobs.some(every, part))
    assert outcomes["killed"] > outcomes["outlived"], f"hardly a kill hit: {outcomes}"
    assert outcomes["told of it"] > 0, f"no error was met: {outcomes}"
