"""Processes killed while they record; `make soak` kills five hundred."""

from pathlib import Path

import jobs
from kills import Killing

ROUNDS = 20


def test_kills_lose_no_acknowledged_batch_and_leave_none_in_part(tmp_path: Path) -> None:
    killing = Killing(tmp_path / "ledger")
    jobs.play(killing.jobs(ROUNDS))
    assert len(killing.acknowledged) > ROUNDS, "the victims hardly recorded anything"
