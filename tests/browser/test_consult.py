"""Another engineer is asked about a call, in a real browser: on the page of who asks, and on that of who is asked."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import expect

from acd.effects import ConsultChanged
from acd.events import ConferenceWanted, ConsultAsked, ConsultCompleted, ConsultTakenBack, Ticked
from acd.model import ConsultState, Handover, OfferId, QueueId
from tests.browser.conftest import OpenPage, Served
from tests.browser.test_desk import at_work
from tests.browser.test_handover import PACKET, talking
from tests.unit.cti_api_house import LI, WANG, pop

SHOWN = pop(agent=WANG)


def goes(served: Served, state: ConsultState, why: str, asks: bool = True) -> None:
    """What the engine tells of the consultation: Wang asks Li, or the other way round."""
    agents = (WANG, LI) if asks else (LI, WANG)
    served.house.engine.tell(Ticked(), [ConsultChanged(SHOWN.call, *agents, OfferId("o2"), state, why)])


async def test_another_engineer_is_asked_and_given_the_call(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, SHOWN)
    await page.locator("body").press("t")
    form = page.get_by_role("form", name="Hand on")
    await form.get_by_label("L3").check()
    await form.get_by_label("Serial number").fill("SN-1")
    await form.get_by_role("button", name="Ask first").click()
    await expect(form).to_have_count(0)
    await served.house.engine.takes(ConsultAsked(SHOWN.call, WANG, QueueId("printers.L3"), None, Handover(serial="SN-1")))

    panel = page.get_by_role("region", name="Asking another engineer")
    goes(served, ConsultState.ASKED, "asked")
    await expect(panel).to_contain_text("李伟 reads what you wrote; you still talk to the caller.")
    await expect(panel.get_by_role("button")).to_have_text(["Call it off B"])
    await expect(page.get_by_role("button", name="Hand on")).to_have_count(0)
    goes(served, ConsultState.TALKING, "answered")
    await expect(panel.get_by_role("button")).to_have_text(["Give the call to 李伟 O", "All three talk C", "Back to the caller B"])
    await page.reload()
    await panel.get_by_role("button", name="Give the call to 李伟").click()
    await expect(panel.locator(".problem")).to_have_count(0)
    await served.house.engine.takes(ConsultCompleted(SHOWN.call, WANG))


async def test_who_is_back_with_the_caller_reads_why_in_his_language(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, SHOWN)
    await page.get_by_role("button", name="中文").click()
    panel = page.get_by_role("region", name="咨询同事")
    goes(served, ConsultState.RINGING, "begun")
    await expect(panel).to_contain_text("李伟 的话机正在振铃；来电者正在听音乐。")
    await page.locator("body").press("b")
    goes(served, ConsultState.BACK, "missed")
    await expect(panel).to_contain_text("您已回到与来电者的通话。 同事没有接听。")
    await expect(page.get_by_role("button", name="转接")).to_be_visible()
    await served.house.engine.takes(ConsultTakenBack(SHOWN.call, WANG))


async def test_who_is_asked_can_not_hand_the_call_on_before_it_is_his(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    shown, engine = replace(SHOWN, handover=PACKET, consulted_by=LI), served.house.engine
    engine.reserve(shown)
    await served.house.live.show_pop(shown)
    await expect(page.get_by_role("region", name="Handed over")).to_contain_text("李伟 asks you about this call")
    engine.answer(shown)
    goes(served, ConsultState.TALKING, "answered", asks=False)
    panel = page.get_by_role("region", name="Asking another engineer")
    await expect(panel).to_contain_text("You talk to 李伟; the caller hears music.")
    await expect(page.get_by_role("button", name="Hand on")).to_have_count(0)
    goes(served, ConsultState.COMPLETED, "completed", asks=False)
    await expect(panel).to_contain_text("李伟 gave you the call: you talk to the caller.")
    await expect(page.get_by_role("button", name="Hand on")).to_be_visible()


async def test_a_number_is_keyed_to_ask_there_and_a_refused_one_is_told_in_words(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, SHOWN)
    await page.get_by_role("button", name="中文").click()
    await page.locator("body").press("t")
    form = page.get_by_role("form", name="转接")
    await form.get_by_label("产品线").select_option("number")
    number = form.get_by_role("textbox", name="电话号码")
    await expect(form.get_by_role("button", name="先咨询")).to_be_disabled()
    await number.fill("110")
    await form.get_by_role("button", name="先咨询").click()
    await expect(form.locator(".problem")).to_contain_text("不允许从这里拨打")
    await number.fill("138 0013-8000")
    await form.get_by_role("button", name="先咨询").click()
    await served.house.engine.takes(ConsultAsked(SHOWN.call, WANG, handover=Handover(), to_number="13800138000"))
    told = ConsultChanged(SHOWN.call, WANG, None, OfferId("x1"), ConsultState.TALKING, "answered", "13800138000")
    served.house.engine.tell(Ticked(), [told])
    await expect(page.get_by_role("region", name="咨询同事")).to_contain_text("您正与 13800138000 通话")


async def test_somebody_outside_is_asked_and_the_caller_joins(served: Served, open_page: OpenPage) -> None:
    page = await talking(served, open_page, SHOWN)
    await page.locator("body").press("t")
    form = page.get_by_role("form", name="Hand on")
    await form.get_by_label("Product line").select_option("out")
    await form.get_by_label("closed").check()
    await expect(form.get_by_role("button", name="Ask first")).to_have_count(0)
    await form.get_by_label("Partner's number").check()
    await form.get_by_role("button", name="Ask first").click()
    await served.house.engine.takes(ConsultAsked(SHOWN.call, WANG, None, None, Handover(), "partner"))

    def goes_outside(state: ConsultState, why: str) -> None:
        served.house.engine.tell(Ticked(), [ConsultChanged(SHOWN.call, WANG, None, OfferId("x1"), state, why, "partner")])

    panel = page.get_by_role("region", name="Asking another engineer")
    goes_outside(ConsultState.TALKING, "answered")
    await expect(panel).to_contain_text("You talk to the partner; the caller hears music.")
    await page.locator("body").press("c")
    await served.house.engine.takes(ConferenceWanted(SHOWN.call, WANG))
    goes_outside(ConsultState.CONFERENCE, "caller joins")
    await expect(panel).to_contain_text("All three talk: the caller, the partner and you.")
    await expect(panel.get_by_role("button")).to_have_text(["Give the call to the partner O", "Let the partner go B"])
    goes_outside(ConsultState.BACK, "consulted left")
    await expect(panel).to_contain_text("You are back with the caller. The other side hung up.")
