"""Key accounts go first, but by a head start in seconds only: nobody is overtaken for longer than that."""

from __future__ import annotations

from typing import Any

import pytest

from acd.events import CallArrived
from hotline.simulated_callers import Visit
from tests.e2e.quick_config import number_of
from tests.e2e.reload import configured
from tests.e2e.scene import Caller, Scene

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

A_MINUTE = 60
"""Key accounts, one each second: what is tested is what a difference in time does."""
ORDINARY, KEY_ACCOUNT = number_of("scanners.L1"), number_of("scanners.L1", kind="key_account")


async def test_a_key_account_overtakes_who_came_within_its_head_start_and_nobody_who_came_before(scene: Scene) -> None:
    """One ordinary caller, and key accounts one after the other: he is behind those of the first seconds, before all later ones.

    How long the head start is, is set when all have come, for nobody knows when a busy machine lets them.
    """
    await scene.install_phones()
    ordinary = await scene.call(ORDINARY)
    first_ring, _ = await scene.happened(ordinary, CallArrived)
    visits = [Visit(KEY_ACCOUNT, scene.new_ani(), "", (), 90) for _ in range(4)]
    group = await scene.calls(visits, per_minute=A_MINUTE)
    key_accounts = [Caller(group, visit.ani, place) for place, visit in enumerate(visits)]
    for caller in (ordinary, *key_accounts):
        await scene.is_live(caller, "waiting")
    _, second, third, _ = sorted([(await scene.happened(caller, CallArrived))[0] for caller in key_accounts])
    may_overtake_until = second + (third - second) / 2

    def short_head_start(rows: dict[str, Any]) -> None:
        rows["segments"]["key_account"]["head_start_seconds"] = (may_overtake_until - first_ring).total_seconds()

    async with configured(scene.house, short_head_start):
        chen = await scene.agent("chen.jie")
        everybody = {caller.ani: caller for caller in (ordinary, *key_accounts)}
        for served in range(1, len(everybody) + 1):
            await chen.sees(lambda _, served=served: len(chen.pops) == served, f"pop {served}")  # type: ignore[misc]
            caller = everybody[chen.pops[-1]["ani"]]
            await scene.is_live(caller, "talking")
            await caller.hangs_up()

    came = {caller.ani: (await scene.ended(caller))["arrived_at"] for caller in everybody.values()}
    in_turn = sorted((caller.ani for caller in key_accounts), key=lambda ani: came[ani])
    before, after = in_turn[:2], in_turn[2:]
    assert [pop["ani"] for pop in chen.pops] == [*before, ordinary.ani, *after]
