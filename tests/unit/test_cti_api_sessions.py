"""Signed cookies and bounded tries, without HTTP."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.api_sessions import MOST_ENDED_SESSIONS, Attempts, Sessions
from tests.unit.cti_api_house import PEOPLE, SECRET


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_cookie_stands_for_the_session_it_was_made_for() -> None:
    sessions = Sessions(SECRET)
    cookie, session = sessions.begin(PEOPLE[0])
    assert sessions.read(cookie) == session
    assert (session.name, session.agent, session.supervises) == ("li", "li.wei", False)


def test_a_restart_with_the_same_secret_signs_nobody_out() -> None:
    cookie, session = Sessions(SECRET).begin(PEOPLE[2])
    assert Sessions(SECRET).read(cookie) == session


def test_a_cookie_signed_with_another_secret_is_worth_nothing() -> None:
    cookie, _ = Sessions(b"another secret of sixteen bytes").begin(PEOPLE[2])
    assert Sessions(SECRET).read(cookie) is None


def test_an_ended_session_is_over_though_its_cookie_is_well_signed() -> None:
    sessions = Sessions(SECRET)
    cookie, session = sessions.begin(PEOPLE[0])
    sessions.end(session)
    assert sessions.read(cookie) is None


def test_a_session_ends_with_the_working_day() -> None:
    cookie, _ = Sessions(SECRET).begin(PEOPLE[0])
    assert Sessions(SECRET, lasts_seconds=-1).read(cookie) is None


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Sessions(b"short")


@given(st.text(max_size=200))
def test_no_text_but_a_signed_one_is_a_session(text: str) -> None:
    assert Sessions(SECRET).read(text) is None


def test_ended_sessions_take_a_bounded_place() -> None:
    sessions = Sessions(SECRET)
    for _ in range(MOST_ENDED_SESSIONS + 10):
        sessions.end(sessions.begin(PEOPLE[0])[1])
    assert len(sessions._ended) == MOST_ENDED_SESSIONS


def test_so_many_tries_at_once_and_then_one_by_one() -> None:
    clock = Clock()
    tries = Attempts(limit=3, seconds_each=10, clock=clock)
    assert [tries.wait_seconds("li") for _ in range(3)] == [0, 0, 0]
    assert tries.wait_seconds("li") == pytest.approx(10)
    clock.now += 10
    assert tries.wait_seconds("li") == 0
    assert tries.wait_seconds("li") > 0


def test_a_refused_try_does_not_prolong_the_wait() -> None:
    clock = Clock()
    tries = Attempts(limit=1, seconds_each=10, clock=clock)
    tries.wait_seconds("li")
    for _ in range(100):
        assert tries.wait_seconds("li") == pytest.approx(10)


def test_the_right_password_gives_all_tries_back() -> None:
    tries = Attempts(limit=1, seconds_each=10, clock=Clock())
    tries.wait_seconds("li")
    tries.forgive("li")
    assert tries.wait_seconds("li") == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 30)), max_size=60))
def test_in_any_stretch_of_time_no_key_has_more_tries_than_the_rule_gives(steps: list[tuple[str, float]]) -> None:
    clock = Clock()
    tries = Attempts(limit=3, seconds_each=10, clock=clock)
    allowed: dict[str, list[float]] = {}
    for key, pause in steps:
        clock.now += pause
        if tries.wait_seconds(key) == 0:
            allowed.setdefault(key, []).append(clock.now)
    for times in allowed.values():
        for first in range(len(times)):
            for last in range(first, len(times)):
                assert last - first + 1 <= 3 + (times[last] - times[first]) / 10 + 1e-6


def test_many_keys_take_a_bounded_place() -> None:
    tries = Attempts(limit=1, seconds_each=10, most_keys=5, clock=Clock())
    for key in range(100):
        tries.wait_seconds(str(key))
    assert len(tries._full_at) == 5
