"""Calls found by what is known of them, and a call's whole story: over a real router, journal and records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Archive, open_database
from acd.call_filter import Outcome
from acd.events import (
    AgentLoggedIn,
    AgentWentReady,
    CallArrived,
    CallerLeft,
    CallHandedOn,
    CallQueued,
    Event,
    MenuChosen,
    OfferAnswered,
    OfferRinging,
    PhoneSeen,
    PlanLoaded,
    SurveyAnswered,
    TalkEnded,
    WrapUpEnded,
)
from acd.journal import SqliteJournal
from acd.journal_pages import JournalPages
from acd.model import CallId, EndCause, Level, OfferId, PhoneId, QueueId
from acd.projection import Records
from acd.router import Router
from acd.runner import Runner
from acd.tallies import Tallies
from config.loader import load
from cti.api import create_app
from cti.api_access import Access, Rules
from cti.api_parts import COOKIE
from cti.api_sessions import Session, Sessions
from hotline.call_stories import CallStories, story_of
from hotline.explain_command import lines_of
from hotline.identity import access_of
from hotline.past_reports import PastReports
from tests.unit.cti_api_house import LI, SECRET, WANG, house
from tests.unit.people_house import plan_of_two_teams
from tests.unit.test_cti_api_http import ADDRESS, assert_problem

SHIPPED = Path(__file__).parents[2] / "config" / "hotline.yaml"
CONFIG = load(SHIPPED)
MORNING = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
"""Half an hour after midnight in Shanghai."""
DAYS = {"since": "2026-03-01", "until": "2026-03-03"}
PHONES = {LI: PhoneId("1001"), WANG: PhoneId("1002")}
NOTE = "new drum, call 13800138001"


@dataclass
class Past:
    """A hotline of the past: what happened, at the moments that the test says."""

    database: AsyncEngine
    folder: Path
    now: datetime = MORNING
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journal = SqliteJournal(self.folder / "journal.sqlite3")
        self.records = Records(self.database)
        self.runner = Runner(Router(), self.journal, [self.records], lambda: self.now)

    async def happens(self, *events: Event, after: float = 1.0) -> None:
        for event in events:
            self.now += timedelta(seconds=after)
            await self.runner.submit(event)

    async def arrives(self, ani: str, dnis: str = "4008001234", entry: str = "Unified number") -> CallId:
        call = CallId(f"main-{1772424000 + len(self.calls)}.{len(self.calls)}")
        self.calls.append(call)
        await self.happens(CallArrived(call, ani, "Zhang 13900001111", dnis, entry), MenuChosen(call, "product", "1", "printers"))
        return call

    async def is_kept(self) -> None:
        self.runner.make_durable()
        await self.records.flush()


async def talk(past: Past, ani: str, line: str, agent: Any, note: str = "") -> CallId:
    """A caller is served by ``agent``, who writes ``note``, and says that it is solved."""
    call = await past.arrives(ani)
    offer = OfferId(f"{call}/o1")
    await past.happens(
        CallQueued(call, line, Level.L1, "zh", customer="C-7"), OfferRinging(offer), OfferAnswered(offer), TalkEnded(call, agent),
        SurveyAnswered(call, "score", "5"), SurveyAnswered(call, "solved", "1"), CallerLeft(call), WrapUpEnded(agent, "solved", note),
    )  # fmt: skip
    return call


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    yield engine
    await engine.dispose()


@pytest.fixture
async def past(database: AsyncEngine, tmp_path: Path) -> Past:
    """Two teams at work; nobody has called yet."""
    past = Past(database, tmp_path)
    await past.happens(PlanLoaded(plan_of_two_teams()))
    for agent, phone in PHONES.items():
        await past.happens(PhoneSeen(phone, True), AgentLoggedIn(agent, phone), AgentWentReady(agent))
    return past


def signed_in(past: Past, role: str = "supervisor", teams: tuple[str, ...] = ()) -> httpx.AsyncClient:
    name = f"{role} of {','.join(teams)}"
    built = house()
    built.users.versions[name] = "v1"
    reports = PastReports(Archive(past.database), Tallies(past.database), lambda: CONFIG)
    stories = CallStories(past.database, JournalPages(past.folder / "journal.sqlite3"), reports, lambda: CONFIG)
    known = access_of(past.database, lambda: CONFIG.web)
    app = create_app(
        built.engine, built.users, built.live, SECRET, plan_of_two_teams, past_calls=stories, dist=past.folder,
        access=Access(rules=Rules, past_call=known.past_call),
    )  # fmt: skip
    session = Session(token_urlsafe(12), name, role, None, "en", "v1", teams)
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers={"Cookie": f"{COOKIE}={Sessions(SECRET).cookie(session)}"})


async def found(client: httpx.AsyncClient, **asked: str) -> list[str]:
    answer = await client.get("/api/calls", params=DAYS | asked)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["calls"]]


async def test_calls_are_found_by_what_is_known_of_them_newest_first(past: Past) -> None:
    printer = await talk(past, "13800138000", "printers", LI)
    server = await talk(past, "+8613911112222", "servers", WANG)
    in_menu = await past.arrives("02166660000", "4002", "Old line")
    await past.happens(CallerLeft(in_menu, EndCause.ABANDONED_IN_MENU))
    live = await past.arrives("13800138000")
    await past.is_kept()

    async with signed_in(past) as client:
        assert await found(client) == [live, in_menu, server, printer]
        assert await found(client, agent=LI) == [printer]
        assert await found(client, queue="servers.L1") == [server]
        assert await found(client, product_line="printers") == [printer]
        assert await found(client, customer="C-7") == [server, printer]
        assert await found(client, entry="Old line") == await found(client, entry="4002") == [in_menu]
        assert [await found(client, outcome=one) for one in Outcome] == [[live], [server, printer], [], [in_menu], [], [], []]
        assert await found(client, agent=LI, outcome="abandoned") == []
        assert await found(client, since="2026-03-02", until="2026-03-02") == [live, in_menu, server, printer], "days are the hotline's own"
        assert await found(client, until="2026-03-01") == []


@pytest.mark.parametrize(("asked", "expected"), [
    ("13800138000", [0]), ("+86 138 0013 8000", [0]), ("008613800138000", [0]), ("8000", [0]), ("138000", [0]),
    ("13911112222", [1]), ("2222", [1]), ("13800138001", []), ("138", []), ("%00", None), ("12", None),
])  # fmt: skip
async def test_a_number_is_found_whole_in_any_spelling_or_by_its_end(past: Past, asked: str, expected: list[int] | None) -> None:
    calls = [await past.arrives("13800138000"), await past.arrives("+8613911112222")]
    for call in calls:
        await past.happens(CallerLeft(call, EndCause.ABANDONED_IN_MENU))
    await past.is_kept()
    async with signed_in(past) as client:
        if expected is None:
            assert_problem(await client.get("/api/calls", params={"number": asked}), 422, "invalid")
        else:
            assert await found(client, number=asked) == [calls[place] for place in expected]


async def test_pages_follow_one_another_whatever_arrives_meanwhile(past: Past) -> None:
    first = [await past.arrives("13800138000") for _ in range(5)]
    await past.is_kept()
    async with signed_in(past) as client:
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await client.get("/api/calls", params=DAYS | cursor | {"limit": "2"})).json()
            seen += [row["id"] for row in page["calls"]]
            await past.arrives("13800138000")
            await past.is_kept()
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert seen == first[::-1]
        assert_problem(await client.get("/api/calls", params={"cursor": "nonsense"}), 422, "unknown_cursor")
        assert_problem(await client.get("/api/calls", params={"since": "2026-01-01", "until": "2026-12-31"}), 422, "unknown_period")


async def test_who_is_limited_to_teams_sees_their_calls_and_no_others(past: Past) -> None:
    printer = await talk(past, "13800138000", "printers", LI)
    server = await talk(past, "13911112222", "servers", WANG)
    moved = await past.arrives("13800138009")
    offer = OfferId(f"{moved}/o1")
    await past.happens(CallQueued(moved, "printers", Level.L1, "zh"), OfferRinging(offer), OfferAnswered(offer))
    await past.happens(CallHandedOn(moved, LI, to_queue=QueueId("servers.L2")), OfferRinging(OfferId(f"{moved}/o2")))
    await past.happens(OfferAnswered(OfferId(f"{moved}/o2")))
    await past.is_kept()

    async with signed_in(past, teams=("printers",)) as lead:
        assert await found(lead) == [moved, printer]
        assert (await lead.get(f"/api/calls/{moved}")).status_code == 200, "it began in his team's queue"
        assert_problem(await lead.get(f"/api/calls/{server}"), 403, "not_your_team")
        assert_problem(await lead.get("/api/calls", params={"agent": WANG}), 403, "not_your_team")
    async with signed_in(past, teams=("servers",)) as lead:
        assert await found(lead) == [moved, server]
        assert await found(lead, agent=WANG) == [moved, server]


async def test_who_may_not_see_numbers_is_told_none_and_finds_none(past: Past) -> None:
    call = await talk(past, "13800138000", "printers", LI, NOTE)
    await past.is_kept()
    async with signed_in(past, "quality") as quality:
        [row] = (await quality.get("/api/calls", params=DAYS)).json()["calls"]
        assert (row["id"], row["ani"], row["ani_name"]) == (call, "138****8000", "Zhang 139****1111")
        story = await quality.get(f"/api/calls/{call}")
        assert story.status_code == 200
        assert not [number for number in ("13800138000", "13900001111", "13800138001") if number in story.text]
        assert_problem(await quality.get("/api/calls", params={"number": "8000"}), 403, "numbers_hidden")


async def test_the_story_is_told_whole_and_as_on_the_command_line(past: Past) -> None:
    call = await talk(past, "13800138000", "printers", LI, NOTE)
    await talk(past, "13911112222", "printers", LI, "another call's note")
    await past.is_kept()
    async with signed_in(past) as client:
        told = (await client.get(f"/api/calls/{call}")).json()
        assert_problem(await client.get("/api/calls/main-nobody's"), 404, "unknown_call")

    row, story = told["call"], told["story"]
    assert (row["outcome"], row["agent"], row["queue"]) == ("answered", LI, "printers.L1")
    assert (row["survey_score"], row["survey_solved"]) == (5, True)
    assert row["path"] == [["product", "1", "printers"]]
    happened = [line["kind"] for line in story if not line["decided"]]
    assert happened == [
        "CallArrived", "MenuChosen", "CallQueued", "OfferRinging", "OfferAnswered", "TalkEnded", "SurveyAnswered", "SurveyAnswered",
        "CallerLeft", "WrapUpEnded",
    ]  # fmt: skip
    [offer] = [line for line in story if line["kind"] == "OfferMade"]
    assert (offer["decided"], offer["fields"]["candidates"], offer["fields"]["agent"]) == (True, [LI], LI)
    assert offer["fields"]["skipped"] == [{"reason": "don't match", "count": 1, "agents": []}]
    assert story[-1]["fields"] == {"agent": LI, "disposition": "solved", "note": NOTE}
    assert [line["after_seconds"] for line in story if not line["decided"]] == [float(second) for second in range(10)]

    lines = lines_of(await story_of(call, JournalPages(past.folder / "journal.sqlite3"), past.database))
    assert [one for line in story for one in line["text"]] == [line[33:].removeprefix("    ").removeprefix("> ").strip() for line in lines]


async def test_without_a_past_there_is_none(tmp_path: Path) -> None:
    built = house()
    built.users.versions["s"] = "v1"
    app = create_app(built.engine, built.users, built.live, SECRET, plan_of_two_teams, dist=tmp_path)
    session = Session(token_urlsafe(12), "s", "supervisor", None, "en", "v1")
    cookie = {"Cookie": f"{COOKIE}={Sessions(SECRET).cookie(session)}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS, headers=cookie) as client:
        assert_problem(await client.get("/api/calls"), 404, "no_past")
