"""What the command line chose, as every benchmark takes it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """Sizes and rounds of one run."""

    events: int  # the large size: the ratios against baselines, and the upper end of growth
    rounds: int
    draw: Path  # folder for pictures
    memory: int  # bytes that `growth` may ask for
    folder: Path  # where stores are made: on a disk, not in memory, where syncs are free
