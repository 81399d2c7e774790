"""Signed cookies and bounded tries, without HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.api_sessions import MOST_ENDED_SESSIONS, USERS_ASKED_EVERY_SECONDS, Attempts, Session, Sessions
from tests.unit.cti_api_house import PEOPLE, SECRET, FakeUsers, Person, session_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


LI, _, CHEN = PEOPLE


async def begun(sessions: Sessions, users: FakeUsers, person: Person = LI) -> tuple[str, Session]:
    cookie_and_session = await sessions.begin(person, users)
    assert cookie_and_session is not None
    return cookie_and_session


async def test_a_cookie_stands_for_the_session_it_was_made_for() -> None:
    sessions, users = Sessions(SECRET), FakeUsers()
    cookie, session = await begun(sessions, users)
    assert await sessions.current(cookie, users) == session
    assert (session.name, session.agent, session.supervises) == ("li", "li.wei", False)


async def test_a_restart_with_the_same_secret_signs_nobody_out() -> None:
    users = FakeUsers()
    cookie, session = await begun(Sessions(SECRET), users, CHEN)
    assert await Sessions(SECRET).current(cookie, users) == session


async def test_a_cookie_signed_with_another_secret_is_worth_nothing() -> None:
    users = FakeUsers()
    cookie, _ = await begun(Sessions(b"another secret of sixteen bytes"), users, CHEN)
    assert await Sessions(SECRET).current(cookie, users) is None


async def test_an_ended_session_is_over_though_its_cookie_is_well_signed() -> None:
    sessions, users = Sessions(SECRET), FakeUsers()
    cookie, session = await begun(sessions, users)
    await sessions.end(session, users)
    assert await sessions.current(cookie, users) is None


async def test_an_ended_session_is_over_after_a_restart_too() -> None:
    sessions, users = Sessions(SECRET), FakeUsers()
    cookie, session = await begun(sessions, users)
    await sessions.end(session, users)
    assert await Sessions(SECRET).current(cookie, users) is None


CHANGES = {"removed": lambda versions: versions.pop("li"), "changed": lambda versions: versions.update(li="v2")}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_user_who_was_removed_or_changed_is_signed_out_soon(
    change: Callable[[dict[str, str]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions, users = Sessions(SECRET), FakeUsers()
    cookie, session = await begun(sessions, users)
    change(users.versions)
    assert await sessions.current(cookie, users) == session, "asked once in a while only"
    later = time.monotonic() + USERS_ASKED_EVERY_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert await sessions.current(cookie, users) is None


async def test_who_signs_in_with_his_new_password_is_in_at_once() -> None:
    sessions, users = Sessions(SECRET), FakeUsers()
    old_cookie, _ = await begun(sessions, users)
    users.versions["li"] = "v2"
    cookie, session = await begun(sessions, users)
    assert await sessions.current(cookie, users) == session
    assert await sessions.current(old_cookie, users) is None


async def test_while_the_users_cannot_be_asked_everybody_stays_as_he_was(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, users = Sessions(SECRET), FakeUsers()
    cookie, session = await begun(sessions, users)
    users.away = True
    later = time.monotonic() + USERS_ASKED_EVERY_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert await sessions.current(cookie, users) == session


async def test_a_session_ends_with_the_working_day() -> None:
    users = FakeUsers()
    cookie, _ = await begun(Sessions(SECRET), users)
    assert await Sessions(SECRET, lasts_seconds=-1).current(cookie, users) is None


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Sessions(b"short")


@given(st.text(max_size=200))
def test_no_text_but_a_signed_one_is_a_session(text: str) -> None:
    assert Sessions(SECRET).read(text) is None


async def test_ended_sessions_take_a_bounded_place() -> None:
    sessions, users = Sessions(SECRET), FakeUsers()
    for _ in range(MOST_ENDED_SESSIONS + 10):
        await sessions.end(session_of(LI), users)
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
