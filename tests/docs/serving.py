"""The server that a page talks to: what a ```console server block starts, kept until the page ends.

Documents say port 50051; here it is a free one, so that two runs do not meet. Everything that runs
is translated before, and all output behind it.
"""

import os
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Timer

SAID = ":50051"
PATIENCE = 60


class Serving(AbstractContextManager["Serving"]):
    """The long-running commands of one page; all are gone behind it."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._real = f":{free.getsockname()[1]}"
        self._folder, self.environ = folder, environ
        self._running: list[subprocess.Popen[str]] = []

    def translated(self, text: str) -> str:
        """What a page says, with the port as it is here."""
        return text.replace(SAID, self._real)

    def untranslated(self, text: str) -> str:
        """What was printed here, with the port as pages say it."""
        return text.replace(self._real, SAID)

    def start(self, command: str, lines: int) -> str:
        """Start `lineseal serve …`; returns the first so many lines that it prints on stdout."""
        program, *arguments = shlex.split(command)
        assert program == "lineseal", f"only lineseal is started: {command}"
        here = ["--listen", f"127.0.0.1{self._real}"]
        started = subprocess.Popen(
            [sys.executable, "-m", "lineseal", *arguments, *here],
            cwd=self._folder, env=self.environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=(self._folder / "server.log").open("a"), text=True,
        )  # fmt: skip
        self._running.append(started)
        assert started.stdout is not None
        late = Timer(PATIENCE, started.kill)
        late.start()
        said = "".join(started.stdout.readline() for _ in range(lines))
        late.cancel()
        return self.untranslated(said)

    def __exit__(self, *_failure: object) -> None:
        """Ask them to stop, as an operator would; whoever does not is an error of the page."""
        for started in self._running:
            started.send_signal(signal.SIGTERM)
        for started in self._running:
            with started:
                try:
                    status = started.wait(PATIENCE)
                finally:
                    started.kill()
            assert status == 0, f"the server ended with {status}; server.log has its words"


def environment() -> dict[str, str]:
    """That of a user who has set nothing of ours, with the command on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {k: v for k, v in os.environ.items() if not k.startswith("LINESEAL_")}
    own.pop("FORCE_COLOR", None)
    return own | {"PATH": path, "PYTHONWARNINGS": "ignore"}
