"""One of many that record into one ledger, side by side.

    python sharer.py LEDGER WHO EVENTS SEED

Records datasets one or a few at a time: some that all the others record, too, and some of its own
that have for parents what others recorded. For each batch that was acknowledged a line comes on
stdout: `index hash created` of each event. What it recorded it sees itself at once.
"""

import os
import random
import sys
import time

from lineseal import DatasetRecord, Tracker


def main(path: str, who: str, events: int, seed: int) -> None:
    rng = random.Random(seed)
    with Tracker(path, lock_timeout=60) as tracker:
        done = 0
        while done < events:
            latest = max(0, len(tracker) - rng.randrange(1, 20))
            seen = list(tracker.events(after_index=latest - 1, limit=2)) if latest else []
            batch = [
                DatasetRecord(name=f"{who}-{done + n}", parents=seen)
                for n in range(rng.randrange(1, 4))
            ]
            if rng.random() < 0.5:
                batch.append(DatasetRecord(name=f"common-{rng.randrange(events)}"))
            receipts = tracker.record_many(batch)
            done += len(batch)
            line = " ".join(f"{r.index} {r.hash} {int(r.created)}" for r in receipts)
            os.write(1, f"{line}\n".encode())
            assert [tracker.get(r).index for r in receipts] == [r.index for r in receipts]
            if rng.random() < 0.02:
                time.sleep(1.2)  # long enough to give the lock up


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
