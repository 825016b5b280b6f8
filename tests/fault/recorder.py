"""The victim of the fault tests: records batches and says which were acknowledged.

    python recorder.py LEDGER LABEL BATCHES THREADS

Batch n of a thread has 1 + n % 5 datasets. Each acknowledged one becomes a line on stdout:
its name, then the hashes of its events.
"""

import os
import sys
import threading

from lineseal import DatasetRecord, Tracker


def batch(name: str, size: int) -> list[DatasetRecord]:
    """Events that say to which batch they belong and how many it has."""
    return [
        DatasetRecord(name=name, version=f"{place}/{size}", license="x" * (97 * size))
        for place in range(size)
    ]


def work(tracker: Tracker, label: str, batches: int) -> None:
    for number in range(batches):
        name = f"{label}-{number}"
        receipts = tracker.record_many(batch(name, 1 + number % 5))
        # One write of less than a pipe's buffer: a line is there whole or not at all.
        os.write(1, f"{name} {' '.join(r.hash for r in receipts)}\n".encode())


def main(path: str, label: str, batches: int, threads: int) -> None:
    with Tracker(path) as tracker:
        workers = [
            threading.Thread(target=work, args=(tracker, f"{label}-{n}", batches))
            for n in range(threads)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
