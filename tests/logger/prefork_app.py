"""A WSGI service that logs: told by the environment where to, served by gunicorn."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from lineseal import PredictionLogger

logger = PredictionLogger(batch_age=0.05)


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answers any POST with its own body, logged."""
    headers = [("Content-Type", "application/json"), ("X-Worker", str(os.getpid()))]
    if environ["REQUEST_METHOD"] == "POST":
        body = json.loads(environ["wsgi.input"].read())
        headers.append(("X-Prediction", logger.log(inputs=body, output=body)))
    start("200 OK", headers)
    return [b"{}"]
