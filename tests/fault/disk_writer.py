"""One of two writers on a disk that fills up: `python disk_writer.py LEDGER LABEL`.

Sends each batch until it is acknowledged, and lets go of the ledger now and then, so that the other
one gets its turn. Stdout: `told NAME HASH…`, `refused CODE`. Ends when stdin does.
"""

import select
import sys
import time

from lineseal import LedgerLockedError, LinesealError, Tracker
from recorder import batch

TURN = 8


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def stopped() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def turn(path: str, label: str, number: int) -> int:
    """Records some batches; the number of the next one."""
    try:
        with Tracker(path) as tracker:
            for _ in range(TURN):
                receipts = tracker.record_many(batch(f"{label}-{number}", 1 + number % 5))
                say(f"told {label}-{number} " + " ".join(receipt.hash for receipt in receipts))
                number += 1
    except LedgerLockedError:
        time.sleep(0.002)
    except LinesealError as error:
        say(f"refused {error.code}")
        time.sleep(0.05)
    return number


if __name__ == "__main__":
    number = 0
    while not stopped():
        number = turn(sys.argv[1], sys.argv[2], number)
