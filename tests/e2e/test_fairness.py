"""Key accounts go first, but by a head start in seconds only: nobody is overtaken for longer than that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from acd.events import CallArrived
from hotline.simulated_callers import Visit
from tests.e2e.quick_config import number_of
from tests.e2e.reload import configured
from tests.e2e.scene import Caller, Scene

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

HEAD_START_SECONDS = 4.0
A_MINUTE = 30
"""Key accounts, one each two seconds: what is tested is what a difference in time does."""
ORDINARY, KEY_ACCOUNT = number_of("scanners.L1"), number_of("scanners.L1", kind="key_account")


def short_head_start(rows: dict[str, Any]) -> None:
    rows["segments"]["key_account"]["head_start_seconds"] = HEAD_START_SECONDS


async def test_a_key_account_overtakes_who_came_within_its_head_start_and_nobody_who_came_before(scene: Scene) -> None:
    """One ordinary caller, and key accounts one after the other: he is behind those of the first seconds, before all later ones."""
    await scene.install_phones()
    async with configured(scene.house, short_head_start):
        ordinary = await scene.call(ORDINARY)
        first_ring, _ = await scene.happened(ordinary, CallArrived)
        visits = [Visit(KEY_ACCOUNT, scene.new_ani(), "", (), 90) for _ in range(4)]
        group = await scene.calls(visits, per_minute=A_MINUTE)
        key_accounts = [Caller(group, visit.ani, place) for place, visit in enumerate(visits)]
        for caller in (ordinary, *key_accounts):
            await scene.is_live(caller, "waiting")

        chen = await scene.agent("chen.jie")
        everybody = {caller.ani: caller for caller in (ordinary, *key_accounts)}
        for served in range(1, len(everybody) + 1):
            await chen.sees(lambda _, served=served: len(chen.pops) == served, f"pop {served}")  # type: ignore[misc]
            caller = everybody[chen.pops[-1]["ani"]]
            await scene.is_live(caller, "talking")
            await caller.hangs_up()

    came = {caller.ani: (await scene.ended(caller))["arrived_at"] for caller in everybody.values()}
    may_overtake_until = first_ring + timedelta(seconds=HEAD_START_SECONDS)
    before = [caller.ani for caller in key_accounts if came[caller.ani] < may_overtake_until]
    after = [caller.ani for caller in key_accounts if came[caller.ani] >= may_overtake_until]
    assert before and after, "the key accounts came on both sides of the bound"
    assert [pop["ani"] for pop in chen.pops] == [*before, ordinary.ani, *after]
