"""The story of `lineseal demo`, from two datasets to three attacks, and then over gRPC.

May use all of the demo; `service` tells the second half.
"""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

from lineseal import Receipt, Tracker
from lineseal.demo import attacks, service
from lineseal.demo.grpcurl import Grpcurl
from lineseal.demo.life import Life, record_data, record_release, record_training, record_use
from lineseal.demo.place import fresh
from lineseal.demo.server import Server
from lineseal.demo.stage import Stage, activation
from lineseal.demo.study import Study, studies


def tell(out: Path = Path("demo-out"), *, quiet: bool = False) -> dict[str, Any]:
    """Tell the whole story into the folder `out`; returns what `lineseal demo --json` prints."""
    start = time.perf_counter()
    stage, out = Stage(quiet), fresh(out)
    ledger = out / "ledger"
    stage.say(f"lineseal demo: the life of two models, kept in {ledger}")
    if line := activation():
        stage.say(f"To run a command shown here yourself, first: {line}")
    with (
        closing(Grpcurl(out / "bin")) as grpcurl,
        Server(out / "service", out / "service.log") as server,
    ):
        told = studies()
        with Tracker(ledger) as tracker:
            lives = [_live(stage, tracker, study, out / "models") for study in told]
            count = len(tracker)
        _look(stage, ledger, lives[0])
        _attack(stage, out, told[0], lives[0])
        served = service.tell(stage, server, told, lives[0].data.whole, grpcurl)
    _end(stage, ledger, lives[0], server.data, served, time.perf_counter() - start)
    return {
        "ledger": str(ledger),
        "service": str(server.data),
        "events": count,
        "seconds": round(time.perf_counter() - start, 3),
        "steps": stage.steps,
    }


def _live(stage: Stage, tracker: Tracker, study: Study, folder: Path) -> Life:
    start = time.perf_counter()
    folder.mkdir(exist_ok=True)
    study.split()
    data = record_data(tracker, study)
    study.fit(folder)
    built = record_training(tracker, study, data)
    study.evaluate()
    release = record_release(tracker, study, data, built)
    life = Life(data, built, release, record_use(tracker, study, release.deployment))
    seconds = time.perf_counter() - start
    stage.heading(f"{study.name}: {len(study.whole):,} rows, {study.estimator.__name__}")
    for what, receipt, about in _told(study, life):
        stage.say(f"  {what:<16}{receipt.hash[:12]}  {about}")
    stage.say(f"  trained, evaluated, deployed, used and recorded in {seconds:.1f} s")
    return life


def _told(study: Study, life: Life) -> list[tuple[str, Receipt, str]]:
    scores = ", ".join(f"{name} {score:.3f}" for name, score in study.metrics.items())
    settings = ", ".join(f"{name}={value}" for name, value in study.settings.items())
    return [
        ("dataset", life.data.whole, f"{study.name}, all {len(study.whole):,} rows"),
        ("  train", life.data.train, f"{len(study.train):,} rows of it"),
        ("  test", life.data.test, f"{len(study.test):,} rows of it"),
        ("hyperparameters", life.built.settings, settings),
        ("training", life.built.training, f"run-{study.name}, from train and hyperparameters"),
        ("model", life.built.model, str(study.file)),
        ("evaluation", life.release.evaluation, f"{scores} on the test set"),
        ("approval", life.release.approval, "signed off on that evaluation"),
        ("deployment", life.release.deployment, f"{study.name}-service"),
        ("prediction", life.use.predictions[0], f"and {len(life.use.predictions) - 1:,} more"),
        ("feedback", life.use.feedback[0], f"and {len(life.use.feedback) - 1:,} more"),
    ]


def _look(stage: Stage, ledger: Path, life: Life) -> None:
    where = ("--ledger", str(ledger))
    stage.heading("Where does this prediction come from?")
    stage.command("trace", life.use.predictions[0].hash[:12], *where, word="down to the data")
    stage.heading("What did the training set touch?")
    stage.command("impact", life.data.train.hash[:12], "--limit", "3", *where, word="every answer")
    stage.heading("Does everything still hold?")
    stage.say(
        "An event's name is the SHA-256 of its bytes, and it holds the names of what it was made"
        " from:\nverify computes them all anew. Two things no ledger can show by itself, and so it"
        " says: an event\non which nothing rests yet (a leaf) could be rewritten, and the newest"
        " events (the tail) cut off."
    )
    stage.command("verify", *where)


def _attack(stage: Stage, out: Path, study: Study, life: Life) -> None:
    ledger, kept = out / "ledger", life.use.predictions[0].hash
    stage.heading("Attack 1: someone swaps the model file (on a copy)")
    swapped = attacks.swap_model(study.file, out / "attacks")
    stage.command(
        "check", life.built.model.hash[:12], str(swapped), "--ledger", str(ledger), expected=1
    )

    stage.heading("Attack 2: someone rewrites the training, and every hash that rests on it")
    forged = out / "attacks" / "rewritten"
    renamed = attacks.rewrite(ledger, life.built.training.hash, {"seed": 8}, forged)
    stage.say(
        f"The seed is now 8, and {renamed:,} events have new names. Whoever owns the disk can write"
        " a whole new\nledger, consistent in itself: verify alone cannot and does not notice."
    )
    stage.command("verify", "--ledger", str(forged), word="not noticed, as expected")
    stage.say(
        "What catches it is one hash kept elsewhere. A customer has that of the prediction she was"
        " given:"
    )
    stage.command("verify", "--expect", kept, "--ledger", str(forged), expected=1)

    stage.heading("Attack 3: one bit flips on the disk (on a copy)")
    with Tracker(ledger, read_only=True) as tracker:
        block = tracker.get(life.built.training).block
    damaged = out / "attacks" / "flipped"
    attacks.flip_a_byte(ledger, block, b"completed", damaged)
    stage.command("verify", "--ledger", str(damaged), expected=1)


def _end(stage: Stage, ledger: Path, life: Life, data: Path, served: str, seconds: float) -> None:
    prediction = life.use.predictions[0].hash[:12]
    first = f"  {line}\n" if (line := activation()) else ""
    stage.say(
        "\nNot noticed yet: a rewritten ledger of which nobody kept a hash, or events cut off its"
        " end;\nsigned checkpoints, the next stage of lineseal, are for that.\n"
        f"\nTold in {seconds:.1f} s. The ledger lies in {ledger}, the server's in {data}."
        " Go on with:\n"
        f"{first}"
        f"  lineseal show {prediction} --ledger {ledger}\n"
        f"  lineseal find --model digits-lr@1.0 --ledger {ledger}\n"
        f"  lineseal trace {prediction} --mermaid --ledger {ledger}\n"
        f"  lineseal serve --data {data} &\n"
        f"  lineseal trace {served[:12]} --ledger grpc://localhost:50051/default"
    )
