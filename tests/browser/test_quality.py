"""The pages of scores in a real browser: one scores, another one scores the same without knowing, and their agreement is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from acd.archive import open_database
from acd.people import UserDirectory
from acd.scope import EVERYTHING
from cti.api_access import Rules
from cti.api_server import serve
from hotline.kept_recordings import KeptRecordings
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.test_people import picture
from tests.unit.cti_api_house import LI, WANG, house
from tests.unit.people_house import PASSWORD, app_of, settle
from tests.unit.recorded_house import speak
from tests.unit.scored_house import drawn_house, let_score

CRITERIA = 7
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
MONDAY = datetime.combine(TODAY - timedelta(days=TODAY.weekday() + 7), time.min, UTC)
"""Of the last week: the pages ask for the last days."""
WEEK = MONDAY.date().isoformat()


@pytest.fixture
async def address(built_pages: Path, tmp_path: Path) -> AsyncIterator[str]:
    """Two of five conversations of each of two agents were drawn; each goes to qing and to mei."""
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    directory = UserDirectory(database)
    await settle(directory)
    await let_score(directory, "mei")
    drawn_at = max(datetime.now(UTC), MONDAY + timedelta(days=7))
    weekly = await drawn_house(database, monday=MONDAY, now=drawn_at)
    for row in await weekly.drawn(WEEK, EVERYTHING):
        for side, hertz, turn in (("caller", 440.0, 0), ("agent", 330.0, 1)):
            speak(tmp_path / f"{row['recording'].partition('-')[2]}-{side}.wav", hertz, turn, False)
    app = app_of(house(), database, [Rules()], built_pages)
    app.state.quality, app.state.recordings = weekly, KeptRecordings(database, lambda: tmp_path)
    server = await serve(app, port=0)
    yield f"http://127.0.0.1:{server.port}"
    await server.stop()
    await database.dispose()


async def scorer(open_page: OpenPage, address: str, name: str) -> Page:
    page = await open_page(address)
    await sign_in(page, name, PASSWORD)
    await page.get_by_role("link", name="Scores").click()
    await expect(page.locator(".to-score tbody tr")).to_have_count(4)
    return page


async def fill(page: Page, comment: str, **answers: str) -> None:
    """The form: the best answer where none is given."""
    await expect(page.locator("fieldset")).to_have_count(CRITERIA)
    for question in await page.locator("fieldset").all():
        name = await question.get_attribute("data-criterion")
        best = "5" if await question.get_by_label("5").count() else "Yes"
        await question.get_by_label(answers.get(str(name), best), exact=True).check()
    await page.get_by_label("Comment").fill(comment)


async def test_two_score_the_same_and_neither_knows_and_their_agreement_is_shown(address: str, open_page: OpenPage) -> None:
    qing = await scorer(open_page, address, "qing")
    await expect(qing.get_by_role("slider")).to_have_attribute("aria-valuemax", "20")
    recording = await qing.locator(".chosen-row").get_attribute("data-recording")
    await fill(qing, "Asked for the serial number twice.", questions="3", tip="Does not apply")
    await picture(qing, "quality-form")
    await qing.get_by_role("button", name="Save, next").click()
    await expect(qing.get_by_role("status")).to_contain_text("Saved: 91 %")
    await expect(qing.locator(".to-score tbody tr")).to_have_count(3)

    mei = await scorer(open_page, address, "mei")
    row = mei.locator(f"tr[data-recording='{recording}']")
    await row.get_by_role("button").click()
    await expect(row).to_have_class("chosen-row")
    await expect(mei.locator("fieldset input:checked")).to_have_count(0)
    await fill(mei, "", questions="3", privacy="No")
    await mei.get_by_role("button", name="中文").click()
    await picture(mei, "quality-form-zh")
    await mei.get_by_role("button", name="English").click()
    await expect(mei.get_by_label("Comment")).to_have_value("")
    await mei.get_by_role("button", name="Save, next").click()
    await expect(mei.get_by_role("status")).to_contain_text("Saved: 0 %")
    await mei.locator("[data-sheet=given]").click()
    await expect(mei.locator(".score-list tbody tr")).to_have_count(1)
    await mei.locator(".score-list tbody button").click()
    await mei.get_by_role("button", name="Score again").click()
    await mei.locator("fieldset[data-criterion=privacy]").get_by_label("Yes", exact=True).check()
    await mei.get_by_role("button", name="Save").click()
    await expect(mei.locator("[data-revision]")).to_have_count(2)
    await expect(mei.locator("[data-revision='2'] h2")).to_contain_text("92 %")
    await picture(mei, "quality-again")

    chen = await open_page(address)
    await sign_in(chen, "chen", PASSWORD)
    await chen.get_by_role("link", name="Scores").click()
    average = chen.locator(f"tr[data-agent='{LI}'] td, tr[data-agent='{WANG}'] td").last
    await expect(average).to_contain_text("92 %")
    await picture(chen, "quality-agents")
    await chen.locator("[data-sheet=agreement]").click()
    pair = chen.locator("[data-pair='mei qing']")
    await expect(pair.locator("[data-criterion=questions]")).to_contain_text("100 %")
    await expect(pair.locator("[data-criterion=privacy]")).to_contain_text("0 %")
    await expect(pair).to_contain_text("too few to tell")
    await picture(chen, "quality-agreement")
    await chen.locator("[data-sheet=agents]").click()
    await chen.locator(f"tr[data-agent='{LI}'], tr[data-agent='{WANG}']").get_by_role("button").click()
    await expect(chen.locator(".score-list tbody tr")).to_have_count(2)
    await expect(chen.locator(".score-list")).to_contain_text("Asked for the serial number twice.")
    await picture(chen, "quality-scores")
    await chen.locator("[data-sheet=draws]").click()
    await chen.get_by_role("button", name=f"What was drawn {WEEK}").click()
    await expect(chen.locator(f"[data-week='{WEEK}'] tbody tr")).to_have_count(4)
    await expect(chen.locator(f"[data-week='{WEEK}'] code").nth(2)).to_contain_text("hotline sample --recorded --seed 5eed")
    await picture(chen, "quality-draws")
    li = await open_page(address)
    await sign_in(li, "li", PASSWORD)
    await expect(li.locator(".mystate")).to_be_visible()
    await picture(li, "quality-desk")
