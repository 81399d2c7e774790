"""What a caller is told of a case: its number, how far it is, who works on it, and until when it is promised.

Decides what is said, and what had better not be: a promise that is late already, an engineer who does not work here any more. Pure.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from acd.customer import OpenCase
from acd.numbers import digits_of
from ivr import saying
from ivr.menu import Returning

NUMBER, OPEN, ENGINEER, DUE = "case_number", "case_open", "case_engineer", "case_due"
CASE_PROMPTS: Final = (NUMBER, OPEN, ENGINEER, DUE)
"""Said before the number, for a state that has no prompt of its own, before the engineer's name, and before the promised time."""
QUARTER: Final = 15
QUARTERS: Final = range(0, 60, QUARTER)
"""Promised times are told to the quarter of an hour, and never earlier than they are."""


def told_of_case(case: OpenCase, plan: Returning, language: str, today: str) -> tuple[str, ...]:
    """The prompts, in this order. ``today`` (ISO) is the hotline's day; '' for none, when every promise is told."""
    said = [NUMBER, *saying.digits(digits_of(case.id)), plan.case_states.get(case.state, OPEN)]
    if case.engineer is not None and case.engineer in plan.engineers:
        said += [ENGINEER, plan.engineers[case.engineer]]
    if case.due_at is not None:
        due = case.due_at.astimezone(plan.zone)
        if (day := due.date().isoformat()) >= today:
            said += [DUE, *saying.day(day, language, today), *saying.time(_next_quarter(due), language)]
    return tuple(said)


def _next_quarter(at: datetime) -> str:
    """``15:00`` for 14:50; the day's last one is ``24:00``."""
    minutes = at.hour * 60 + at.minute + (at.second > 0 or at.microsecond > 0)
    minutes = -(-minutes // QUARTER) * QUARTER
    return f"{minutes // 60:02}:{minutes % 60:02}"
