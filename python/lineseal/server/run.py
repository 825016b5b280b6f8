"""Runs a server until a signal says to stop. May use server and the standard library."""

import json
import logging
import os
import signal
import threading

from lineseal.server.config import Config
from lineseal.server.server import Server

log = logging.getLogger("lineseal.server")


def run(config: Config, *, as_json: bool = False) -> None:
    """Starts, says where on stdout, waits for SIGTERM or SIGINT, drains."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    asked = threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        if asked.is_set():
            os._exit(130)
        asked.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, on_signal)
    server = Server(config)
    print(json.dumps({"address": server.address}) if as_json else server.address, flush=True)
    log.info("serving %s on %s", config.data, server.address)
    while not asked.wait(3600):
        pass
    log.info("stopping; calls in flight have %g seconds", config.grace)
    server.stop()
    log.info("stopped")
