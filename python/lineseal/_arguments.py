"""Arguments that many calls take, and the refusal of what would be misread."""

from __future__ import annotations

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


def listed(values: Iterable[object], what: str) -> list[object]:
    """The values of an iterable; one text or buffer alone would fall into its pieces."""
    if isinstance(values, (str, bytes, bytearray, memoryview)) or not hasattr(values, "__iter__"):
        raise InvalidArgumentError(
            f"{what} are {type(values).__name__}, not several", remedy="Give a list, even of one"
        )
    return list(values)


def natural(value: int | None, name: str) -> int | None:
    """A count or an index, where one is given."""
    if value is None or (isinstance(value, int) and 0 <= value < 2**63):
        return value
    raise InvalidArgumentError(
        f"{name} is {value!r:.60}", field=name, remedy="Give an int from 0, or leave it out"
    )
