"""What a supervisor does on the console, what an agent reads of it, and the wallboard, in a real browser."""

from __future__ import annotations

from dataclasses import replace

from playwright.async_api import Page, expect

from acd.board import WatchView
from acd.events import Ticked
from acd.model import AgentState, CallId, CallState, PhoneId, QueueId
from acd.supervision import (
    CallAssigned,
    CallDropped,
    CallRaised,
    MessageChanged,
    MessageRead,
    MessageSent,
    QueueSwitched,
    WatchAsked,
    WatchMode,
    WatchStopped,
)
from tests.browser.conftest import OpenPage, Served, sign_in_as
from tests.browser.test_console import console
from tests.unit.cti_api_house import LI, WANG, now, waiting_call

CALL = CallId("main-1.1")
WALL = {"width": 1920, "height": 1080}


async def acting(page: Page) -> None:
    await page.get_by_role("button", name="Act on 13800138000").click()


async def acting_on(page: Page, call: str) -> None:
    await page.locator(f"tr[data-call='{call}'] [data-opens=orders]").click()


async def test_an_order_is_confirmed_has_a_reason_and_can_be_undone(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    engine.tell(Ticked(), [engine.set(WANG, AgentState.READY)])
    engine.add_call(waiting_call(CALL))
    await acting(page)
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="Engineer").select_option(WANG)
    await dialog.get_by_label("Why").fill("knows him")
    await dialog.get_by_role("button", name="Cancel").click()
    assert engine.events == []
    await acting(page)
    await dialog.get_by_label("Why").fill("knows him")
    await dialog.get_by_role("button", name="Assign to an engineer").click()
    await engine.takes(CallAssigned(CALL, WANG, "chen", "knows him"))
    await page.get_by_role("button", name="Undo").click()
    await engine.takes(CallAssigned(CALL, None, "chen", "Undo"))
    await acting(page)
    await dialog.get_by_label("Raise or lower").check()
    await dialog.get_by_role("button", name="Raise or lower").click()
    await engine.takes(CallRaised(CALL, 600.0, "chen"))
    engine.add_call(replace(waiting_call(CALL), raised_seconds=600.0, assigned_to=WANG))
    await expect(page.locator(f"tr[data-call='{CALL}']")).to_contain_text("for 王芳 · raised by 10 min")


async def test_what_is_typed_stays_when_the_call_goes_on_meanwhile(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    engine.add_call(waiting_call(CALL))
    engine.add_call(waiting_call("main-2.1"))
    await acting_on(page, CALL)
    dialog = page.get_by_role("dialog")
    why = dialog.get_by_label("Why")
    await why.press_sequentially("he is")
    engine.add_call(replace(waiting_call(CALL), state=CallState.TALKING, agent=WANG))
    await expect(page.locator(f".panel-running tr[data-call='{CALL}']")).to_have_count(1)
    await expect(dialog.get_by_label("Listen")).to_be_visible()
    await expect(why).to_be_focused()
    await page.keyboard.type(" angry")
    await expect(why).to_have_value("he is angry")
    await expect(dialog.get_by_role("button", name="Assign to an engineer")).to_be_disabled()
    engine.calls.pop(CALL)
    engine.tell(Ticked(), [])
    engine.add_call(waiting_call("main-3.1"))
    await expect(page.locator(f"tr[data-call='{CALL}']")).to_have_count(0)
    await expect(why).to_have_value("he is angry")


async def test_a_call_is_assigned_by_one_click_and_hung_up_by_two(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    engine.tell(Ticked(), [engine.set(WANG, AgentState.READY)])
    engine.add_call(waiting_call(CALL))
    await page.get_by_role("button", name="Assign 13800138000 to 王芳").click()
    await engine.takes(CallAssigned(CALL, WANG, "chen", "by one click"))
    await page.get_by_role("button", name="Undo").click()
    await engine.takes(CallAssigned(CALL, None, "chen", "Undo"))
    await page.get_by_role("button", name="Hang up on 13800138000").click()
    sure = page.get_by_role("button", name="Really hang up on 13800138000")
    await sure.press("Escape")
    await expect(sure).to_have_count(0)
    await page.get_by_role("button", name="Hang up on 13800138000").press("Enter")
    await sure.press("Enter")
    await engine.takes(CallDropped(CALL, "chen", "by one click"))
    await expect(page.locator(".toast")).to_contain_text("Hung up")
    assert len([event for event in engine.events if isinstance(event, CallDropped)]) == 1


async def test_a_known_phone_listens_by_one_click(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    await page.evaluate("localStorage.setItem('hotline.supervisors-phone', '1900')")
    engine.add_call(replace(waiting_call(CALL), state=CallState.TALKING, agent=LI))
    await page.get_by_role("button", name="Listen to 13800138000 at 1900").click()
    await engine.takes(WatchAsked(CALL, PhoneId("1900"), WatchMode.LISTEN, "chen", "by one click"))


TONES = """() => {
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { window.tones += 1; return start.apply(this, at); };
}"""


async def test_an_alarm_marks_the_total_and_sounds_once_unless_it_is_silenced(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    await page.evaluate(TONES)
    engine.add_call(waiting_call(CALL, waited_seconds=10))
    await expect(page.locator(".total-longest dd")).to_contain_text("00:1")
    assert await page.evaluate("window.tones") == 0
    engine.add_call(waiting_call(CALL, waited_seconds=300))
    await expect(page.locator(".total-longest.cell-alarm")).to_contain_text("alarm 05:0")
    await expect(page.get_by_role("status").filter(has_text="alarm: Printers L1")).to_have_count(1)
    assert await page.evaluate("window.tones") == 2, "one alarm: two tones"
    await page.get_by_role("button", name="Sound on").click()
    engine.add_call(replace(waiting_call("main-1.2", waited_seconds=300), queue=QueueId("servers.L1"), product_line="servers"))
    await expect(page.get_by_role("status").filter(has_text="alarm: Servers L1")).to_have_count(1)
    assert await page.evaluate("window.tones") == 2


async def test_a_conversation_is_listened_to_at_his_own_phone_and_the_mode_changes_in_one_go(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    talking = replace(waiting_call(CALL), state=CallState.TALKING, agent=LI)
    engine.add_call(talking)
    await acting(page)
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Your phone").fill("1900")
    await dialog.get_by_role("button", name="Listen").click()
    await engine.takes(WatchAsked(CALL, PhoneId("1900"), WatchMode.LISTEN, "chen"))
    engine.add_call(replace(talking, watches=(WatchView(PhoneId("1900"), WatchMode.LISTEN, "chen", now(), on=True),)))
    bar = page.locator("[data-watch='1900']")
    await expect(bar).to_contain_text("chen listens")
    await bar.get_by_role("button", name="Whisper").click()
    await engine.takes(WatchAsked(CALL, PhoneId("1900"), WatchMode.WHISPER, "chen"))
    await bar.get_by_role("button", name="Leave").click()
    await engine.takes(WatchStopped(CALL, PhoneId("1900"), "chen"))


async def test_a_queue_is_opened_for_now_and_a_message_goes_to_a_team(served: Served, open_page: OpenPage) -> None:
    page, engine = await console(served, open_page), served.house.engine
    await page.get_by_role("button", name="Open or close Printers L1").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("no rule for when it is closed")
    await dialog.get_by_label("Until").select_option("0")
    await dialog.get_by_role("button", name="Open now").click()
    await engine.takes(QueueSwitched(QueueId("printers.L1"), True, None, "chen"))
    await page.get_by_role("button", name="Message …").click()
    await dialog.get_by_label("To").select_option("servers")
    await dialog.get_by_label("What they read").fill("Driver 4.1 is withdrawn.")
    await dialog.get_by_role("button", name="Send").click()
    await engine.takes(MessageSent("Driver 4.1 is withdrawn.", "chen", "servers"))


async def test_an_agent_reads_a_message_and_it_is_gone(served: Served, open_page: OpenPage) -> None:
    page, engine = await open_page(served.address), served.house.engine
    await sign_in_as(page, "wang")
    await page.locator(".desk").wait_for()
    sent = MessageChanged("m1", "Driver 4.1 is withdrawn.", "chen", now(), (WANG,), ())
    engine.tell(Ticked(), [sent])
    unread = page.locator("[data-message='m1']")
    await expect(unread).to_contain_text("From chen")
    await unread.get_by_role("button", name="Got it").click()
    await engine.takes(MessageRead("m1", WANG))
    engine.tell(Ticked(), [replace(sent, read=(WANG,))])
    await expect(unread).to_have_count(0)


async def test_the_wall_needs_nobody_says_when_it_is_out_of_date_and_comes_back(served: Served, open_page: OpenPage) -> None:
    page = await open_page(served.address, size=WALL)
    await sign_in_as(page, "chen")
    await page.goto("/wall")
    served.house.engine.add_call(waiting_call(CALL, waited_seconds=300))
    row = page.locator(".wall-lines tr[data-queue='printers.L1']")
    await expect(row.locator(".marked-alarm")).to_contain_text("05:")
    assert await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [1920, 1080]
    await served.server.stop()
    await expect(page.locator(".wall-banner")).to_contain_text("Out of date")
    await served.restart()
    await expect(page.locator(".wall-banner")).to_have_count(0)
