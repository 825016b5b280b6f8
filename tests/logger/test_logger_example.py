"""`examples/fastapi`, as it is: a real service, real answers, and the auditor's way to the data."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from lineseal import checksum, open_ledger
from spooling import Service

ROOT = Path(__file__).parents[2]


@pytest.fixture
def model(service: Service, tmp_path: Path) -> Path:
    """The exported model, recorded in the service's ledger."""
    file = tmp_path / "model.json"
    program = [sys.executable, ROOT / "examples/model.py", service.address, file]
    done = subprocess.run(program, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == json.loads(file.read_text())["parents"]
    return file


def test_every_answer_of_the_example_leads_to_the_dataset(
    service: Service, model: Path, spool: Path, tmp_path: Path
) -> None:
    import numpy as np
    from sklearn.datasets import load_digits

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        "LINESEAL_TARGET": service.address,
        "LINESEAL_SPOOL": str(spool),
        "MODEL": str(model),
    }
    command = [sys.executable, "-m", "uvicorn", "--app-dir", ROOT / "examples/fastapi"]
    log = tmp_path / "uvicorn.log"
    with log.open("w") as out:
        served = subprocess.Popen(
            [*command, "service:app", "--port", str(port)],
            env=os.environ | environ,
            stdout=out,
            stderr=out,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            until(client, log)
            answers = [
                (row, client.post("/predict", json={"pixels": row["pixels"]}))
                for row in json.loads(model.read_text())["rows"]
            ]
            assert client.post("/predict", json={"pixels": [1.0]}).status_code == 422
            assert client.get("/health").json()["error"] is None
    finally:
        served.terminate()
        assert served.wait(30) in (0, -15), log.read_text()
    digits = load_digits()
    known = checksum(np.column_stack([digits.data, digits.target]))["checksum"]
    with open_ledger(service.address) as ledger:
        assert len(list(ledger.events("prediction"))) == len(answers) == 20
        for row, answer in answers:
            assert answer.json() == {"digit": row["class"]}
            trace = ledger.trace(answer.headers["X-Prediction"])
            assert trace[0].payload["inputs"] == {"pixels": row["pixels"]}
            assert trace[0].payload["output"] == row["class"]
            kinds = [event.type for event in trace]
            assert set(kinds) == {"prediction", "model", "training", "hyperparameters", "dataset"}
            [data] = [event for event in trace if event.type == "dataset"]
            assert data.payload["checksum"] == known
            assert ledger.verify(answer.headers["X-Prediction"])


def until(client: httpx.Client, log: Path) -> None:
    """Waits until the service answers."""
    end = time.monotonic() + 60
    while True:
        try:
            client.get("/health").raise_for_status()
            return
        except httpx.HTTPError:
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
