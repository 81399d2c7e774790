"""Every page and every dialog, in the state in which it shows most: what each looks like, whatever the language.

A walk goes through the states of one page and yields each one's name when it is there; what is asked of them is the tests'. It finds its
way by the pages' structure, not by their words.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.audit import AuditLog
from acd.board import Board, CallView, MessageView, SwitchView, WatchView
from acd.customer import Customer, DuePromise, OpenCase
from acd.effects import ConsultChanged, WithdrawPop
from acd.events import Ticked
from acd.model import AgentState, CallbackState, CallId, CallState, ConsultState, Handover, Level, OfferId, OfferState, PhoneId, queue_of
from acd.people import UserDirectory
from acd.pins import Pins
from acd.supervision import MessageChanged, WatchMode
from acd.tokens import TokenDirectory
from cti.api import create_app
from cti.api_access import Access
from hotline.identity import Users
from hotline.kept_recordings import KeptRecordings
from tests.browser import test_calls, test_misroutes, test_performance
from tests.browser.conftest import sign_in
from tests.unit.cti_api_house import INCIDENT_TEXTS, LI, LINES, SECRET, WANG, FakeEngine, House, house, now, pop, promise, waiting_call
from tests.unit.people_house import PASSWORD, plan_of_two_teams
from tests.unit.scored_house import configured, drawn_house, scoring
from tests.unit.test_cti_api_in_talk import Phones

MA = Customer(
    "C-1003", "江南设计院 · 何工", "key-account", "zh", ("LP900 (SN LP9-10025)",),
    (OpenCase("T-20402", "printers", "L2", LI, "paper jam"),),
    (DuePromise("a spare part on site", datetime(2026, 12, 2, 2, tzinfo=UTC)),),
)  # fmt: skip
PACKET = Handover("restarted it", "SN-4711", "E52", "the roller is worn", LI)
SENT = MessageView("m1", "Driver 4.1 is withdrawn.", "chen", datetime(2026, 3, 2, 9, tzinfo=UTC), (LI, WANG), (LI,))


class KnownPast(test_misroutes.KnownPast, test_performance.KnownPast):
    """What was, for every report."""


class BusyEngine(FakeEngine):
    """An engine whose board has something to show in every place."""

    def board(self) -> Board:
        board = super().board()
        first, second, *others = board.queues
        alarming = replace(
            first, waiting=9, expected_wait_seconds=400.0, service_levels_now={"of_offered": 0.5}, offered=40, answered=30,
            answered_in_time=24, abandoned=6, talking=1,
        )  # fmt: skip
        warning = replace(second, waiting=3, expected_wait_seconds=70.0, service_levels_now={"of_offered": 0.7}, offered=9, answered=9)
        closed = replace(others[0], is_open=False, can_close=True, switched=SwitchView(False, None, "chen", "evacuation", now()))
        return replace(board, queues=(alarming, warning, closed, *others[1:]), messages=(SENT,))


def busy_house() -> House:
    """A house in which all that can happen has."""
    built = house()
    built.engine = BusyEngine(built.live)
    built.live.attach(built.engine)
    return built


def whole_app(built: House, database: AsyncEngine, rules: Callable[[], Any]) -> object:
    """The application with all its parts."""
    directory = UserDirectory(database)
    recordings, quality = KeptRecordings(database, lambda: Path("nowhere")), scoring(database, configured())
    return create_app(
        built.engine, Users(directory, "Hotline"), built.live, SECRET, plan_of_two_teams, product_lines=LINES, reports=KnownPast(),
        destinations=lambda: ("closed", "partner"), incident_texts=lambda: INCIDENT_TEXTS, supervision=lambda: {"listening": True},
        phones=lambda: ("1900",), in_talk=Phones(), past_calls=test_calls.KnownCalls(), recordings=recordings, quality=quality,
        access=Access(directory, TokenDirectory(database), AuditLog(database), rules, pins=Pins(database)),
    )  # fmt: skip


@dataclass
class Visit:
    """One person's page of the house."""

    page: Page
    house: House

    async def enters(self, name: str, password: str = PASSWORD) -> None:
        await sign_in(self.page, name, password)

    async def opens(self, opener: str, what: str) -> AsyncIterator[str]:
        """The dialog that ``opener`` opens; Escape closes it, and the keyboard is where it was."""
        button = self.page.locator(opener).first
        await button.focus()
        await button.press("Enter")
        dialog = self.page.locator("dialog[open]")
        await dialog.wait_for()
        yield what
        await self.page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(button).to_be_focused()


Walk = Callable[[Visit], AsyncIterator[str]]


async def login(visit: Visit) -> AsyncIterator[str]:
    """Signing in: first, refused, and with a second factor that must be set up."""
    page = visit.page
    await page.locator("input[name=name]").wait_for()
    yield "login"
    await page.locator("input[name=name]").fill("newcomer")
    await page.locator("input[name=password]").fill("wrong")
    await page.locator("button[type=submit]").click()
    await page.locator(".problem").wait_for()
    yield "login-refused"
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("button[type=submit]").click()
    await page.locator(".secret").wait_for()
    yield "login-enrol"


async def desk(visit: Visit) -> AsyncIterator[str]:
    """An agent's day."""
    page, engine, live = visit.page, visit.house.engine, visit.house.live
    await visit.enters("wang")
    await page.locator(".desk").wait_for()
    yield "desk-out"
    async for state in visit.opens("button.top-user", "desk-account"):
        yield state
    await page.locator(".mystate button.primary").click()
    ready = page.locator("button.go-ready:enabled")
    await ready.wait_for()
    await page.locator("[aria-controls=reasons]").click()
    engine.tell(Ticked(), [MessageChanged("m1", SENT.text, "chen", now(), (WANG,), ())])
    await page.locator("[data-message]").wait_for()
    yield "desk-not-ready-asked-why"
    await ready.click()
    await page.locator(".mystate .state-ready").wait_for()
    yield "desk-ready"
    shown = replace(pop(agent=WANG), customers=(MA,), customer=MA.id, case="T-20402", handover=PACKET, bounces=1, phone=PhoneId("1002"))
    engine.reserve(shown)
    await live.show_pop(shown)
    await page.locator(".pop").wait_for()
    yield "desk-offered"
    engine.offer_becomes(shown, OfferState.RINGING)
    await page.locator(".pop-ringing").wait_for()
    yield "desk-ringing"
    engine.answer(shown)
    await page.locator(".pop-talking").wait_for()
    yield "desk-talking"
    await page.locator(".transfer-closed button").first.click()
    await page.locator("form.transfer").wait_for()
    yield "desk-handing-on"
    await page.keyboard.press("Escape")
    engine.tell(Ticked(), [ConsultChanged(shown.call, WANG, LI, OfferId("o2"), ConsultState.TALKING, "answered")])
    await page.locator(".consult-under-way").wait_for()
    yield "desk-asking"
    engine.hang_up(shown)
    await page.locator(".wrap").wait_for()
    await page.locator(".timebox").wait_for()
    yield "desk-wrap-up"
    other = replace(shown, offer=OfferId("o9"), call=CallId("main-9"))
    engine.tell(Ticked(), [engine.set(WANG, AgentState.READY)])
    engine.reserve(other)
    await live.show_pop(other)
    engine.offer_becomes(other, OfferState.RESCINDED, engine.set(WANG, AgentState.READY))
    await live.withdraw_pop(WithdrawPop(other.offer, WANG, OfferState.RESCINDED))
    await page.locator(".withdrawn").wait_for()
    yield "desk-withdrawn"


def _happens(engine: FakeEngine) -> None:
    """Everything that a console can show."""
    engine.tell(Ticked(), [engine.set(WANG, AgentState.NOT_READY, "rona:no_answer", phone=PhoneId("1002"), desk_connected=True)])
    talking = replace(
        waiting_call("main-1.9"), state=CallState.TALKING, agent=LI,
        watches=(WatchView(PhoneId("1900"), WatchMode.LISTEN, "chen", now(), on=True),),
    )  # fmt: skip
    engine.tell(Ticked(), [engine.set(LI, AgentState.TALKING, "call", phone=PhoneId("1001"), phone_reachable=True, call=talking.call)])
    for call in (*_waiting(), talking):
        engine.add_call(call)
    engine.add_promise(promise("main-1", "13900000001"))
    engine.add_promise(promise("main-3", "13900000003", state=CallbackState.DIALLING, agent=WANG, attempts=1))
    engine.add_promise(promise("main-4", "13900000004", state=CallbackState.GIVEN_UP, unreached=3, attempts=3))
    engine.noted = [("13900001111", now())]


def _waiting() -> tuple[CallView, ...]:
    return (
        replace(waiting_call("main-1.1", waited_seconds=200), urgent=True, segment="key-account", ani_name="Zhang San"),
        replace(waiting_call("main-1.2"), assigned_to=WANG, raised_seconds=600.0),
        replace(waiting_call("main-1.3", ani=""), queue=queue_of("servers", Level.L1), product_line="servers"),
    )


async def console(visit: Visit) -> AsyncIterator[str]:
    """The supervisor's console and its dialogs."""
    page = visit.page
    await visit.enters("chen")
    await page.locator(".console").wait_for()
    yield "console-quiet"
    _happens(visit.house.engine)
    await expect(page.locator("tr[data-call]")).to_have_count(4)
    await page.locator("tr[data-call='main-1.1'] [aria-expanded]").click()
    await page.locator(".explanation").wait_for()
    yield "console-busy"
    for opener, what in (
        ("tr[data-call='main-1.1'] [data-opens=orders]", "act-on-waiting"),
        ("tr[data-call='main-1.9'] [data-opens=orders]", "act-on-talking"),
        (f"tr[data-agent='{WANG}'] button", "set-state"), (".level-button", "switch-queue"),
        ("tr[data-promise='main-1'] button", "call-off"),
        ("[data-opens=incident]", "incident"), ("[data-opens=message]", "message"), ("[data-opens=figures]", "figures"),
    ):  # fmt: skip
        async for state in visit.opens(opener, f"console-{what}"):
            yield state


async def reports(visit: Visit) -> AsyncIterator[str]:
    """What was: the day, reports, misroutes, the menu, calls."""
    page = visit.page
    await visit.enters("chen")
    for view, ready in (
        ("day", ".daychart"), ("performance", ".performance-table tbody tr"), ("misroutes", ".report-bars tbody tr"),
        ("menu", ".report img"), ("quality", ".quality .period"), ("calls", ".calls-table tbody tr"),
    ):  # fmt: skip
        await page.locator(f"nav a[href='#{view}']").click()
        await page.locator(ready).first.wait_for()
        yield view
    await page.locator(".calls-table a").first.click()
    await page.locator(".story li").first.wait_for()
    await page.locator(".call-facts", has_text="100 %").wait_for()
    yield "story"
    await page.locator("nav a[href='#performance']").click()
    await page.locator("select[name=by]").select_option("agent")
    await page.locator(".sheets button").last.click()
    yield "performance-agents"
    await page.locator("nav a[href='#quality']").click()
    await page.locator("[data-sheet=agreement]").click()
    await page.locator(".quality .period").wait_for()
    yield "agreement"


async def scores(visit: Visit) -> AsyncIterator[str]:
    """Scoring, and what was scored."""
    page = visit.page
    await visit.enters("qing")
    await page.locator("nav a[href='#quality']").click()
    await page.locator(".score-form").wait_for()
    yield "to-score"
    await page.locator("[data-sheet=given]").click()
    await page.locator(".score-list button").first.click()
    await page.locator(".score-again").click()
    await page.locator(".score-form").wait_for()
    yield "score-again"
    await page.locator("[data-sheet=draws]").click()
    await page.locator(".draw button").click()
    await page.locator(".draw tbody tr").first.wait_for()
    yield "draws"


async def people(visit: Visit) -> AsyncIterator[str]:
    """Users, tokens and the audit log."""
    page = visit.page
    await visit.enters("root")
    await page.locator("nav a[href='#users']").click()
    await page.locator("tr[data-user=chen]").wait_for()
    yield "users"
    for opener, what in (
        (".report > header button.primary", "new-user"), ("tr[data-user=chen] button", "change-user"),
        (".report > header button:not(.primary)", "new-token"), ("button.top-user", "account"),
    ):  # fmt: skip
        async for state in visit.opens(opener, what):
            yield state
    await page.locator("nav a[href='#audit']").click()
    await page.locator(".deeds tbody tr").first.wait_for()
    yield "audit"


async def wall(visit: Visit) -> AsyncIterator[str]:
    """The wallboard."""
    await visit.enters("chen")
    _happens(visit.house.engine)
    await visit.page.goto("/wall")
    await visit.page.locator(".wall-lines tbody tr").first.wait_for()
    yield "wall"


async def documents(visit: Visit) -> AsyncIterator[str]:
    """The API's description."""
    await visit.page.goto("/api/docs")
    await visit.page.locator("table").first.wait_for()
    yield "docs"


WALKS: tuple[Walk, ...] = (login, desk, console, reports, scores, people, wall, documents)


async def settle(database: AsyncEngine) -> None:
    """Let everybody of the walks in. Passwords are hashed, which takes its time."""
    directory = UserDirectory(database)
    for name, role, agent in (("root", "admin", None), ("chen", "supervisor", None), ("wang", "agent", WANG), ("qing", "quality", None)):
        await directory.put(name, PASSWORD, role, agent, "en")
    await directory.put("newcomer", PASSWORD, "supervisor", None, "en", totp_required=True)
    weekly = await drawn_house(database)  # and the conversation of the known story is scored
    for row in (await weekly.to_score("qing"))[:1]:
        form = weekly.form_of(row["queue"])
        assert form is not None
        answers = {criterion.name: criterion.most for criterion in form.criteria}
        told = {name: row[name] for name in ("recording", "agent", "queue")}
        given = {
            **told, "call": test_calls.CALL, "scorer": "qing", "held_at": row["at"], "answers": answers, "comment": "calm",
            "total": 100.0, "at": now(),
        }  # fmt: skip
        await weekly.scores.add(form, given, None)

