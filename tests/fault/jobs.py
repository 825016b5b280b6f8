"""Much to do, of which a short run does a part that differs each time."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

#: What `LINESEAL_FAULT_SEED` says, or drawn anew.
SEED = int(os.environ.get("LINESEAL_FAULT_SEED") or random.SystemRandom().randrange(10**9))


@dataclass(frozen=True)
class Job:
    """Something done to a ledger; `run` says what became of it, or raises."""

    name: str
    run: Callable[[], str]


def some(jobs: Iterable[Job], most: int) -> list[Job]:
    """At most so many of them, any."""
    every = list(jobs)
    return random.Random(SEED).sample(every, min(most, len(every)))


def play(jobs: Iterable[Job]) -> Counter[str]:
    """Does all of them; how often each came out."""
    outcomes: Counter[str] = Counter()
    for job in jobs:
        try:
            outcomes[job.run()] += 1
        except Exception as error:
            error.add_note(f"in {job.name}; LINESEAL_FAULT_SEED={SEED}")
            raise
    return outcomes
