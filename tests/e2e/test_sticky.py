"""A caller who asks for a certain engineer: that one first, for a while, and then whoever can."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hotline.simulated_phones import Manner
from tests.e2e.quick_config import STEP_UNTIL_SECONDS, WANG_FANGS_QUICK_LINE
from tests.e2e.scene import Caller, Scene

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PROMISED_UNTIL = STEP_UNTIL_SECONDS[0]


async def offers(scene: Scene, caller: Caller) -> list[tuple[str, str, str, float]]:
    """(agent, step, what came of it, seconds waited) of the caller's offers, once his call is over."""
    record = await scene.ended(caller)
    return [
        (offer["agent"], offer["step"], offer["miss_cause"] or offer["state"], offer["waited_seconds"])
        for offer in await scene.offers_of(record["id"])
    ]


async def test_she_is_busy_so_her_caller_waits_for_her_a_while_and_then_another_takes_it(scene: Scene) -> None:
    wang = await scene.agent("wang.fang")
    other = await scene.call("printers.L1")
    await wang.becomes("talking")
    chen = await scene.agent("chen.jie")
    caller = await scene.call(WANG_FANGS_QUICK_LINE)
    waiting = await scene.is_live(caller, "waiting")

    await chen.becomes("talking")
    await caller.hangs_up()
    await other.hangs_up()

    [(agent, _, outcome, _)] = await offers(scene, caller)
    assert waiting["step"] == "promised engineer"
    assert (agent, outcome) == ("chen.jie", "accepted")
    record = await scene.ended(caller)
    [offer] = await scene.offers_of(record["id"])
    assert offer["step"] == ("exact level" if offer["waited_seconds"] < STEP_UNTIL_SECONDS[1] else "neighbouring level")
    scene.was_made_when_due(offer, record["arrived_at"] + timedelta(seconds=PROMISED_UNTIL))


async def test_she_comes_free_in_time_and_takes_her_caller_though_another_is_idle(scene: Scene) -> None:
    wang = await scene.agent("wang.fang")
    other = await scene.call("printers.L1")
    await wang.becomes("talking")
    chen = await scene.agent("chen.jie")
    caller = await scene.call(WANG_FANGS_QUICK_LINE)
    await scene.is_live(caller, "waiting")

    await other.hangs_up()
    await wang.sees_pop_of(caller.ani)
    await scene.is_live(caller, "talking")
    await caller.hangs_up()

    [(agent, step, outcome, waited_seconds)] = await offers(scene, caller)
    assert (agent, step, outcome) == ("wang.fang", "promised engineer", "accepted")
    assert waited_seconds < PROMISED_UNTIL
    assert not chen.pops


async def test_she_does_not_answer_so_another_gets_the_call(scene: Scene) -> None:
    await scene.install_phones({"1002": Manner.SILENT})
    wang = await scene.agent("wang.fang")
    chen = await scene.agent("chen.jie")
    caller = await scene.call(WANG_FANGS_QUICK_LINE)

    await wang.becomes("not_ready")
    await chen.becomes("talking")
    await caller.hangs_up()

    first, second = await offers(scene, caller)
    assert first[:3] == ("wang.fang", "promised engineer", "no_answer")
    assert second[:3] == ("chen.jie", "exact level" if second[3] < STEP_UNTIL_SECONDS[1] else "neighbouring level", "accepted")
    record = await scene.ended(caller)
    missed, taken = await scene.offers_of(record["id"])
    scene.was_made_when_due(taken, max(missed["ended_at"], record["arrived_at"] + timedelta(seconds=PROMISED_UNTIL)))


async def test_she_is_not_at_work_so_nobody_waits_for_her(scene: Scene) -> None:
    chen = await scene.agent("chen.jie")
    caller = await scene.call(WANG_FANGS_QUICK_LINE)
    await chen.becomes("talking")
    await caller.hangs_up()

    [(agent, step, outcome, waited_seconds)] = await offers(scene, caller)
    assert (agent, step, outcome) == ("chen.jie", "exact level", "accepted")
    assert waited_seconds < PROMISED_UNTIL
