"""Who takes a product, a callback promised, all keys at a glance, and own figures: in a real browser."""

from __future__ import annotations

from playwright.async_api import expect

from acd.appointment import CallbackPromised
from acd.events import CallHandedOn
from acd.model import AgentState, Handover, QueueId
from tests.browser.conftest import OpenPage, Served
from tests.browser.test_handover import talking
from tests.unit.cti_api_house import LI, WANG, pop


async def test_a_call_is_handed_to_who_takes_the_product_by_keyboard_alone(served: Served, open_page: OpenPage) -> None:
    served.house.engine.set(LI, AgentState.READY)
    page = await talking(served, open_page, pop(agent=WANG))
    await page.locator("body").press("t")
    search = page.get_by_role("combobox", name="Who takes this product?")
    await expect(search).to_be_focused()
    await page.keyboard.type("服务")
    found = page.get_by_role("option")
    await expect(found.first).to_contain_text("1 free")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Serial number")).to_be_focused()
    await page.keyboard.type("SN-1")
    await page.keyboard.press("Enter")
    await served.house.engine.takes(CallHandedOn(pop().call, WANG, QueueId("servers.L2"), None, None, Handover("", "SN-1", "", "")))


async def test_a_callback_is_promised_with_one_click_and_its_reason(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, pop(agent=WANG))
    await page.locator("body").press("l")
    form = page.get_by_role("form", name="Promise a callback")
    await expect(form.get_by_label("What for?")).to_be_focused()
    await page.keyboard.type("spare part")
    await form.get_by_role("button", name="Next morning").click()
    await expect(page.get_by_text("Promised: a callback at")).to_be_visible()
    (promised,) = [event for event in served.house.engine.events if isinstance(event, CallbackPromised)]
    assert (promised.agent, promised.number, promised.note) == (WANG, "13800138000", "spare part")


async def test_all_keys_are_shown_at_a_question_mark_and_gone_at_escape(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, pop(agent=WANG))
    await page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    await expect(keys).to_contain_text("promise a callback")
    await page.keyboard.press("Escape")
    await expect(keys).to_have_count(0)
