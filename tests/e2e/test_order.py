"""Who is served first, and by whom."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from hotline.simulated_callers import Visit
from tests.e2e.quick_config import STEP_UNTIL_SECONDS, WRAP_UP_SECONDS, number_of
from tests.e2e.scene import Caller, Scene

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_two_callers_for_one_agent_are_served_in_order_each_after_the_wrap_up(scene: Scene) -> None:
    li = await scene.agent("li.wei")
    first = await scene.call("pcs.L1")
    await li.becomes("talking")
    second = await scene.call("pcs.L1")
    await scene.is_live(second, "waiting")
    third = await scene.call("pcs.L1")
    await scene.is_live(third, "waiting")

    await first.hangs_up()
    await li.becomes("wrap_up")
    await scene.is_live(second, "talking")
    await second.hangs_up()
    await scene.is_live(third, "talking")
    await third.hangs_up()

    records = [await scene.ended(caller) for caller in (first, second, third)]
    assert [pop["ani"] for pop in li.pops] == [first.ani, second.ani, third.ani]
    for before, after in pairwise(records):
        [offer] = await scene.offers_of(after["id"])
        scene.was_made_when_due(offer, before["ended_at"] + timedelta(seconds=WRAP_UP_SECONDS))


@pytest.mark.parametrize("kind", ["urgent", "key_account"])
async def test_a_caller_with_a_head_start_goes_before_one_who_came_earlier(scene: Scene, kind: str) -> None:
    ordinary = await scene.call("pcs.L1")
    await scene.is_live(ordinary, "waiting")
    favoured = await scene.call(number_of("pcs.L1", kind=kind))
    await scene.is_live(favoured, "waiting")

    li = await scene.agent("li.wei")
    await scene.is_live(favoured, "talking")
    await favoured.hangs_up()
    await scene.is_live(ordinary, "talking")
    await ordinary.hangs_up()

    record = await scene.ended(favoured)
    assert [pop["ani"] for pop in li.pops] == [favoured.ani, ordinary.ani]
    assert (record["urgent"], record["segment"]) == (kind == "urgent", "key_account" if kind == "key_account" else "standard")
    await scene.ended(ordinary)


async def test_a_call_goes_to_the_neighbouring_level_when_its_own_is_busy_for_too_long(scene: Scene) -> None:
    """Liu has the level but is not ready; Zhang, of level 1, is admitted by the next step."""
    await scene.agent("liu.yang", ready=False)
    zhang = await scene.agent("zhang.min")
    caller = await scene.call("servers.L2")
    await scene.is_live(caller, "waiting")

    await zhang.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    exact_until, neighbouring_until = STEP_UNTIL_SECONDS[1:3]
    assert offer["agent"] == "zhang.min"
    assert offer["step"] == ("neighbouring level" if offer["waited_seconds"] < neighbouring_until else "any level")
    scene.was_made_when_due(offer, record["arrived_at"] + timedelta(seconds=exact_until))


async def test_the_language_decides_between_two_who_know_the_product(scene: Scene) -> None:
    zhang = await scene.agent("zhang.min")
    james = await scene.agent("james.miller")
    english = await scene.call(number_of("pcs.L1", "en"))
    await james.becomes("talking")
    chinese = await scene.call("pcs.L1")
    await zhang.becomes("talking")

    for caller, agent, language in ((english, "james.miller", "en"), (chinese, "zhang.min", "zh")):
        await caller.hangs_up()
        record = await scene.ended(caller)
        assert (record["agent"], record["language"]) == (agent, language)


async def test_many_callers_and_few_agents_everybody_is_served_exactly_once(scene: Scene) -> None:
    """All callers are there before the first agent: who comes to a free one later is offered when his greeting is over."""
    agents = [await scene.agent(name, ready=False) for name in ("li.wei", "zhang.min", "james.miller")]
    visits = [Visit(number_of("pcs.L1"), scene.new_ani(), f"guest {place}", (), 90) for place in range(9)]
    group = await scene.calls(visits, per_minute=1200)
    callers = [Caller(group, visit.ani, place) for place, visit in enumerate(visits)]
    for caller in callers:
        await scene.is_live(caller, "waiting")
    for agent in agents:
        await scene.phone_of(agent.name, reachable=True)
        await agent.goes_ready()

    arrivals = {visit.ani: (await scene.record(visit.ani))["arrived_at"] for visit in visits}
    for caller in sorted(callers, key=lambda caller: arrivals[caller.ani]):
        await scene.is_live(caller, "talking")
        await caller.hangs_up()

    records = [await scene.ended(caller) for caller in callers]
    assert [record["end_cause"] for record in records] == ["caller_hung_up"] * len(visits)
    assert sorted(pop["ani"] for agent in agents for pop in agent.pops) == sorted(visit.ani for visit in visits)
    arrived = sorted(records, key=lambda record: record["arrived_at"])
    made = [offer["made_at"] for record in arrived for offer in await scene.offers_of(record["id"])]
    assert made == sorted(made), "offered in the order of arrival"
