"""Menus made by chance, in a real Asterisk: their files load without a warning, and callers who key anything come out of them."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import select

from acd.events import CallDiverted
from acd.records import calls
from config.loader import load
from config.texts import prompt_texts
from hotline.runtime import private_folder
from hotline.simulated_callers import MOST_KEYS, Visit
from ivr.espeak import EspeakVoice
from ivr.prompts import render
from tests.e2e.reload import configured, loaded
from tests.e2e.scene import Scene
from tests.e2e.waiting import until
from tests.property.random_menus import DESTINATIONS, random_keys, with_random_menus

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

CALLERS = 24
MISSING_SOUND = "does not exist in any format"
"""What Asterisk says of a prompt that it does not have."""


def some_keys(chance: random.Random) -> tuple[tuple[float, str], ...]:
    """Fast and slow."""
    return tuple((chance.uniform(0, 1.5), key) for key in random_keys(chance, MOST_KEYS))


@pytest.mark.timeout(300)  # hundreds of prompts are spoken first, where nobody has done it before
@pytest.mark.parametrize("seed", [3, 115])
async def test_whoever_keys_whatever_comes_to_a_queue_or_a_destination(scene: Scene, seed: int) -> None:
    chance = random.Random(seed)

    def change(rows: dict[str, Any]) -> None:
        with_random_menus(rows, chance)

    async with configured(scene.house, change), loaded(scene.house):
        await spoken(scene)
        read, incident = scene.hotline.asterisk.log.stat().st_size, await an_incident(scene)
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
            elif row["state"] != "promised":
                sent = [event.destination for _, event in scene.house.journal_of(row["id"]) if isinstance(event, CallDiverted)]
                assert sent and sent[0] in DESTINATIONS, f"he was dropped, or taken for stuck: {row}"
        assert MISSING_SOUND not in scene.hotline.asterisk.log.read_bytes()[read:].decode(errors="replace")
        await nothing_is_left(scene, incident)


async def spoken(scene: Scene) -> None:
    """The prompts that this configuration needs besides the house's own."""
    config = load(scene.hotline.config_path)
    sounds, cache = scene.hotline.asterisk.sounds, private_folder().parent / "prompts"
    await asyncio.to_thread(render, prompt_texts(config), config.languages, sounds, EspeakVoice(), cache_dir=cache)


async def an_incident(scene: Scene) -> str | None:
    """A product line has one, if there are texts for it: those who wait hear of it, and may ask to be told when it is solved."""
    texts = load(scene.hotline.config_path).incident_texts
    if not texts:
        return None
    declared = await scene.house.orders("incidents", product_line="pcs", text=texts[0])
    return str(declared["incident"])


async def nothing_is_left(scene: Scene, incident: str | None) -> None:
    """What outlives calls is called off."""
    if incident is not None:
        await scene.house.orders(f"incidents/{incident}/solved", tell=False)
    for promise in (await scene.house.board())["promises"]:
        await scene.house.supervisor.post(f"/api/callbacks/{promise['call']}/cancel", json={"reason": "by chance"})
