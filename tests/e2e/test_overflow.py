"""Calls that go elsewhere instead of waiting: a full queue, a queue that closes with callers in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.reload import configured
from tests.e2e.scene import Caller, Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUEUES = ("printers.L3", "scanners.L1")
Change = Callable[[dict[str, Any]], None]


def rules(*overflow: dict[str, Any], hours: list[dict[str, Any]] | None = None, queue: str = "scanners.L1") -> Change:
    """The queue has these rules, and is open at these hours (none: always)."""

    def change(rows: dict[str, Any]) -> None:
        rows["queues"]["overrides"][queue] = {"overflow": list(overflow), "hours": hours or []}

    return change


def open_but_for(begin: datetime, end: datetime) -> list[dict[str, Any]]:
    """Hours that leave out the minutes from ``begin`` to ``end``, of the same day."""
    today, others = DAYS[begin.weekday()], [day for day in DAYS if day != DAYS[begin.weekday()]]
    rows = [{"days": others, "opens": "00:00", "closes": "24:00"}, {"days": [today], "opens": f"{end:%H:%M}", "closes": "24:00"}]
    if f"{begin:%H:%M}" != "00:00":
        rows.append({"days": [today], "opens": "00:00", "closes": f"{begin:%H:%M}"})
    return rows


async def flowed_out(scene: Scene, caller: Caller) -> dict[str, Any]:
    """The record of a caller who heard the announcement that it is closed, to its end."""
    await caller.meets("ended")
    assert "left" not in caller.did(), "he was let go, and did not give up"
    return dict(await scene.ended(caller))


async def test_a_full_queue_sends_the_next_caller_to_another_queue_where_he_is_served(scene: Scene) -> None:
    full = {"name": "full", "when_waiting": 1, "to_queue": "printers.L1"}
    async with configured(scene.house, rules(full)):
        first = await scene.call("scanners.L1")
        await scene.is_live(first, "waiting")
        second = await scene.call("scanners.L1")
        assert (await scene.is_live(second, "waiting"))["queue"] == "printers.L1"

        chen = await scene.agent("chen.jie")
        await scene.is_live(first, "talking")
        await first.hangs_up()
        await scene.is_live(second, "talking")
        await second.hangs_up()
        assert [pop["ani"] for pop in chen.pops] == [first.ani, second.ani]
        assert [(await scene.ended(caller))["queue"] for caller in (first, second)] == ["scanners.L1", "printers.L1"]


async def test_a_full_queue_sends_the_next_caller_to_an_announcement(scene: Scene) -> None:
    async with configured(scene.house, rules({"name": "full", "when_waiting": 1, "to_destination": "closed"})):
        first = await scene.call("scanners.L1")
        await scene.is_live(first, "waiting")
        second = await scene.call("scanners.L1")
        assert (await flowed_out(scene, second))["end_cause"] == "diverted"
        await scene.is_live(first, "waiting")
        await first.hangs_up()


async def test_who_has_waited_too_long_is_taken_out_of_hold(scene: Scene) -> None:
    async with configured(scene.house, rules({"name": "long", "after_seconds": 4, "to_destination": "closed"})):
        caller = await scene.call("scanners.L1")
        await scene.is_live(caller, "waiting")
        assert (await flowed_out(scene, caller))["end_cause"] == "diverted"


async def test_who_calls_on_a_holiday_hears_that_and_when_the_queue_opens_again(scene: Scene) -> None:
    """Its hours are round the clock; the calendar closes it today and tomorrow."""
    today = datetime.now(SHANGHAI).date()
    days = {(today + timedelta(days=number)).isoformat(): {"name": "holiday"} for number in range(2)}
    closed = {"name": "closed", "when_closed": True, "to_destination": "closed"}

    def holiday(rows: dict[str, Any]) -> None:
        rows["calendars"] = {"here": {"time_zone": "Asia/Shanghai", "days": days}}
        rows["queues"]["overrides"]["scanners.L1"] = {"overflow": [closed], "calendar": "here"}

    async with configured(scene.house, holiday):
        caller = await scene.call("scanners.L1")
        assert (await flowed_out(scene, caller))["end_cause"] == "diverted"
        log = scene.hotline.asterisk.log.read_text(encoding="utf-8", errors="replace")
        assert re.search(r"Playing 'hotline/opens_[a-z]+_0000\.\w+' \(language 'zh'\)", log)


@pytest.mark.slow
async def test_closing_time_with_callers_in_the_queues(scene: Scene) -> None:
    """Who waits is sent away where the rules say so, and else served after the hour; who calls then is sent away in either case."""
    now = datetime.now(SHANGHAI)
    minutes = 1 if now.second < 40 else 2  # there is time for them to get into the queues
    closes = (now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    reopens = closes + timedelta(minutes=5)
    if reopens.date() != now.date():
        pytest.skip("the hours of this test would cross midnight in Shanghai")
    closed = {"name": "closed", "when_closed": True, "to_destination": "closed"}
    sends_away = rules(closed | {"also_waiting": True}, hours=open_but_for(closes, reopens), queue="printers.L3")
    keeps = rules(closed, hours=open_but_for(closes, reopens))

    def both(rows: dict[str, Any]) -> None:
        sends_away(rows)
        keeps(rows)

    async with configured(scene.house, both):
        sent_away, served = await asyncio.gather(*(scene.call(queue, stays=150) for queue in QUEUES))
        for caller in (sent_away, served):
            await scene.is_live(caller, "waiting")
        await sent_away.meets("ended", seconds=(closes - datetime.now(SHANGHAI)).total_seconds() + 30)
        assert (await flowed_out(scene, sent_away))["end_cause"] == "diverted"
        await until_it_is_past(closes)
        for late in await asyncio.gather(*(scene.call(queue) for queue in QUEUES)):
            assert (await flowed_out(scene, late))["end_cause"] == "diverted"
        chen = await scene.agent("chen.jie")
        await chen.becomes("talking")
        await served.hangs_up()
        assert (await scene.ended(served))["agent"] == "chen.jie"


async def until_it_is_past(moment: datetime) -> None:
    async def passed() -> bool:
        return datetime.now(SHANGHAI) > moment + timedelta(seconds=1)

    await until(passed, "closing time", seconds=130)
