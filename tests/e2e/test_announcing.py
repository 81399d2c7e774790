"""What callers hear while they wait: their place in line, in their own language."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from acd.records import story
from tests.e2e.conftest import opened
from tests.e2e.quick_config import quick
from tests.e2e.scene import House, Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


def with_announcements(rows: dict[str, Any]) -> None:
    """Whoever waits is told his place after the first stretch of music."""
    quick(rows)
    rows["waiting"].update(music_seconds=5, comfort_every=1)
    rows["queues"]["defaults"]["announce"] = {"tell": "position", "every_seconds": 15, "most": 3}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("announcing"), with_announcements) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def scene(house: House, tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(house, tmp_path)
    yield scene
    await scene.close()


async def heard(scene: Scene, prompt: str, language: str = "zh", seconds: float = 15) -> None:
    """Wait until Asterisk has played the prompt in that language."""

    async def played() -> bool:
        said = scene.hotline.asterisk.log.read_text(encoding="utf-8", errors="replace")
        return re.search(rf"Playing '\S*hotline/{prompt}\.\S+' \(language '{language}'\)", said) is not None

    await until(played, f"{prompt} played", seconds)


async def test_callers_are_told_their_places_and_go_on_waiting_where_they_are(scene: Scene) -> None:
    first, second = await scene.call("pcs.L1"), await scene.call("pcs.L1")
    await scene.is_live(second, "waiting")
    await heard(scene, "queue_position_1")
    await heard(scene, "queue_position_2")
    record = await scene.record(second)
    told = await scene.house.rows(select(story).where(story.c.call == record["id"], story.c.kind == "Announce"))
    assert [row["body"] for row in told] == [f'{{"call":"{record["id"]}","tells":"position","number":2}}']
    await scene.agent("li.wei")
    await scene.is_live(first, "talking")
    assert (await scene.live(second) or {})["state"] == "waiting"
