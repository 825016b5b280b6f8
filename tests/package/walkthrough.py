"""Run by check.py where nothing but the wheel is installed: a small life, in memory, on disk, or
in a ledger of a service.

Prints the hash of the prediction. Uses no assert: it must also fail under `python -O`.
"""

import sys

from lineseal import Tracker, open_ledger, verify_blocks


def need(truth: object, what: str) -> None:
    if not truth:
        sys.exit(f"walkthrough: {what}")


def main(address: str | None = None) -> None:
    with Tracker() if address is None else open_ledger(address) as tracker:
        data = tracker.record_dataset(name="digits", version="1", num_rows=1797)
        run = tracker.record_training(run_id="run-1", model_name="lr", parents={"train": data})
        model = tracker.record_model(name="lr", version="1.0", parents=run)
        prediction = tracker.record_prediction(inputs={"x": [0.5, 1]}, output=7, parents=model)
        again = tracker.record_dataset(name="digits", version="1", num_rows=1797)
        need(again.hash == data.hash and not again.created, "one dataset became two events")
        events = tracker.trace(prediction)
        traced = [event.type for event in events]
        need(traced == ["prediction", "model", "training", "dataset"], f"trace gave {traced}")
        report = tracker.verify_all(expect=[prediction.hash])
        need(report and report.checked == 4, f"a sound ledger does not verify: {report}")
    leaf, *others = [(event.hash, event.block) for event in events]
    forged = leaf[1].replace(b"output\x07", b"output\x08")
    need(forged != leaf[1], "nothing was forged")
    need(verify_blocks([leaf, *others]), "sound blocks do not verify")
    need(not verify_blocks([(leaf[0], forged), *others]), "a forged block verifies")
    print(prediction.hash)


if __name__ == "__main__":
    main(*sys.argv[1:])
