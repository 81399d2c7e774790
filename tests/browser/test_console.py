"""The supervisor's console, in a real browser."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from playwright.async_api import Page, expect

from acd.events import AgentStateForced, CallbackCancelled, CallerLeft, IncidentDeclared, IncidentSolved, Ticked
from acd.model import AgentState, CallbackState, CallId, Level, QueueId
from acd.news import News
from tests.browser.conftest import OpenPage, Served, sign_in_as
from tests.unit.cti_api_house import HOSTILE_NAME, WANG, now, plan, promise, waiting_call


async def console(served: Served, open_page: OpenPage) -> Page:
    page = await open_page(served.address)
    await sign_in_as(page, "chen")
    await page.locator(".console").wait_for()
    return page


def wants_to_be_told(number: str) -> News:
    return News(number, CallId("main-1"), QueueId("printers.L1"), "printers", Level.L1, "zh", "standard", 0, now())


async def test_a_waiting_caller_appears_runs_and_goes_without_a_reload(served: Served, open_page: OpenPage) -> None:
    page = await console(served, open_page)
    await expect(page.get_by_text("Nobody waits")).to_be_visible()
    served.house.engine.add_call(waiting_call(name=HOSTILE_NAME))
    row = page.locator("tr[data-call='main-1.1']")
    await expect(row).to_contain_text("13800138000")
    await expect(row).to_contain_text("Printer line (old)")
    await expect(row).to_contain_text("all who match Printers are occupied: 2 talking")
    assert await row.locator(".soft bdi").text_content() == HOSTILE_NAME
    clock = row.locator(".clock")
    before = await clock.text_content()
    await expect(clock).not_to_have_text(before or "")
    await expect(page.locator("tr[data-queue='printers.L1'] td").first).to_have_text("1")
    served.house.engine.calls.clear()
    served.house.engine.tell(CallerLeft(CallId("main-1.1")), [])
    await expect(page.get_by_text("Nobody waits")).to_be_visible()


async def test_the_explanation_is_asked_for_when_it_is_wanted(served: Served, open_page: OpenPage) -> None:
    page = await console(served, open_page)
    served.house.engine.add_call(waiting_call())
    await page.get_by_role("button", name="Explain").click()
    await expect(page.locator(".explanation")).to_contain_text("all who match Printers are occupied: 2 talking")


async def test_agents_are_shown_with_state_cause_and_time(served: Served, open_page: OpenPage) -> None:
    page = await console(served, open_page)
    engine = served.house.engine
    engine.tell(Ticked(), [engine.set(WANG, AgentState.NOT_READY, "rona:no_answer", desk_connected=True)])
    row = page.locator(f"tr[data-agent='{WANG}']")
    await expect(row).to_contain_text("Not ready")
    await expect(row).to_contain_text("missed: no answer")
    await expect(row).to_contain_text("desk open")
    await expect(row.locator(".clock")).to_have_text(re.compile(r"^00:(0[1-9]|[1-5]\d)$"))


async def test_a_supervisor_sets_a_state_after_being_asked(served: Served, open_page: OpenPage) -> None:
    page = await console(served, open_page)
    engine = served.house.engine
    engine.tell(Ticked(), [engine.set(WANG, AgentState.READY)])
    await page.get_by_role("button", name="Set the state of 王芳").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Cancel").click()
    assert engine.events == []
    await page.get_by_role("button", name="Set the state of 王芳").click()
    await dialog.get_by_label("Not ready").check()
    await dialog.get_by_label("Reason").select_option("meeting")
    await dialog.get_by_role("button", name="Set").click()
    await expect(dialog).to_have_count(0)
    await expect(page.locator(f"tr[data-agent='{WANG}']")).to_contain_text("set by chen")
    assert engine.events == [AgentStateForced(WANG, AgentState.NOT_READY, "meeting", "chen")]


async def test_promised_callbacks_are_shown_and_one_is_called_off_with_a_reason(served: Served, open_page: OpenPage) -> None:
    await served.restart(replace(plan(), calls_back=True))
    page = await console(served, open_page)
    engine = served.house.engine
    await expect(page.locator(".panel-promises")).to_have_count(0)
    engine.add_promise(promise("main-1", "13900000001"))
    engine.add_promise(promise("main-2", "13900000002", unreached=1, attempts=1, next_at=now() + timedelta(hours=1)))
    engine.add_promise(promise("main-3", "13900000003", state=CallbackState.DIALLING, agent=WANG, attempts=1))
    engine.add_promise(promise("main-4", "13900000004", state=CallbackState.GIVEN_UP, unreached=3, attempts=3))
    row = {number: page.locator(f"tr[data-promise='main-{number}']") for number in range(1, 5)}
    await expect(row[1]).to_contain_text("when it is his turn")
    await expect(row[2]).to_contain_text("not before")
    await expect(row[2]).to_contain_text("1 of 3")
    await expect(row[3]).to_contain_text("Being called 王芳")
    await expect(row[4]).to_contain_text("Not reached")
    await expect(page.locator(".panel-promises")).to_contain_text("3 open, 1 not reached today")
    assert await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [1280, 720]
    await page.get_by_role("button", name="Call off the callback to 13900000001").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill("solved by mail")
    await dialog.get_by_role("button", name="Call it off").click()
    await expect(row[1]).to_have_count(0)
    assert engine.events == [CallbackCancelled(CallId("main-1"), "chen", "solved by mail")]


async def test_the_whole_console_fits_a_small_screen(served: Served, open_page: OpenPage) -> None:
    page = await console(served, open_page)
    for number in range(30):
        served.house.engine.add_call(replace(waiting_call(f"main-1.{number}"), ani_name="long name " * 12))
    await expect(page.locator("tr[data-call]")).to_have_count(30)
    page_size = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert page_size == [1280, 720]
    for area in ("queues", "agents", "waiting"):
        overflow = await page.locator(f".panel-{area} .panel-body").evaluate("body => body.scrollWidth - body.clientWidth")
        assert overflow <= 0, area


async def test_an_incident_is_switched_on_and_off_and_its_numbers_are_listed(served: Served, open_page: OpenPage) -> None:
    page = await console(served, open_page)
    await page.get_by_role("button", name="Incident …").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Switch on now")).to_be_disabled()
    await dialog.get_by_label("Printers").check()
    await dialog.get_by_label("There is a known outage.").check()
    await dialog.get_by_role("button", name="Switch on now").click()
    banner = page.locator("[data-incident='printers-1']")
    await expect(banner).to_contain_text("There is a known outage.")
    await served.house.engine.takes(IncidentDeclared("printers", "outage", "chen"))
    served.house.engine.noted = [wants_to_be_told("13900001111")]
    await banner.get_by_role("button", name="Solved …").click()
    await page.get_by_role("button", name="Solved: switch off now").click()
    await expect(page.get_by_role("dialog", name="the incident is solved")).to_contain_text("13900001111")
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await expect(banner).to_have_count(0)
    await served.house.engine.takes(IncidentSolved("printers-1", "chen"))


async def test_the_service_level_stands_under_every_formula_side_by_side(served: Served, open_page: OpenPage) -> None:
    page = await console(served, open_page)
    await page.get_by_role("button", name="Figures …").click()
    row = page.locator("[data-figures='printers.L1']")
    await expect(row.locator("td")).to_have_text(["80 %", "88 %", "50 %", "75 %"])
