"""The client of the fault tests: records predictions until its stdin ends.

    python worker.py ADDRESS LABEL

A line of stdout for each acknowledged batch: when its call began and ended (time.monotonic, which
all processes of a machine share), then prediction_id:hash:index of each of its events.
"""

import itertools
import os
import sys
import threading
import time

from lineseal import Client, PredictionRecord

ATTEMPTS_END = 120.0


def work(client: Client, label: str, ended: threading.Event) -> None:
    model = client.record_model(name="m", version="1")
    for number in itertools.count():
        if ended.is_set():
            return
        ids = [f"{label}-{number}-{place}" for place in range(1 + number % 5)]
        batch = [
            PredictionRecord(prediction_id=id, inputs={"x": number}, output=1, parents=model)
            for id in ids
        ]
        begun = time.monotonic()
        receipts = client.record_many(batch)
        told = [f"{id}:{r.hash}:{r.index}" for id, r in zip(ids, receipts, strict=True)]
        # One write of less than a pipe's buffer: a line is there whole or not at all.
        os.write(1, f"{begun} {time.monotonic()} {' '.join(told)}\n".encode())


def main(address: str, label: str) -> None:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    with Client(address, timeout=ATTEMPTS_END, connect_timeout=ATTEMPTS_END) as client:
        work(client, label, ended)


if __name__ == "__main__":
    main(*sys.argv[1:])
