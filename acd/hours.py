"""When queues are open, by the plan's hours. Decides nothing about calls; knows no clock and one zone: the plan's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from acd.instants import instant, micros, span
from acd.plan import Plan, QueuePlan

MONTH_DAYS = 31
WEEK_DAYS = 8
"""Today and a week: an opening of this weekday may lie behind us."""


@dataclass(slots=True, eq=False)
class Opening:
    """The next moment at which some queue opens or closes, as a deadline."""

    id: str = "opening"
    next_us: int | None = None


def is_open(plan: Plan, queue: QueuePlan, at_us: int) -> bool:
    """Whether ``queue`` is open at ``at_us``."""
    if not queue.hours:
        return True
    return any(begin <= at_us < end for begin, end in _openings(plan, queue, at_us, days=1))


def opens_at(plan: Plan, queue: QueuePlan, from_us: int) -> int:
    """The first moment from ``from_us`` on at which ``queue`` is open; a day later when it does not open within a month."""
    if is_open(plan, queue, from_us):
        return from_us
    begins = (begin for begin, _ in _openings(plan, queue, from_us, MONTH_DAYS) if begin > from_us)
    return min(begins, default=from_us + span(86_400.0))


def next_change(plan: Plan, after_us: int) -> int | None:
    """The next moment after ``after_us`` at which some queue opens or closes; None when none does within a week."""
    moments = (moment for queue in plan.queues for opening in _openings(plan, queue, after_us, WEEK_DAYS) for moment in opening)
    return min((moment for moment in moments if moment > after_us), default=None)


def _openings(plan: Plan, queue: QueuePlan, at_us: int, days: int) -> Iterator[tuple[int, int]]:
    local = instant(at_us + _offset_us(plan, at_us))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in (midnight + timedelta(days=number) for number in range(days)):
        if day.date().isoformat() in plan.closed_days:
            continue
        for hours in queue.hours:
            if hours.weekday == day.weekday():
                begin_us = micros(day)
                yield _from_local(plan, begin_us + span(hours.opens_seconds)), _from_local(plan, begin_us + span(hours.closes_seconds))


def _offset_us(plan: Plan, at_us: int) -> int:
    """How far the zone's clocks are ahead of UTC at a moment."""
    passed = (change.offset_seconds for change in reversed(plan.zone_changes) if span(change.at_seconds) <= at_us)
    return span(next(passed, plan.zone_offset_seconds))


def _from_local(plan: Plan, local_us: int) -> int:
    """The moment at which the zone's clocks show this; in the hour that summer time repeats, the first one."""
    return local_us - _offset_us(plan, local_us - _offset_us(plan, local_us))
