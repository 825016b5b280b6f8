"""Copies a CAR file into a ledger and says when it is there: `python importer.py LEDGER CAR`."""

import sys

from lineseal import Tracker

if __name__ == "__main__":
    with Tracker(sys.argv[1]) as tracker:
        tracker.copy_all(sys.argv[2])
        print("told all", flush=True)
