"""From the first ring to the last word: who hangs up when, and what everybody sees of it."""

from __future__ import annotations

import pytest

from acd.events import MenuChosen
from hotline.simulated_phones import Habits, Manner
from tests.e2e.quick_config import long_wrap_up
from tests.e2e.reload import configured
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_call_from_the_first_ring_to_the_end_of_the_wrap_up(scene: Scene) -> None:
    async with configured(scene.house, long_wrap_up):
        li = await scene.agent("li.wei")
        caller = await scene.call("pcs.L1")

        pop = await li.sees_pop_of(caller.ani)
        await li.becomes("talking")
        await scene.phone_meets("1001", "answered")
        await caller.hangs_up()
        await scene.phone_meets("1001", "ended")
        await li.becomes("wrap_up")
        await li.ends_wrap_up("solved", "a note")
        await li.becomes("ready")

    record = await scene.ended(caller)
    assert (record["queue"], record["agent"], record["end_cause"], record["offers"]) == ("pcs.L1", "li.wei", "caller_hung_up", 1)
    assert (pop["product_line"], pop["level"], pop["language"]) == ("pcs", "L1", "zh")
    [offer] = await scene.offers_of(record["id"])
    assert (offer["id"], offer["state"], offer["agent"]) == (pop["offer"], "accepted", "li.wei")
    assert offer["made_at"] <= offer["ringing_at"] <= offer["answered_at"] == record["answered_at"]
    assert li.cause == "solved"


async def test_an_agent_who_hangs_up_ends_the_call(scene: Scene) -> None:
    await scene.install_phones(habits=Habits((0.2, 0.25), (1.0, 1.1)))
    li = await scene.agent("li.wei")
    caller = await scene.call("pcs.L1")

    await scene.phone_meets("1001", "hung_up")
    await li.becomes("wrap_up")
    await caller.meets("ended")

    record = await scene.ended(caller)
    assert (record["end_cause"], record["agent"]) == ("agent_hung_up", "li.wei")
    assert record["answered_at"] < record["talk_ended_at"] <= record["ended_at"]


async def test_a_caller_who_hangs_up_while_it_rings_frees_the_agent_at_once(scene: Scene) -> None:
    await scene.install_phones({"1001": Manner.SILENT})
    li = await scene.agent("li.wei")
    caller = await scene.call("pcs.L1")
    pop = await li.sees_pop_of(caller.ani)
    await scene.phone_meets("1001", "invite")

    await caller.hangs_up()
    await scene.phone_meets("1001", "cancelled")
    withdrawn = await li.sees_pop_withdrawn(pop["offer"])
    await li.becomes("ready")

    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    assert withdrawn["outcome"] == "rescinded"
    assert (record["end_cause"], offer["state"], offer["miss_cause"]) == ("abandoned_ringing", "rescinded", None)
    assert record["answered_at"] is None


async def test_a_caller_who_hangs_up_in_the_greeting_or_in_the_menu_has_abandoned_the_menu(scene: Scene) -> None:
    in_greeting = await scene.call("4008001234")
    in_menu = await scene.call("4008001234", "1")
    await in_greeting.meets("connected")
    greeting = await scene.is_live(in_greeting, "menu")
    await in_greeting.hangs_up()
    await scene.happened(in_menu, MenuChosen)
    await in_menu.hangs_up()

    for caller, path in ((in_greeting, []), (in_menu, [["first", "1", "servers"]])):
        record = await scene.record(caller, state="ended", path=path)
        assert (record["end_cause"], record["queue"]) == ("abandoned_in_menu", None)
        assert record["queued_at"] is None
    assert greeting["entry"] == "统一服务热线 · unified number"


async def test_a_caller_who_hangs_up_in_hold_has_abandoned_the_queue(scene: Scene) -> None:
    caller = await scene.call("printers.L2")
    waiting = await scene.is_live(caller, "waiting")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert (record["end_cause"], record["queue"], record["offers"]) == ("abandoned_waiting", "printers.L2", 0)
    assert "nobody" in waiting["why_waiting"]


async def test_a_caller_finds_nobody_and_is_served_as_soon_as_an_agent_is_ready(scene: Scene) -> None:
    caller = await scene.call("pcs.L1")
    await scene.is_live(caller, "waiting")
    li = await scene.agent("li.wei", ready=False)
    await scene.phone_of("li.wei", reachable=True)

    await li.goes_ready()
    await li.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    assert record["agent"] == "li.wei"
    assert (offer["ringing_at"] - offer["agent_free_since"]).total_seconds() < 0.5
