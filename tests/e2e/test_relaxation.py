"""Who may take a call widens with the caller's wait, which counts from the first ring and never starts again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hotline.simulated_phones import Manner
from tests.e2e.quick_config import STEP_UNTIL_SECONDS
from tests.e2e.scene import Caller, Scene

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

EXACT_UNTIL, NEIGHBOURING_UNTIL = STEP_UNTIL_SECONDS[1], STEP_UNTIL_SECONDS[2]


async def offers(scene: Scene, caller: Caller) -> list[tuple[str, str, str]]:
    """(agent, step, state) of the caller's offers, once his call is over."""
    record = await scene.ended(caller)
    return [(offer["agent"], offer["step"], offer["miss_cause"] or offer["state"]) for offer in await scene.offers_of(record["id"])]


async def test_a_neighbouring_agent_is_offered_the_call_when_the_step_expires_and_not_before(scene: Scene) -> None:
    """The caller's wait began with his first ring: the menu's questions are part of it."""
    await scene.agent("li.wei", ready=False)
    zhao = await scene.agent("zhao.lei")
    caller = await scene.call("4008001234", "21", key_every=1.2)
    waiting = await scene.is_live(caller, "waiting")
    assert not zhao.pops

    await zhao.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    waited_seconds = (offer["made_at"] - record["arrived_at"]).total_seconds()
    assert waiting["step"] == "exact level"
    assert (offer["agent"], offer["step"]) == ("zhao.lei", "neighbouring level" if waited_seconds < NEIGHBOURING_UNTIL else "any level")
    scene.was_made_when_due(offer, record["arrived_at"] + timedelta(seconds=EXACT_UNTIL))
    assert offer["waited_seconds"] == pytest.approx(waited_seconds, abs=0.01)
    assert (record["queued_at"] - record["arrived_at"]).total_seconds() > 2, "he was in the menu for a while"


async def test_a_matching_agent_who_does_not_answer_does_not_stop_the_steps(scene: Scene) -> None:
    """Li has the level and is ready again and again, but never answers; Zhao, of the next level, is not kept waiting for him."""
    await scene.install_phones({"1001": Manner.SILENT})
    li = await scene.agent("li.wei")
    zhao = await scene.agent("zhao.lei")
    caller = await scene.call("pcs.L1")

    while not zhao.pops:
        await scene.phone_meets("1001", "cancelled", times=len(li.pops))
        await li.becomes("not_ready")
        await li.goes_ready()
        await li.sees(lambda _: li.state != "not_ready", "that he is ready")
    await zhao.becomes("talking")
    await caller.hangs_up()

    *missed, last = await offers(scene, caller)
    record = await scene.ended(caller)
    *before, served = await scene.offers_of(record["id"])
    assert len(missed) >= 2
    assert set(missed) == {("li.wei", "exact level", "no_answer")}
    assert last[0] == "zhao.lei" and last[1] in ("neighbouring level", "any level"), "as long as Li's phone rang when the step began"
    step_ends = record["arrived_at"] + timedelta(seconds=EXACT_UNTIL)
    assert all(offer["made_at"] < step_ends for offer in before)
    scene.was_made_when_due(served, max(step_ends, before[-1]["ended_at"]))


async def test_from_the_first_level_to_the_second_to_the_third_on_one_clock(scene: Scene) -> None:
    """Nobody of level 1 answers, the engineer of level 2 declines, the expert takes it: each from the moment that his step begins."""
    await scene.install_phones({"1001": Manner.SILENT, "1007": Manner.REJECTS})
    for agent in ("li.wei", "sun.li", "wu.ting"):
        await scene.agent(agent)
    caller = await scene.call("printers.L1")

    await scene.desks["wu.ting"].becomes("talking")
    await caller.hangs_up()

    assert await offers(scene, caller) == [
        ("li.wei", "exact level", "no_answer"), ("sun.li", "neighbouring level", "rejected"), ("wu.ting", "any level", "accepted"),
    ]  # fmt: skip
    record = await scene.ended(caller)
    first, second, third = await scene.offers_of(record["id"])
    assert first["waited_seconds"] < EXACT_UNTIL
    scene.was_made_when_due(second, record["arrived_at"] + timedelta(seconds=EXACT_UNTIL))
    scene.was_made_when_due(third, record["arrived_at"] + timedelta(seconds=NEIGHBOURING_UNTIL))
    for offer in (first, second, third):
        assert (offer["made_at"] - record["arrived_at"]).total_seconds() == pytest.approx(offer["waited_seconds"], abs=0.01)
    card = scene.desks["wu.ting"].pops[0]
    assert (card["product_line"], card["level"]) == ("printers", "L1"), "it is still the question that he had"


async def test_a_step_that_nobody_at_work_can_match_is_not_waited_for(scene: Scene) -> None:
    """Only the expert is at work: there is nobody to wait for."""
    wu = await scene.agent("wu.ting")
    caller = await scene.call("printers.L1")
    await wu.becomes("talking")
    await caller.hangs_up()

    assert await offers(scene, caller) == [("wu.ting", "any level", "accepted")]
