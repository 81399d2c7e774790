"""PINs and logging in at any phone by keying one: who gets in, who is locked, what of it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import open_database
from acd.audit import AuditLog
from acd.deed import Deed, DeedFilter
from acd.events import AgentLoggedIn, Event
from acd.model import AgentId, IllegalTransition, PhoneId
from acd.people import UserDirectory
from acd.pins import LOCKED_FOR, MOST_OF_AGENT, MOST_WRONG, Pins, TooManyPins, Trial, Tried
from hotline.hot_desking import TRIES_OF_PHONE, HotDesking
from tests.unit.cti_api_house import LI, WANG, plan

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NUMBER, PIN, FREE, OUTSIDE = "1001", "2468", PhoneId("1900"), PhoneId("hotline-provider")
"""``NUMBER``: of Li's usual phone."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    await UserDirectory(engine).put("li.w", "a password", "agent", LI, "zh")
    assert await Pins(engine).set("li.w", PIN)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("pin", ["", "123", "12345678901", "12a4", "１２３４", "12 4", "-123"])
async def test_what_is_no_pin_is_none(database: AsyncEngine, pin: str) -> None:
    with pytest.raises(ValueError, match="4 to 10 digits"):
        await Pins(database).set("li.w", pin)
    assert not await Pins(database).set("nobody", "1234")


async def test_no_pin_is_readable_in_the_database(database: AsyncEngine) -> None:
    async with database.connect() as connection:
        kept = (await connection.execute(text("SELECT pin_hash FROM users"))).scalar_one()
    assert kept.startswith("$argon2id$")
    assert "2468" not in str(await UserDirectory(database).all())


async def test_a_pin_is_right_for_its_agent_alone_and_as_long_as_his_user_is_let_in(database: AsyncEngine) -> None:
    pins = Pins(database)
    assert await pins.keyed(LI, PIN, NOON) == Trial(Tried.RIGHT, "li.w")
    assert await pins.keyed(WANG, PIN, NOON) == Trial(Tried.NOBODYS)
    await UserDirectory(database).change("li.w", active=False)
    assert await pins.keyed(LI, PIN, NOON) == Trial(Tried.NOBODYS)


async def test_three_wrong_ones_in_a_row_lock_it_for_a_while_and_a_new_pin_ends_that(database: AsyncEngine) -> None:
    pins = Pins(database)
    tried = [(await pins.keyed(LI, "0000", NOON)).tried for _ in range(MOST_WRONG)]
    assert tried == [Tried.WRONG, Tried.WRONG, Tried.LOCKS]
    later = NOON + LOCKED_FOR
    assert (await pins.keyed(LI, PIN, later - timedelta(seconds=1))).tried is Tried.LOCKED
    assert (await pins.keyed(LI, PIN, later)).tried is Tried.RIGHT

    for _ in range(MOST_WRONG - 1):
        await pins.keyed(LI, "0000", later)
    assert (await pins.keyed(LI, PIN, later)).tried is Tried.RIGHT, "and the wrong ones are forgotten"
    assert [(await pins.keyed(LI, "0000", later)).tried for _ in range(MOST_WRONG)][-1] is Tried.LOCKS
    await pins.set("li.w", "13579")
    assert (await pins.keyed(LI, "13579", later)).tried is Tried.RIGHT


async def test_of_two_who_work_as_one_agent_each_has_his_own_pin(database: AsyncEngine) -> None:
    await UserDirectory(database).put("wu.f", "a password", "agent", LI, "zh")
    pins = Pins(database)
    assert await pins.set("wu.f", "13579")
    assert [await pins.keyed(LI, pin, NOON) for pin in ("13579", PIN)] == [Trial(Tried.RIGHT, "wu.f"), Trial(Tried.RIGHT, "li.w")]

    for _ in range(MOST_WRONG - 1):
        await pins.keyed(LI, "0000", NOON)
    assert (await pins.keyed(LI, "13579", NOON)).tried is Tried.RIGHT
    assert await pins.keyed(LI, "0000", NOON) == Trial(Tried.LOCKS, "li.w", ("li.w",)), "his colleague's right one forgave him nothing"
    assert await pins.keyed(LI, "13579", NOON) == Trial(Tried.RIGHT, "wu.f"), "and he is not locked with him"
    assert [(await pins.keyed(LI, "0000", NOON)).tried for _ in range(MOST_WRONG)] == [Tried.WRONG, Tried.WRONG, Tried.LOCKS]
    assert {(await pins.keyed(LI, pin, NOON)).tried for pin in (PIN, "13579")} == {Tried.LOCKED}


async def test_each_try_takes_as_much_work_however_many_have_a_pin(database: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr("acd.pins.verify", lambda known, pin: compared.append(known))
    for number in range(MOST_OF_AGENT + 1):
        await Pins(database).keyed(LI, "0000", NOON)
        await Pins(database).keyed(WANG, "0000", NOON)
        assert len(compared) == 2 * MOST_OF_AGENT, number
        compared.clear()
        await UserDirectory(database).put(f"wu.{number}", "a password", "agent", WANG if number else LI, "zh")
        await Pins(database).set(f"wu.{number}", "13579")
        await UserDirectory(database).change(f"wu.{number}", agent=LI)


async def test_whose_pin_would_not_be_looked_at_gets_none_and_is_told_so(database: AsyncEngine) -> None:
    pins = Pins(database)
    for number in range(1, MOST_OF_AGENT + 1):
        await UserDirectory(database).put(f"wu.{number}", "a password", "agent", LI, "zh")
    assert [await pins.set(f"wu.{number}", f"1357{number}") for number in range(1, MOST_OF_AGENT)] == [True] * (MOST_OF_AGENT - 1)
    with pytest.raises(TooManyPins, match=f"{MOST_OF_AGENT} others who take calls as {LI}"):
        await pins.set(f"wu.{MOST_OF_AGENT}", "13570")
    assert await pins.set("li.w", "97531"), "who has one may have another"
    await UserDirectory(database).put("wu.9", "a password", "agent", WANG, "zh")
    assert await pins.set("wu.9", "24680")
    await UserDirectory(database).change("wu.9", agent=LI)
    assert await pins.set("wu.9", "24681"), "and so may each of four, as they can be after somebody has changed places"
    await UserDirectory(database).change("wu.9", agent=WANG)
    assert (await pins.keyed(LI, "13570", NOON)).tried is Tried.WRONG
    await UserDirectory(database).change("wu.1", active=False)
    assert await pins.set(f"wu.{MOST_OF_AGENT}", "13570")
    assert (await pins.keyed(LI, "13570", NOON)).user == f"wu.{MOST_OF_AGENT}"


async def test_tries_at_the_same_time_are_all_counted_whoever_counts(database: AsyncEngine) -> None:
    tried = await asyncio.gather(*(Pins(database).keyed(LI, "0000", NOON) for _ in range(MOST_WRONG)))
    assert sorted(one.tried for one in tried) == [Tried.LOCKS, Tried.WRONG, Tried.WRONG]
    assert (await Pins(database).keyed(LI, PIN, NOON)).tried is Tried.LOCKED


class Floor:
    """Phones, and an engine that lets people in, or not."""

    def __init__(self, database: AsyncEngine, allowed: bool = True) -> None:
        self.asked: list[Event] = []
        self._allowed, self._log = allowed, AuditLog(database)
        self.desks = HotDesking(plan, lambda: [FREE], Pins(database), self._log, self._submit, lambda: NOON)

    async def _submit(self, event: Event) -> None:
        if not self._allowed:
            raise IllegalTransition("not now")
        self.asked.append(event)

    async def deeds(self) -> list[tuple[str, str, str, str, str, str]]:
        rows = reversed(await self._log.deeds(DeedFilter(), 99))
        return [(row["who"], row["action"], row["target"], row["outcome"], row["via"], row["detail"]["phone"]) for row in rows]


@pytest.mark.parametrize("phone", [FREE, PhoneId("1002")], ids=["a free one", "a colleague's"])
async def test_he_logs_in_at_any_phone_of_the_house_and_it_is_kept(database: AsyncEngine, phone: PhoneId) -> None:
    floor = Floor(database)
    assert await floor.desks.log_in_as(phone, NUMBER, PIN) == "code_logged_in"
    assert floor.asked == [AgentLoggedIn(AgentId(LI), phone)]
    assert await floor.deeds() == [("li.w", "phone.log_in", LI, "done", "phone", phone)]


async def test_from_outside_nobody_even_tries(database: AsyncEngine) -> None:
    floor = Floor(database)
    assert await floor.desks.log_in_as(OUTSIDE, NUMBER, PIN) == "code_refused"
    assert (floor.asked, await floor.deeds()) == ([], [])


async def test_whatever_is_wrong_sounds_the_same_and_the_lock_is_kept(database: AsyncEngine) -> None:
    floor = Floor(database)
    said = {await floor.desks.log_in_as(FREE, number, pin) for number, pin in (("9999", PIN), ("1002", PIN), ("", PIN), (NUMBER, ""))}
    assert (said, await floor.deeds()) == ({"code_wrong"}, []), "nobody's tries, and who keyed nothing, are no deeds"
    another = PhoneId("1002")
    assert {await floor.desks.log_in_as(another, NUMBER, "0000") for _ in range(MOST_WRONG)} == {"code_wrong"}
    assert await floor.desks.log_in_as(another, NUMBER, PIN) == "code_wrong"
    wrong = ("li.w", "phone.log_in", LI, "failed", "phone", another)
    locks = ("li.w", "phone.lock", LI, "done", "phone", another)
    assert await floor.deeds() == [wrong, wrong, wrong, locks, wrong]
    assert floor.asked == []


async def test_one_phone_does_not_go_through_all_agents(database: AsyncEngine) -> None:
    floor = Floor(database)
    for _ in range(TRIES_OF_PHONE):
        await floor.desks.log_in_as(FREE, "1002", PIN)
    assert await floor.desks.log_in_as(FREE, NUMBER, PIN) == "code_wrong"
    assert await floor.desks.log_in_as(PhoneId("1002"), NUMBER, PIN) == "code_logged_in"


async def test_ones_own_pin_gives_a_phone_no_tries_back(database: AsyncEngine) -> None:
    floor = Floor(database)
    for _ in range(TRIES_OF_PHONE - 1):
        await floor.desks.log_in_as(FREE, "1002", PIN)
    assert await floor.desks.log_in_as(FREE, NUMBER, PIN) == "code_logged_in"
    assert await floor.desks.log_in_as(FREE, NUMBER, PIN) == "code_wrong"


async def test_who_is_logged_in_hears_so_though_it_could_not_be_kept_in_the_log(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(log: AuditLog, deed: Deed) -> None:
        raise OSError("connection refused")

    monkeypatch.setattr(AuditLog, "note", away)
    floor = Floor(database)
    assert await floor.desks.log_in_as(FREE, NUMBER, PIN) == "code_logged_in"
    assert floor.asked == [AgentLoggedIn(AgentId(LI), FREE)]


async def test_what_the_router_refuses_is_said_and_kept(database: AsyncEngine) -> None:
    floor = Floor(database, allowed=False)
    assert await floor.desks.log_in_as(FREE, NUMBER, PIN) == "code_refused"
    assert [deed[3] for deed in await floor.deeds()] == ["refused"]
