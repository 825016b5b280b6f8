"""A server process of the demo's own: started, killed, started again, and gone at the end.

May use the standard library. The server is `lineseal serve`, as anyone would start it.
"""

import contextlib
import os
import selectors
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

STARTING, STOPPING = 30.0, 10.0


class Server:
    """A context manager; behind it no process is left, however the story ends."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data, self.log = data, log
        #: HOST:PORT. The first start takes a free port, later ones the same again.
        self.address = "127.0.0.1:0"
        self._process: subprocess.Popen[str] | None = None

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
        with self.log.open("a") as log:
            # In a session of its own: a Ctrl-C is the story's, and the story stops the server.
            self._process = subprocess.Popen(
                self._arguments(sys.executable, "-m", "lineseal"),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                text=True, start_new_session=True,
            )  # fmt: skip
        stdout = self._process.stdout
        assert stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            address = stdout.readline().strip() if selector.select(STARTING) else ""
        if not address:
            raise RuntimeError(f"the server does not start; {self.log} may say why")
        self.address = address

    def kill(self) -> None:
        """kill -9: what a power cut or the out-of-memory killer would do."""
        os.kill(self.pid, signal.SIGKILL)
        self._reap()

    def stop(self) -> int:
        """Ask it to finish what it does and end; returns its exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOPPING)
        return self._reap()

    def _reap(self) -> int:
        assert self._process is not None
        with self._process as process:
            process.kill()
        self._process = None
        return process.returncode

    def __enter__(self) -> Self:
        # A SIGTERM ends the story as Ctrl-C does: through all that cleans up.
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        finally:
            if self._process is not None:
                self._reap()
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, self._before)
