"""What `import lineseal` costs: modules loaded, and time beyond Python's start.

Standard library only, so that it also runs in an environment that holds nothing but the wheel.
"""

import resource
import statistics
import subprocess
import sys

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
    """Median cost of a start with the import minus that of one without; the two alternate.

    Processor time, all of it spent in one thread: what a clock would show on an idle machine, and
    the same on a busy one.
    """
    costs: dict[str, list[float]] = {"pass": [], "import lineseal": []}
    for code in costs:
        run(python, code)
    for _ in range(ROUNDS):
        for code, taken in costs.items():
            start = _children_seconds()
            run(python, code)
            taken.append(_children_seconds() - start)
    bare, loaded = (statistics.median(taken) for taken in costs.values())
    return (loaded - bare) * 1000


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
