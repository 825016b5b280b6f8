"""Times that a user types. May use lineseal.errors."""

import re
from datetime import UTC, datetime, timedelta

from lineseal.errors import InvalidArgumentError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXAMPLES = "2026-01-31T12:00:00Z or 2026-01-31T13:00:00.123456+01:00"


def moment(text: str | None, option: str) -> datetime | None:
    """`text` (ISO 8601; a day or a time without offset is UTC) as an aware datetime."""
    if text is None:
        return None
    time = _parsed(text, option)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def micros(text: str, option: str) -> int:
    """`text` (ISO 8601 with an offset: what is recorded must not be guessed) as µs since 1970."""
    time = _parsed(text, option)
    if time.tzinfo is None:
        raise _refusal(option, f"{text!r} does not say where its clock was", "Add Z or an offset")
    return (time - EPOCH) // timedelta(microseconds=1)


def _parsed(text: str, option: str) -> datetime:
    # Python drops what is finer than a microsecond without a word.
    if re.search(r"[.,]\d{7}", text):
        raise _refusal(option, f"{text!r} is finer than a microsecond", "Round it")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _refusal(option, f"{text!r} is not a time", "Write it in ISO 8601") from None


def _refusal(option: str, why: str, remedy: str) -> InvalidArgumentError:
    return InvalidArgumentError(f"{option}: {why}", field=option, remedy=f"{remedy}: {EXAMPLES}")
