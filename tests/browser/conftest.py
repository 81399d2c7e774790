"""The pages in Debian's Chromium, on a real server in the test's own event loop."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from acd.plan import Plan
from cti.api import DIST, create_app
from cti.api_server import WebServer, serve
from tests.unit.cti_api_house import INCIDENT_TEXTS, LINES, PEOPLE, SECRET, House, house, plan
from tests.unit.test_cti_api_in_talk import Phones

CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZE = {"width": 1280, "height": 720}
PATIENCE_MILLISECONDS = 20_000
"""For what takes moments: the machine may have much else to do, and only a failing test waits so long."""
expect.set_options(timeout=PATIENCE_MILLISECONDS)

OpenPage = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def built_pages() -> Path:
    """The built front end; built now when it is not there."""
    if not (DIST / "index.html").is_file():
        npm = shutil.which("npm")
        assert npm, "the pages are not built and there is no npm to build them: run script/setup"
        for command in (["ci"], ["run", "build"]):
            subprocess.run([npm, *command], cwd=DIST.parent, check=True, timeout=300)
    return DIST


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    chromium = shutil.which("chromium")
    assert chromium, "there is no chromium: run script/setup"
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """``await open_page(address, language='en-GB', size=…)``: a page of a person's own. An error on a page fails the test."""
    faults: list[str] = []

    async def opened(address: str, language: str = "en-GB", size: dict[str, int] | None = None) -> Page:
        context = await browser.new_context(viewport=size or SIZE, locale=language, base_url=address)  # type: ignore[arg-type]
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        await page.goto("/")
        return page

    yield opened
    assert not faults, faults


async def sign_in(page: Page, name: str, password: str) -> None:
    """Fill the sign-in form, in whatever language it is."""
    await page.locator("input[name=name]").fill(name)
    await page.locator("input[name=password]").fill(password)
    await page.locator("form button[type=submit]").click()
    await page.locator("header.top .link-open").wait_for()


@dataclass
class Served:
    """A house, and where its pages are."""

    house: House
    server: WebServer
    address: str

    async def restart(self, company: Plan | None = None) -> None:
        """Stop serving, then serve at the same port again, as the engine does when it is started anew, maybe with another plan."""
        await self.server.stop()
        self.server = await serve(app_of(self.house, company or plan()), port=self.server.port)


def app_of(built: House, company: Plan) -> object:
    return create_app(
        built.engine, built.users, built.live, SECRET, lambda: company, product_lines=LINES, destinations=lambda: ("closed", "partner"),
        incident_texts=lambda: INCIDENT_TEXTS, supervision=lambda: {"listening": True}, phones=lambda: ("1900",),
        in_talk=Phones(),
    )  # fmt: skip


@pytest.fixture
async def served(built_pages: Path) -> AsyncIterator[Served]:
    """A fake house behind a real server on a free port."""
    built = house()
    server = await serve(app_of(built, plan()), port=0)
    serving = Served(built, server, f"http://127.0.0.1:{server.port}")
    yield serving
    await serving.server.stop()


async def sign_in_as(page: Page, name: str) -> None:
    """Sign in as one of the fake house's people."""
    person = next(person for person in PEOPLE if person.name == name)
    await sign_in(page, person.name, person.password)
