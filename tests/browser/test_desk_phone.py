"""The phone by click, in a real browser."""

from __future__ import annotations

import os
from dataclasses import replace

from playwright.async_api import Page, expect

from acd.model import AgentState, OfferState, PhoneId
from tests.browser.conftest import OpenPage, Served, sign_in_as
from tests.browser.test_desk import at_work
from tests.e2e.waiting import until
from tests.unit.cti_api_house import WANG, pop


async def test_a_call_is_answered_held_and_muted_by_click_and_by_key(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    shown = replace(pop(agent=WANG), phone=PhoneId("1002"))
    served.house.engine.reserve(shown)
    await served.house.live.show_pop(shown)
    await expect(page.get_by_role("button", name="Answer")).to_have_count(0)
    served.house.engine.offer_becomes(shown, OfferState.RINGING)
    await page.get_by_role("button", name="Answer").click()
    await expect(page.locator(".pop .problem")).to_have_count(0)
    served.house.engine.answer(shown)
    served.house.engine.set(WANG, AgentState.TALKING, "call", phone=PhoneId("1002"), call=shown.call)
    await page.get_by_role("button", name="Hold").click()
    await expect(page.locator(".phone-buttons")).to_contain_text("The caller hears music.")
    await expect(page.get_by_role("button", name="Mute")).to_be_disabled()
    if folder := os.environ.get("HOTLINE_SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/desk-on-hold.png")
    await expect(page.get_by_role("button", name="Back to the caller")).to_be_enabled()
    await page.locator("body").press("h")
    await expect(page.get_by_role("button", name="Hold")).to_be_enabled()
    await page.locator("body").press("u")
    await expect(page.locator(".phone-buttons")).to_contain_text("The caller does not hear you.")
    await page.reload()
    await expect(page.get_by_role("button", name="Unmute")).to_be_visible()


async def told(page: Page, count: int) -> None:
    """Wait until the desktop has heard so much."""

    async def heard() -> bool:
        return bool(await page.evaluate("window.told.length") >= count)

    await until(heard, f"{count} words to the desktop")


async def test_a_coming_call_is_told_on_the_desktop_while_the_page_is_hidden(served: Served, open_page: OpenPage) -> None:
    page = await open_page(served.address)
    await page.evaluate("""() => {
      window.told = [];
      window.Notification = class { static permission = "default"; close() { window.told.push("closed"); }
        static async requestPermission() { return (this.permission = "granted"); } constructor(title) { window.told.push(title); } };
      Object.defineProperty(document, "hidden", { get: () => window.isHidden === true });
    }""")
    await sign_in_as(page, "wang")
    await page.get_by_role("button", name="Tell me of calls on the desktop").click()
    await expect(page.get_by_role("button", name="Tell me of calls on the desktop")).to_have_count(0)
    await page.evaluate("window.isHidden = true")
    shown = pop(agent=WANG)
    served.house.engine.reserve(shown)
    await served.house.live.show_pop(shown)
    await told(page, 1)
    served.house.engine.answer(shown)
    await told(page, 2)
    assert await page.evaluate("window.told") == ["☎ 13800138000", "closed"]
