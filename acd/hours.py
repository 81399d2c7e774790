"""When queues are open, by their hours, calendars and zones. Decides nothing about calls; knows no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from acd.instants import instant, micros, span
from acd.model import QueueId
from acd.plan import Calendar, Hours, Plan, QueuePlan

LOOK_AHEAD_DAYS = 32
"""So far a change is looked for: longer than any holidays."""
TOLD_AHEAD_DAYS = 7
"""So far ahead a weekday's name says which day is meant."""
DAY_SECONDS = 86_400.0
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class OpenHours:
    """A queue's hours as they are told at some moment, in its calendar's zone. Days are ISO, times ``08:30``; a day ends at ``24:00``."""

    day: str
    """The day of that moment."""
    always: bool = False
    """It has no hours, or is never closed."""
    today: tuple[tuple[str, str], ...] = ()
    """Opens and closes: what is not over yet of that day's hours."""
    next_day: str | None = None
    """When it opens next on another day; None when not within a month."""
    next_time: str = ""


@dataclass(slots=True, eq=False)
class Opening:
    """The next moment at which some queue opens or closes, as a deadline."""

    id: str = "opening"
    next_us: int | None = None


@dataclass(slots=True, eq=False)
class Switch:
    """A supervisor's word about one queue, which goes before its hours."""

    id: QueueId
    opened: bool
    by: str
    why: str
    since: datetime
    until: datetime | None = None
    until_us: int | None = None


def shifted(plan: Plan, ahead_seconds: float) -> Plan:
    """``plan`` for a clock that the wall clock is so far ahead of: for hours, one more difference between clock and zone."""
    if not ahead_seconds:
        return plan
    own = _shifted(Calendar(plan.zone_offset_seconds, plan.zone_changes), ahead_seconds)
    return replace(
        plan, ahead_seconds=ahead_seconds, zone_offset_seconds=own.zone_offset_seconds, zone_changes=own.zone_changes,
        calendars={name: _shifted(calendar, ahead_seconds) for name, calendar in plan.calendars.items()},
    )  # fmt: skip


def _shifted(calendar: Calendar, ahead_seconds: float) -> Calendar:
    changes = tuple(
        replace(change, at_seconds=change.at_seconds - ahead_seconds, offset_seconds=change.offset_seconds + ahead_seconds)
        for change in calendar.zone_changes
    )
    return replace(calendar, zone_offset_seconds=calendar.zone_offset_seconds + ahead_seconds, zone_changes=changes)


def is_open(plan: Plan, queue: QueuePlan, at_us: int) -> bool:
    """Whether ``queue`` is open at ``at_us``."""
    return not queue.hours or any(begin <= at_us < end for begin, end in _openings(plan, queue, at_us, 1))


def is_during(plan: Plan, queue: QueuePlan, hours: tuple[Hours, ...], at_us: int) -> bool:
    """Whether ``at_us`` is within ``hours``, by the queue's calendar: a swapped workday is the weekday that it stands in for."""
    return any(begin <= at_us < end for begin, end in _times(plan, queue, hours, at_us, 1))


def opens_at(plan: Plan, queue: QueuePlan, from_us: int) -> int:
    """The first moment from ``from_us`` on at which ``queue`` is open; a day later when it does not open within a month."""
    if is_open(plan, queue, from_us):
        return from_us
    begins = (begin for begin, _ in _openings(plan, queue, from_us, LOOK_AHEAD_DAYS) if begin > from_us)
    return min(begins, default=from_us + span(86_400.0))


def next_change(plan: Plan, after_us: int) -> int | None:
    """The next moment after ``after_us`` at which some queue opens or closes, begins or ends to call back, or a rule's times begin or end;
    None when none does within a month.
    """
    moments = (moment for queue in plan.queues for times in _changes(plan, queue, after_us) for moment in times)
    return min((moment for moment in moments if moment > after_us), default=None)


def open_hours(plan: Plan, queue: QueuePlan, at_us: int) -> OpenHours:
    """What callers are told of the queue's hours at ``at_us``."""
    calendar = _calendar(plan, queue)
    day = _local(calendar, at_us).date().isoformat()
    days = [
        (midnight.date().isoformat(), opens, closes, _from_local(calendar, micros(midnight) + span(closes)))
        for midnight in _days(calendar, at_us, LOOK_AHEAD_DAYS)
        for opens, closes in sorted(_openings_of_day(plan, calendar, queue, midnight))
    ]
    if not queue.hours or [(opens, closes) for _, opens, closes, _ in days] == [(0.0, DAY_SECONDS)] * LOOK_AHEAD_DAYS:
        return OpenHours(day, always=True)
    today = tuple((_clock(opens), _clock(closes)) for that, opens, closes, ends_us in days if that == day and ends_us > at_us)
    later = next(((that, _clock(opens)) for that, opens, _, _ in days if that > day), (None, ""))
    return OpenHours(day, today=today, next_day=later[0], next_time=later[1])


def local_clock(plan: Plan, queue: QueuePlan, at_us: int) -> datetime:
    """What the queue's clocks show at ``at_us``, as if it were UTC."""
    return _local(_calendar(plan, queue), at_us)


def moment_of(plan: Plan, queue: QueuePlan, local_us: int) -> int:
    """The moment at which the queue's clocks show ``local_us``; of two, the first."""
    return _from_local(_calendar(plan, queue), local_us)


def _clock(seconds: float) -> str:
    """``08:30``."""
    return f"{int(seconds) // 3600:02}:{int(seconds) // 60 % 60:02}"


def opening_word(plan: Plan, queue: QueuePlan, at_us: int) -> str:
    """When ``queue`` opens next, as ``SendCall`` says it; '' when it is open, has no hours, or not within a week."""
    if not queue.hours or is_open(plan, queue, at_us):
        return ""
    begin = min((begin for begin, _ in _openings(plan, queue, at_us, TOLD_AHEAD_DAYS) if begin > at_us), default=None)
    if begin is None:
        return ""
    calendar = _calendar(plan, queue)
    then, now = _local(calendar, begin), _local(calendar, at_us)
    ahead = (then.date() - now.date()).days
    return f"{('today', 'tomorrow')[ahead] if ahead < 2 else DAY_NAMES[then.weekday()]}_{then:%H%M}"


def _changes(plan: Plan, queue: QueuePlan, at_us: int) -> Iterator[tuple[int, int]]:
    yield from _openings(plan, queue, at_us, LOOK_AHEAD_DAYS)
    for rule in queue.overflow:
        if rule.during:
            yield from _times(plan, queue, rule.during, at_us, LOOK_AHEAD_DAYS)
    if queue.callback is not None and queue.callback.hours:
        yield from _openings(plan, replace(queue, hours=queue.callback.hours), at_us, LOOK_AHEAD_DAYS)


def _openings(plan: Plan, queue: QueuePlan, at_us: int, days: int) -> Iterator[tuple[int, int]]:
    calendar = _calendar(plan, queue)
    for midnight in _days(calendar, at_us, days):
        yield from _moments(calendar, midnight, _openings_of_day(plan, calendar, queue, midnight))


def _openings_of_day(plan: Plan, calendar: Calendar, queue: QueuePlan, midnight: datetime) -> Iterable[tuple[float, float]]:
    day = midnight.date().isoformat()
    special = calendar.days.get(day)
    if special is None:
        return () if day in plan.closed_days else _of_weekday(queue.hours, midnight.weekday())
    return special.openings if special.weekday is None else _of_weekday(queue.hours, special.weekday)


def _times(plan: Plan, queue: QueuePlan, hours: tuple[Hours, ...], at_us: int, days: int) -> Iterator[tuple[int, int]]:
    calendar = _calendar(plan, queue)
    for midnight in _days(calendar, at_us, days):
        special = calendar.days.get(midnight.date().isoformat())
        weekday = midnight.weekday() if special is None or special.weekday is None else special.weekday
        yield from _moments(calendar, midnight, _of_weekday(hours, weekday))


def _of_weekday(hours: tuple[Hours, ...], weekday: int) -> list[tuple[float, float]]:
    return [(one.opens_seconds, one.closes_seconds) for one in hours if one.weekday == weekday]


def _moments(calendar: Calendar, midnight: datetime, openings: Iterable[tuple[float, float]]) -> Iterator[tuple[int, int]]:
    begin_us = micros(midnight)
    for opens, closes in openings:
        yield _from_local(calendar, begin_us + span(opens)), _from_local(calendar, begin_us + span(closes))


def _days(calendar: Calendar, at_us: int, days: int) -> Iterator[datetime]:
    midnight = _local(calendar, at_us).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=number) for number in range(days))


def _calendar(plan: Plan, queue: QueuePlan) -> Calendar:
    return plan.calendars.get(queue.calendar) or Calendar(plan.zone_offset_seconds, plan.zone_changes)


def _local(calendar: Calendar, at_us: int) -> datetime:
    return instant(at_us + _offset_us(calendar, at_us))


def _offset_us(calendar: Calendar, at_us: int) -> int:
    """How far the zone's clocks are ahead of UTC at a moment."""
    passed = (change.offset_seconds for change in reversed(calendar.zone_changes) if span(change.at_seconds) <= at_us)
    return span(next(passed, calendar.zone_offset_seconds))


def _from_local(calendar: Calendar, local_us: int) -> int:
    """The moment at which the zone's clocks show this; in the hour that summer time repeats, the first one."""
    return local_us - _offset_us(calendar, local_us - _offset_us(calendar, local_us))
