"""The conformance program of README.md in Python, through `Client` and its typed records, and
`PredictionLogger`."""

from __future__ import annotations

import json
import os
import struct
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lineseal
import numpy
from lineseal import Client, LinesealError, Link, PredictionLogger, Record, records

HISTORY = Path(os.environ.get("LINESEAL_HISTORY", Path(__file__).parent / "history.json"))
RECORDS = {
    kind.type_name: kind
    for kind in vars(records).values()
    if isinstance(kind, type) and issubclass(kind, Record) and kind.type_name
}


def value(given: Any) -> Any:
    """What a tagged value stands for."""
    match given:
        case {"map": entries}:
            return {key: value(item) for key, item in entries.items()}
        case {"float": bits}:
            return struct.unpack(">d", bytes.fromhex(bits))[0]
        case {"bytes": digits}:
            return bytes.fromhex(digits)
        case {"link": cid}:
            return Link(cid)
        case {"tensor": tensor}:
            kind = numpy.dtype(tensor["dtype"]).newbyteorder("<")
            return numpy.frombuffer(bytes.fromhex(tensor["data"]), kind).reshape(tensor["shape"])
        case list():
            return [value(item) for item in given]
        case str():
            return given.replace("<lang>", "python")
        case _:
            return given


def record_of(event: dict[str, Any], hashes: dict[str, str]) -> Record:
    """The record to hand in for an event of the history."""
    roles: dict[str, list[str]] = {}
    for parent in event.get("parents", []):
        found = parent.get("hash") or hashes[parent["event"]]
        roles.setdefault(parent.get("role", ""), []).append(found)
    parents = () if event.get("no_parents") else roles or None
    more: dict[str, Any] = {"time": event.get("time"), "actor": event.get("actor")}
    fields = {key: value(item) for key, item in event["fields"].items()}
    if "/" in event["type"] and event["type"] not in RECORDS:
        return lineseal.CustomRecord(type=event["type"], payload=fields, parents=parents, **more)
    return RECORDS[event["type"]](**fields, parents=parents, **more)


def record(client: Client) -> dict[str, str]:
    """Records the history, and tries what must be refused."""
    history = json.loads(HISTORY.read_text(encoding="utf-8"))
    hashes: dict[str, str] = {}
    for event in history["events"]:
        hashes[event["name"]] = client.record(record_of(event, hashes)).hash
    for event in history["refused"]:
        try:
            hashes[event["name"]] = client.record(record_of(event, hashes)).hash
        except LinesealError as error:
            hashes[event["name"]] = error.code.upper()
    return hashes


def check(client: Client, names: dict[str, str]) -> dict[str, Any]:
    """Traces and verifies each event here."""
    results: dict[str, Any] = {}
    for name, digest in names.items():
        try:
            trace, report = client.trace(digest), client.verify(digest)
        except LinesealError as error:
            results[name] = {"ok": False, "error": f"{error.code.upper()}: {error}"}
        else:
            ancestors = [event.hash for event in trace]
            results[name] = {
                "ok": report.verdict == "ok",
                "checked": report.checked,
                "ancestors": ancestors,
            }
    return results


def log(client: Client, parent: str, count: int) -> dict[str, Any]:
    """Logs predictions, through a spool of its own."""
    with TemporaryDirectory() as spool, PredictionLogger(client, parent, spool=spool) as logger:
        hashes = [logger.log(prediction_id=f"python-{n}", output=n) for n in range(count)]
        assert logger.close()
        logged = logger.stats()["sent"]
    return {"logged": logged, "hashes": [hashes[0], hashes[-1]]}


def main(verb: str, target: str, ledger: str, *more: str) -> int:
    """Prints what README.md says; 1 where something does not hold, 2 for errors."""
    try:
        with Client(target, ledger=ledger) as client:
            if verb == "check":
                answer = check(client, json.load(sys.stdin))
            elif verb == "log":
                answer = log(client, more[0], int(more[1]))
            else:
                answer = record(client)
    except LinesealError as error:
        print(f"error: {error.code.upper()}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(answer))
    return int(verb == "check" and not all(one["ok"] for one in answer.values()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
