"""The connection to Asterisk's manager interface is lost and comes back: the engine looks afresh, and its picture is right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.e2e.scene import House, Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@asynccontextmanager
async def manager_lost(house: House) -> AsyncIterator[None]:
    """The engine has no connection to Asterisk's manager, and has one again on leaving."""

    async def away() -> bool:
        return not await house.is_well()

    async with house.manager_line.being_cut():
        await until(away, "an engine that knows it is not connected")
        yield
    await until(house.is_well, "an engine that is connected again")


async def test_what_happened_meanwhile_is_known_after_the_reconnect(scene: Scene) -> None:
    li = await scene.agent("li.wei")
    zhang = await scene.agent("zhang.min")
    stays = await scene.call("pcs.L1")
    await scene.is_live(stays, "talking")
    leaves = await scene.call("pcs.L1")
    await scene.is_live(leaves, "talking")
    waits = await scene.call("scanners.L1")
    await scene.is_live(waits, "waiting")
    gives_up = await scene.call("scanners.L1")
    await scene.is_live(gives_up, "waiting")

    async with manager_lost(scene.house):
        await leaves.hangs_up()
        await gives_up.hangs_up()
        assert await scene.live(leaves), "nobody has told the engine"
    for caller, desk in ((leaves, zhang), (gives_up, None)):
        record = await scene.ended(caller)
        assert record["end_cause"] == "gone_unseen"
        assert desk is None or record["agent"] == desk.name
    await zhang.becomes("wrap_up")

    assert (await scene.is_live(stays, "talking"))["agent"] == "li.wei"
    assert li.state == "talking"
    await stays.hangs_up()
    await li.becomes("wrap_up")
    chen = await scene.agent("chen.jie")
    await chen.becomes("talking")
    await waits.hangs_up()
    assert [(await scene.ended(caller))["end_cause"] for caller in (stays, waits)] == ["caller_hung_up"] * 2


async def test_a_caller_who_comes_while_the_connection_is_lost_is_held_and_rung_through_afterwards(scene: Scene) -> None:
    """The menu's session needs no manager: who finds a free agent is served at once, who must wait is offered later."""
    async with manager_lost(scene.house):
        caller = await scene.call("scanners.L1")
        await scene.is_live(caller, "waiting")
        chen = await scene.agent("chen.jie", ready=False)
        await chen.goes_ready()

    await scene.is_live(caller, "talking", seconds=40)
    await caller.hangs_up()
    record = await scene.ended(caller)
    assert record["agent"] == "chen.jie"
    offers = await scene.offers_of(record["id"])
    assert [offer["state"] for offer in offers][-1] == "accepted"
    assert {offer["state"] for offer in offers[:-1]} <= {"failed"}


async def test_the_connection_is_said_when_it_goes_and_when_it_comes(scene: Scene) -> None:
    before = len(scene.house.said_since())
    async with manager_lost(scene.house):
        pass

    async def told() -> list[str]:
        said = [line["event"] for line in scene.house.said_since(before) if line["event"].startswith("ami_")]
        return said if said[-1:] == ["ami_connected"] else []

    assert set((await until(told, "the new connection in the log"))[:-1]) == {"ami_disconnected"}
