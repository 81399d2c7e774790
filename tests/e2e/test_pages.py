"""The real pages on a real call: the pop is painted before the phone rings, and says who calls; the console follows."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from hotline.simulated_phones import Habits, Manner
from tests.browser.conftest import CHROMIUM_ARGUMENTS, sign_in
from tests.browser.conftest import built_pages as built_pages
from tests.e2e.scene import PASSWORD, SUPERVISOR, Scene
from tests.e2e.waiting import PATIENCE

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("built_pages")]

SIZE = {"width": 1280, "height": 720}
PAINTED = """() => {
  window.painted = {};
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (act) => ask((time) => {
    for (const pop of document.querySelectorAll(".pop[data-offer]")) {
      const offer = pop.dataset.offer;
      if (offer in window.painted) continue;
      window.painted[offer] = null;
      const painted = new MessageChannel();
      painted.port1.onmessage = () => { window.painted[offer] = Date.now() / 1000; };
      painted.port2.postMessage(null);
    }
    act(time);
  });
}"""
"""Notes when each pop was painted, in epoch seconds: a message posted in a frame is heard after that frame. It is posted before the page
posts its own in the same frame."""
CALLS = 5
LATE_SECONDS = 0.5
GIVEN_UP = 'hotline_pops_total{outcome="unconfirmed"}'
"""Counts the phones that were rung because a page was silent for longer than the engine waits for one."""


@pytest_asyncio.fixture(loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    program = shutil.which("chromium")
    assert program, "there is no chromium: run script/setup"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


async def signed_in(browser: Browser, scene: Scene, name: str, language: str) -> Page:
    context = await browser.new_context(viewport=SIZE, locale=language, base_url=scene.hotline.address)  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    await page.goto("/")
    await sign_in(page, name, PASSWORD)
    return page


async def at_work(browser: Browser, scene: Scene, name: str) -> Page:
    """An agent's page, with him ready."""
    page = await signed_in(browser, scene, name, "zh-CN")
    await page.locator(".desk form button[type=submit]").click()
    await scene.phone_of(name, reachable=True)
    await page.locator(".go-ready").click()
    await page.locator('.mystate .pill:has-text("空闲")').wait_for()
    await page.evaluate(PAINTED)
    return page


def kept(page_name: str) -> str:
    """Where a picture of the page goes: the folder in $HOTLINE_SCREENSHOTS, else nowhere that lasts."""
    folder = Path(os.environ.get("HOTLINE_SCREENSHOTS", "/dev/null"))
    return str(folder / f"{page_name}.png") if folder.is_dir() else ""


async def picture(page: Page, name: str) -> None:
    if path := kept(name):
        await page.screenshot(path=path)


@pytest.mark.alone
@pytest.mark.slow
async def test_the_pop_is_painted_before_the_invite_is_sent(chromium: Browser, scene: Scene) -> None:
    await scene.install_phones({"1007": Manner.ANSWERS}, Habits((1.5, 1.6), None))
    page = await at_work(chromium, scene, "sun.li")
    await page.bring_to_front()
    given_up = await pops_given_up(scene)
    lead_seconds: list[float] = []
    for _ in range(CALLS):
        caller = await scene.call("4008002003", "12", name='Bob "x", ${EVIL} <b>')
        await page.locator(f'.pop:has-text("{caller.ani}")').wait_for()
        assert scene.phones is not None
        await scene.phone_meets("1007", "answered", times=len(lead_seconds) + 1)
        if not lead_seconds:
            await picture(page, "desk-talking")
        offer = await page.locator(".pop").get_attribute("data-offer")
        painted = await page.evaluate("offer => window.painted[offer]", offer)
        invited = [line.at.timestamp() for line in scene.phones.log() if line.phone == "1007" and line.what == "invite"][-1]
        lead_seconds.append(invited - painted)
        await caller.hangs_up()
        await scene.ended(caller)
        await page.locator('.mystate .pill:has-text("空闲")').wait_for()
    assert min(lead_seconds) >= 0, f"seconds from the painted pop to the INVITE: {lead_seconds}"
    assert sorted(lead_seconds)[CALLS // 2] < LATE_SECONDS, "the ring waits for the page, and for nothing else"
    assert await pops_given_up(scene) == given_up, "the page was slower than the engine waits for it, and lucky"


async def pops_given_up(scene: Scene) -> int:
    """How often the engine rang without a page's word."""
    figures = (await scene.house.supervisor.get("/metrics")).text
    return sum(int(float(line.split()[-1])) for line in figures.splitlines() if line.startswith(GIVEN_UP))


async def test_the_pop_says_who_calls_about_what_and_why_here(chromium: Browser, scene: Scene) -> None:
    await scene.install_phones({"1007": Manner.SILENT})
    page = await at_work(chromium, scene, "sun.li")
    caller = await scene.call("4008002003", "12", name='Bob "x", ${EVIL} <b>')
    card = page.locator(f'.pop:has-text("{caller.ani}")')
    await card.wait_for()
    await picture(page, "desk-ringing")
    text = await card.inner_text()
    for said in (caller.ani, "${EVIL} <b>", "4008002003", "打印机专线", "打印机 · L2", "fault", "您是唯一空闲且符合要求的工程师"):
        assert said in text, f"{said!r} is not on the card:\n{text}"
    assert await card.locator("b").count() == 0
    await caller.hangs_up()
    await card.wait_for(state="detached")
    await scene.ended(caller)


async def test_an_earlier_call_of_this_number_is_on_the_card(chromium: Browser, scene: Scene) -> None:
    await scene.install_phones()
    page = await at_work(chromium, scene, "sun.li")
    first = await scene.call("4008002003", "12")
    await page.locator(f'.pop:has-text("{first.ani}")').wait_for()
    await scene.phone_meets("1007", "answered")
    await first.hangs_up()
    await scene.ended(first)
    await page.locator('.mystate .pill:has-text("空闲")').wait_for()

    again = await scene.call("4008002003", "12", ani=first.ani)
    card = page.locator(f'.pop:has-text("{again.ani}")')
    await card.wait_for()
    await scene.phone_meets("1007", "answered", times=2)
    await picture(page, "desk-earlier-calls-zh")
    await card.locator(f':text("{scene.hotline.config.agents["sun.li"].name}")').first.wait_for()
    await again.hangs_up()


async def test_the_console_shows_a_waiting_caller_and_who_takes_him(chromium: Browser, scene: Scene) -> None:
    await scene.install_phones()
    console = await signed_in(chromium, scene, SUPERVISOR, "en-GB")
    caller = await scene.call("4008002003", "12")
    row = console.locator(f'tr[data-call]:has-text("{caller.ani}")')
    await row.wait_for()
    await scene.is_live(caller, "waiting")
    await console.locator(f'tr[data-call]:has-text("{caller.ani}"):has-text("nobody")').wait_for()
    await picture(console, "console-waiting")
    sun = await scene.agent("sun.li")
    await sun.becomes("talking")
    await console.locator('tr[data-agent="sun.li"]:has-text("Talking")').wait_for()
    await picture(console, "console-talking")
    await caller.hangs_up()
    await scene.ended(caller)
