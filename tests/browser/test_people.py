"""Users, second factors, teams and the audit log in a real browser, on the real stores."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from acd.archive import open_database
from acd.model import Level, queue_of
from acd.people import UserDirectory
from cti.api_access import Rules
from cti.api_server import serve
from tests.browser.conftest import OpenPage, sign_in
from tests.unit.cti_api_house import LI, WANG, House, house, waiting_call
from tests.unit.people_house import PASSWORD, app_of, settle

NEW_PASSWORD = "a password for wang"
FOUR_K = {"width": 3840, "height": 2160}


@pytest.fixture
async def served(built_pages: Path, tmp_path: Path) -> AsyncIterator[tuple[House, str]]:
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    await settle(UserDirectory(database))
    built = house()
    server = await serve(app_of(built, database, [Rules()], built_pages), port=0)
    yield built, f"http://127.0.0.1:{server.port}"
    await server.stop()
    await database.dispose()


async def picture(page: Page, name: str) -> None:
    """Into the folder $HOTLINE_SCREENSHOTS, if there is one."""
    folder = os.environ.get("HOTLINE_SCREENSHOTS")
    if folder:
        await page.screenshot(path=f"{folder}/{name}.png")


async def test_an_administrator_makes_a_user_with_a_second_factor_and_he_signs_in(served: tuple[House, str], open_page: OpenPage) -> None:
    _, address = served
    root = await open_page(address)
    await sign_in(root, "root", PASSWORD)
    await root.get_by_role("link", name="Users").click()
    await root.get_by_role("button", name="New user").click()
    dialog = root.get_by_role("dialog")
    await dialog.get_by_label("Who").fill("wang")
    await dialog.get_by_label("First password").fill(NEW_PASSWORD)
    await dialog.get_by_label("Takes calls as").select_option(WANG)
    await dialog.get_by_label("Language of the pages").select_option("en")
    await dialog.get_by_label("must set up an authenticator app").check()
    await picture(root, "users-new")
    await dialog.get_by_role("button", name="Save").click()
    row = root.locator("tr[data-user=wang]")
    await expect(row).to_contain_text("to be set up")

    wang = await open_page(address)
    await wang.locator("input[name=name]").fill("wang")
    await wang.locator("input[name=password]").fill(NEW_PASSWORD)
    await wang.get_by_role("button", name="Sign in").click()
    secret = (await wang.locator(".secret").inner_text()).replace(" ", "")
    await picture(wang, "login-enrol")
    await wang.locator("input[name=code]").fill(pyotp.TOTP(secret).now())
    await wang.get_by_role("button", name="Sign in").click()
    await expect(wang.locator(".recovery li")).to_have_count(10)
    recovery = await wang.locator(".recovery li").first.inner_text()
    await picture(wang, "login-recovery-codes")
    await wang.get_by_role("button", name="I have written them down").click()
    await wang.locator(".desk").wait_for()

    again = await open_page(address)
    await again.locator("input[name=name]").fill("wang")
    await again.locator("input[name=password]").fill(NEW_PASSWORD)
    await again.get_by_role("button", name="Sign in").click()
    await again.locator("input[name=code]").fill("000000")
    await again.get_by_role("button", name="Sign in").click()
    await expect(again.get_by_text("That is not the code of this moment.")).to_be_visible()
    await picture(again, "login-code")
    await again.locator("input[name=code]").fill(recovery)
    await again.get_by_role("button", name="Sign in").click()
    await again.locator(".desk").wait_for()

    await root.reload()
    await expect(row).to_contain_text("on · 9 recovery codes left")
    await root.get_by_role("button", name="Change … wang").click()
    await picture(root, "users-change")
    await root.get_by_role("button", name="Deactivate").click()
    await expect(row).to_contain_text("not active")
    await wang.locator("input[name=password]").wait_for()
    await root.get_by_role("link", name="Audit log").click()
    await expect(root.locator(".deeds tbody tr").first).to_contain_text("let a user in, or no more")
    await expect(root.locator(".deeds")).to_contain_text("set up the second factor")
    await picture(root, "audit")
    await root.get_by_label("Who (a name)").fill("nobody")
    await root.get_by_role("button", name="Show").click()
    await expect(root.get_by_text("Nothing was done.")).to_be_visible()


async def test_ones_own_password_and_second_factor_are_in_the_top_bar(served: tuple[House, str], open_page: OpenPage) -> None:
    """The page stays where it is; wherever else he was signed in, he is no more."""
    _, address = served
    chen, elsewhere = await open_page(address), await open_page(address)
    await sign_in(elsewhere, "chen", PASSWORD)
    await sign_in(chen, "chen", PASSWORD)
    await chen.get_by_role("button", name="Your account: chen").click()
    dialog = chen.get_by_role("dialog")
    own = dialog.locator("form").first
    await own.locator("input[name=old]").fill("wrong")
    await own.locator("input[name=new]").fill(NEW_PASSWORD)
    await own.locator("input[name=again]").fill("something else")
    await expect(own.get_by_text("The two are not the same.")).to_be_visible()
    await expect(own.get_by_role("button")).to_be_disabled()
    await own.locator("input[name=again]").fill(NEW_PASSWORD)
    await own.get_by_role("button").click()
    await expect(own.get_by_text("Name or password is wrong.")).to_be_visible()
    await picture(chen, "account")
    await expect(elsewhere.locator(".console")).to_be_visible()
    await own.locator("input[name=old]").fill(PASSWORD)
    await own.get_by_role("button").click()
    await expect(dialog.get_by_text("Your password is changed.")).to_be_visible()
    await elsewhere.locator("form.login-card").wait_for()
    await dialog.get_by_role("button", name="Close").click()
    await expect(chen.locator(".link-open")).to_be_visible()
    await expect(chen.locator(".console")).to_be_visible()

    await chen.get_by_role("button", name="Your account: chen").click()
    await dialog.locator("input[name=password]").fill(NEW_PASSWORD)
    await dialog.get_by_role("button", name="Set up your authenticator app").click()
    secret = (await dialog.locator(".secret").inner_text()).replace(" ", "")
    await picture(chen, "account-enrol")
    await dialog.locator("input[name=code]").fill(pyotp.TOTP(secret).now())
    await dialog.get_by_role("button", name="Confirm").click()
    await expect(dialog.locator(".recovery li")).to_have_count(10)
    await picture(chen, "account-recovery-codes")
    await dialog.get_by_role("button", name="I have written them down").click()
    await expect(chen.locator(".link-open")).to_be_visible()
    await elsewhere.locator("input[name=name]").fill("chen")
    await elsewhere.locator("input[name=password]").fill(NEW_PASSWORD)
    await elsewhere.get_by_role("button", name="Sign in").click()
    await elsewhere.locator("input[name=code]").wait_for()


async def test_a_token_is_shown_once_and_revoked(served: tuple[House, str], open_page: OpenPage) -> None:
    _, address = served
    root = await open_page(address)
    await sign_in(root, "root", PASSWORD)
    await root.get_by_role("link", name="Users").click()
    await root.get_by_role("button", name="New token").click()
    await root.get_by_label("What it is for").fill("crm")
    await root.get_by_role("dialog").get_by_label("printers").check()
    await root.get_by_role("button", name="Make the token").click()
    await expect(root.locator(".secret")).to_contain_text("hl_")
    await root.get_by_role("button", name="Close").click()
    await picture(root, "users")
    await root.get_by_role("button", name="Revoke crm").click()
    await expect(root.get_by_role("row", name="crm")).to_contain_text("revoked")


async def test_a_wall_shows_its_figures_by_its_address_alone_which_is_seen_nowhere_afterwards(
    served: tuple[House, str], open_page: OpenPage
) -> None:
    built, address = served
    built.engine.add_call(waiting_call("main-1.1", waited_seconds=300))
    root = await open_page(address)
    await sign_in(root, "root", PASSWORD)
    await root.get_by_role("link", name="Users").click()
    await root.get_by_role("button", name="New token").click()
    await root.get_by_label("What it is for").fill("lobby")
    await root.get_by_label("Role").select_option("wall")
    await root.get_by_role("button", name="Make the token").click()
    link = await root.locator(".secret").inner_text()
    await picture(root, "users-wall-token")
    await root.get_by_role("button", name="Close").click()

    wall = await open_page(address, "zh-CN", FOUR_K)
    asked: list[str] = []
    wall.on("request", lambda request: asked.extend([request.url, request.headers.get("referer", "")]))
    await wall.goto(link)
    row = wall.locator(".wall-lines tr[data-queue='printers.L1']")
    await expect(row.locator(".marked-alarm")).to_contain_text("05:")
    assert wall.url == f"{address}/wall"
    assert not [one for one in asked if "hl_" in one]
    assert await wall.evaluate("document.cookie + JSON.stringify(localStorage)") == "{}", "no script can read it"
    await picture(wall, "wall-by-token")
    await wall.goto("/")
    await wall.locator("form.login-card").wait_for()
    await wall.goto("/wall")
    await row.wait_for()

    await root.get_by_role("button", name="Revoke lobby").click()
    await wall.locator("form.login-card").wait_for()
    again = await open_page(address)
    await again.goto(link)
    await expect(again.get_by_role("alert")).to_contain_text("good no more")
    assert again.url == f"{address}/wall"


async def test_a_supervisor_of_one_team_sees_nothing_of_the_other(served: tuple[House, str], open_page: OpenPage) -> None:
    built, address = served
    servers = replace(waiting_call("main-2.1"), queue=queue_of("servers", Level.L1), product_line="servers", ani="13900139000")
    built.engine.add_call(waiting_call("main-1.1"))
    built.engine.add_call(servers)
    lead, chen = await open_page(address), await open_page(address)
    await sign_in(lead, "lead", PASSWORD)
    await sign_in(chen, "chen", PASSWORD)
    await expect(chen.locator("tr[data-call]")).to_have_count(2)
    await expect(lead.locator("tr[data-call]")).to_have_count(1)
    await expect(lead.locator("tr[data-call='main-1.1']")).to_contain_text("13800138000")
    await expect(lead.locator(f"tr[data-agent='{LI}']")).to_have_count(1)
    await expect(lead.locator(f"tr[data-agent='{WANG}']")).to_have_count(0)
    assert "servers" not in (await lead.locator(".console").inner_text()).lower()
    await picture(lead, "console-one-team")
    await lead.get_by_role("button", name="Message …").click()
    assert await lead.get_by_role("dialog").get_by_label("To").locator("option").all_inner_texts() == ["printers"]
    await lead.keyboard.press("Escape")
    await lead.locator("tr[data-call='main-1.1'] [data-opens=orders]").click()
    await lead.get_by_role("dialog").locator("input[value=queue]").check()
    await expect(lead.get_by_role("dialog").get_by_label("Queue").locator("option")).to_have_text(["Printers L2", "Printers L3"])
    await lead.keyboard.press("Escape")
    await lead.get_by_role("link", name="Calls").click()
    await expect(lead.locator("select[name=product_line] option")).to_have_text(["any", "Printers"])
    await expect(lead.locator("select[name=queue] option")).to_have_count(4)
    await lead.get_by_role("link", name="Day").click()
    await expect(lead.get_by_label("Queue").locator("option")).to_have_count(4)
    await expect(lead.get_by_role("link", name="Users")).to_have_count(0)
