"""Some of the system calls of lives that record, recover and import, struck: `make soak` strikes
all of them.
"""

from collections import Counter
from pathlib import Path

import jobs
import strace
from lives import Background, Import, Life, Recovery
from strikes import Range

LIVES = {Life: 20, Background: 10, Recovery: 20, Import: 8}


def test_whatever_call_fails_nothing_is_lost_halved_or_falsified(tmp_path: Path) -> None:
    strace.need_strace()
    outcomes: Counter[str] = Counter()
    for kind, part in LIVES.items():
        every = list(Range(kind(tmp_path / kind.__name__)).jobs())
        assert len(every) > 100, f"{len(every)} strikes: {Counter(job.name for job in every)}"
        outcomes += jobs.play(jobs.some(every, part))
    # Of all lives together: work in the background alone gets over most errors without a word.
    assert outcomes["killed"] > outcomes["outlived"], f"hardly a kill hit: {outcomes}"
    assert outcomes["told of it"] > 0, f"no error was met: {outcomes}"
