"""Records on a failing disk: reopens and sends the same again until it is acknowledged.

    python resender.py LEDGER BATCHES

Says on stdout what happened: `open` or `record` and the error's class; `told` for a batch
that was acknowledged, with what its receipts say of having been created.
"""

import sys

from lineseal import LinesealError, Tracker
from recorder import batch

TRIES = 20


def insist(path: str, tracker: Tracker | None, name: str) -> Tracker:
    """Gets a batch acknowledged; returns the tracker that is open afterwards."""
    for _ in range(TRIES):
        doing = "open"
        try:
            tracker = tracker or Tracker(path)
            doing = "record"
            receipts = tracker.record_many(batch(name, 3))
        except LinesealError as error:
            print(doing, type(error).__name__, flush=True)
            if tracker:
                tracker.close()
            tracker = None
            continue
        print("told", *(receipt.created for receipt in receipts), flush=True)
        return tracker
    raise SystemExit(f"{name} was refused {TRIES} times")


def main(path: str, batches: int) -> None:
    tracker = None
    for number in range(batches):
        tracker = insist(path, tracker, f"b{number}")
    if tracker:
        tracker.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
