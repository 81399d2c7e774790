"""Time inside the core: whole microseconds since 1970-01-01 UTC, so that comparing and adding are exact.

Decides nothing; it knows no clock. At the edges the core speaks aware datetimes and seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MICROS_PER_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_SECONDS = 86_400


def micros(at: datetime) -> int:
    """``at`` in microseconds since 1970. Raises ValueError for a datetime without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {at.isoformat()}")
    since = at - _EPOCH
    return (since.days * _DAY_SECONDS + since.seconds) * MICROS_PER_SECOND + since.microseconds


def instant(at_us: int) -> datetime:
    """The aware UTC datetime of ``at_us``, exactly."""
    return _EPOCH + timedelta(microseconds=at_us)


def span(seconds: float) -> int:
    """A duration in microseconds."""
    return round(seconds * MICROS_PER_SECOND)


def seconds(span_us: int) -> float:
    """A duration in seconds."""
    return span_us / MICROS_PER_SECOND


def next_midnight(after_us: int, zone_offset_seconds: float = 0.0) -> int:
    """The first midnight after ``after_us``, in a zone so many seconds east of UTC."""
    offset, day = span(zone_offset_seconds), span(_DAY_SECONDS)
    return ((after_us + offset) // day + 1) * day - offset
