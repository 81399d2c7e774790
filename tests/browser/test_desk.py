"""An agent's day at the desk, in a real browser."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Page, Route, expect

from acd.effects import WithdrawPop
from acd.events import AgentLoggedIn, AgentWentNotReady, DeskSeen, WrapUpEnded, WrapUpExtended
from acd.model import AgentState, OfferState, PhoneId
from tests.browser.conftest import OpenPage, Served, sign_in_as
from tests.unit.cti_api_house import HOSTILE_NAME, WANG, pop


async def at_work(served: Served, open_page: OpenPage, name: str = "wang") -> Page:
    """A page whose agent is signed in and ready."""
    page = await open_page(served.address)
    await sign_in_as(page, name)
    await page.get_by_role("button", name="Start work").click()
    await page.get_by_role("button", name="Ready R", exact=True).click()
    await expect(page.locator(".mystate .pill")).to_have_text("Ready")
    return page


async def test_a_wrong_password_says_so_and_the_right_one_opens_the_desk(served: Served, open_page: OpenPage) -> None:
    page = await open_page(served.address)
    await page.get_by_label("Name").fill("wang")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    await page.get_by_label("Password").fill("wang's password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Start work")).to_be_visible()
    assert served.house.engine.events == [DeskSeen(WANG, True)]


async def test_an_agent_begins_not_ready_goes_ready_and_takes_a_break(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    await page.get_by_role("button", name="Not ready").click()
    await page.get_by_role("button", name="Lunch").click()
    await expect(page.locator(".mystate .pill")).to_have_text("Not ready")
    await expect(page.locator(".mystate-cause")).to_have_text("Lunch")
    assert AgentLoggedIn(WANG, PhoneId("1002")) in served.house.engine.events
    await served.house.engine.takes(AgentWentNotReady(WANG, "lunch"))


async def test_a_click_whose_answer_was_lost_is_done_once(served: Served, open_page: OpenPage) -> None:
    """The engine has heard it and done it; the page has not heard of it, and says it again with the same key."""
    page = await at_work(served, open_page)
    keys: list[str | None] = []
    answered = asyncio.Event()

    async def loses_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers.get("idempotency-key"))
        answer = await route.fetch()
        if len(keys) == 1:
            await route.abort("connectionreset")
        else:
            await route.fulfill(response=answer)
            answered.set()

    await page.route("**/api/desk/wrap-up/extend", loses_the_first_answer)
    shown = pop(agent=WANG)
    served.house.engine.reserve(shown)
    served.house.engine.answer(shown)
    served.house.engine.hang_up(shown)
    await page.get_by_role("button", name="+ 1 minute").click()
    await asyncio.wait_for(answered.wait(), 20)

    assert len(keys) == 2 and keys[0] and keys[0] == keys[1]
    assert served.house.engine.events.count(WrapUpExtended(WANG, 60)) == 1
    await expect(page.locator(".problem")).to_have_count(0)


async def test_the_desk_is_worked_by_keyboard_alone(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    await page.locator("body").press("n")
    await expect(page.get_by_role("button", name="Lunch")).to_be_visible()
    await page.locator("body").press("2")
    await expect(page.locator(".mystate-cause")).to_have_text("Lunch")
    await page.locator("body").press("r")
    await expect(page.locator(".mystate .pill")).to_have_text("Ready")


async def test_a_break_can_be_asked_for_before_the_last_click_is_answered(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    await page.locator("body").press("n")
    await page.locator("body").press("2")
    await expect(page.locator(".mystate-cause")).to_have_text("Lunch")
    may_be_answered = asyncio.Event()

    async def answers_late(route: Route) -> None:
        answer = await route.fetch()
        await may_be_answered.wait()
        await route.fulfill(response=answer)

    await page.route("**/api/desk/ready", answers_late)
    await page.locator("body").press("r")
    await expect(page.locator(".mystate .pill")).to_have_text("Ready")
    await page.locator("body").press("n")
    await expect(page.get_by_role("button", name="Lunch")).to_be_visible()
    await page.locator("body").press("2")
    may_be_answered.set()
    await expect(page.locator(".mystate-cause")).to_have_text("Lunch")


async def test_the_pop_is_on_the_page_before_its_showing_is_confirmed(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    shown = pop(agent=WANG)
    served.house.engine.reserve(shown)
    started = asyncio.get_running_loop().time()
    await served.house.live.show_pop(shown)
    taken = asyncio.get_running_loop().time() - started
    card = page.locator(".pop[data-offer='o1']")
    assert await card.count() == 1, "confirmed, or given up, before it was there"
    assert served.house.live._pops.labels("shown")._value.get() == 1, f"not confirmed within {taken:.3f} s"
    for text in (
        "13800138000", "Zhang San", "8008101234", "Printer line (old)", "Printers · L1", "Mandarin", "Key account", "Urgent", "mandarin",
        "printers (by default)", "you have been free for the longest, of 2 who match",
        "asked for: Printers and Mandarin", "first offer",
    ):  # fmt: skip
        await expect(card).to_contain_text(text)
    await expect(card.locator(".pop-wait")).to_contain_text(re.compile(r"Waits 00:[45]"))
    await expect(page).to_have_title("☎ 13800138000")
    await expect(card).not_to_contain_text("gave up waiting")
    served.house.engine.answer(shown)
    await expect(card).to_contain_text("gave up waiting")


async def test_the_card_follows_the_call_to_the_end_of_the_wrap_up(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    engine, shown = served.house.engine, pop(agent=WANG)
    engine.reserve(shown)
    await served.house.live.show_pop(shown)
    phase = page.locator(".pop-phase")
    await expect(phase).to_have_text("Call coming")
    engine.offer_becomes(shown, OfferState.RINGING)
    await expect(phase).to_have_text("Your phone rings")
    engine.answer(shown)
    await expect(phase).to_have_text("Talking")
    await page.get_by_label("Note").fill("paper jam")
    engine.hang_up(shown)
    await expect(phase).to_have_text("Call is over")
    await page.get_by_label("Escalated").check()
    await expect(page.locator(".timebox")).to_contain_text("00:")
    await page.get_by_label("Note").press("Control+Enter")
    await expect(page.locator(".pop")).to_have_count(0)
    await expect(page.get_by_text("Ready for the next call")).to_be_visible()
    await engine.takes(WrapUpEnded(WANG, "escalated", "paper jam"))


async def test_a_caller_who_hangs_up_takes_the_pop_away_and_the_agent_is_told(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    engine, shown = served.house.engine, pop(agent=WANG)
    engine.reserve(shown)
    await served.house.live.show_pop(shown)
    engine.offer_becomes(shown, OfferState.RESCINDED, engine.set(WANG, AgentState.READY))
    await served.house.live.withdraw_pop(WithdrawPop(shown.offer, WANG, OfferState.RESCINDED))
    await expect(page.locator(".withdrawn")).to_contain_text("The caller hung up while your phone rang.")
    await expect(page.locator(".pop")).to_have_count(0)
    await expect(page).to_have_title("Hotline")


async def test_a_hostile_name_is_text_and_nothing_else(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    shown = pop(agent=WANG, name=HOSTILE_NAME, ani="<script>alert(1)</script>")
    served.house.engine.reserve(shown)
    await served.house.live.show_pop(shown)
    assert await page.locator(".pop-name bdi").text_content() == HOSTILE_NAME
    assert await page.locator(".pop-ani bdi").text_content() == "<script>alert(1)</script>"
    assert await page.locator(".pop img, .pop script").count() == 0
    assert [url for url in requests if not url.startswith(f"{served.address}/api/desk/")] == []


async def test_who_reloads_the_page_finds_state_card_and_note_again(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    shown = pop(agent=WANG)
    served.house.engine.reserve(shown)
    served.house.engine.answer(shown)
    await served.house.live.show_pop(shown)
    await page.get_by_label("Note").fill("half a sen")
    await page.reload()
    await expect(page.locator(".pop-phase")).to_have_text("Talking")
    await expect(page.locator(".pop")).to_contain_text("gave up waiting")
    await expect(page.get_by_label("Note")).to_have_value("half a sen")


async def test_a_lost_connection_is_said_and_mended_by_itself(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    await served.restart()
    served.house.engine.set(WANG, AgentState.NOT_READY, "meeting")
    await expect(page.locator(".link-open")).to_be_visible()
    await expect(page.locator(".mystate-cause")).to_have_text("Meeting")
    await served.server.stop()
    await expect(page.get_by_text("Connection lost")).to_be_visible()


async def test_what_the_router_refuses_is_said_in_the_pages_language(served: Served, open_page: OpenPage) -> None:
    page = await open_page(served.address)
    await sign_in_as(page, "wang")
    await page.get_by_role("button", name="Start work").click()
    await page.get_by_role("button", name="Stop work").wait_for()
    served.house.engine.set(WANG, AgentState.LOGGED_OUT)  # the page does not know it yet
    await page.get_by_role("button", name="Ready R", exact=True).click()
    await expect(page.locator(".mystate .problem")).to_contain_text("That is not possible right now.")
    await expect(page.locator(".mystate .problem")).to_contain_text("can't go ready")


async def test_the_page_speaks_the_users_language_and_changes_it_at_once(served: Served, open_page: OpenPage) -> None:
    page = await open_page(served.address)
    await sign_in_as(page, "li")
    await expect(page.get_by_role("button", name="上班")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == "zh-CN"
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("button", name="Start work")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Start work")).to_be_visible()


async def test_signing_out_leaves_nothing_behind(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
