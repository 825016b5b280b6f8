"""The module as it was built, and what importing it warns of."""

from __future__ import annotations

import subprocess
import sys

import lineseal
from lineseal import _core

DEBUG = """
import sys, types, warnings
from lineseal import _core
core = types.ModuleType("lineseal._core")
vars(core).update(vars(_core), build_profile="debug")
for name in [name for name in sys.modules if name.startswith("lineseal")]:
    del sys.modules[name]
sys.modules["lineseal._core"] = core
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import lineseal
(warning,) = caught
assert warning.category is RuntimeWarning, warning
print(warning.message)
"""


def test_a_debug_build_warns_on_import() -> None:
    command = [sys.executable, "-c", DEBUG]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "--release" in done.stdout


def test_the_build_and_the_version_are_known() -> None:
    assert _core.build_profile in ("release", "debug")
    assert lineseal.__version__ == _core.__version__


def test_everything_public_is_there_and_documented() -> None:
    for name in lineseal.__all__:
        thing = getattr(lineseal, name)
        if callable(thing):
            assert thing.__doc__, name


def test_what_is_not_there_is_an_attribute_error() -> None:
    assert not hasattr(lineseal, "nothing")


def test_heavy_modules_are_not_imported() -> None:
    code = "import sys, lineseal; print(*sys.modules)"
    command = [sys.executable, "-I", "-c", code]
    loaded = set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    heavy = {"numpy", "pandas", "grpc", "google.protobuf", "typer", "rich", "asyncio", "hashlib",
             "json", "datetime", "uuid", "html", "typing", "logging", "pathlib"}  # fmt: skip
    bare = [sys.executable, "-I", "-c", "import sys; print(*sys.modules)"]
    before = set(subprocess.run(bare, check=True, capture_output=True, text=True).stdout.split())
    assert not (loaded - before) & heavy
