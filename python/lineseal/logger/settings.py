"""What a logger is told, by its arguments and by the environment. May use errors and arguments."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lineseal._arguments import as_path, as_text
from lineseal.errors import InvalidArgumentError

#: Rows of one request at most: what is caught up is sent in greater pieces than what is new.
MOST_ROWS = 2_500
#: Bytes of a segment of a spool: what is read at once, and lies there after it was sent.
SEGMENT = 16 << 20
#: Least bytes of a spool: room for some rows of the greatest size.
LEAST_SPOOL = 64 << 10


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a logger keeps and sends rows; `PredictionLogger` says what each means."""

    durability: Literal["process", "disk"]
    spool: Path
    spool_bytes: int
    when_full: Literal["raise", "block", "drop"]
    batch_rows: int
    batch_age: float
    stream: str
    actor: str | None
    timeout: float

    @property
    def segment_bytes(self) -> int:
        """Small in a small spool: a segment is deleted as a whole."""
        return min(SEGMENT, max(self.spool_bytes // 16, 4 << 10))


def checked(settings: Settings) -> Settings:
    """The settings, if they can be used."""
    _one_of(settings.durability, "durability", ("process", "disk"))
    _one_of(settings.when_full, "when_full", ("raise", "block", "drop"))
    _between(settings.spool_bytes, "spool_bytes", LEAST_SPOOL, 1 << 50)
    _between(settings.batch_rows, "batch_rows", 1, MOST_ROWS)
    _seconds(settings.batch_age, "batch_age", 0.001)
    _seconds(settings.timeout, "timeout", 0.1)
    if not as_text(settings.stream, "stream") or len(settings.stream) > 200:
        raise InvalidArgumentError(
            f"stream is {settings.stream!r:.60}",
            field="stream",
            remedy="Give a name of 1 to 200 characters, for example the service's",
        )
    if settings.actor is not None:
        as_text(settings.actor, "actor")
    return settings


def patience(timeout: float | None) -> float | None:
    """The seconds that somebody waits; None is for ever."""
    if timeout is not None:
        number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
        if not (number and timeout >= 0):
            raise InvalidArgumentError(
                f"timeout is {timeout!r:.60}", field="timeout", remedy="Give seconds, or None"
            )
    return timeout


def spool_root(given: str | os.PathLike[str] | None) -> Path:
    """The folder of all spools: as given, by LINESEAL_SPOOL, or of this user's state."""
    if given is None and (named := os.environ.get("LINESEAL_SPOOL")):
        given = named
    if given is not None:
        return Path(as_path(given, "spool")).absolute()
    state = os.environ.get("XDG_STATE_HOME")
    try:
        return (Path(state) if state else Path.home() / ".local/state") / "lineseal/spool"
    except RuntimeError:
        raise InvalidArgumentError(
            "this user has no home directory for the spool",
            field="spool",
            remedy="Give spool=, or set LINESEAL_SPOOL, to a folder on a local disk",
        ) from None


def _one_of(value: object, name: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidArgumentError(
            f"{name} is {value!r:.60}", field=name, remedy=f"Give one of {', '.join(choices)}"
        )


def _between(value: object, name: str, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:
        raise InvalidArgumentError(
            f"{name} is {value!r:.60}", field=name, remedy=f"Give an int from {least} to {most}"
        )


def _seconds(value: object, name: str, least: float) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not least <= value <= 86_400:  # type: ignore[operator]
        raise InvalidArgumentError(
            f"{name} is {value!r:.60}", field=name, remedy=f"Give seconds, {least} to 86400"
        )
