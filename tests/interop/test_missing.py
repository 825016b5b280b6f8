"""A toolchain that is not there is said by name, and fails in CI."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import golang
import pytest
from languages import LANGUAGES, ROOT, Language, built

NOWHERE = Language("go", ("no-such-compiler",), ())


def test_a_missing_toolchain_skips_a_test_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^NOT RUN: .*go: no-such-compiler"):
        built(NOWHERE)


def test_a_missing_toolchain_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match=r"^NOT RUN: .*go: no-such-compiler"):
        built(NOWHERE)


@pytest.mark.parametrize("folder", ["clients/go", "tests/spec/go", "tests/exchange/gocar"])
@pytest.mark.parametrize(
    "script",
    ["echo go version go1.19.8 linux/amd64", "echo go: cannot download go1.25.7 >&2; exit 1"],
)
def test_a_go_that_is_too_old_is_told_with_the_one_that_is_needed(
    folder: str, script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "go").write_text(f"#!/bin/sh\n{script}\n")
    (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    why = golang.missing(ROOT / folder)
    assert why is not None
    assert re.search(r"needs go 1\.\d+(\.\d+)?, .*go1\..* https://go.dev/dl ", why)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^NOT RUN: the client in go: .*needs go 1\."):
        built(LANGUAGES[1])


@pytest.mark.parametrize("said", ["go1.25.7", "go1.26", "go1.100.1", "go2.0"])
def test_a_go_that_is_new_enough_is_used(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "go").write_text(f"#!/bin/sh\necho go version {said} linux/amd64\n")
    (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert golang.missing(ROOT / "clients" / "go") is None


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("1", 1)])
def test_make_says_what_it_does_not_run(ci: str, status: int) -> None:
    done = subprocess.run(
        [ROOT / "clients" / "with", "go", "no-such-compiler", "--", "false"],
        env=os.environ | {"CI": ci}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == status
    assert done.stderr == "NOT RUN: clients/go: not on this machine: no-such-compiler\n"
