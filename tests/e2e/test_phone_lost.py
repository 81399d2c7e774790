"""A phone that is lost while it is being rung: nobody waits until it has rung for long enough."""

from __future__ import annotations

from typing import Any

import pytest

from hotline.simulated_phones import Manner
from tests.e2e.reload import configured, loaded
from tests.e2e.scene import Scene

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

LONG_RING_SECONDS = 45


def long_ring(rows: dict[str, Any]) -> None:
    rows["offers"]["ring_seconds"] = LONG_RING_SECONDS


async def test_the_caller_is_offered_to_the_next_agent_and_the_agent_is_not_ready(scene: Scene) -> None:
    """Asterisk asks each second and waits two for the answer: it finds out 2 to 3 s later, while the phone still rings."""
    phones = await scene.install_phones({"1001": Manner.SILENT})
    async with configured(scene.house, long_ring), loaded(scene.house):
        li = await scene.agent("li.wei")
        zhang = await scene.agent("zhang.min", ready=False)
        await scene.phone_of("zhang.min", reachable=True)
        caller = await scene.call("pcs.L1")
        pop = await li.sees_pop_of(caller.ani)
        await scene.phone_meets("1001", "invite")
        await phones.sipp.stop()
        withdrawn = await li.sees_pop_withdrawn(pop["offer"])
        await li.becomes("not_ready")
        waiting = await scene.is_live(caller, "waiting")

    await scene.phone_of("zhang.min", reachable=False)
    await scene.install_phones()
    await scene.phone_of("zhang.min", reachable=True)
    await zhang.goes_ready()
    await zhang.becomes("talking")
    await caller.hangs_up()

    record = await scene.ended(caller)
    lost, taken = await scene.offers_of(record["id"])
    assert (lost["agent"], lost["state"], lost["miss_cause"]) == ("li.wei", "missed", "phone_lost")
    assert (lost["ended_at"] - lost["made_at"]).total_seconds() < LONG_RING_SECONDS
    assert (withdrawn["outcome"], li.cause) == ("missed", "rona:phone_lost")
    assert (waiting["call"], waiting["arrived_at"][:19]) == (record["id"], record["arrived_at"].isoformat()[:19])
    assert (taken["agent"], taken["state"]) == ("zhang.min", "accepted")
