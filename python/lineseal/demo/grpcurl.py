"""grpcurl, a gRPC client by other people: found, or built by Go while the story goes on.

May use the standard library. `python -m lineseal.demo.grpcurl` builds it beside this Python, where
the story finds it.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

MODULE = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3"
#: Seconds that the story may stand still for a build, and that a build by itself may take.
PATIENCE, LONGEST = 20.0, 300.0


class Grpcurl:
    """Looks for grpcurl; without one, has Go build it into `folder` behind the story's back."""

    def __init__(self, folder: Path) -> None:
        #: The folder that grpcurl is in, once it is there.
        self.folder: Path | None = None
        #: Why it is not there.
        self.missing = "neither grpcurl nor Go, which could build it, is on this machine"
        self._target = folder
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self._build: subprocess.Popen[bytes] | None = None
        places = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        if found := shutil.which("grpcurl", path=os.pathsep.join(places)):
            self.folder = Path(found).parent
        elif go := shutil.which("go"):
            self._start(go)

    def _start(self, go: str) -> None:
        self._target.mkdir(exist_ok=True)
        environ = os.environ | {"GOBIN": str(self._target.absolute()), "GOTOOLCHAIN": "local"}
        self._build = subprocess.Popen(
            [go, "install", MODULE],
            cwd=self._target, env=environ, stdin=subprocess.DEVNULL,
            stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip
        os.setpriority(os.PRIO_PROCESS, self._build.pid, 19)

    def wait(self, seconds: float = PATIENCE) -> None:
        """Wait at most so long for a build; then `folder` is set, or `missing` says why not."""
        if self._build is None:
            return
        try:
            status = self._build.wait(seconds)
        except subprocess.TimeoutExpired:
            self.missing = f"Go is still building it; for the next time: go install {MODULE}"
            return
        if status == 0:
            self.folder = self._target
        else:
            self._log.seek(0)
            last = self._log.read().decode(errors="replace").strip().splitlines()[-1:]
            self.missing = f"Go could not build it: {''.join(last) or status}"

    def close(self) -> None:
        """No build goes on behind the story's end. What Go has compiled it keeps for the next."""
        if self._build is not None and self._build.poll() is None:
            os.killpg(self._build.pid, signal.SIGKILL)
            self._build.wait()
        self._log.close()


def main() -> None:
    """Build it beside this Python, and say what came of it; the demo also goes without."""
    tool = Grpcurl(Path(sys.executable).parent)
    try:
        tool.wait(LONGEST)
    finally:
        tool.close()
    print(f"grpcurl: {tool.folder or tool.missing}")


if __name__ == "__main__":
    main()
