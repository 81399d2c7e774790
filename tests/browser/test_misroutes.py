"""The supervisor's page of misroutes, in a real browser."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from playwright.async_api import expect

from acd.misroutes import Bypasses, Misroutes
from acd.model import Level
from acd.resolution import Resolution
from acd.scope import Scope
from config.picture import picture
from cti.api import create_app
from cti.api_server import serve
from ivr.traffic import Way, traffic_of
from tests.browser.conftest import OpenPage, Served, sign_in_as
from tests.unit.cti_api_house import LINES, SECRET, house, plan
from tests.unit.ivr.hotline_menu import PLAN

DAY = date(2026, 3, 2)


class KnownPast:
    """What it was told to have been."""

    def period(self, since: date | None, until: date | None) -> tuple[date, date]:
        return since or DAY, until or since or DAY

    async def misroutes(self, since: date, until: date, by_agent: bool, scope: Scope) -> Sequence[Misroutes]:
        def row(entry: str, choices: str, queue: str, agent: str, calls: int, minutes: float) -> Misroutes:
            wrong = queue != "pcs.L1"
            return Misroutes("4002", entry, choices, "pcs.L1", queue, Level.L1, agent, calls, calls * wrong, minutes * 60, wrong)

        return [
            row("old PC line", "english / pcs / fault", "printers.L2", "sun.li", 12, 51.0),
            row("promotion", "mandarin / pcs", "servers.L1", "zhou.qiang", 3, 12.5),
            row("unified", "mandarin / pcs", "pcs.L1", "li", 85, 0),
        ]  # fmt: skip

    async def bypasses(self, since: date, until: date, scope: Scope) -> Sequence[Bypasses]:
        return [Bypasses("02188881002", "direct line of Wang Fang", 7, 6)]

    async def menu(self, since: date, until: date, scope: Scope) -> str:
        ways = [Way((("language", "2", "english"), ("product", "3", "printers")), False, True)] * 7 + [Way((), True, False)] * 5
        return picture(PLAN, {}, traffic_of(PLAN, ways))

    async def resolution(self, since: date, until: date, scope: Scope) -> Resolution:
        return Resolution(70, 30, 5)


@pytest.mark.usefixtures("built_pages")
async def test_a_supervisor_sees_what_callers_do_in_the_menu(open_page: OpenPage) -> None:
    built = house()
    app = create_app(built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, reports=KnownPast())
    server = await serve(app, port=0)
    try:
        page = await open_page(f"http://127.0.0.1:{server.port}")
        await sign_in_as(page, "chen")
        await page.get_by_role("link", name="Menu").click()
        shown = page.get_by_role("img", name="What callers do in the menu")
        await expect(shown).to_be_visible()
        assert await shown.evaluate("image => image.decode().then(() => image.naturalWidth)") > 600
        drawn = await page.request.get(str(await shown.evaluate("image => image.src")))
        text = await drawn.text()
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert "2  english  ·  7 (7 ↷)" in text and "✕ 5" in text
    finally:
        await server.stop()


@pytest.mark.usefixtures("built_pages")
async def test_a_supervisor_sees_which_way_wastes_most(open_page: OpenPage) -> None:
    built = house()
    app = create_app(built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, reports=KnownPast())
    server = await serve(app, port=0)
    served = Served(built, server, f"http://127.0.0.1:{server.port}")
    try:
        page = await open_page(served.address)
        await sign_in_as(page, "chen")
        await page.get_by_role("link", name="Misroutes").click()
        await expect(page.locator(".report-figures")).to_contain_text("15 of 100 calls")
        await expect(page.locator(".report-figures")).to_contain_text("Solved by the first call: 70.0 %")
        rows = page.locator(".report-bars tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("english / pcs / fault")
        await expect(rows.first).to_contain_text("51.0")
        bars = [await bar.bounding_box() for bar in await page.locator(".report-bar").all()]
        assert bars[0] and bars[1] and bars[0]["width"] > 3 * bars[1]["width"]
        table = await page.get_by_role("link", name="As a table (CSV)").get_attribute("href")
        assert table is not None and table.startswith("/api/reports/misroutes?format=csv&since=")
    finally:
        await server.stop()

