"""When a queue is open: calendars, swapped workdays, special days, zones, lunch; and when it opens next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from acd.hours import OpenHours, is_during, is_open, next_change, open_hours, opening_word
from acd.instants import instant, micros
from acd.model import Level, QueueId
from acd.plan import Calendar, Hours, Overflow, Plan, QueuePlan, SpecialDay
from config.compile import zone_changes
from skills.expression import EVERYBODY
from skills.requirement import Requirement, Step

SHANGHAI, DALLAS = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Chicago")
OFFICE = tuple(Hours(day, 8.5 * 3600, 18 * 3600) for day in range(5))
FRIDAY_SHORT = (*OFFICE[:4], Hours(4, 9 * 3600, 16 * 3600))
LUNCH = tuple(Hours(day, 12 * 3600, 13 * 3600) for day in range(5))
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
HOLIDAYS = {
    "2026-10-01": SpecialDay(), "2026-10-02": SpecialDay(), "2026-10-10": SpecialDay(weekday=4),
    "2026-12-31": SpecialDay(openings=((9 * 3600, 12 * 3600),)),
}  # fmt: skip
CHINA = Calendar(8 * 3600, (), HOLIDAYS)
TEXAS = Calendar(-6 * 3600, zone_changes(DALLAS, YEAR), {})
QUEUE = QueuePlan(QueueId("pcs.L1"), "pcs", Level.L1, Requirement((Step("any", EVERYBODY),)), hours=FRIDAY_SHORT, calendar="china")
PLAN = Plan((QUEUE,), calendars={"china": CHINA, "texas": TEXAS}, closed_days=("2026-10-10", "2026-11-02"))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=zone))


@pytest.mark.parametrize(
    ("moment", "is_so"),
    [
        ("2026-09-30 09:00", True), ("2026-09-30 08:29", False), ("2026-09-30 18:00", False),
        ("2026-10-01 09:00", False), ("2026-10-02 12:00", False),
        ("2026-10-10 08:45", False), ("2026-10-10 09:00", True), ("2026-10-10 16:30", False), ("2026-10-11 10:00", False),
        ("2026-12-31 11:59", True), ("2026-12-31 12:00", False), ("2026-11-02 10:00", False),
    ],
)  # fmt: skip
def test_holidays_swapped_workdays_and_special_days(moment: str, is_so: bool) -> None:
    """10 October 2026 is a Saturday that is worked with a Friday's hours; the calendar goes before the closed days."""
    assert is_open(PLAN, QUEUE, at(moment)) is is_so


@pytest.mark.parametrize(("moment", "is_so"), [("2026-03-06 08:30", True), ("2026-03-09 08:30", True), ("2026-03-09 07:30", False)])
def test_each_centre_has_its_own_clock_in_summer_and_in_winter(moment: str, is_so: bool) -> None:
    """Clocks go forward in Dallas on 8 March 2026."""
    texan = replace(QUEUE, hours=OFFICE, calendar="texas")
    assert is_open(PLAN, texan, at(moment, DALLAS)) is is_so
    assert not is_open(PLAN, texan, at("2026-03-09 10:00", SHANGHAI))


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        ("2026-09-28 07:00", "today_0830"), ("2026-09-28 19:00", "tomorrow_0830"), ("2026-09-28 10:00", ""),
        ("2026-09-30 19:00", "mon_0830"), ("2026-10-09 17:00", "tomorrow_0900"), ("2026-12-30 19:00", "tomorrow_0900"),
        ("2026-12-31 12:00", "tomorrow_0900"),
    ],
)  # fmt: skip
def test_when_it_opens_next_is_said_as_people_say_it(moment: str, word: str) -> None:
    assert opening_word(PLAN, QUEUE, at(moment)) == word


def test_an_opening_more_than_a_week_ahead_is_not_said() -> None:
    long = replace(CHINA, days={(YEAR + timedelta(days=day)).date().isoformat(): SpecialDay() for day in range(10)})
    plan = replace(PLAN, calendars={"china": long})
    assert opening_word(plan, QUEUE, at("2026-01-01 10:00")) == ""
    assert opening_word(plan, QUEUE, at("2026-01-09 10:00")) == "mon_0830"
    change = next_change(plan, at("2025-12-31 18:00"))
    assert change is not None and instant(change).astimezone(SHANGHAI) == datetime(2026, 1, 12, 8, 30, tzinfo=SHANGHAI)


def test_lunch_is_at_the_centres_noon_and_its_begin_is_a_change() -> None:
    queue = replace(QUEUE, overflow=(Overflow("lunch", QueueId("pcs.L2"), during=LUNCH),))
    plan = replace(PLAN, queues=(queue,))
    assert is_during(plan, queue, LUNCH, at("2026-09-28 12:30"))
    assert not is_during(plan, queue, LUNCH, at("2026-09-28 13:00"))
    assert is_during(plan, queue, LUNCH, at("2026-10-10 12:30")), "a worked Saturday has a lunch too"
    assert next_change(plan, at("2026-09-28 10:00")) == at("2026-09-28 12:00")


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-09-30 07:00", OpenHours("2026-09-30", today=(("08:30", "18:00"),), next_day="2026-10-09", next_time="09:00")),
        ("2026-09-30 17:59", OpenHours("2026-09-30", today=(("08:30", "18:00"),), next_day="2026-10-09", next_time="09:00")),
        ("2026-09-30 18:00", OpenHours("2026-09-30", next_day="2026-10-09", next_time="09:00")),
        ("2026-10-04 12:00", OpenHours("2026-10-04", next_day="2026-10-09", next_time="09:00")),
        ("2026-12-31 10:00", OpenHours("2026-12-31", today=(("09:00", "12:00"),), next_day="2027-01-01", next_time="09:00")),
    ],
)
def test_what_is_told_of_the_hours(moment: str, told: OpenHours) -> None:
    holidays = {**HOLIDAYS, **{f"2026-10-0{day}": SpecialDay() for day in range(3, 9)}}
    assert open_hours(replace(PLAN, calendars={"china": replace(CHINA, days=holidays)}), QUEUE, at(moment)) == told


def test_hours_without_an_end_are_told_as_such_and_those_with_a_break_with_both_parts() -> None:
    always = tuple(Hours(day, 0.0, 24 * 3600) for day in range(7))
    with_lunch = tuple(Hours(day, *times) for day in range(5) for times in ((9 * 3600, 12 * 3600), (13 * 3600, 17.5 * 3600)))
    assert open_hours(PLAN, replace(QUEUE, hours=()), at("2026-11-04 10:00")) == OpenHours("2026-11-04", always=True)
    assert open_hours(Plan(()), replace(QUEUE, hours=always, calendar=""), at("2026-11-04 10:00", ZoneInfo("UTC"))).always
    both = open_hours(PLAN, replace(QUEUE, hours=with_lunch), at("2026-11-04 10:00"))
    assert both.today == (("09:00", "12:00"), ("13:00", "17:30"))
    assert open_hours(PLAN, replace(QUEUE, hours=with_lunch), at("2026-11-04 12:30")).today == (("13:00", "17:30"),)
