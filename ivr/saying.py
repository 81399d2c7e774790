"""How numbers, dates and times are said: as a sequence of prompts, each of which is a word or two, in the order of the language.

Decides the order of the words; what they are in each language is ``config.spoken_words``'. Pure: it knows no clock, and a day is said as it
is written. Dates are said with weekday, month and day, times by the twelve-hour clock.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from acd.hours import OpenHours
from ivr.menu import digit_prompt

LARGEST_NUMBER: Final = 99_999_999
"""Larger ones are digits to people."""
BY_MYRIADS: Final = ("zh", "yue", "ja", "ko")
"""Languages that count in groups of four digits; others in groups of three."""
WITH_ZERO: Final = ("zh", "yue")
"""Languages that say a gap in a number as zero, and ten within a number as one-ten."""
TIME_LAST: Final = ("en",)
"""Languages that say whether it is morning or afternoon after the time."""
TO, NEXT, ALWAYS, CLOSED, TODAY = "hours_to", "hours_next", "hours_always", "hours_closed", "hours_today"
HOURS_PROMPTS: Final = (ALWAYS, TODAY, TO, CLOSED, NEXT)
"""Said around the times of opening hours."""


def digits(text: str) -> tuple[str, ...]:
    """One after the other."""
    return tuple(digit_prompt(digit) for digit in text)


def number(value: int, language: str) -> tuple[str, ...]:
    """A cardinal number, 0 to ``LARGEST_NUMBER``."""
    if not 0 <= value <= LARGEST_NUMBER:
        raise ValueError(f"{value} is not from 0 to {LARGEST_NUMBER}")
    base = 10_000 if language in BY_MYRIADS else 1000
    groups: list[int] = []
    while value or not groups:
        value, group = divmod(value, base)
        groups.append(group)
    said: list[str] = []
    for scale, group in reversed(list(enumerate(groups))):
        if group or len(groups) == 1:
            said += _group(group, language, base, inside=bool(said))
            said += [f"scale_{scale}"] if scale else []
    return tuple(said)


def _group(value: int, language: str, base: int, inside: bool) -> list[str]:
    """A number below ``base``; ``inside`` a larger one, whose zeros are heard in some languages."""
    thousands, hundreds, rest = value // 1000, value // 100 % 10, value % 100
    said = []
    zero = language in WITH_ZERO
    if zero and inside and value < base // 10:
        said.append("number_0")
    if thousands:
        said.append(f"thousand_{thousands}")
    if hundreds:
        said.append(f"hundred_{hundreds}")
    if rest:
        before = bool(said)
        if zero and ((hundreds and rest < 10) or (thousands and not hundreds)):
            said.append("number_0")
        if zero and before and 10 <= rest < 20:
            said.append("number_1")
        said.append(f"number_{rest}")
    return said or ["number_0"]


def day(iso: str, language: str, today: str = "") -> tuple[str, ...]:
    """A date (ISO); that of ``today``, and the day after it, by these words."""
    that = date.fromisoformat(iso)
    if today and (ahead := (that - date.fromisoformat(today)).days) in (0, 1):
        return (("day_today", "day_tomorrow")[ahead],)
    weekday, in_year = f"weekday_{that.weekday()}", (f"month_{that.month}", f"day_{that.day}")
    return (*in_year, weekday) if language in BY_MYRIADS else (weekday, *in_year)


def time(text: str, language: str) -> tuple[str, ...]:
    """A time of day, ``08:30`` to ``24:00``."""
    hour, minute = int(text[:2]), int(text[3:])
    minutes = (f"minute_{minute}",) if minute else ()
    if hour == 24 or (hour, minute) == (0, 0):
        return ("midnight",)
    clock = (f"hour_{hour % 12 or 12}", *minutes)
    half = "time_am" if hour < 12 else "time_pm"
    return (*clock, half) if language in TIME_LAST else (half, *clock)


def hours(told: OpenHours, language: str) -> tuple[str, ...]:
    """What is left of today's hours; when nothing is, that it is closed, and when it opens again."""
    if told.always:
        return (ALWAYS,)
    if told.today:
        return (TODAY, *(name for opens, closes in told.today for name in (*time(opens, language), TO, *time(closes, language))))
    if told.next_day is None:
        return (CLOSED,)
    return (CLOSED, NEXT, *day(told.next_day, language, told.day), *time(told.next_time, language))
