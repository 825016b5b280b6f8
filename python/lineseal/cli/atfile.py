"""Arguments that may be given as @FILE, as curl does. May use lineseal.errors."""

import sys
from pathlib import Path

from lineseal.errors import InvalidArgumentError


def text_of(argument: str) -> str:
    """`argument`, or the content of FILE when it is `@FILE`, or of stdin when it is `@-`."""
    if not argument.startswith("@"):
        return argument
    raw = sys.stdin.buffer.read() if argument == "@-" else Path(argument[1:]).read_bytes()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as bad:
        raise InvalidArgumentError(
            f"{argument[1:]} is not UTF-8 text",
            path=argument[1:],
            position=bad.start,
            remedy="Save it as UTF-8",
        ) from None


def lines_of(argument: str) -> list[str]:
    """The words of `text_of`, one a line; empty lines and those that begin with # are left out."""
    if not argument.startswith("@"):
        return [argument]
    lines = (line.strip() for line in text_of(argument).splitlines())
    return [line for line in lines if line and not line.startswith("#")]
