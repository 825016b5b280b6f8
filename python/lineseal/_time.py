"""Microseconds since 1970-01-01 UTC as datetimes. Imported only when a time is asked for."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST = datetime.min.replace(tzinfo=UTC)
_GREATEST = datetime.max.replace(tzinfo=UTC)


def moment(micros: int) -> datetime:
    """The aware datetime (UTC), or the nearest there is."""
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return _LEAST if micros < 0 else _GREATEST
