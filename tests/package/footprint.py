"""What `import lineseal` costs: modules loaded, and time beyond Python's start.

Standard library only, so that it also runs in an environment that holds nothing but the wheel.
"""

import statistics
import subprocess
import sys
import time

LIMIT_MS = 50
ROUNDS = 11
MODULES = "import sys, {}; print('\\n'.join(sys.modules))"


def run(python: str, code: str) -> str:
    """Output of `code` in a fresh interpreter that sees neither this folder nor user settings."""
    done = subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True)
    return done.stdout


def foreign_modules(python: str) -> list[str]:
    """Modules that the import adds, neither the standard library's nor lineseal's own."""
    before = set(run(python, MODULES.format("sys")).split())
    added = set(run(python, MODULES.format("lineseal")).split()) - before
    tops = {name.partition(".")[0] for name in added}
    return sorted(tops - set(sys.stdlib_module_names) - {"lineseal"})


def import_milliseconds(python: str) -> float:
    """Median start with the import minus median start without; both sides alternate in one run."""
    times: dict[str, list[float]] = {"pass": [], "import lineseal": []}
    for code in times:
        run(python, code)
    for _ in range(ROUNDS):
        for code, taken in times.items():
            start = time.perf_counter()
            run(python, code)
            taken.append(time.perf_counter() - start)
    bare, loaded = (statistics.median(taken) for taken in times.values())
    return (loaded - bare) * 1000
