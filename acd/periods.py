"""The periods that reports are divided into, in a zone's own days and hours, right over the changes of its clocks.

Decides where they begin and end. Days, weeks (from Monday) and months begin at the zone's midnights, so that a day may have 23 or 25 hours.
Shorter ones follow the clock on the wall: the hour that is told twice in autumn makes two periods, the one that is left out in spring none.
The zones' offsets are whole quarters of an hour, as all have been since 1972. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from acd.model import Word
from acd.working_time import QUARTER_SECONDS, quarter_of

_QUARTER = timedelta(seconds=QUARTER_SECONDS)


class Interval(Word):
    """How long a period is."""

    WHOLE = "whole"
    """All days together."""
    QUARTER_HOUR = "15"
    HALF_HOUR = "30"
    HOUR = "60"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


MINUTES = {Interval.QUARTER_HOUR: 15, Interval.HALF_HOUR: 30, Interval.HOUR: 60}


@dataclass(frozen=True, slots=True)
class Run:
    """Periods of one length, one after the other: ``(quarter - first_quarter) // quarters`` is which of them a quarter lies in."""

    place: int
    """Which of all the periods the first one is."""
    first_quarter: int
    quarters: int
    """So many quarters of an hour is each of them long."""
    count: int

    @property
    def end_quarter(self) -> int:
        """The first one after them."""
        return self.first_quarter + self.count * self.quarters


@dataclass(frozen=True, slots=True)
class Periods:
    """Consecutive periods; ``edges`` are the moments at which they begin, and the end of the last one, in the zone."""

    edges: Sequence[datetime]
    _quarters: Sequence[int]

    def __len__(self) -> int:
        return len(self.edges) - 1

    def place(self, quarter: int) -> int:
        """Which period a quarter of an hour lies in; it must lie in one."""
        return bisect_right(self._quarters, quarter) - 1

    def runs(self) -> Iterator[Run]:
        """All periods as few runs: a change of the clocks begins another one."""
        lengths = [end - start for start, end in pairwise(self._quarters)]
        place = 0
        for quarters, same in groupby(lengths):
            count = len(list(same))
            yield Run(place, self._quarters[place], quarters, count)
            place += count


def periods(since: date, until: date, zone: ZoneInfo, interval: Interval) -> Periods:
    """The periods of the days ``since`` to ``until``, both included. A week or month that they cut is shorter."""
    if interval in MINUTES:
        edges = list(_by_the_clock(since, until, zone, MINUTES[interval]))
    else:
        days = (since + timedelta(days=number) for number in range((until - since).days + 1))
        edges = [_midnight(day, zone) for day in days if day == since or _BEGINS[interval](day)]
    edges.append(_midnight(until + timedelta(days=1), zone))
    return Periods(edges, [quarter_of(edge) for edge in edges])


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The day's first moment, also where the clocks are changed at midnight."""
    return datetime.combine(day, time.min, zone).astimezone(UTC).astimezone(zone)


def _by_the_clock(since: date, until: date, zone: ZoneInfo, minutes: int) -> Iterator[datetime]:
    at, end = _midnight(since, zone).astimezone(UTC), _midnight(until + timedelta(days=1), zone).astimezone(UTC)
    shown = None
    while at < end:
        local = at.astimezone(zone)
        before, shown = shown, (local.date(), (local.hour * 60 + local.minute) // minutes, local.utcoffset())
        if shown != before:
            yield local
        at += _QUARTER


_BEGINS: dict[Interval, Callable[[date], bool]] = {
    Interval.WHOLE: lambda day: False,
    Interval.DAY: lambda day: True,
    Interval.WEEK: lambda day: day.weekday() == 0,
    Interval.MONTH: lambda day: day.day == 1,
}
