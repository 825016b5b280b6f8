"""Arguments that many calls take, and the refusal of what would be misread."""

from __future__ import annotations

import os

from lineseal.errors import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    Bytes: TypeAlias = bytes | bytearray | memoryview


def as_bytes(value: object, what: str) -> bytes:
    """The bytes of a buffer; a mere int would become that many zeros."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    raise InvalidArgumentError(
        f"{what} is {type(value).__name__}, not bytes", remedy="Give bytes, bytearray or memoryview"
    )


def as_blocks(blocks: Iterable[object]) -> list[bytes]:
    """The bytes of each block; of thousands at once, which are bytes most often."""
    several = listed(blocks, "blocks")
    if set(map(type, several)) == {bytes}:
        return several  # type: ignore[return-value]
    return [as_bytes(block, "a block") for block in several]


def as_text(value: object, what: str) -> str:
    """A text that has UTF-8: all that the core takes."""
    if not isinstance(value, str):
        raise InvalidArgumentError(
            f"{what} is {value!r:.60}, {type(value).__name__} and not text", remedy="Give a str"
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidArgumentError(
            f"{what} {value!r:.60} holds a lone surrogate, which UTF-8 cannot encode",
            remedy="Look where it was decoded, or typed, in another encoding than UTF-8",
        ) from None
    return value


def as_path(value: object, what: str) -> str:
    """A path that the system can have; like the system's own, it need not be UTF-8."""
    text = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(text, str) or not text:
        raise InvalidArgumentError(
            f"{what} is {value!r:.60}, which is no path",
            remedy="Give a str or a pathlib.Path that names something; os.fsdecode makes bytes one",
        )
    try:
        usable = b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        usable = False
    if usable:
        return text
    raise InvalidArgumentError(
        f"{what} {text!r:.60} holds a character that no path can have",
        remedy="Look where it was decoded; os.fsdecode keeps names that are not UTF-8",
    )


def listed(values: Iterable[object], what: str) -> list[object]:
    """The values of an iterable; one text or buffer alone would fall into its pieces."""
    if isinstance(values, (str, bytes, bytearray, memoryview)) or not hasattr(values, "__iter__"):
        raise InvalidArgumentError(
            f"{what} are {type(values).__name__}, not several", remedy="Give a list, even of one"
        )
    return list(values)


def natural(value: int | None, name: str) -> int | None:
    """A count or an index, where one is given."""
    if value is None or (type(value) is int and 0 <= value < 2**63):
        return value
    raise InvalidArgumentError(
        f"{name} is {value!r:.60}", field=name, remedy="Give an int from 0, or leave it out"
    )


def seconds(value: float | None, name: str) -> float | None:
    """A length of time, where one is given."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is None or (number and value >= 0):
        return value
    raise InvalidArgumentError(
        f"{name} is {value!r:.60}",
        field=name,
        remedy="Give seconds: 0 does not wait, math.inf waits for ever",
    )


def as_drafts(drafts: Iterable[object]) -> list[bytes]:
    """JSON drafts as bytes; half a surrogate is left for the core to name."""
    raw = [
        draft.encode(errors="surrogatepass") if isinstance(draft, str) else draft
        for draft in listed(drafts, "drafts")
    ]
    return [as_bytes(draft, "a draft") for draft in raw]
