"""The supervisor's page of reports, in a real browser: charts, the table that sorts, files, another zone, Chinese."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from acd.measures import By, Measures
from acd.performance import Performance, Question, performance
from acd.periods import periods
from acd.scope import Scope
from cti.api import create_app
from cti.api_server import serve
from tests.browser.conftest import OpenPage, sign_in_as
from tests.unit.cti_api_house import LINES, SECRET, house, plan

DAY = date(2026, 10, 25)
GROUPS = {
    By.QUEUE: ("printers.L1", "printers.L2", "servers.L1"), By.AGENT: ("li.wei", "wang.fang"), By.ENTRY: ("unified", "old PC line"),
    By.PRODUCT_LINE: ("printers", "servers"), By.ALL: ("",),
}  # fmt: skip


class KnownPast:
    """As many calls for each group as its place says, and more by day than by night; told while ``may_answer`` is set."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def question(self, since: date | None, until: date | None, zone: str | None) -> Question:
        last = until or DAY
        return Question(since or last - timedelta(days=6), last, zone or "Asia/Shanghai")

    async def performance(self, question: Question, most_rows: int, scope: Scope) -> Performance:
        await self.may_answer.wait()
        cut = periods(question.since, question.until, ZoneInfo(question.zone), question.interval)
        sums = {
            (group, place): self._measures(number + 1, 6 + (place * 7 + number) % 5)
            for number, group in enumerate(GROUPS[question.by])
            for place in range(len(cut))
        }
        return performance(question, cut, sums)

    @staticmethod
    def _measures(factor: int, rounds: int) -> Measures:
        calls = factor * rounds
        return Measures(
            calls=calls, answered_in_time=4 * calls // 5, answered_late=calls // 10, abandoned_short=factor, abandoned_late=calls // 10,
            flowed_out=factor, waits_seconds=12.5 * calls, handled=9 * calls // 10, ring_seconds=4.0 * calls, talk_seconds=200.0 * calls,
            hold_seconds=9.0 * calls, wrap_up_seconds=40.0 * calls, transfers=factor, bounces=factor // 2, offers=calls, missed=factor,
            ready_seconds=4000.0 * factor, busy_seconds=300.0 * calls, not_ready_seconds=1800.0, solved=7 * factor, unsolved=3 * factor,
            callbacks=factor, callbacks_kept=factor // 2, callbacks_broken=factor // 3,
        )  # fmt: skip


@pytest.fixture
def past() -> KnownPast:
    """What the page tells."""
    return KnownPast()


@pytest.fixture
async def reports(built_pages: object, open_page: OpenPage, past: KnownPast) -> AsyncIterator[Page]:
    """The page, before a supervisor."""
    built = house()
    app = create_app(built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, reports=past)  # type: ignore[arg-type]  # of these alone
    server = await serve(app, port=0)
    page = await open_page(f"http://127.0.0.1:{server.port}")
    await sign_in_as(page, "chen")
    await page.get_by_role("link", name="Reports").click()
    yield page
    await server.stop()


async def test_a_supervisor_reads_sorts_and_takes_away_a_report(reports: Page) -> None:
    rows = reports.locator(".performance-table tbody tr")
    await expect(rows).to_have_count(3)
    await expect(reports.locator(".performance-facts")).to_contain_text("Asia/Shanghai")
    assert await reports.locator(".chart > svg").count() == 2
    await expect(rows.first).to_contain_text("Printers L1")
    await reports.get_by_role("button", name="Offered", exact=True).click()
    await expect(rows.first).to_contain_text("Servers L1")
    await expect(reports.get_by_role("columnheader", name="Offered")).to_have_attribute("aria-sort", "descending")
    await reports.get_by_role("button", name="Service level").click()
    heads = reports.locator(".performance-table thead th")
    await expect(heads).to_have_count(9)
    await expect(heads.nth(4)).to_have_attribute("title", "answered within T / (offered - short abandons - flowed out)")
    for name in ("CSV", "Excel"):
        async with reports.expect_download() as download:
            await reports.get_by_role("link", name=name).click()
        assert (await (await download.value).path()).stat().st_size > 300


async def test_the_day_of_25_hours_in_another_zone(reports: Page) -> None:
    await reports.locator("input[name=zone]").fill("Europe/Berlin")
    await reports.locator("input[name=zone]").press("Enter")
    await reports.locator("input[name=since]").fill("2026-10-25")
    await reports.locator("input[name=until]").fill("2026-10-25")
    await reports.locator("select[name=by]").select_option("all")
    await reports.locator("select[name=interval]").select_option("60")
    rows = reports.locator(".performance-table tbody tr")
    await expect(rows).to_have_count(25)
    await expect(rows.nth(2)).to_contain_text("2026-10-25 02:00 +02:00")
    await expect(rows.nth(3)).to_contain_text("2026-10-25 02:00 +01:00")
    await expect(reports.locator(".chart-dot")).to_have_count(25)
    offered = await reports.locator(".performance-table tfoot td").first.inner_text()
    assert int(offered) == sum([int(cell) for cell in await rows.locator("td:nth-child(2)").all_inner_texts()])


async def test_what_is_being_typed_stays_when_a_report_comes(reports: Page, past: KnownPast) -> None:
    rows = reports.locator(".performance-table tbody tr")
    await expect(rows).to_have_count(3)
    past.may_answer.clear()
    await reports.locator("select[name=by]").select_option("product_line")
    await reports.locator("input[name=zone]").press_sequentially("Europe/Berlin")
    past.may_answer.set()
    await expect(rows).to_have_count(2)
    await expect(reports.locator("input[name=zone]")).to_have_value("Europe/Berlin")
    await reports.locator("input[name=zone]").press("Enter")
    await expect(reports.locator(".performance-facts")).to_contain_text("Europe/Berlin")


async def test_a_zone_that_there_is_not_is_said_so_and_the_last_report_stays(reports: Page) -> None:
    await expect(reports.locator(".performance-table")).to_be_visible()
    await reports.locator("input[name=zone]").fill("Middle/Earth")
    await reports.locator("input[name=zone]").press("Enter")
    await expect(reports.get_by_role("alert").filter(has_text="time zone")).to_be_visible()
    await expect(reports.locator(".performance-table")).to_be_visible()


async def test_the_day_stands_against_the_day_before_and_the_target(reports: Page) -> None:
    await reports.get_by_role("link", name="Day", exact=True).click()
    await reports.get_by_label("Day", exact=True).fill("2026-10-24")
    await expect(reports.locator(".report-figures li")).to_have_count(3)
    calls, level = reports.locator(".daychart").first, reports.locator(".daychart").last
    await expect(calls.locator(".bar-answered")).to_have_count(48)
    await expect(calls.locator(".line-before polyline")).to_have_attribute("points", re.compile(r"^([\d.]+,[\d.]+ ?){48}$"))
    await expect(level.locator(".label-target")).to_have_text("target 80 %")
    await expect(level.locator(".line-today circle")).to_have_count(48)
    everything = await reports.locator(".report-figures li").first.inner_text()
    await reports.get_by_label("Queue").select_option("Printers L1")
    await expect(reports.locator(".report-figures li").first).not_to_have_text(everything)
    await expect(calls.locator(".bar-answered")).to_have_count(48)
