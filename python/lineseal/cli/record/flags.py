"""From a field of the schema to a command-line flag, and from a flag's value to JSON text.

May use lineseal's schema, typer, and the cli's atfile and times. What a value may be is not judged
here: the core does that when it makes the event.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

import typer

from lineseal.cli.atfile import text_of
from lineseal.cli.times import micros
from lineseal.errors import InvalidArgumentError

# A kind's Python type on the command line, and what help shows for a value.
KINDS: dict[str, tuple[Any, str]] = {
    "text": (str, "TEXT"),
    "bool": (bool, ""),
    "count": (int, "N"),
    "int": (int, "N"),
    "time": (str, "TIME"),
    "map": (list[str], "KEY=VALUE|JSON"),
    "open_map": (list[str], "KEY=VALUE|JSON"),
    "metrics": (list[str], "NAME=NUMBER|JSON"),
    "code": (list[str], "KEY=VALUE|JSON"),
    "any": (str, "JSON|TEXT"),
    "checksum": (str, "METHOD:HEX"),
    "ids": (list[str], "SCHEME:ID"),
}


# Numbers that JSON has no form for.
FLOATS = {"NaN", "Infinity", "-Infinity"}

# A value of each kind, for the examples in --help.
EXAMPLES = {
    "text": "NAME",
    "count": "1797",
    "int": "7",
    "map": "C=0.1",
    "open_map": "C=0.1",
    "metrics": "accuracy=0.97",
    "any": "7",
}


def flag_name(name: str, kind: str) -> str:
    """The flag of a field: `num_rows` is --num-rows."""
    return "--" + ("id" if kind == "ids" else name.replace("_", "-"))


def flag(name: str, kind: str, required: bool, doc: str) -> Any:
    """The annotation of a typer parameter for the field."""
    python, metavar = KINDS[kind]
    long = flag_name(name, kind)
    names = f"{long}/--no-{long[2:]}" if kind == "bool" else long
    about = doc.rstrip(".") + ("; required." if must_give(required, doc) else ".")
    if python == list[str]:
        about += " May be repeated."
    option = typer.Option(names, metavar=metavar or None, help=about, show_default=False)
    return Annotated[python | None, option]


def must_give(required: bool, doc: str) -> bool:
    """Whether the user has to give the field: not what is drawn when it is missing."""
    return required and "not given" not in doc


def to_json(name: str, kind: str, value: Any) -> str:
    """The JSON text of a flag's value."""
    convert: dict[str, Callable[[], str]] = {
        "time": lambda: json.dumps(micros(value, "--" + name.replace("_", "-"))),
        "any": lambda: any_json(value),
        "map": lambda: map_json(name, value),
        "open_map": lambda: map_json(name, value),
        "metrics": lambda: map_json(name, value),
        "code": lambda: map_json(name, value),
    }
    return convert.get(kind, lambda: json.dumps(value))()


def any_json(argument: str) -> str:
    """JSON as it stands where it is JSON, else the argument as a text: 7, {"a": 1}, cat."""
    text = text_of(argument)
    if text in FLOATS:
        return json.dumps({"lineseal:float": text})
    return text if is_json(text) else json.dumps(text)


def map_json(name: str, arguments: Sequence[str]) -> str:
    """A JSON object from one argument that is JSON (or @FILE), or from KEY=VALUE arguments."""
    first = arguments[0]
    if len(arguments) == 1 and (first.startswith("@") or first.lstrip().startswith("{")):
        text = text_of(first)
        if is_json(text):
            return text
        raise _not_a_map(name, first, "it is not JSON")
    members = []
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if not equals or not key:
            raise _not_a_map(name, argument, "it is neither KEY=VALUE nor a JSON object")
        members.append((key, any_json(value)))
    return json_object(members)


def json_object(members: Iterable[tuple[str, str]]) -> str:
    """A JSON object of keys and JSON texts; a key given twice stays so, for the core to refuse."""
    return "{" + ", ".join(f"{json.dumps(key)}: {text}" for key, text in members) + "}"


def is_json(text: str) -> bool:
    """Whether `text` is one JSON value and nothing else, so that it can stand inside another."""
    try:
        json.loads(text, parse_int=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _not_a_map(name: str, argument: str, why: str) -> InvalidArgumentError:
    option = "--" + name.replace("_", "-")
    return InvalidArgumentError(
        f"{option} {argument!r}: {why}",
        field=name,
        remedy=f"Write {option} C=0.1 {option} max_iter=200, or {option} '{{\"C\": 0.1}}'",
    )
