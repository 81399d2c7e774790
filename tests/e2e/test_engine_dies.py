"""The engine is killed, or was never there: nobody is dropped, everybody is served, and the books are right afterwards."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from acd.records import calls
from hotline.simulated_phones import Habits, Manner
from tests.e2e.quick_config import HEARTBEAT_SECONDS
from tests.e2e.scene import Caller, House, Scene
from tests.e2e.test_by_click import KEEPS, ON_HOLD
from tests.e2e.test_consult import CALLER, are_at, hear_each_other
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

KNOW_SERVERS_TOO = ("1003", "1005", "1008", "1010", "1011")
"""Phones of those who know servers, besides 1012."""


@asynccontextmanager
async def engine_killed(house: House) -> AsyncIterator[None]:
    """The engine is killed right after a heartbeat, and is there again on leaving."""
    before = await heartbeat(house)

    async def beaten() -> bool:
        return await heartbeat(house) != before

    await until(beaten, "a fresh heartbeat")
    await house.hotline.stop_engine(signal.SIGKILL)
    try:
        yield
    finally:
        await house.hotline.start_engine()


async def checkpoint(house: House) -> int:
    """Make one beside the running engine; the sequence number of the last event in it."""
    environment = {**os.environ, "HOTLINE_STATE_DIR": str(house.hotline.state_dir), "HOTLINE_DATABASE_URL": house.hotline.database_url}
    command = (sys.executable, "-m", "hotline.cli", "checkpoint", "--config", str(house.hotline.config_path))
    child = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE)
    said, _ = await child.communicate()
    assert child.returncode == 0
    found = re.search(rb"event (\d+)", said)
    assert found, said
    return int(found[1])


async def heartbeat(house: House) -> int:
    globals_ = await house.hotline.asterisk.cli("dialplan show globals")
    found = re.search(r"HOTLINE_ALIVE=(\d+)", globals_)
    return int(found[1]) if found else 0


async def native_talks(scene: Scene) -> dict[str, str]:
    """Caller's number -> phone, of the conversations that Asterisk's own queues made."""
    lines = (await scene.hotline.asterisk.cli("core show channels concise")).splitlines()
    channels = [line.split("!") for line in lines if line.startswith("PJSIP/")]
    bridges = {row[12]: row[0].removeprefix("PJSIP/").rpartition("-")[0] for row in channels if row[5] == "AppQueue" and row[12]}
    return {row[7]: bridges[row[12]] for row in channels if row[5] == "Queue" and row[12] in bridges}


async def talks_natively(scene: Scene, caller: Caller, seconds: float = 30) -> str:
    """Wait until the caller talks to some phone through Asterisk's own queue; which phone."""

    async def phone() -> str | None:
        return (await native_talks(scene)).get(caller.ani)

    return await until(phone, f"{caller.ani} in a talk of Asterisk's own making; he {caller.did()}", seconds)


async def test_killed_with_callers_in_talk_in_hold_and_in_the_menu_and_back_soon(scene: Scene) -> None:
    li = await scene.agent("li.wei")
    in_talk = await scene.call("pcs.L1")
    await li.becomes("talking")
    first = await scene.call("scanners.L1")
    await scene.is_live(first, "waiting")
    second = await scene.call("scanners.L1")
    before = [await scene.is_live(caller, "waiting") for caller in (first, second)]
    stored = await checkpoint(scene.house)
    in_menu = await scene.call("4008001234", "1")
    await scene.is_live(in_menu, "menu")

    async with engine_killed(scene.house):
        # However long a busy machine takes for it: who is in hold is not to be taken for forgotten before.
        await scene.hotline.asterisk.cli(f"dialplan set global HOTLINE_ALIVE {int(time.time()) + 300}")
        phone = await talks_natively(scene, in_menu)
    [started] = [line for line in scene.house.said_since() if line["event"] == "ready"][-1:]
    assert started["replayed_events"] < stored, "all events would be more"
    after = [await scene.is_live(caller, "waiting") for caller in (first, second)]
    talking = await scene.is_live(in_talk, "talking")
    await scene.is_live(in_menu, "diverted")

    assert phone != "1001", "li.wei is talking"
    assert [view["call"] for view in after] == [view["call"] for view in before]
    assert [view["arrived_at"] for view in after] == [view["arrived_at"] for view in before]
    assert talking["agent"] == "li.wei"
    assert not (await scene.house.agent_view("li.wei"))["desk_connected"], "his page has not come back"

    chen = await scene.agent("chen.jie")
    await scene.is_live(first, "talking")
    await first.hangs_up()
    await scene.is_live(second, "talking")
    await second.hangs_up()
    await li.open_page()
    assert (li.state, scene.phone_did("1001")) == ("talking", ["invite", "answered"]), "the talk went on all the time"
    await in_talk.hangs_up()
    await li.becomes("wrap_up")
    await in_menu.hangs_up()

    ended = [await scene.ended(caller) for caller in (in_talk, first, second, in_menu)]
    assert [pop["ani"] for pop in chen.pops] == [first.ani, second.ani]
    assert [(record["end_cause"], record["agent"], record["offers"]) for record in ended] == [
        ("caller_hung_up", "li.wei", 1), ("caller_hung_up", "chen.jie", 1), ("caller_hung_up", "chen.jie", 1), ("diverted", None, 0),
    ]  # fmt: skip


@pytest.mark.slow
async def test_killed_with_a_caller_on_hold_he_is_taken_back_or_finds_his_agent_by_himself(scene: Scene) -> None:
    """Taken back, when the engine is there again soon; without it, the two are put together when its heartbeat is too old.

    It is soon, whatever the machine is busy with: the heartbeat is set ahead for that.
    """
    li = await scene.agent("li.wei")
    caller = await scene.call("pcs.L1")
    await li.becomes("talking")
    await hear_each_other(scene, CALLER, "1001")
    await li.holds(True)
    await are_at(scene, ON_HOLD, KEEPS)
    async with engine_killed(scene.house):
        await scene.hotline.asterisk.cli(f"dialplan set global HOTLINE_ALIVE {int(time.time()) + 300}")
    await are_at(scene, ON_HOLD, KEEPS)
    await li.open_page()
    await li.sees(lambda said: said["kind"] == "pop" and said["on_hold"], "that he is still on hold")
    await li.holds(False)
    await hear_each_other(scene, CALLER, "1001")

    await li.holds(True)
    await are_at(scene, ON_HOLD, KEEPS)
    await scene.hotline.stop_engine(signal.SIGKILL)
    try:
        await hear_each_other(scene, CALLER, "1001")
    finally:
        await scene.hotline.start_engine()
    talking = await scene.is_live(caller, "talking")
    await li.open_page()
    await li.sees(lambda said: said["kind"] == "pop" and not said["on_hold"], "that they talk")
    await caller.hangs_up()
    await li.becomes("wrap_up")
    record = await scene.ended(caller)
    assert (talking["agent"], record["agent"], record["end_cause"]) == ("li.wei", "li.wei", "caller_hung_up")
    assert scene.phone_did("1001").count("invite") == 1, "nobody was rung again"


async def test_killed_while_a_phone_rings_the_talk_comes_about_and_is_known_afterwards(scene: Scene) -> None:
    await scene.install_phones(habits=Habits((2.0, 2.1), None))
    await scene.agent("li.wei")
    before = await heartbeat(scene.house)
    assert before > 0
    caller = await scene.call("pcs.L1")
    await scene.phone_meets("1001", "invite")

    await scene.hotline.stop_engine(signal.SIGKILL)
    try:
        assert "answered" not in scene.phone_did("1001")
        await scene.phone_meets("1001", "answered")
    finally:
        await scene.hotline.start_engine()
    talking = await scene.is_live(caller, "talking")
    agent = await scene.house.agent_view("li.wei")
    await caller.hangs_up()

    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    assert (talking["agent"], agent["state"]) == ("li.wei", "talking")
    assert (record["end_cause"], record["agent"], offer["state"]) == ("caller_hung_up", "li.wei", "accepted")
    assert await scene.intervals_of("li.wei", record["id"]) == [("reserved", "call"), ("talking", "call"), ("wrap_up", "call")]


@pytest.mark.slow
async def test_killed_and_not_back_in_time_asterisk_serves_those_in_hold_and_whoever_comes(scene: Scene) -> None:
    await scene.install_phones()
    in_hold = await scene.call("scanners.L1")
    await scene.is_live(in_hold, "waiting")

    async with engine_killed(scene.house):
        killed_at = time.monotonic()
        at_once = await scene.call("4008002003")
        await talks_natively(scene, at_once, seconds=8)
        assert time.monotonic() - killed_at < HEARTBEAT_SECONDS, "a caller who finds no engine does not wait for the heartbeat to be old"
        scanners_phone = await talks_natively(scene, in_hold)
        late = await scene.call("4008001235")
        await talks_natively(scene, late)
        assert await heartbeat(scene.house) < time.time() - HEARTBEAT_SECONDS
    diverted = await scene.is_live(in_hold, "diverted")
    unknown = [view for view in (await scene.house.board())["calls"] if view["call"] != diverted["call"]]
    for caller in (in_hold, at_once, late):
        await caller.hangs_up()

    record = await scene.ended(in_hold)
    assert (record["end_cause"], record["queue"], record["offers"]) == ("diverted", "scanners.L1", 0)
    assert scanners_phone in {"1002", "1004", "1007", "1009", "1010", "1011", "1012"}, "a phone of someone who knows scanners"
    assert [view["state"] for view in unknown] == ["diverted"] * 2
    rows = await scene.house.rows(select(calls).where(calls.c.id.in_([view["call"] for view in unknown])))
    assert len(rows) == 2


async def test_an_agent_whom_asterisk_gave_a_caller_is_not_free_when_the_engine_is_back(scene: Scene) -> None:
    await scene.install_phones(dict.fromkeys(KNOW_SERVERS_TOO, Manner.REJECTS))
    david = await scene.agent("david.brown")
    async with engine_killed(scene.house):
        caller = await scene.call("4008002001")
        phone = await talks_natively(scene, caller)
    [talking] = (await scene.house.board())["calls"]
    view = await scene.house.agent_view("david.brown")

    await caller.hangs_up()
    await david.open_page()
    await david.becomes("ready")

    assert (phone, talking["state"], talking["agent"]) == ("1012", "talking", "david.brown")
    assert (view["state"], view["call"]) == ("talking", talking["call"])


async def test_without_an_engine_phones_that_refuse_are_followed_by_one_that_answers(scene: Scene) -> None:
    """And an agent who hangs up ends the call, as ever."""
    phones = await scene.install_phones(dict.fromkeys(KNOW_SERVERS_TOO, Manner.REJECTS), Habits((0.2, 0.3), (0.5, 0.6)))
    async with engine_killed(scene.house):
        caller = await scene.call("4008002001")
        await caller.meets("ended")

    taken = [(line.what, line.phone) for line in phones.log() if line.what != "invite"]
    assert taken == [("answered", "1012"), ("hung_up", "1012")]
