"""Whether Go is on this machine, and new enough for a module of ours."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

VERSION = re.compile(r"\bgo ?(\d+)\.(\d+)(?:\.(\d+))?")


def missing(module: Path) -> str | None:
    """Why the module in this folder cannot be built, and what to do; None where it can."""
    if shutil.which("go") is None:
        return "go: not on this machine"
    (needed,) = re.findall(r"^go [\d.]+$", (module / "go.mod").read_text(), re.MULTILINE)
    # From 1.21 on, Go fetches the toolchain that a module asks for, and says here which it has.
    done = subprocess.run(["go", "version"], cwd=module, capture_output=True, text=True)
    if done.returncode == 0 and _number(done.stdout) >= _number(needed):
        return None
    has = (done.stdout or done.stderr).strip()
    return (
        f"{module.name} needs {needed}, and `go version` says: {has}; take a newer one from "
        "https://go.dev/dl (that of a distribution may be older), unpack it, and put its bin/ "
        "first on PATH"
    )


def _number(text: str) -> tuple[int, ...]:
    found = VERSION.search(text)
    return tuple(int(part or 0) for part in found.groups()) if found else (0,)
