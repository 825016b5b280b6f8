"""The parts of the documents that are made from the code. `python -m tests.docs.generate` writes
them anew; tests/docs/test_generated.py holds the pages against them.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lineseal import _core
from lineseal.cli.record.flags import flag_name

from .pages import ROOT
from .serving import environment

GUIDE, SPEC = ROOT / "docs" / "guide", ROOT / "docs" / "spec"
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
VERBS = (
    "demo", "init", "record", "record dataset", "record custom", "show", "events", "find", "trace",
    "impact", "verify", "check", "stats", "export", "import", "ledgers", "serve",
    "audit-streams", "spool", "spool list", "spool drain", "spool retry",
)  # fmt: skip


def error_table() -> str:
    """Every code with its class, exit status and meaning."""
    rows = [
        f"| `{name}` | `{cls}` | {status} | {meaning} |"
        for name, cls, _grpc, status, _retry, meaning in _core.error_table()
    ]
    return "\n".join(["| code | Python class | exit | meaning |", "|---|---|---|---|", *rows])


def wire_errors() -> str:
    """Every code as it travels: its reason, gRPC status, and whether sending again may help."""
    rows = [
        f"| `{name.upper()}` | `{grpc}` | {'yes' if retry else 'no'} | `{cls}` | {status} "
        f"| {meaning} |"
        for name, cls, grpc, status, retry, meaning in _core.error_table()
    ]
    head = "| reason | gRPC status | send again | Python class | exit | meaning |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def record_types() -> str:
    """Every record type with its fields."""
    parts = []
    for name, thing, needs_parent, doc, fields in _core.schema():
        traits = ["a thing" if thing else "a happening"]
        traits += ["needs a parent"] if needs_parent else []
        rows = [
            f"| `{field}`{' *' * required} | {kind} | `{flag_name(field, kind)}` | {about} |"
            for field, kind, required, about in fields
        ]
        head = ["| field | kind | flag | meaning |", "|---|---|---|---|"]
        title = f"### {name}\n\n{doc} ({', '.join(traits)})\n"
        parts.append("\n".join([title, *head, *rows]))
    return "\n\n".join(parts)


def cli_help() -> str:
    """What `--help` says of every verb."""
    parts = []
    for verb in VERBS:
        done = subprocess.run(
            [sys.executable, "-m", "lineseal.cli", *verb.split(), "--help"],
            capture_output=True,
            text=True,
            check=True,
            env=environment() | {"COLUMNS": "100", "NO_COLOR": "1"},
        )
        text = "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())
        parts.append(f"### lineseal {verb}\n\n```text\n{text}\n```")
    return "\n\n".join(parts)


MAKERS: dict[str, Callable[[], str]] = {
    "errors": error_table,
    "wire_errors": wire_errors,
    "types": record_types,
    "help": cli_help,
}


def renewed(page: Path) -> str:
    """The page with its generated parts made anew."""
    return PART.sub(
        lambda part: f"{part[1]}{MAKERS[part[2]]()}\n{part[3]}", page.read_text(encoding="utf-8")
    )


def pages() -> list[Path]:
    """The pages that have such parts."""
    every = [*sorted(GUIDE.glob("*.md")), *sorted(SPEC.glob("*.md"))]
    return [page for page in every if PART.search(page.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    for page in pages():
        page.write_text(renewed(page), encoding="utf-8")
