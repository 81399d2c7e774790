"""Two agents and a supervisor at their pages, on one real call: popped up, answered, held, asked about, given over, and written off; the
console shows each step as it happens."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import built_pages as built_pages
from tests.e2e.quick_config import long_wrap_up
from tests.e2e.reload import configured
from tests.e2e.scene import SUPERVISOR, Scene
from tests.e2e.test_by_click import KEEPS, ON_HOLD
from tests.e2e.test_consult import CALLER, are_at, hear_each_other
from tests.e2e.test_pages import at_work, picture, signed_in
from tests.e2e.test_pages import chromium as chromium

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("built_pages")]


async def presses(page: Page, key: str) -> None:
    """A key of the page's, outside of its fields."""
    await page.locator("body").press(key)


async def console_shows(console: Page, agent: str, state: str) -> None:
    await expect(console.locator(f'tr[data-agent="{agent}"]')).to_contain_text(state)


@pytest.mark.slow
async def test_a_call_goes_from_desk_to_desk_and_the_console_follows(chromium: Browser, scene: Scene) -> None:
    await scene.install_phones()
    async with configured(scene.house, long_wrap_up):
        li, zhao = await at_work(chromium, scene, "li.wei"), await at_work(chromium, scene, "zhao.lei")
        console = await signed_in(chromium, scene, SUPERVISOR, "en-GB")
        await console_shows(console, "li.wei", "Ready")
        await li.bring_to_front()

        caller = await scene.call("pcs.L1", name="王强")
        card = li.locator(f'.pop:has-text("{caller.ani}")')
        await card.wait_for()
        await scene.phone_meets("1001", "answered")
        assert scene.phones is not None
        [invited] = [line.at.timestamp() for line in scene.phones.log() if line.phone == "1001" and line.what == "invite"]
        offer = await card.get_attribute("data-offer")
        assert await li.evaluate("offer => window.painted[offer]", offer) <= invited
        await expect(card).to_contain_text("此号码以前没有来电")
        await console_shows(console, "li.wei", "Talking")

        await presses(li, "h")
        await are_at(scene, ON_HOLD, KEEPS)
        await expect(li.get_by_role("button", name="取消保持")).to_be_enabled()
        await picture(li, "two-desks-hold")
        await presses(li, "h")
        await hear_each_other(scene, CALLER, "1001")

        await console.get_by_role("button", name="Message …").click()
        await console.get_by_role("dialog").get_by_label("What they read").fill("Driver 4.1 is withdrawn.")
        await console.get_by_role("dialog").get_by_role("button", name="Send").click()
        unread = li.locator("[data-message]")
        await expect(unread).to_contain_text("Driver 4.1 is withdrawn.")
        await unread.get_by_role("button").click()
        await expect(unread).to_have_count(0)
        await expect(console.get_by_role("dialog")).to_contain_text("read by 1 of 2")
        await console.get_by_role("dialog").get_by_role("button", name="Close").click()

        await presses(li, "t")
        await expect(li.get_by_role("combobox", name="谁负责这个产品？")).to_be_focused()
        await li.keyboard.type("电脑 L2")
        await expect(li.get_by_role("option").first).to_contain_text("1 人空闲")
        await picture(li, "two-desks-search")
        await li.keyboard.press("Enter")
        await li.get_by_label("序列号").fill("SN-4711")
        await li.get_by_role("button", name="先咨询").click()
        await zhao.bring_to_front()
        await expect(zhao.get_by_role("region", name="交接内容")).to_contain_text("SN-4711")
        await picture(zhao, "two-desks-packet")
        assert "invite" not in scene.phone_did("1006"), "his phone does not ring before he has read"
        await presses(zhao, "g")
        await hear_each_other(scene, "1001", "1006")
        await li.bring_to_front()
        await expect(li.get_by_role("button", name="把来电交给")).to_be_enabled()
        await picture(li, "two-desks-asking")
        await presses(li, "o")
        await hear_each_other(scene, CALLER, "1006")
        await console_shows(console, "zhao.lei", "Talking")
        await console_shows(console, "li.wei", "Wrap-up")

        await expect(li.get_by_role("group", name="处理结果？")).to_be_visible()
        await presses(li, "1")
        await picture(li, "two-desks-wrap-up")
        await li.get_by_role("button", name="完成话后处理").click()
        await expect(li.locator(".mystate .pill")).to_contain_text("空闲")
        await console_shows(console, "li.wei", "Ready")
        await picture(console, "two-desks-console")

        await caller.hangs_up()
        await zhao.get_by_role("button", name="完成话后处理").click()
        await expect(zhao.locator(".mystate .pill")).to_contain_text("空闲")
    record = await scene.ended(caller)
    assert (record["agent"], record["transfers"], record["end_cause"]) == ("zhao.lei", 1, "caller_hung_up")
    assert await scene.intervals_of("li.wei", record["id"]) == [
        ("reserved", "call"), ("talking", "call"), ("wrap_up", "call"), ("ready", "solved"),
    ]  # fmt: skip
