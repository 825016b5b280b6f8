"""A FastAPI service that tells handwritten digits apart, and logs every answer that it gives.

    python examples/model.py grpc://localhost:50051/default model.json
    export LINESEAL_TARGET=grpc://localhost:50051/default MODEL=model.json
    uvicorn --app-dir examples/fastapi service:app

Three lines make the answers traceable: the import, the logger, and `logger.log`. It needs FastAPI,
uvicorn and the extra `client`; the model is plain numbers.
"""

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
