"""A call handed on and taken over, in a real browser."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import Page, expect

from acd.effects import ScreenPop
from acd.events import CallHandedOn, HandoverAcknowledged
from acd.model import Handover, OfferState, QueueId
from tests.browser.conftest import OpenPage, Served
from tests.browser.test_desk import at_work
from tests.unit.cti_api_house import HOSTILE_NAME, LI, WANG, pop

PACKET = Handover("restarted it\nchanged the roller", "SN-4711", "E52", HOSTILE_NAME, LI)


def handed_on(bounces: int = 0) -> ScreenPop:
    return replace(pop(agent=WANG), handover=PACKET, bounces=bounces)


async def talking(served: Served, open_page: OpenPage, shown: ScreenPop) -> Page:
    """A page whose agent talks to the caller of ``shown``."""
    page = await at_work(served, open_page)
    served.house.engine.reserve(shown)
    await served.house.live.show_pop(shown)
    served.house.engine.answer(shown)
    await expect(page.locator(".pop-phase")).to_have_text("Talking")
    return page


async def test_a_call_is_handed_on_by_product_then_level_with_what_is_known(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, pop(agent=WANG))
    await page.get_by_label("Note").fill("paper jam")
    await page.get_by_role("button", name="Hand on").click()
    form = page.get_by_role("form", name="Hand on")
    await expect(form.get_by_label("Product line")).to_have_value("printers")
    await expect(form.get_by_label("Notes for the next engineer")).to_have_value("paper jam")
    await expect(form.get_by_role("button", name="Hand the call on")).to_be_disabled()
    await form.get_by_label("Product line").select_option("Servers")
    await form.get_by_label("L3").check()
    await form.get_by_label("Serial number").fill("SN-1")
    await form.get_by_label("Fault code").fill("E52")
    await form.get_by_label("What was tried").fill("restarted it")
    await form.get_by_role("button", name="Hand the call on").click()
    packet = Handover("restarted it", "SN-1", "E52", "paper jam")
    await expect(form.locator(".problem")).to_have_count(0)
    await served.house.engine.takes(CallHandedOn(pop().call, WANG, QueueId("servers.L3"), None, None, packet))


async def test_a_call_is_handed_to_a_person_or_out_of_the_hotline_by_keyboard(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, pop(agent=WANG))
    await page.locator("body").press("t")
    form = page.get_by_role("form", name="Hand on")
    await expect(form.get_by_role("combobox", name="Who takes this product?")).to_be_focused()
    await form.get_by_label("Product line").select_option("Out of the hotline …")
    await expect(form.get_by_label("Announcement: closed")).to_be_visible()
    await form.get_by_label("Product line").select_option("A certain person …")
    assert await form.get_by_label("Agent").locator("option").all_text_contents() == ["choose …", "李伟 · printers"]
    await form.get_by_label("Agent").select_option("李伟 · printers")
    await form.get_by_label("Serial number").press("Enter")
    await expect(form.locator(".problem")).to_have_count(0)
    await served.house.engine.takes(CallHandedOn(pop().call, WANG, None, LI, None, Handover()))
    await form.get_by_label("Serial number").press("Escape")
    await expect(form).to_have_count(0)


async def test_who_takes_over_reads_first_and_then_the_phone_rings(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    shown, engine = handed_on(bounces=1), served.house.engine
    engine.reserve(shown)
    await served.house.live.show_pop(shown)
    card = page.get_by_role("region", name="Handed over")
    for text in ("Handed on by 李伟", "came back once", "SN-4711", "E52", "changed the roller"):
        await expect(card).to_contain_text(text)
    assert await card.locator(".said bdi").last.text_content() == HOSTILE_NAME
    await page.locator("body").press("g")
    await expect(card.locator(".problem")).to_have_count(0)
    engine.offer_becomes(shown, OfferState.RINGING)
    await expect(page.locator(".pop-phase")).to_have_text("Your phone rings")
    await expect(card.get_by_role("button")).to_have_count(0)
    assert HandoverAcknowledged(shown.offer) in engine.events


async def test_a_packet_goes_on_with_the_call_to_the_next_level(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, handed_on())
    await page.get_by_role("button", name="Hand on").click()
    form = page.get_by_role("form", name="Hand on")
    await expect(form.get_by_label("Serial number")).to_have_value("SN-4711")
    await expect(form.get_by_label("What was tried")).to_have_value("restarted it\nchanged the roller")


async def test_a_handover_that_came_to_nothing_cannot_be_acknowledged(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    shown, engine = handed_on(), served.house.engine
    engine.reserve(shown)
    await served.house.live.show_pop(shown)
    served.house.live._cards.withdraw(WANG, shown.offer)  # over at the engine; the page has not heard of it yet
    await page.get_by_role("button", name="I have read it").click()
    await expect(page.locator(".handover .problem")).to_have_text("This call is not offered to you any more.")
