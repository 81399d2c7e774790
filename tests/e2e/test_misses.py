"""Agents who do not take a call: each cause, what becomes of the agent, and that the caller keeps his place and is served."""

from __future__ import annotations

import pytest

from hotline.simulated_phones import Manner
from tests.e2e.desk import DeskAnswered
from tests.e2e.quick_config import RING_SECONDS
from tests.e2e.reload import configured
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def offers(scene: Scene, call: str) -> list[tuple[str, str, str | None]]:
    return [(offer["agent"], offer["state"], offer["miss_cause"]) for offer in await scene.offers_of(call)]


async def test_an_agent_who_does_not_answer_is_not_ready_and_the_next_one_gets_the_caller(scene: Scene) -> None:
    await scene.install_phones({"1001": Manner.SILENT})
    li = await scene.agent("li.wei")
    caller = await scene.call("pcs.L1")
    pop = await li.sees_pop_of(caller.ani)
    zhang = await scene.agent("zhang.min")

    withdrawn = await li.sees_pop_withdrawn(pop["offer"])
    await scene.phone_meets("1001", "cancelled")
    await li.becomes("not_ready")
    await zhang.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert await offers(scene, record["id"]) == [("li.wei", "missed", "no_answer"), ("zhang.min", "accepted", None)]
    assert (li.cause, withdrawn["outcome"]) == ("rona:no_answer", "missed")
    rang, _ = await scene.offers_of(record["id"])
    assert rang["made_at"] < rang["ringing_at"] < rang["ended_at"]
    assert (rang["ended_at"] - rang["made_at"]).total_seconds() > RING_SECONDS - 0.5, "a busy engine may hear late that it rings"


async def test_a_missed_caller_keeps_his_place_before_those_who_came_later(scene: Scene) -> None:
    await scene.install_phones({"1001": Manner.SILENT})
    li = await scene.agent("li.wei")
    first = await scene.call("pcs.L1")
    await li.sees_pop_of(first.ani)
    second = await scene.call("pcs.L1")
    await scene.is_live(second, "waiting")
    await li.becomes("not_ready")
    await scene.is_live(first, "waiting")

    zhang = await scene.agent("zhang.min")
    await zhang.becomes("talking")
    await first.hangs_up()
    await zhang.sees_pop_of(second.ani)
    await scene.is_live(second, "talking")
    await second.hangs_up()

    assert [pop["ani"] for pop in zhang.pops] == [first.ani, second.ani]
    assert [(await scene.ended(caller))["end_cause"] for caller in (first, second)] == ["caller_hung_up"] * 2


@pytest.mark.parametrize(("manner", "cause"), [(Manner.BUSY, "busy"), (Manner.REJECTS, "rejected")])
async def test_an_agent_whose_phone_refuses_is_left_alone_for_a_while_and_stays_ready(scene: Scene, manner: Manner, cause: str) -> None:
    """Two misses of the rejecting one, three of the busy one, are too many; this is the first."""
    await scene.install_phones({"1001": manner})
    li = await scene.agent("li.wei")
    zhang = await scene.agent("zhang.min")
    caller = await scene.call("pcs.L1")
    pop = await li.sees_pop_of(caller.ani)
    await li.sees_pop_withdrawn(pop["offer"])
    await li.becomes("ready")
    await zhang.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert await offers(scene, record["id"]) == [("li.wei", "missed", cause), ("zhang.min", "accepted", None)]
    intervals = await scene.intervals_of("li.wei", record["id"])
    assert intervals == [("reserved", "call")]


async def test_an_agent_who_rejects_twice_is_not_ready(scene: Scene) -> None:
    await scene.install_phones({"1001": Manner.REJECTS})
    li = await scene.agent("li.wei")
    caller = await scene.call("pcs.L1")

    await li.becomes("not_ready")
    waiting = await scene.is_live(caller, "waiting")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert await offers(scene, record["id"]) == [("li.wei", "missed", "rejected")] * 2
    assert li.cause == "rona:rejected"
    assert record["end_cause"] == "abandoned_waiting"
    assert "1 not ready" in waiting["why_waiting"]


async def test_an_agent_who_mistypes_his_phone_is_told_so(scene: Scene) -> None:
    with pytest.raises(DeskAnswered, match=r"422.*unknown_phone"):
        await scene.agent("li.wei", phone="1099", ready=False)


@pytest.mark.parametrize("phone", ["1099", "77"])
async def test_an_agent_at_a_phone_that_asterisk_does_not_have_is_not_ready(scene: Scene, phone: str) -> None:
    """The engine's configuration is newer than Asterisk's, whose dialplan does not even know phones as short as 77."""
    caller = await scene.call("pcs.L1")
    await scene.is_live(caller, "waiting")
    async with configured(scene.house, lambda rows: rows["phones"].update({phone: {}})):
        li = await scene.agent("li.wei", phone=phone, ready=False)
    await li.goes_ready()
    pop = await li.sees_pop_of(caller.ani)
    await li.sees_pop_withdrawn(pop["offer"])
    await li.becomes("not_ready")

    zhang = await scene.agent("zhang.min")
    await zhang.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert await offers(scene, record["id"]) == [("li.wei", "missed", "unregistered"), ("zhang.min", "accepted", None)]
    assert li.cause == "rona:unregistered"


async def test_an_agent_whose_phone_is_not_there_is_passed_over_until_it_comes_back(scene: Scene) -> None:
    phones = await scene.install_phones({"1001": Manner.ABSENT})
    li = await scene.agent("li.wei", ready=False)
    await scene.phone_of("li.wei", reachable=False)
    await li.goes_ready()
    caller = await scene.call("pcs.L1")
    waiting = await scene.is_live(caller, "waiting")
    assert "1 can't be rung now" in waiting["why_waiting"]
    assert scene.phone_did("1001") == []

    await phones.sipp.stop()
    await scene.install_phones()
    await li.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    assert await offers(scene, record["id"]) == [("li.wei", "accepted", None)]
