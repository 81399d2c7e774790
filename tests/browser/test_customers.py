"""Whose call it is, on the agent's card in a real browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from playwright.async_api import expect

from acd.customer import Customer, DuePromise, OpenCase
from tests.browser.conftest import OpenPage, Served
from tests.browser.test_desk import at_work
from tests.unit.cti_api_house import HOSTILE_NAME, LI, WANG, pop

MA = Customer(
    "C-1003", "江南设计院 · 何工", "key-account", "zh", ("LP900 (SN LP9-10025)",),
    (OpenCase("T-20402", "printers", "L2", LI, HOSTILE_NAME), OpenCase("T-20409", "servers", "", None)),
    (DuePromise("a spare part on site", datetime(2026, 12, 2, 2, tzinfo=UTC)),), ("2999-12-31",),
)  # fmt: skip
LIU = Customer("C-1004", "Liu")


async def test_the_card_shows_all_people_of_the_number_and_the_case_he_goes_on_with(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    shown = replace(pop(agent=WANG), customers=(LIU, MA), customer=MA.id, case="T-20402")
    served.house.engine.reserve(shown)
    await served.house.live.show_pop(shown)

    people = page.get_by_role("region", name="Customer")
    await expect(people.locator(".customer").nth(0)).to_contain_text("a spare part on site")
    await expect(people).not_to_contain_text("LP900")
    served.house.engine.answer(shown)
    await expect(people.locator("h3")).to_have_text("2 customers have this number")
    first, second = people.locator(".customer").nth(0), people.locator(".customer").nth(1)
    for text in (
        "江南设计院 · 何工", "C-1003", "Key account", "calls now", "LP900 (SN LP9-10025)", "in warranty until 31 Dec 2999",
        "a spare part on site", "2 Dec",
    ):  # fmt: skip
        await expect(first).to_contain_text(text)
    case = first.locator(".case-of-call")
    for text in ("T-20402", "Printers L2", "李伟", "goes on with this"):
        await expect(case).to_contain_text(text)
    assert await case.locator("bdi").text_content() == HOSTILE_NAME
    await expect(second).to_contain_text("No open cases")


async def test_a_strangers_card_says_nothing_of_customers(served: Served, open_page: OpenPage) -> None:
    page = await at_work(served, open_page)
    shown = pop(agent=WANG)
    served.house.engine.reserve(shown)
    await served.house.live.show_pop(shown)
    await expect(page.locator(".pop")).to_be_visible()
    await expect(page.get_by_role("region", name="Customer")).to_have_count(0)
