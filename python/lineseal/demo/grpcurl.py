"""grpcurl, a gRPC client by other people: found, or built by Go while the story goes on.

May use the standard library.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

MODULE = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3"
#: Seconds that the story may stand still for a build.
PATIENCE = 20.0


class Grpcurl:
    """Looks for grpcurl; without one, has Go build it into `folder` behind the story's back."""

    def __init__(self, folder: Path) -> None:
        #: The folder that grpcurl is in, once it is there.
        self.folder: Path | None = None
        #: Why it is not there.
        self.missing = "neither grpcurl nor Go, which could build it, is on this machine"
        self._log = folder / "go.log"
        self._build: subprocess.Popen[bytes] | None = None
        places = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        if found := shutil.which("grpcurl", path=os.pathsep.join(places)):
            self.folder = Path(found).parent
        elif go := shutil.which("go"):
            folder.mkdir()
            self._start(go, folder)

    def _start(self, go: str, folder: Path) -> None:
        environ = os.environ | {"GOBIN": str(folder.absolute()), "GOTOOLCHAIN": "local"}
        with self._log.open("wb") as log:
            self._build = subprocess.Popen(
                [go, "install", MODULE],
                cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        os.setpriority(os.PRIO_PROCESS, self._build.pid, 19)

    def wait(self) -> None:
        """Wait a little for a build; then `folder` is set, or `missing` says why it is not."""
        if self._build is None:
            return
        try:
            status = self._build.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.missing = f"Go is still building it; for the next time: go install {MODULE}"
            return
        if status == 0:
            self.folder = self._log.parent
        else:
            last = self._log.read_text(errors="replace").strip().splitlines()[-1:]
            self.missing = f"Go could not build it: {''.join(last) or status}"

    def close(self) -> None:
        """No build goes on behind the story's end. What Go has compiled it keeps for the next."""
        if self._build is not None and self._build.poll() is None:
            os.killpg(self._build.pid, signal.SIGKILL)
            self._build.wait()
