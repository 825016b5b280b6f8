"""Runs a server until a signal says to stop. May use server and the standard library."""

import json
import logging
import os
import signal
import socket
import sys
from pathlib import Path

from lineseal.errors import InvalidArgumentError
from lineseal.server.config import Config
from lineseal.server.server import Server

#: Connections, segments and the rest.
FILES = 65_536

log = logging.getLogger("lineseal.server")


def run(config: Config, *, as_json: bool = False, port_file: Path | None = None) -> None:
    """Starts, says where on stdout, waits for SIGTERM or SIGINT, drains."""
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO, stream=sys.stderr
    )
    allow_many_files()
    asked = stop_signal()
    with Server(config) as server:
        announce(server.address, as_json, port_file)
        log.info("serving %s on %s", config.data, server.address)
        asked.recv(1)
        log.info("stopping: calls in flight have %g seconds", config.grace)
    if port_file is not None:
        port_file.unlink(missing_ok=True)
    log.info("stopped")


def announce(address: str, as_json: bool, port_file: Path | None) -> None:
    """Says where the server answers, as the first line of stdout."""
    if port_file is not None:
        # Whole or not there, for those who wait for it.
        new = port_file.with_name(port_file.name + ".new")
        try:
            new.write_text(address.rpartition(":")[2] + "\n")
            new.replace(port_file)
        except OSError as error:
            raise InvalidArgumentError(
                f"cannot write the port to {port_file}: {error.strerror}",
                path="port_file",
                remedy="Give --port-file a file in a directory that is there and can be written",
            ) from None
    print(json.dumps({"address": address}) if as_json else address, flush=True)


def stop_signal() -> socket.socket:
    """Readable after the first SIGTERM or SIGINT; a second one ends the process at once.

    A socket, because the system may hand a signal to any thread: Python only notes it then, and a
    main thread that waits for a lock would not hear of it.
    """
    asked, ask = socket.socketpair()
    ask.setblocking(False)
    signal.set_wakeup_fd(ask.fileno(), warn_on_full_buffer=False)
    came: list[tuple[int, socket.socket]] = []

    def on_signal(number: int, _frame: object) -> None:
        if came:
            os._exit(130)
        came.append((number, ask))

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, on_signal)
    return asked


def allow_many_files() -> None:
    """Each connection is a file, and the usual soft limit of 1,024 is soon reached."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
