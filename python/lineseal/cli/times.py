"""Times that a user types. May use lineseal.errors."""

from datetime import UTC, datetime, timedelta

from lineseal.errors import InvalidArgumentError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(text: str | None, option: str) -> datetime | None:
    """`text` (ISO 8601; a day or time without offset is UTC) as an aware datetime."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidArgumentError(
            f"{option}: {text!r} is not a time",
            field=option,
            remedy="Write it like 2026-01-31T12:00:00Z, 2026-01-31T13:00:00+01:00 or 2026-01-31",
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def micros(text: str, option: str) -> int:
    """`text` as µs since 1970-01-01 UTC: ISO 8601, or the number itself."""
    if text.lstrip("-").isdecimal():
        return int(text)
    time = moment(text, option)
    assert time is not None
    return (time - EPOCH) // timedelta(microseconds=1)
