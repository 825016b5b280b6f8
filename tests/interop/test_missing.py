"""A toolchain that is not there is said by name, and fails in CI."""

from __future__ import annotations

import os
import subprocess

import pytest
from languages import ROOT, Language, built

NOWHERE = Language("go", ("no-such-compiler",), ())


def test_a_missing_toolchain_skips_a_test_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^NOT RUN: .*go: no-such-compiler"):
        built(NOWHERE)


def test_a_missing_toolchain_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match=r"^NOT RUN: .*go: no-such-compiler"):
        built(NOWHERE)


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("1", 1)])
def test_make_says_what_it_does_not_run(ci: str, status: int) -> None:
    done = subprocess.run(
        [ROOT / "clients" / "with", "go", "no-such-compiler", "--", "false"],
        env=os.environ | {"CI": ci}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == status
    assert done.stderr == "NOT RUN: clients/go: not on this machine: no-such-compiler\n"
