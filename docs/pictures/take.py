"""Takes the pictures of the console and the desk for the README: a whole hotline is brought to life, and looked at in Chromium.

Decides which moment is worth a picture. Callers, phones and desks are simulated (``hotline.simulated_*``); the pages, the engine and the
Asterisk are real, and nothing is drawn afterwards. Run it by ``script/pictures``.
"""

from __future__ import annotations

import asyncio
import random
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
from playwright.async_api import Browser, Page, async_playwright

from acd.archive import open_database
from acd.people import UserDirectory
from config.compile import compile_menu
from hotline.local_hotline import HotlinePorts, LocalHotline
from hotline.simulated_callers import SimulatedCallers, Visit
from hotline.simulated_day import random_visits
from hotline.simulated_desks import DeskHabits, SimulatedDesk, SimulatedDesks
from hotline.simulated_phones import Habits, Manner, SimulatedPhones

HERE: Final = Path(__file__).parent
CONFIG: Final = HERE.parents[1] / "config" / "hotline.yaml"
SIZE: Final = {"width": 1280, "height": 800}
ZONE: Final = "Asia/Shanghai"
"""The clock on the pictures is that of the demo's hotline."""
CHROMIUM_ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-component-update"]
"""No sandbox: it is not to be had in every container, and only our own page is opened."""

PASSWORD: Final = "pictures"
SUPERVISOR: Final = "supervisor"
IN_THE_PICTURE: Final = "wang.fang"
"""The agent whose desk is a real page; her phone rings until the picture is taken."""
AT_LUNCH: Final = "zhao.lei"
ABSENT: Final = "james.miller"

HER_LINE: Final = "02188881002"
UNIFIED: Final = "4008001234"
HER_CALLER: Final = ("13901762208", "陈志远")
PRINTER_FAULT: Final = ((2.0, "3"), (2.0, "2"))
"""Printers, in Mandarin; a fault: the keys of the two menus, each after so many seconds."""
CALLED_BEFORE: Final = Visit(UNIFIED, *HER_CALLER, PRINTER_FAULT, patience_seconds=12.0)
ASKS_FOR_HER: Final = Visit(HER_LINE, *HER_CALLER, PRINTER_FAULT, patience_seconds=90.0)

BUSY_SECONDS: Final = 45.0
CALLS_PER_MINUTE: Final = 30.0
LONGEST_SECONDS: Final = 120.0
"""After so long without the moment that is waited for, something is wrong."""


async def main() -> None:
    """Both pictures, into this folder."""
    with tempfile.TemporaryDirectory(prefix="hotline-pictures-") as folder:
        hotline = LocalHotline(Path(folder), CONFIG, HotlinePorts.free())
        await add_users(hotline)
        async with hotline, at_work(hotline), chromium() as browser:
            desk, console = await opened(browser, hotline, IN_THE_PICTURE), await opened(browser, hotline, SUPERVISOR)
            await picture_of_desk(hotline, desk)
            await picture_of_console(hotline, console)


# ---- the hotline and its people -----------------------------------------------------------------------------------------------


async def add_users(hotline: LocalHotline) -> None:
    """A user for the supervisor and one for each agent, all of whom read English."""
    database = await open_database(hotline.database_url)
    directory = UserDirectory(database)
    await directory.put(SUPERVISOR, PASSWORD, "supervisor", None, "en")
    for agent in hotline.config.agents:
        await directory.put(agent, PASSWORD, "agent", agent, "en")
    await database.dispose()


@asynccontextmanager
async def at_work(hotline: LocalHotline) -> AsyncIterator[None]:
    """Phones that answer and desks that work; one agent is at lunch, one is away."""
    rings_on = {hotline.config.agents[IN_THE_PICTURE].phone: Manner.SILENT}
    phones = SimulatedPhones(
        hotline.directory / "phones", hotline.ports.phones, hotline.ports.phones_voice, rings_on, Habits((1.0, 4.0), (9.0, 30.0))
    )
    async with phones, SimulatedDesks(desks(hotline)) as working:
        await go_to_lunch(hotline, next(desk for desk in working.desks if desk.name == AT_LUNCH))
        yield


def desks(hotline: LocalHotline) -> Iterator[SimulatedDesk]:
    """A simulated desk for everybody but the agent whose page is real and the one who is away."""
    for place, agent in enumerate(hotline.config.agents):
        if agent not in (IN_THE_PICTURE, ABSENT):
            yield SimulatedDesk(hotline.address, agent, PASSWORD, DeskHabits(wraps_up=(3.0, 12.0)), random.Random(place))


async def go_to_lunch(hotline: LocalHotline, desk: SimulatedDesk) -> None:
    """A supervisor sends him, and he stays away for as long as we look."""
    desk.habits = DeskHabits(rests=(LONGEST_SECONDS * 10, LONGEST_SECONDS * 10))
    async with httpx.AsyncClient(base_url=hotline.address) as http:
        (await http.post("/api/login", json={"name": SUPERVISOR, "password": PASSWORD})).raise_for_status()
        away = {"state": "not_ready", "reason": "lunch"}
        (await http.post(f"/api/agents/{AT_LUNCH}/state", json=away)).raise_for_status()


def busy_day(hotline: LocalHotline) -> list[Visit]:
    """Callers as they come, the same ones each time."""
    return random_visits(compile_menu(hotline.config), 200, random.Random(8))


def callers(hotline: LocalHotline, name: str, visits: Iterable[Visit], per_minute: float = 60.0) -> SimulatedCallers:
    """Callers of these visits, at a port of their own."""
    port = HotlinePorts.free().callers
    return SimulatedCallers(hotline.directory / name, hotline.ports.sip, port, list(visits), per_minute)


# ---- the pages ----------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium, or the one that Playwright brought, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()


async def opened(browser: Browser, hotline: LocalHotline, name: str) -> Page:
    """A page on which ``name`` has signed in."""
    context = await browser.new_context(viewport=SIZE, locale="en-GB", timezone_id=ZONE, base_url=hotline.address)  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(LONGEST_SECONDS * 1000)
    await page.goto("/")
    await page.locator("input[name=name]").fill(name)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("form button[type=submit]").click()
    await page.locator("header.top .link-open").wait_for()
    return page


async def picture_of_desk(hotline: LocalHotline, page: Page) -> None:
    """When a caller who has called before asks for her, and her phone rings."""
    async with callers(hotline, "called-before", [CALLED_BEFORE]) as before:
        await before.finished()
    await page.get_by_role("button", name="Start work").click()
    await page.get_by_role("button", name="Ready R", exact=True).click()
    async with callers(hotline, "asks-for-her", [ASKS_FOR_HER]):
        await page.locator(".pop-ringing", has_text=HER_CALLER[0]).wait_for()
        await page.locator(".pop .clock", has_text=re.compile("00:0[4-9]")).first.wait_for()
        await page.screenshot(path=HERE / "desk.png")


async def picture_of_console(hotline: LocalHotline, page: Page) -> None:
    """When some callers wait, some talk, and a phone rings. Before a figure that is too high stands a word, which is heard and not seen."""
    async with callers(hotline, "day", busy_day(hotline), CALLS_PER_MINUTE):
        await asyncio.sleep(BUSY_SECONDS)
        await page.wait_for_function(
            """() => {
              const shown = (name) => parseInt(document.querySelector(`.total-${name} dd`).textContent.match(/\\d+/)[0]);
              return shown("waiting") >= 3 && shown("ringing") >= 1 && shown("talking") >= 4;
            }"""
        )
        await page.screenshot(path=HERE / "console.png")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
