"""The languages that lineseal has clients in, and how their conformance programs are built and run.

What a program does is said in README.md. A toolchain or client that is not there is a test NOT RUN,
and a failure in CI.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import golang
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HISTORY = HERE / "history.json"
VECTORS = ROOT / "tests" / "spec" / "vectors"
TIMEOUT = 120
BUILD_TIMEOUT = 280


@dataclass(frozen=True)
class Language:
    """A client: what building it needs, and its conformance program once `make` built it."""

    name: str
    needs: tuple[str, ...]
    #: How the program is called; each part may be a pattern for a file, from the root.
    program: tuple[str, ...]

    def missing(self) -> str | None:
        """Why it cannot be built here."""
        absent = [command for command in self.needs if shutil.which(command) is None]
        if absent:
            return f"{', '.join(absent)}: not on this machine; install it to test that client"
        place = ROOT / "clients" / self.name
        if self.needs and not place.is_dir():
            return f"clients/{self.name} is not there"
        return golang.missing(place) if self.name == "go" else None

    def build(self) -> Program:
        """Has `make` build it, where anything of it is new."""
        if self.needs:
            environ = {key: value for key, value in os.environ.items() if "MAKE" not in key}
            done = subprocess.run(
                ["make", "--silent", f".make/client-{self.name}"],
                cwd=ROOT, env=environ, text=True, timeout=BUILD_TIMEOUT,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            assert done.returncode == 0, f"clients/{self.name} does not build:\n{done.stdout}"
        return Program(self.name, [_place(part) for part in self.program])


def _place(part: str) -> str:
    if "/" not in part:
        return part
    (found,) = [part] if part.startswith("/") else map(str, ROOT.glob(part))
    return found


LANGUAGES = [
    Language("python", (), (sys.executable, "tests/interop/python_program.py")),
    Language("go", ("go",), (".make/clients/go-conformance",)),
    Language("node", ("node", "npm"), ("node", "clients/node/dist/conformance.js")),
    Language("java", ("java", "mvn"), ("clients/java/conformance",)),
]


def built(language: Language) -> Program:
    """Its program; else the test is skipped, or fails in CI."""
    if reason := language.missing():
        message = f"NOT RUN: the client in {language.name}: {reason}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return language.build()


@dataclass(frozen=True)
class Program:
    """A conformance program that can be called."""

    name: str
    command: list[str]

    def run(self, *arguments: object, given: Any = None) -> subprocess.CompletedProcess[str]:
        """Calls it with a JSON value on its standard input."""
        return subprocess.run(
            [*self.command, *map(str, arguments)],
            input="" if given is None else json.dumps(given),
            env=os.environ | {"LINESEAL_HISTORY": str(HISTORY)},
            capture_output=True, text=True, timeout=TIMEOUT, encoding="utf-8",
        )  # fmt: skip

    def answer(self, *arguments: object, given: Any = None) -> Any:
        """Its answer, where it must not fail."""
        done = self.run(*arguments, given=given)
        assert done.returncode == 0, f"{self.name} {arguments}: {done.stderr}{done.stdout}"
        return json.loads(done.stdout)
