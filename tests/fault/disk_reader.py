"""A reader beside writers in trouble: `python disk_reader.py LEDGER`. What it saw once it sees
always, whole batches only, and all of it is sound. Stdout: a line for each look. Ends when stdin
does.
"""

import sys

from disk_writer import say, stopped
from kills import check
from lineseal import Tracker


def look(tracker: Tracker, seen: list[str]) -> list[str]:
    now = [event.hash for event in tracker.events()]
    assert now[: len(seen)] == seen, "what was there is gone, or stands elsewhere"
    return now


if __name__ == "__main__":
    seen: list[str] = []
    lasting = Tracker(sys.argv[1], read_only=True)
    while not stopped():
        with Tracker(sys.argv[1], read_only=True) as fresh:
            seen = look(fresh, seen)
            check(fresh, {})
        seen = look(lasting, seen)
        say(f"looked {len(seen)}")
