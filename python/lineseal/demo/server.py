"""A server process of the demo's own: started, killed, started again, and gone at the end.

May use the standard library. The server is `lineseal serve`, as anyone would start it.
"""

import contextlib
import selectors
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

STARTING, STOPPING = 30.0, 10.0


class Server:
    """A context manager; behind it no process is left, however the story ends."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data, self.log = data, log
        #: HOST:PORT. The first start takes a free port, later ones the same again.
        self.address = "127.0.0.1:0"
        self._process: subprocess.Popen[str] | None = None
        # Two threads: the story's, and the one that kills and starts again.
        self._lock, self._over = threading.Lock(), False

    @property
    def line(self) -> str:
        """The command that starts it."""
        return shlex.join(self._arguments("lineseal"))

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        return self._process.pid

    def _arguments(self, *program: str) -> list[str]:
        return [*program, "serve", "--data", str(self.data), "--listen", self.address]

    def start(self) -> None:
        """Start it and wait until it answers; it says where in its first line."""
        with self._lock, self.log.open("a") as log:
            if self._over:
                raise RuntimeError("the story is over: no server is started any more")
            # In a session of its own: a Ctrl-C is the story's, and the story stops the server.
            process = self._process = subprocess.Popen(
                self._arguments(sys.executable, "-m", "lineseal"),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                text=True, start_new_session=True,
            )  # fmt: skip
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            address = process.stdout.readline().strip() if selector.select(STARTING) else ""
        if not address:
            raise RuntimeError(f"the server does not start; {self.log} may say why")
        self.address = address

    def kill(self) -> None:
        """kill -9: what the out-of-memory killer would do."""
        if (process := self._process) is not None:
            process.kill()
            process.wait()

    def stop(self) -> int:
        """Ask it to finish what it does and end; returns its exit status."""
        if (process := self._process) is None:
            return 0
        process.terminate()
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOPPING)
        finally:
            process.kill()
        return process.wait()

    def __enter__(self) -> Self:
        # A SIGTERM ends the story as Ctrl-C does: through all that cleans up.
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        return self

    def __exit__(self, *_failure: object) -> None:
        with self._lock:
            self._over = True
        try:
            self.stop()
        finally:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, self._before)
