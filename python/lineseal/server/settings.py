"""Settings from flags, environment and file: the first that says something counts.

May use config and lineseal.errors.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from lineseal.errors import InvalidArgumentError
from lineseal.server.config import Config

PREFIX = "LINESEAL_"
FIELDS = {field.name: field for field in fields(Config)}
WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
KINDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def resolve(flags: Mapping[str, Any], environ: Mapping[str, str], file: Path | None) -> Config:
    """The configuration; `flags` holds those that were given."""
    found = {} if file is None else from_file(file)
    return Config(**(found | from_environment(environ) | dict(flags)))


def from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """What LINESEAL_DATA and so on say."""
    given = {name: PREFIX + name.upper() for name in FIELDS}
    return {
        name: from_text(name, environ[variable], variable)
        for name, variable in given.items()
        if environ.get(variable)
    }


def from_file(path: Path) -> dict[str, Any]:
    """What a TOML file says; a key that is no setting is refused, or a typo would go unnoticed."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidArgumentError(
            f"{path} is not TOML: {error}", path=str(path), remedy="Write lines such as queue = 64"
        ) from None
    found = {name.replace("-", "_"): value for name, value in found.items()}
    unknown = sorted(set(found) - set(FIELDS))
    if unknown:
        raise InvalidArgumentError(
            f"{path} has settings that there are not: {', '.join(unknown)}",
            path=str(path),
            remedy=f"There are {', '.join(FIELDS)}",
        )
    return {name: checked(name, value, f"{name} in {path}") for name, value in found.items()}


def from_text(name: str, text: str, where: str) -> Any:
    """A value from a text of the environment."""
    kind: Any = FIELDS[name].type
    try:
        return WORDS[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise wrong(name, text, where) from None


def checked(name: str, value: Any, where: str) -> Any:
    """A value from a file."""
    kind: Any = FIELDS[name].type
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise wrong(name, value, where)
    return value


def wrong(name: str, value: object, where: str) -> InvalidArgumentError:
    """The error about a value of another kind."""
    kind: Any = FIELDS[name].type
    return InvalidArgumentError(f"{where} is {value!r}, not {KINDS[kind]}", path=where)
