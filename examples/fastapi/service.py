r"""A FastAPI service that tells handwritten digits apart, and logs every answer that it gives. From
the root of the repository, with `pip install ".[server,demo]" fastapi uvicorn`:

    $ lineseal serve --data ledgers &
    127.0.0.1:50051
    $ python examples/model.py grpc://localhost:50051/default model.json
    …
    $ LINESEAL_TARGET=grpc://localhost:50051/default python -m uvicorn --app-dir examples/fastapi service:app --port 8080 &
    $ curl -s --retry 30 --retry-delay 1 --retry-connrefused -D headers localhost:8080/predict -H 'content-type: application/json' -d '{"pixels": [0,0,5,13,9,1,0,0,0,0,13,15,10,15,5,0,0,3,15,2,0,11,8,0,0,4,12,0,0,8,8,0,0,5,8,0,0,9,8,0,0,4,11,0,1,12,7,0,0,2,14,5,10,12,0,0,0,0,6,13,10,0,0,0]}'
    {"digit":0}
    $ sleep 1; lineseal trace $(grep -o '[0-9a-f]\{64\}' headers) --ledger grpc://localhost:50051/default
    prediction …
    …
    … train: dataset digits 1  …

Three lines make the answers traceable: the import, the logger, and `logger.log`. The header
`X-Prediction` is the answer's name in the ledger. The service itself needs FastAPI, uvicorn and the
extra `client`; MODEL says where the model is, if not in `model.json`, which is plain numbers.
"""  # noqa: E501

import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Response
from lineseal import PredictionLogger
from pydantic import BaseModel, Field

MODEL = json.loads(Path(os.environ.get("MODEL", "model.json")).read_text())
logger = PredictionLogger(parents=MODEL["parents"], stream="digits-fastapi")


class Digit(BaseModel):
    """What is asked: an image of 8 by 8 pixels, line after line."""

    pixels: list[float] = Field(min_length=64, max_length=64)


def answer(pixels: list[float]) -> int:
    """The class with the greatest score, the first where several have it."""
    scores = [
        bias + sum(weight * pixel for weight, pixel in zip(row, pixels, strict=True))
        for row, bias in zip(MODEL["coef"], MODEL["intercept"], strict=True)
    ]
    return int(MODEL["classes"][scores.index(max(scores))])


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Waits at the end until the ledger has every row."""
    yield
    await logger.aclose()


app = FastAPI(lifespan=lifespan)


@app.post("/predict")
def predict(digit: Digit, response: Response) -> dict[str, int]:
    """The digit; the header `X-Prediction` is the hash under which the answer is recorded."""
    start = time.perf_counter_ns()
    found = answer(digit.pixels)
    taken = (time.perf_counter_ns() - start) // 1_000
    response.headers["X-Prediction"] = logger.log(
        inputs={"pixels": digit.pixels}, output=found, latency_us=taken
    )
    return {"digit": found}


@app.get("/health")
def health() -> dict[str, object]:
    """How many rows wait for the ledger, and why."""
    return {"waiting": (now := logger.stats())["depth"], "error": now["error"]}
