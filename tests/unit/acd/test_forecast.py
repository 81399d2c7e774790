from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.forecast import (
    SERVICE_LEVELS,
    Announced,
    Calibration,
    Competing,
    DecayingMean,
    Outcomes,
    abandon_rate,
    announcement,
    average_handling_time,
    average_speed_of_answer,
    expected_wait,
    occupancy,
    service_levels,
)

MINUTE_US = 60_000_000
counts = st.integers(0, 500)
outcomes = st.builds(Outcomes, counts, counts, counts, counts, counts, counts)


def test_the_service_level_under_every_formula() -> None:
    day = Outcomes(
        answered_in_time=60, answered_late=20, abandoned_short=4, abandoned_in_time=6, abandoned_late=6, flowed_out=4
    )
    assert service_levels(day) == {
        "of_offered": 0.6,
        "of_offered_without_short": 60 / 96,
        "of_kept": 60 / 92,
        "of_answered": 0.75,
        "of_answered_and_late": 60 / 86,
        "abandons_in_time_count_as_served": 0.7,
    }


@given(outcomes)
def test_every_service_level_is_a_share(day: Outcomes) -> None:
    assert all(level is None or 0.0 <= level <= 1.0 for level in service_levels(day).values())


@given(outcomes)
def test_leaving_out_more_of_those_not_answered_never_lowers_the_service_level(day: Outcomes) -> None:
    levels = service_levels(day)
    ordered = [levels[name] for name in ("of_offered", "of_offered_without_short", "of_kept")]
    known = [level for level in ordered if level is not None]
    assert known == sorted(known)


def test_without_calls_there_is_no_figure() -> None:
    assert set(service_levels(Outcomes()).values()) == {None}
    assert average_speed_of_answer(0.0, 0) is average_handling_time(0.0, 0.0, 0) is occupancy(0.0, 0.0) is abandon_rate(Outcomes()) is None


def test_every_formula_is_shown_as_it_is_computed() -> None:
    assert all(text.startswith(("answered within T", "(answered within T")) for text, _ in SERVICE_LEVELS.values())


def test_averages_are_over_the_calls_that_count() -> None:
    assert average_speed_of_answer(300.0, 20) == 15.0
    assert average_handling_time(1000.0, 200.0, 4) == 300.0
    assert occupancy(45.0, 15.0) == 0.75
    day = Outcomes(answered_in_time=90, abandoned_short=10, abandoned_late=10)
    assert abandon_rate(day) == 0.1
    assert abandon_rate(day, count_short=True) == 20 / 110


def test_the_first_in_line_waits_for_the_next_of_his_agents() -> None:
    assert expected_wait([], agents=4, handling_seconds=240.0) == 60.0


def test_calls_before_him_count_by_the_share_of_their_agents_that_are_his() -> None:
    mine = Competing(calls=3, agents=4, shared=4)
    half = Competing(calls=4, agents=2, shared=1)
    others = Competing(calls=100, agents=5, shared=0)
    assert expected_wait([mine, half, others], agents=4, handling_seconds=240.0) == (3 + 2 + 1) * 60.0


def test_without_agents_there_is_no_forecast() -> None:
    assert expected_wait([], agents=0, handling_seconds=240.0) is None


@given(st.lists(st.builds(Competing, st.integers(0, 50), st.integers(1, 9), st.integers(0, 1))), st.integers(1, 20))
def test_the_forecast_falls_as_the_line_before_gets_shorter(competing: list[Competing], agents: int) -> None:
    longer = expected_wait(competing, agents, 200.0)
    shorter = expected_wait(competing[:-1], agents, 200.0)
    assert longer is not None and shorter is not None
    assert shorter <= longer


def test_a_mean_forgets() -> None:
    mean = DecayingMean(half_life_us=30 * MINUTE_US).with_value(100.0, 0)
    assert mean.with_value(400.0, 0).mean == 250.0
    assert mean.with_value(400.0, 30 * MINUTE_US).mean == pytest.approx((100 * 0.5 + 400) / 1.5)
    assert mean.with_value(400.0, 10_000 * MINUTE_US).mean == pytest.approx(400.0)


def test_few_or_old_values_do_not_carry_a_forecast() -> None:
    mean = DecayingMean(half_life_us=30 * MINUTE_US)
    assert mean.blended(300.0, 0) == 300.0
    assert mean.with_value(100.0, 0).blended(300.0, 0) == 250.0
    assert mean.with_value(100.0, 0).blended(300.0, 10_000 * MINUTE_US) == pytest.approx(300.0)


def test_a_forecast_is_spoken_in_whole_minutes() -> None:
    assert announcement(61.0, None, 0, trusted=True) == Announced(120.0, 0)
    assert announcement(1.0, None, 0, trusted=True) == Announced(60.0, 0)


@given(st.lists(st.tuples(st.floats(0, 3000), st.integers(0, 10 * MINUTE_US))))
def test_a_rising_number_is_never_spoken(forecasts: list[tuple[float, int]]) -> None:
    now_us, last, spoken = 0, None, []
    for forecast, later_us in forecasts:
        now_us += later_us
        told = announcement(forecast, last, now_us, trusted=True)
        if told is not None:
            spoken.append(told.seconds)
            last = told
    assert spoken == sorted(spoken, reverse=True)


def test_a_forecast_that_would_break_what_was_promised_is_not_spoken() -> None:
    told = Announced(300.0, 0)
    assert announcement(250.0, told, 2 * MINUTE_US, trusted=True) is None
    assert announcement(150.0, told, 2 * MINUTE_US, trusted=True) == Announced(180.0, 2 * MINUTE_US)


def test_silence_without_a_forecast_or_without_trust() -> None:
    assert announcement(None, None, 0, trusted=True) is None
    assert announcement(60.0, None, 0, trusted=False) is None


def test_forecasts_fall_silent_when_they_were_wrong_and_speak_again_later() -> None:
    calibration = Calibration(DecayingMean(half_life_us=30 * MINUTE_US))
    assert calibration.trusted(0)
    for _ in range(10):
        calibration = calibration.with_outcome(60.0, 600.0, 0)
    assert not calibration.trusted(0)
    for _ in range(50):
        calibration = calibration.with_outcome(60.0, 70.0, 60 * MINUTE_US)
    assert calibration.trusted(60 * MINUTE_US)
