"""The page of calls: who looks for a call finds it, and reads its whole story in his own language."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from acd.call_filter import CallFilter, Outcome, outcome_of
from acd.effects import CallChanged, Effect, HandedOn, OfferChanged, OfferMade, Skipped
from acd.events import (
    CallArrived,
    CallerLeft,
    CallHandedOn,
    CallQueued,
    Event,
    MenuChosen,
    OfferAnswered,
    OfferRinging,
    SurveyAnswered,
    TalkEnded,
    WrapUpEnded,
)
from acd.model import CallId, CallState, EndCause, Handover, Level, MissCause, OfferId, OfferState, QueueId
from cti.api import create_app
from cti.api_server import serve
from hotline.call_stories import Told
from tests.browser.conftest import OpenPage, sign_in_as
from tests.unit.cti_api_house import LI, LINES, SECRET, WANG, house, plan

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALL = CallId("main-1772442000.7")
FIRST, SECOND = OfferId(f"{CALL}/o1"), OfferId(f"{CALL}/o2")
PRINTERS, SERVERS = QueueId("printers.L1"), QueueId("servers.L2")
PACKET = Handover("restarted it twice", "SN-4711", "E52", "", LI)
FREE = Skipped("don't match", 1, ())
HAPPENED: tuple[tuple[float, Event | Effect], ...] = (
    (0, CallArrived(CALL, "13800138000", "Zhang San", "4008001234", "Unified number")),
    (6.2, MenuChosen(CALL, "product", "1", "printers")),
    (9, CallQueued(CALL, "printers", Level.L1, "zh")),
    (9, CallChanged(CALL, CallState.WAITING, PRINTERS, None)),
    (9, OfferMade(FIRST, CALL, LI, PRINTERS, 1, "exact", "product:printers", "longest_idle", "free", 9.0, (LI, WANG), 2, (FREE,), 3)),
    (12, OfferRinging(FIRST)),
    (30, OfferChanged(FIRST, CALL, LI, OfferState.MISSED, MissCause.NO_ANSWER)),
    (30, OfferMade(SECOND, CALL, WANG, PRINTERS, 2, "exact", "product:printers", "longest_idle", "free", 30.0, (WANG,), 1, (), 0)),
    (34, OfferAnswered(SECOND)),
    (90, CallHandedOn(CALL, WANG, to_queue=SERVERS, handover=PACKET)),
    (90, HandedOn(CALL, WANG, PRINTERS, SERVERS, None, None, PACKET, False)),
    (150, TalkEnded(CALL, LI)),
    (155, SurveyAnswered(CALL, "solved", "1")),
    (160, CallerLeft(CALL)),
    (160, CallChanged(CALL, CallState.ENDED, SERVERS, None, EndCause.CALLER_HUNG_UP)),
    (170, WrapUpEnded(LI, "solved", "the roller was worn")),
)  # fmt: skip
DECIDED = (CallChanged, OfferMade, OfferChanged, HandedOn)


def row(number: int, **more: Any) -> dict[str, Any]:
    """A call's record: it gave up after a while, unless ``more`` says otherwise."""
    at = NINE - timedelta(minutes=number)
    return {
        "id": f"main-{number}", "state": "ended", "arrived_at": at, "queued_at": at + timedelta(seconds=9), "answered_at": None,
        "talk_ended_at": None, "ended_at": at + timedelta(seconds=160), "end_cause": "abandoned_waiting", "ani": f"1390000{number:04}",
        "ani_name": "", "dnis": "4002", "entry": "Old line", "path": [["product", "1", "printers"]], "product_line": "printers",
        "level": "L1", "language": "zh", "segment": "standard", "urgent": False, "customer": None, "customer_case": None,
        "first_queue": "printers.L1", "queue": "printers.L1", "agent": None, "resolver": None, "offers": 0, "transfers": 0,
        "bypass": False, "handed_over_by": None, "survey_score": None, "survey_solved": None,
    } | more  # fmt: skip


TOLD = row(
    0, id=CALL, ani="13800138000", ani_name="Zhang San", dnis="4008001234", entry="Unified number", queue="servers.L2", agent=LI, offers=2,
    transfers=1, answered_at=NINE + timedelta(seconds=34), talk_ended_at=NINE + timedelta(seconds=150), end_cause="caller_hung_up",
    survey_solved=True,
)  # fmt: skip
LIVE = row(1, state="waiting", ended_at=None, end_cause=None)


@dataclass
class KnownCalls:
    """Three calls, and one call's story; more of them on the next page."""

    asked: list[CallFilter] = field(default_factory=list)

    def period(self, since: date | None, until: date | None) -> tuple[date, date]:
        return since or date(2026, 3, 1), until or date(2026, 3, 2)

    def moments(self, since: date, until: date) -> tuple[datetime, datetime]:
        return NINE, NINE

    async def calls(self, wanted: CallFilter, limit: int, before: tuple[datetime, str] | None) -> Sequence[Mapping[str, Any]]:
        self.asked.append(wanted)
        rows = [TOLD, LIVE, *(row(number) for number in range(2, 60))]
        of_outcome = [
            one for one in rows if wanted.outcome in (None, outcome_of(one["answered_at"], one["ended_at"], one["end_cause"]))
        ]  # fmt: skip
        return [one for one in of_outcome if before is None or one["arrived_at"] < before[0]][:limit]

    async def call(self, call: str) -> Mapping[str, Any] | None:
        return TOLD if call == CALL else None

    async def story(self, call: str) -> Sequence[Told]:
        return [Told(place, NINE + timedelta(seconds=at), thing, isinstance(thing, DECIDED)) for place, (at, thing) in enumerate(HAPPENED)]


@pytest.fixture
def known() -> KnownCalls:
    return KnownCalls()


@pytest.fixture
async def page(built_pages: object, known: KnownCalls, open_page: OpenPage) -> AsyncIterator[Page]:
    """A supervisor's, on the calls."""
    built = house()
    app = create_app(built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, past_calls=known)
    server = await serve(app, port=0)
    page = await open_page(f"http://127.0.0.1:{server.port}")
    await sign_in_as(page, "chen")
    await page.locator("nav a[href='#calls']").click()
    await page.locator(".calls-table tbody tr").first.wait_for()
    yield page
    await server.stop()


async def test_a_supervisor_finds_a_call_and_reads_its_story(page: Page, known: KnownCalls) -> None:
    rows = page.locator(".calls-table tbody tr")
    await expect(rows).to_have_count(50)
    await expect(rows.first).to_contain_text("Zhang San")
    await expect(rows.nth(1)).to_contain_text("going on")
    await page.get_by_role("button", name="Earlier ones").click()
    await expect(rows).to_have_count(60)

    await page.locator("input[name=number]").fill("138 0013 8000")
    await page.locator("select[name=agent]").select_option("李伟")
    await page.locator("select[name=outcome]").select_option("answered")
    await page.locator("input[name=number]").press("Enter")
    await expect(rows).to_have_count(1)
    wanted = known.asked[-1]
    assert (wanted.number_ending, wanted.agent, wanted.outcome) == ("138 0013 8000", LI, Outcome.ANSWERED)

    await rows.first.get_by_role("link").click()
    told = page.locator(".story li")
    await expect(told).to_have_count(len(HAPPENED))
    await expect(told.nth(0)).to_contain_text("13800138000 (Zhang San) rang in on 4008001234 (Unified number)")
    await expect(told.nth(4)).to_contain_text("Offer 1 to 李伟: free for the longest, of 2 who match")
    await expect(told.nth(4)).to_contain_text("Asked for: Printers; waited 9 s")
    await expect(told.nth(4)).to_contain_text("Could take it: 李伟, 王芳 (2 in all)")
    await expect(told.nth(4)).to_contain_text("3 calls before it that this engineer could not serve")
    await expect(told.nth(6)).to_contain_text("The offer to 李伟 is missed (no answer)")
    await expect(told.nth(9)).to_contain_text("Serial number: SN-4711")
    await expect(told.last).to_contain_text("the roller was worn")
    await expect(page.locator(".call-facts")).to_contain_text("solved")

    await page.get_by_role("button", name="中文").click()
    await expect(told.nth(4)).to_contain_text("第 1 次派话，给 李伟：2 位符合要求者中空闲最久")
    await expect(told.nth(4)).to_contain_text("未选（不符合要求）：1 位")
    await page.get_by_role("link", name="返回列表").click()
    await expect(page.locator("select[name=outcome]")).to_have_value("answered")
    await expect(rows).to_have_count(1)


async def test_a_link_leads_to_a_call_and_one_that_nobody_knows_is_told(page: Page) -> None:
    await page.goto(f"/#calls/{CALL}")
    await page.reload()
    await expect(page.locator(".story li")).to_have_count(len(HAPPENED))
    await expect(page.locator("nav a[aria-current=page]")).to_have_text("Calls")
    await page.evaluate("location.hash = '#calls/main-0.0'")
    await expect(page.get_by_role("alert").filter(has_text="Nobody knows of such a call")).to_be_visible()
