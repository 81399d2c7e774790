"""Menus made by chance, in a real Asterisk: their files load without a warning, and callers who key anything come out of them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select

from acd.events import CallDiverted
from acd.records import calls
from config.loader import load
from hotline.simulated_callers import MOST_KEYS, Visit
from tests.e2e.reload import configured, loaded
from tests.e2e.scene import Scene
from tests.e2e.waiting import until
from tests.property.random_menus import random_keys, with_random_menus

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

CALLERS = 24


def some_keys(chance: random.Random) -> tuple[tuple[float, str], ...]:
    """Fast and slow."""
    return tuple((chance.uniform(0, 1.5), key) for key in random_keys(chance, MOST_KEYS))


@pytest.mark.parametrize("seed", [3, 14])
async def test_whoever_keys_whatever_comes_to_a_queue_or_a_destination(scene: Scene, seed: int) -> None:
    chance = random.Random(seed)

    def change(rows: dict[str, Any]) -> None:
        with_random_menus(rows, chance)

    async with configured(scene.house, change), loaded(scene.house):
        numbers = [*load(scene.hotline.config_path).entries, "95500"]
        visits = [Visit(chance.choice(numbers), scene.new_ani(), "", some_keys(chance), 60) for _ in range(CALLERS)]
        callers = await scene.calls(visits, per_minute=600)
        theirs = select(calls).where(calls.c.ani.in_(visit.ani for visit in visits))

        async def all_out_of_the_menu() -> bool:
            rows = await scene.house.rows(theirs)
            return len(rows) == CALLERS and all(row["state"] != "menu" for row in rows)

        await until(all_out_of_the_menu, "nobody in the menu any more", seconds=100)
        rows = {row["ani"]: row for row in await scene.house.rows(theirs)}
        ended = {line.ani for line in callers.log() if line.what == "ended"}
        for ani, row in rows.items():
            if row["state"] == "waiting":
                assert ani not in ended
                continue
            sent = [event.destination for _, event in scene.house.journal_of(row["id"]) if isinstance(event, CallDiverted)]
            assert sent and sent[0] in {"closed", "goodbye", "message"}, f"he was dropped, or taken for stuck: {row}"
