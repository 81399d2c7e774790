"""What callers hear while they wait: their place in line, and the incident of their product line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from acd.archive import Row
from acd.records import incidents, story
from hotline.simulated_callers import WHEN_TOLD
from tests.e2e.conftest import opened
from tests.e2e.quick_config import quick
from tests.e2e.scene import SUPERVISOR, House, Scene
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SHORT_INCIDENT = {
    "incident_outage": {"zh": "故障。", "en": "An outage."},
    "incident_key": {"zh": "通知请按一。", "en": "Press one."},
    "incident_noted": {"zh": "已记录。", "en": "Noted."},
}


def with_announcements(rows: dict[str, Any]) -> None:
    """Whoever waits is told his place after the first stretch of music."""
    quick(rows)
    rows["waiting"].update(music_seconds=5, comfort_every=1)
    rows["prompts"].update(SHORT_INCIDENT)
    rows["agents"]["zhao.lei"]["auto_answer"] = True
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


async def test_callers_are_told_their_places_and_go_on_waiting_where_they_are(scene: Scene) -> None:
    first = await scene.call("pcs.L1")
    await scene.is_live(first, "waiting")
    second = await scene.call("pcs.L1")
    await scene.is_live(second, "waiting")
    await scene.hears(first, "queue_position_1")
    await scene.hears(second, "queue_position_2")
    record = await scene.record(second)
    of_second = select(story.c.body).where(story.c.call == record["id"], story.c.kind == "Announce").order_by(story.c.sequence)
    told = await until(lambda: scene.house.rows(of_second), "the announcement in the records")
    assert told[0]["body"] == f'{{"call":"{record["id"]}","tells":"position","number":2}}'
    await scene.agent("li.wei")
    await scene.is_live(first, "talking")
    assert (await scene.live(second) or {})["state"] == "waiting"


async def test_a_caller_hears_of_an_incident_before_anybody_rings_and_has_his_number_noted(scene: Scene) -> None:
    supervisor = scene.house.supervisor
    declared = await supervisor.post("/api/incidents", json={"product_line": "printers", "text": "incident_outage"})
    incident = declared.json()["incident"]
    wang = await scene.agent("wang.fang")
    caller = await scene.call("printers.L1", "1", key_every=WHEN_TOLD)
    await scene.hears(caller, "incident_key")
    assert wang.pops == [], "nobody is rung before he has heard it"
    await caller.presses_the_next_key()
    await scene.hears(caller, "incident_noted")
    await wang.becomes("talking")
    assert wang.pops[0]["ani"] == caller.ani
    await caller.hangs_up()
    report = (await supervisor.post(f"/api/incidents/{incident}/solved")).json()
    assert [noted["number"] for noted in report["numbers"]] == [caller.ani]
    assert report["incident"]["heard"] == 1
    [row] = await until(lambda: solved(scene, incident), "the incident solved in the records")
    assert (row["numbers"], row["declared_by"], row["solved_by"]) == ([caller.ani], SUPERVISOR, SUPERVISOR)


async def solved(scene: Scene, incident: str) -> Sequence[Row]:
    return await scene.house.rows(select(incidents).where(incidents.c.id == incident, incidents.c.solved_at.is_not(None)))


async def test_the_phone_of_who_answers_automatically_is_asked_to(scene: Scene) -> None:
    await scene.hotline.asterisk.cli("pjsip set logger on")
    await scene.agent("zhao.lei")
    caller = await scene.call("pcs.L2")
    await scene.is_live(caller, "talking")
    sent = scene.hotline.asterisk.log.read_text(encoding="utf-8", errors="replace")
    assert "Call-Info: <sip:hotline>;answer-after=0" in sent
    await caller.hangs_up()
