"""Recordings over HTTP: who sees and hears which, in what parts, and that it is kept who listened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import open_database
from acd.audit import AuditLog
from acd.deed import DeedFilter
from acd.people import UserDirectory
from cti.api_access import Rules
from tests.unit.cti_api_house import house
from tests.unit.people_house import PASSWORD, app_of, settle
from tests.unit.recorded_house import ANI, GONE, PRINTERS, SECONDS, SERVERS, record
from tests.unit.test_cti_api_http import ADDRESS, assert_problem

SIZE = 44 + 8000 * SECONDS * 4
Visitor = Callable[[], httpx.AsyncClient]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    await settle(UserDirectory(engine))
    yield engine
    await engine.dispose()


@pytest.fixture
def rules() -> list[Rules]:
    return [Rules()]


@pytest.fixture
async def visitor(database: AsyncEngine, rules: list[Rules], tmp_path: Path) -> Visitor:
    app = app_of(house(), database, rules)
    app.state.recordings = await record(database, tmp_path)
    return lambda: httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS)


async def signed_in(client: httpx.AsyncClient, name: str) -> httpx.AsyncClient:
    assert (await client.post("/api/login", json={"name": name, "password": PASSWORD})).status_code == 200
    return client


async def test_they_are_listed_newest_first_page_by_page_with_numbers_for_whom_they_are(visitor: Visitor) -> None:
    async with visitor() as first, visitor() as second:
        chen, qing = await signed_in(first, "chen"), await signed_in(second, "qing")
        page = (await chen.get("/api/recordings", params={"limit": 2})).json()
        assert [row["id"] for row in page["recordings"]] == [PRINTERS, SERVERS]
        assert page["recordings"][0]["ani"] == ANI and len(page["recordings"][0]["pauses"]) == 1
        rest = (await chen.get("/api/recordings", params={"limit": 2, "cursor": page["next"]})).json()
        assert [row["id"] for row in rest["recordings"]] == [GONE] and rest["next"] is None
        assert rest["recordings"][0]["deleted_at"] is not None
        assert (await qing.get(f"/api/recordings/{PRINTERS}")).json()["ani"] == "138****8000"


async def test_the_sound_comes_whole_or_in_parts_and_who_heard_it_is_kept(visitor: Visitor, database: AsyncEngine) -> None:
    async with visitor() as client:
        qing = await signed_in(client, "qing")
        where = f"/api/recordings/{PRINTERS}/sound"
        whole = await qing.get(where)
        assert (whole.status_code, whole.headers["content-type"], len(whole.content)) == (200, "audio/wav", SIZE)
        part = await qing.get(where, headers={"Range": "bytes=40-99"})
        assert (part.status_code, part.headers["content-range"]) == (206, f"bytes 40-99/{SIZE}")
        assert part.content == whole.content[40:100]
        assert (await qing.get(where, headers={"Range": f"bytes={SIZE}-"})).status_code == 416
        shape = (await qing.get(f"/api/recordings/{PRINTERS}/waveform", params={"points": 20})).json()
        assert shape["seconds"] == SECONDS and len(shape["caller"]) == len(shape["agent"]) == 20
        assert shape["caller"][9] == shape["agent"][9] == 0 < shape["caller"][0]
    deeds = await AuditLog(database).deeds(DeedFilter(action="recordings"), 10)
    assert {(deed["who"], deed["action"], deed["target"]) for deed in deeds} == {("qing", "recordings.play", PRINTERS)}


async def test_what_is_deleted_or_another_teams_or_not_for_the_role_is_not_heard(visitor: Visitor, rules: list[Rules]) -> None:
    async with visitor() as first, visitor() as second, visitor() as third:
        lead, qing, li = await signed_in(first, "lead"), await signed_in(second, "qing"), await signed_in(third, "li")
        assert [row["id"] for row in (await lead.get("/api/recordings")).json()["recordings"]] == [PRINTERS, GONE]
        assert (await lead.get(f"/api/recordings/{PRINTERS}/sound")).status_code == 200
        assert_problem(await lead.get(f"/api/recordings/{SERVERS}/sound"), 404, "no_such_recording")
        assert_problem(await lead.get(f"/api/recordings/{GONE}/sound"), 410, "recording_deleted")
        assert_problem(await li.get(f"/api/recordings/{PRINTERS}/sound"), 403, "not_your_role")
        rules.append(Rules(recordings_heard_by=frozenset({"supervisor"})))
        assert_problem(await qing.get(f"/api/recordings/{PRINTERS}/sound"), 403, "recordings_not_for_you")
