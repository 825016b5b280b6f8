"""Any exception as what the user sees: one message, one JSON document, one exit status.

May use lineseal.errors, output and typer. The statuses of lineseal's own errors come from the one
table in `_core`; only what is not an error of lineseal (usage, interrupt, pipe) is added here.
"""

import os
import sys
import traceback
from typing import Any

import typer
from rich.text import Text

from lineseal.cli.output import console, print_json
from lineseal.cli.text import safe
from lineseal.errors import LinesealError

USAGE, INTERNAL, INTERRUPTED, PIPE = 2, 70, 130, 141
KEYS = ("code", "message", "field", "path", "hash", "position", "remedy")

# typer has carried click inside itself since 0.26 and used the package before: ask neither by name.
UsageError: type[Any] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "UsageError")


class Told(int):
    """An exit status of an error that was printed already."""


# What the core's remedies call by its Python name, as the command has it.
SHELL_WORDS = {
    "without read_only=True": "with lineseal record",
    "read_only=True": "a verb that only reads (show, events, find, trace, impact, verify)",
    "by events with after_index=": "with lineseal events --after-index ",
    "verify_all": "lineseal verify",
    "give overwrite=True": "give --force",
    "no_parents: true, in Python parents=()": "--no-parents, or no_parents: true in a draft",
    "parents=()": "--no-parents",
    "create=True or ": "",
    "a longer connect_timeout": "a longer LINESEAL_TIMEOUT",
    "a longer timeout": "a longer LINESEAL_TIMEOUT",
    "a longer lock_timeout": "a longer LINESEAL_LOCK_TIMEOUT",
}


def in_shell_words(remedy: str) -> str:
    """`remedy` with the command's verbs and flags instead of Python's calls."""
    for python, shell in SHELL_WORDS.items():
        remedy = remedy.replace(python, shell)
    return remedy


def report(error: BaseException, as_json: bool) -> int:
    """Print `error` (as JSON on stdout, or as text on stderr) and return the exit status."""
    if os.environ.get("LINESEAL_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    status, document = describe(error)
    if as_json:
        print_json({"error": document})
    elif status == INTERRUPTED and not document["remedy"]:
        print(document["message"], file=sys.stderr)
    elif isinstance(error, UsageError):
        error.show()
    else:
        _print(document)
    return status


def describe(error: BaseException) -> tuple[int, dict[str, Any]]:
    """The exit status and the members of the JSON object `error`."""
    document: dict[str, Any] = dict.fromkeys(KEYS)
    if isinstance(error, LinesealError):
        document |= {key: getattr(error, key) for key in KEYS}
        if error.remedy is not None:
            document["remedy"] = in_shell_words(error.remedy)
        return error.exit_code, document
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        document |= {"code": "cancelled", "message": "interrupted"}
        return INTERRUPTED, document
    if isinstance(error, UsageError):
        document |= {"code": "invalid_argument", "message": error.format_message()}
        if error.ctx is not None:
            document["remedy"] = f"See: {error.ctx.command_path} --help"
        return USAGE, document
    if isinstance(error, OSError):
        document |= {"code": "invalid_argument", "message": error.strerror or str(error)}
        document["path"] = None if error.filename is None else os.fsdecode(error.filename)
        document["remedy"] = "Name a file or directory that can be read"
        return USAGE, document
    document |= {
        "code": "internal",
        "message": f"a fault in lineseal itself: {type(error).__name__}: {error}",
        "remedy": "Set LINESEAL_DEBUG=1 to see where, and please report it",
    }
    return INTERNAL, document


def _print(document: dict[str, Any]) -> None:
    out = console(stderr=True)
    line = Text.assemble(("error: ", "bold red"), safe(document["message"]))
    for key in ("path", "hash"):
        value = document[key]
        if value is not None and str(value) not in document["message"]:
            line.append(f" ({key} {safe(value)})")
    out.print(line, soft_wrap=True)
    if document["remedy"]:
        out.print(Text(safe(document["remedy"]), style="dim"), soft_wrap=True)
