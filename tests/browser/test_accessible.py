"""No page and no dialog breaks a rule of WCAG 2.1 at level AA, as far as axe-core can tell; what it can't tell is tried here besides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from acd.archive import open_database
from cti.api import DIST
from cti.api_access import Rules
from cti.api_server import serve
from tests.browser.conftest import OpenPage, Served
from tests.browser.whole_house import WALKS, Visit, Walk, busy_house, settle, whole_app

AXE = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
VIOLATIONS = """levels => axe.run(document, {runOnly: levels, resultTypes: ["violations"]}).then(({violations}) =>
  violations.flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) => `${id}: ${target}: ${failureSummary}`)))"""
BY_KEYBOARD = {
    "login", "desk-not-ready-asked-why", "desk-talking", "desk-handing-on", "desk-wrap-up", "console-busy", "performance", "calls", "users",
    "to-score",
}  # fmt: skip
"""States in which the keyboard is tried; what is in a dialog is the browser's own matter."""
REACHABLE = """() => {
  const taken = new Set();
  const one = element => element.type !== "radio" || (!taken.has(element.name) && taken.add(element.name));
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']")]
    .filter(element => !element.disabled && element.checkVisibility({visibilityProperty: true})).filter(one);
  window.toReach = new Set(all.map(element => element.type === "radio" ? element.name : element));
  document.activeElement.blur();
  return all.length;
}"""
REACHED = """() => {
  const now = document.activeElement;
  const framed = [now, now.closest(".choice")].some(one => one && getComputedStyle(one).outlineStyle !== "none");
  window.toReach.delete(now.type === "radio" ? now.name : now);
  return framed || now === document.body ? "" : now.outerHTML;
}"""
LEFT = "() => [...window.toReach].map(one => one.outerHTML || one)"
LANGUAGES = ["zh-CN", "en-GB"]


@pytest.fixture
async def visit(built_pages: Path, tmp_path: Path, open_page: OpenPage, language: str) -> AsyncIterator[Visit]:
    assert AXE.is_file(), "axe-core is not there: run script/setup"
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    await settle(database)
    built = busy_house()
    server = await serve(whole_app(built, database, Rules), port=0)
    page = await open_page(f"http://127.0.0.1:{server.port}", language)
    await page.add_init_script(f"localStorage.setItem('hotline.language', '{language[:2]}')")
    await page.emulate_media(reduced_motion="reduce")
    await page.reload()
    await page.evaluate("document.fonts.ready")
    yield Visit(page, built)
    await server.stop()
    await database.dispose()


async def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it is now."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = await page.evaluate(VIOLATIONS, LEVELS)
    return found


async def unreached(page: Page) -> list[str]:
    """What the Tab key does not get to, or gets to without a frame that shows it."""
    unframed = []
    for _ in range(2 * await page.evaluate(REACHABLE)):  # some are left by more than one press: a date has three parts
        await page.keyboard.press("Tab")
        unframed.append(await page.evaluate(REACHED))
        if not await page.evaluate("window.toReach.size"):
            break
    return [f"no frame: {one}" for one in dict.fromkeys(unframed) if one] + [f"not reached: {one}" for one in await page.evaluate(LEFT)]


async def test_what_is_wrong_is_found(open_page: OpenPage, served: Served) -> None:
    page = await open_page(served.address)
    await page.locator(".login > button").wait_for()
    pale = "document.querySelector('h1').style.color = '#aaa'; document.querySelector('.login > button').removeAttribute('aria-label');"
    await page.evaluate(f"{pale} document.querySelector('.login > button').textContent = ''")
    assert [fault.partition(":")[0] for fault in await violations(page)] == ["button-name", "color-contrast"]
    await page.evaluate("document.querySelector('form').inert = true; document.querySelector('.login > button').style.outline = 'none'")
    assert [fault.partition(":")[0] for fault in await unreached(page)] == ["no frame", *["not reached"] * 3]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
async def test_no_state_of_a_page_breaks_a_rule(visit: Visit, walk: Walk, language: str) -> None:
    seen, found = [], []
    async for state in walk(visit):
        seen.append(state)
        faults = await violations(visit.page)
        if state in BY_KEYBOARD and language == "en-GB":
            faults += await unreached(visit.page)
        found += [f"{state}: {fault}" for fault in faults]
        assert await visit.page.evaluate("document.getAnimations().length") == 0, f"{state} moves though less motion is wanted"
    assert seen
    assert not found, "\n".join(found)
