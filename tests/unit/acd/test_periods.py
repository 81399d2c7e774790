"""Periods of reports over the changes of clocks: days of 23, 24 and 25 hours, zones of half and quarter hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from acd.periods import Interval, Periods, periods
from acd.working_time import quarter_of

BERLIN = "Europe/Berlin"


def of(day: str, zone: str, interval: Interval, until: str | None = None) -> Periods:
    return periods(date.fromisoformat(day), date.fromisoformat(until or day), ZoneInfo(zone), interval)


def lengths(found: Periods) -> list[timedelta]:
    edges = [edge.astimezone(UTC) for edge in found.edges]
    return [end - start for start, end in pairwise(edges)]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, "2026-03-28", 24), (BERLIN, "2026-03-29", 23), (BERLIN, "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23), ("America/New_York", "2026-11-01", 25),
        ("Asia/Shanghai", "2026-03-29", 24), ("Asia/Kolkata", "2026-10-25", 24), ("Asia/Kathmandu", "2026-10-25", 24),
        ("Australia/Lord_Howe", "2026-04-05", 24.5), ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Africa/Cairo", "2026-04-24", 23), ("America/Havana", "2026-11-01", 25),
    ],
)  # fmt: skip
def test_a_day_has_as_many_hours_as_the_zones_clocks_make_it(zone: str, day: str, hours: float) -> None:
    assert lengths(of(day, zone, Interval.DAY)) == [timedelta(hours=hours)]
    for interval in (Interval.QUARTER_HOUR, Interval.HALF_HOUR, Interval.HOUR):
        assert sum(lengths(of(day, zone, interval)), timedelta()) == timedelta(hours=hours)
    assert len(of(day, zone, Interval.QUARTER_HOUR)) == 4 * hours


def test_the_hour_that_is_told_twice_makes_two_periods() -> None:
    found = of("2026-10-25", BERLIN, Interval.HOUR)
    assert [edge.hour for edge in found.edges[:5]] == [0, 1, 2, 2, 3]
    assert [edge.utcoffset() for edge in found.edges[2:4]] == [timedelta(hours=2), timedelta(hours=1)]
    assert len(found) == 25
    assert set(lengths(found)) == {timedelta(hours=1)}


def test_the_hour_that_is_left_out_makes_none() -> None:
    found = of("2026-03-29", BERLIN, Interval.HOUR)
    assert [edge.hour for edge in found.edges[:4]] == [0, 1, 3, 4]
    assert set(lengths(found)) == {timedelta(hours=1)}


def test_hours_follow_the_wall_clock_in_zones_of_half_and_quarter_hours() -> None:
    for zone in ("Asia/Kolkata", "Asia/Kathmandu"):
        found = of("2026-05-01", zone, Interval.HOUR)
        assert all(edge.minute == 0 for edge in found.edges)
        assert len(found) == 24
    assert sorted(set(lengths(of("2026-10-04", "Australia/Lord_Howe", Interval.HOUR)))) == [timedelta(minutes=30), timedelta(hours=1)]


def test_weeks_begin_on_monday_and_months_on_the_first_and_the_asked_days_cut_them() -> None:
    weeks = of("2026-10-21", BERLIN, Interval.WEEK, "2026-11-04")
    assert [edge.date().isoformat() for edge in weeks.edges] == ["2026-10-21", "2026-10-26", "2026-11-02", "2026-11-05"]
    months = of("2026-10-21", BERLIN, Interval.MONTH, "2026-12-31")
    assert [edge.date().isoformat() for edge in months.edges] == ["2026-10-21", "2026-11-01", "2026-12-01", "2027-01-01"]
    assert len(of("2026-10-21", BERLIN, Interval.WHOLE, "2026-12-31")) == 1


@pytest.mark.parametrize("zone", [BERLIN, "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York"])
@pytest.mark.parametrize("interval", Interval)
def test_every_quarter_of_an_hour_lies_in_the_period_that_its_moment_lies_in(zone: str, interval: Interval) -> None:
    found = of("2026-10-20", zone, interval, "2026-11-03")
    runs = list(found.runs())
    assert sum(run.count for run in runs) == len(found)
    quarters = ((run, quarter) for run in runs for quarter in range(run.first_quarter, run.end_quarter))
    by_runs = [run.place + (quarter - run.first_quarter) // run.quarters for run, quarter in quarters]
    for quarter in range(runs[0].first_quarter, runs[-1].end_quarter):
        place = found.place(quarter)
        assert place == by_runs[quarter - runs[0].first_quarter]
        moment = datetime.fromtimestamp(quarter * 900, UTC)
        assert found.edges[place] <= moment < found.edges[place + 1]
        assert quarter_of(moment) == quarter
