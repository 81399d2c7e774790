"""A new configuration for a running engine: agents come and go, nobody who waits or talks is lost, and a broken one is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.reload import changed, configured, verdict
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


def without(*agents: str) -> Any:
    def change(rows: dict[str, Any]) -> None:
        for agent in agents:
            del rows["agents"][agent]
        for entry in rows["entries"].values():
            if entry.get("hints", {}).get("preferred_agent") in agents:
                del entry["hints"]["preferred_agent"]

    return change


async def test_an_agent_who_is_removed_finishes_his_call_and_goes_home_and_the_waiting_caller_keeps_his_place(scene: Scene) -> None:
    li = await scene.agent("li.wei")
    in_talk = await scene.call("pcs.L1")
    await li.becomes("talking")
    first = await scene.call("pcs.L1")
    before = await scene.is_live(first, "waiting")
    second = await scene.call("pcs.L1")
    await scene.is_live(second, "waiting")

    async with configured(scene.house, without("li.wei")):
        assert (await scene.is_live(in_talk, "talking"))["agent"] == "li.wei"
        after = await scene.is_live(first, "waiting")
        await in_talk.hangs_up()
        await li.becomes("logged_out")
        zhang = await scene.agent("zhang.min")
        await scene.is_live(first, "talking")
        await first.hangs_up()
        await scene.is_live(second, "talking")
        await second.hangs_up()
        records = [await scene.ended(caller) for caller in (in_talk, first, second)]

    assert (after["call"], after["arrived_at"]) == (before["call"], before["arrived_at"])
    assert [record["agent"] for record in records] == ["li.wei", "zhang.min", "zhang.min"]
    assert [pop["ani"] for pop in zhang.pops] == [first.ani, second.ani]
    assert [record["end_cause"] for record in records] == ["caller_hung_up"] * 3


async def test_a_ready_agent_who_is_removed_is_logged_out_and_sees_it_and_gets_no_call(scene: Scene) -> None:
    li = await scene.agent("li.wei")
    async with configured(scene.house, without("li.wei")):
        await li.becomes("logged_out")
        assert li.cause == "removed"
        caller = await scene.call("pcs.L1")
        await scene.is_live(caller, "waiting")
        assert not li.pops

    zhang = await scene.agent("zhang.min")
    await zhang.becomes("talking")
    await caller.hangs_up()
    assert (await scene.ended(caller))["agent"] == "zhang.min"


async def test_an_agent_who_is_added_takes_the_call_that_was_waiting(scene: Scene) -> None:
    await scene.install_phones()
    async with configured(scene.house, without("chen.jie", "wang.fang")):
        caller = await scene.call("scanners.L1")
        waiting = await scene.is_live(caller, "waiting")
        assert "chen.jie" not in [view["agent"] for view in (await scene.house.board())["agents"]]

    chen = await scene.agent("chen.jie")
    await chen.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (record["id"], record["agent"]) == (waiting["call"], "chen.jie")


async def test_a_skill_that_an_agent_is_given_lets_him_take_the_waiting_call_at_once(scene: Scene) -> None:
    """Chen knows scanners, but is not ready; Li does not know them, until the configuration says that he does."""

    def li_knows_scanners(rows: dict[str, Any]) -> None:
        rows["agents"]["li.wei"]["products"]["scanners"] = 4

    await scene.agent("chen.jie", ready=False)
    li = await scene.agent("li.wei")
    caller = await scene.call("scanners.L1")
    await scene.is_live(caller, "waiting")
    assert li.state == "ready"

    async with configured(scene.house, li_knows_scanners):
        await li.becomes("talking")
        await caller.hangs_up()
    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    assert (offer["agent"], offer["step"]) == ("li.wei", "exact level")


async def test_a_broken_configuration_is_refused_with_its_reasons_and_the_old_one_stays_in_force(scene: Scene) -> None:
    """One that can't be read, one that names what is not there: neither changes anything for the caller who waits."""
    path = scene.hotline.config_path
    good = path.read_text(encoding="utf-8")

    def unknown_menu(rows: dict[str, Any]) -> None:
        without("li.wei")(rows)
        rows["menus"]["language"]["branches"][1]["next"] = "no_such_menu"

    await scene.install_phones()
    caller = await scene.call("pcs.L1")
    waiting = await scene.is_live(caller, "waiting")
    try:
        unreadable = await verdict(scene.house, good.replace("\nagents:", "\nagents: [", 1))
        unproven = await verdict(scene.house, changed(good, unknown_menu))
    finally:
        path.write_text(good, encoding="utf-8")
    li = await scene.agent("li.wei")
    await li.becomes("talking")
    await caller.hangs_up()

    assert (unreadable["event"], unproven["event"]) == ("config_refused", "config_refused")
    assert unreadable["problems"] and all(path.name in problem for problem in unreadable["problems"][:1])
    assert any("no_such_menu" in problem for problem in unproven["problems"])
    record = await scene.ended(caller)
    assert (record["id"], record["agent"]) == (waiting["call"], "li.wei")
