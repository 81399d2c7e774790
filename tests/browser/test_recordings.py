"""The recordings' page in a real browser: the list, the waveform of both sides, and the sound itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import expect

from acd.archive import open_database
from acd.people import UserDirectory
from cti.api_access import Rules
from cti.api_server import serve
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.test_people import picture
from tests.e2e.waiting import until
from tests.unit.cti_api_house import house
from tests.unit.people_house import PASSWORD, app_of, settle
from tests.unit.recorded_house import GONE, PRINTERS, record


@pytest.fixture
async def address(built_pages: Path, tmp_path: Path) -> AsyncIterator[str]:
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    await settle(UserDirectory(database))
    app = app_of(house(), database, [Rules()], built_pages)
    app.state.recordings = await record(database, tmp_path)
    server = await serve(app, port=0)
    yield f"http://127.0.0.1:{server.port}"
    await server.stop()
    await database.dispose()


async def test_a_monitor_sees_both_sides_and_hears_them_from_where_he_wants(address: str, open_page: OpenPage) -> None:
    page = await open_page(address)

    def sound(what: str, above: float) -> Callable[[], Awaitable[bool]]:
        async def is_so() -> bool:
            return bool(await page.locator("audio").evaluate("(audio, what) => audio[what]", what) > above)

        return is_so

    await sign_in(page, "qing", PASSWORD)
    await page.get_by_role("link", name="Recordings").click()
    row = page.locator(f"tr[data-recording='{PRINTERS}']")
    await expect(row).to_contain_text("138****8000")
    await expect(page.locator(f"tr[data-recording='{GONE}']")).to_contain_text("deleted")
    await row.get_by_role("button").click()
    lanes = page.get_by_role("slider")
    await expect(lanes).to_have_attribute("aria-valuemax", "20")
    await lanes.focus()
    await lanes.press(" ")
    await expect(page.locator(".player-buttons").get_by_role("button", name="Pause")).to_be_visible()
    await until(sound("currentTime", 0.2), "the sound")
    await lanes.press("ArrowRight")
    await until(sound("currentTime", 4.5), "five seconds on")
    await lanes.press("ArrowUp")
    await until(sound("playbackRate", 1.2), "a greater speed")
    await lanes.press(" ")
    await picture(page, "recordings")
    await page.get_by_role("button", name="中文").click()
    await picture(page, "recordings-zh")
