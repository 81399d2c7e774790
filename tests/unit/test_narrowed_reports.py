"""Reports for those who are limited to teams: their queues, agents and calls are counted, no others; over real records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Archive, open_database
from acd.effects import CallChanged, HandedOn
from acd.events import CallArrived, CallQueued, MenuChosen, Ticked
from acd.measures import By
from acd.model import AgentId, CallId, CallState, EndCause, Level, QueueId
from acd.performance import Performance, Question
from acd.projection import Records
from acd.scope import EVERYTHING, Scope
from acd.tallies import Tallies
from config.loader import load
from cti.api import create_app
from cti.api_parts import COOKIE
from cti.api_sessions import Session, Sessions
from hotline.past_reports import PastReports
from tests.unit.cti_api_house import SECRET, house
from tests.unit.people_house import plan_of_two_teams
from tests.unit.test_performance import RecordedScene, nights_work

SHIPPED = Path(__file__).parents[2] / "config" / "hotline.yaml"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAYS = (date(2026, 3, 1), date(2026, 3, 3))
PRINTERS, PRINTERS_L2, SERVERS = QueueId("printers.L1"), QueueId("printers.L2"), QueueId("servers.L2")
LI, WANG = AgentId("li.wei"), AgentId("wang.fang")


def of(*queues: str, agents: tuple[str, ...] = (), lines: tuple[str, ...] = ("printers",)) -> Scope:
    return Scope(True, frozenset(agents), frozenset(queues), frozenset(lines))


NOTHING = of(lines=())


def call(
    records: Records, number: int, queue: QueueId, by: AgentId, *, ani: str = "", at: datetime = NOON, to: QueueId | None = None,
    bypass: bool = False,
) -> None:  # fmt: skip
    """A call that ``by`` takes in ``queue`` and solves, or hands on to ``to``, where nobody does."""
    line, _, level = queue.partition(".")
    name = CallId(f"main-{number}")
    handed_on: list[Any] = [] if to is None else [
        HandedOn(name, by, queue, to, None, None, None, False), CallChanged(name, CallState.WAITING, to, None),
    ]  # fmt: skip
    told: list[tuple[int, Any, list[Any]]] = [
        (0, CallArrived(name, ani or f"139{number}", "", "4002", "a line", bypass), [CallChanged(name, CallState.MENU, None, None)]),
        (10, CallQueued(name, line, Level(level), "zh"), [CallChanged(name, CallState.WAITING, queue, None)]),
        (20, Ticked(), [CallChanged(name, CallState.TALKING, queue, by)]),
        (80, Ticked(), handed_on),
        (90, Ticked(), [CallChanged(name, CallState.ENDED, to or queue, None, EndCause.CALLER_HUNG_UP)]),
    ]
    for step, (seconds, event, effects) in enumerate(told, start=1):
        records.follow(number * 100 + step, at + timedelta(seconds=seconds), event, effects)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    yield engine
    await engine.dispose()


@pytest.fixture
def past(database: AsyncEngine) -> PastReports:
    config = load(SHIPPED)
    return PastReports(Archive(database), Tallies(database), lambda: config)


async def keep(database: AsyncEngine, *calls: dict[str, Any]) -> None:
    records = Records(database)
    for number, one in enumerate(calls, start=1):
        call(records, number, **one)
    await records.flush()


async def test_the_ledger_has_the_calls_that_came_to_a_team_or_went_through_it(database: AsyncEngine, past: PastReports) -> None:
    await keep(
        database, {"queue": PRINTERS, "by": LI}, {"queue": SERVERS, "by": WANG, "to": PRINTERS}, {"queue": SERVERS, "by": WANG},
        {"queue": SERVERS, "by": LI},
    )  # fmt: skip

    async def found(scope: Scope) -> int:
        return sum(row.calls for row in await past.misroutes(*DAYS, True, scope))

    assert await found(EVERYTHING) == 4
    assert await found(of(PRINTERS)) == 2
    assert await found(of(PRINTERS, agents=(LI,))) == 3
    assert await found(of(SERVERS)) == 3
    assert await found(NOTHING) == 0


async def test_calls_round_the_hotline_are_a_teams_too(database: AsyncEngine, past: PastReports) -> None:
    await keep(database, {"queue": PRINTERS, "by": LI, "bypass": True}, {"queue": SERVERS, "by": WANG, "bypass": True})
    assert [row.calls for row in await past.bypasses(*DAYS)] == [2]
    assert [row.calls for row in await past.bypasses(*DAYS, of(SERVERS))] == [1]
    assert await past.bypasses(*DAYS, NOTHING) == []


async def test_what_anothers_queue_says_of_a_teams_matter_counts(database: AsyncEngine, past: PastReports) -> None:
    """The number calls printers' first level, then about the same the second level; servers' caller never comes again."""
    again = NOON + timedelta(hours=1)
    await keep(
        database, {"queue": PRINTERS, "by": LI, "ani": "1391"}, {"queue": PRINTERS_L2, "by": WANG, "ani": "1391", "at": again},
        {"queue": SERVERS, "by": WANG, "ani": "1392"},
    )  # fmt: skip

    async def found(scope: Scope) -> tuple[int, int]:
        resolution = await past.resolution(*DAYS, scope)
        return resolution.solved, resolution.unsolved

    assert await found(EVERYTHING) == (1, 1)
    assert await found(of(PRINTERS)) == (0, 1), "the sequel in the other level's queue"
    assert await found(of(PRINTERS_L2)) == (0, 0), "it is not where the matter began"
    assert await found(of(SERVERS)) == (1, 0)
    assert await found(NOTHING) == (0, 0)


async def test_the_menus_picture_counts_a_teams_callers(database: AsyncEngine, past: PastReports) -> None:
    await keep(database, {"queue": PRINTERS, "by": LI}, {"queue": SERVERS, "by": WANG})
    whole, own, none = [await past.menu(*DAYS, scope) for scope in (EVERYTHING, of(PRINTERS), NOTHING)]
    assert len({whole, own, none}) == 3


def of_menu(records: Records, number: int, solves: bool) -> None:
    """A caller who hears an answer in the menu, and says whether it was one."""
    name, at = CallId(f"main-{number}"), NOON + timedelta(hours=number)
    told: list[tuple[Any, list[Any]]] = [
        (CallArrived(name, "139", "", "4002", "a line"), [CallChanged(name, CallState.MENU, None, None)]),
        (MenuChosen(name, "questions", "1", "paper_jam"), []),
        (MenuChosen(name, "solved", "1", "solved", solves), []),
        (Ticked(), [CallChanged(name, CallState.ENDED, None, None, EndCause.DIVERTED)]),
    ]
    for step, (event, effects) in enumerate(told, start=1):
        records.follow(number * 100 + step, at, event, effects)


async def test_whom_the_menu_has_served_is_counted_and_is_no_teams(database: AsyncEngine, past: PastReports) -> None:
    records = Records(database)
    for number, solves in enumerate((True, True, False), start=1):
        of_menu(records, number, solves)
    await records.flush()
    for by in By:
        total = (await past.performance(Question(*DAYS, "Europe/Berlin", by), 10)).total
        assert total.get("self_served") == (2 if by in (By.ALL, By.ENTRY) else None)
    report = await past.performance(Question(*DAYS, "Europe/Berlin", By.ENTRY), 10)
    assert [(row.group, row.figures["self_service"]) for row in report.rows] == [("a line", 1.0)], "no call was offered"
    assert (await past.performance(Question(*DAYS, "Europe/Berlin", By.ALL), 10, EVERYBODY)).total["self_served"] == 0


NIGHT = (date(2026, 10, 24), date(2026, 10, 25), "Europe/Berlin")
EVERYBODY = of("printers.L1", "printers.L2", agents=("ann", "bob"))
SECOND_LEVEL = of("printers.L2", agents=("bob",))


async def test_performance_of_a_team_is_its_part_of_everybodys(database: AsyncEngine, past: PastReports) -> None:
    records = Records(database)
    nights_work(RecordedScene(records))
    await records.flush()

    async def report(by: By, scope: Scope = EVERYTHING) -> Performance:
        return await past.performance(Question(*NIGHT, by), 1000, scope)

    for by in By:
        whole = await report(by)
        assert (await report(by, EVERYBODY)).rows == whole.rows != []
        assert (await report(by, NOTHING)).rows == []
    for by, group in ((By.QUEUE, "printers.L2"), (By.AGENT, "bob")):
        assert (await report(by, SECOND_LEVEL)).rows == [row for row in (await report(by)).rows if row.group == group] != []
    of_queue, of_bob = (await report(By.QUEUE, SECOND_LEVEL)).total, (await report(By.AGENT, SECOND_LEVEL)).total
    together = (await report(By.ALL, SECOND_LEVEL)).total
    assert together["offered"] == of_queue["offered"] != (await report(By.ALL)).total["offered"]
    assert together["ready_time"] == of_bob["ready_time"] != (await report(By.ALL)).total["ready_time"]


async def test_over_http_who_asks_says_of_whom_he_is_told(database: AsyncEngine, past: PastReports, tmp_path: Path) -> None:
    await keep(database, {"queue": PRINTERS, "by": LI, "bypass": True}, {"queue": SERVERS, "by": WANG, "bypass": True})
    built = house()
    app = create_app(built.engine, built.users, built.live, SECRET, plan_of_two_teams, reports=past, dist=tmp_path)
    built.users.versions.update({"lead": "v1", "chen": "v1"})

    async def told(name: str, *teams: str) -> list[Any]:
        cookie = Sessions(SECRET).cookie(Session(token_urlsafe(12), name, "supervisor", None, "en", "v1", teams))
        transport, headers = httpx.ASGITransport(app), {"Cookie": f"{COOKIE}={cookie}"}
        days = {"since": "2026-03-01", "until": "2026-03-03"}
        async with httpx.AsyncClient(transport=transport, base_url="http://hotline.example", headers=headers) as one:
            reports = {name: await one.get(f"/api/reports/{name}", params=days) for name in ("misroutes", "bypass", "resolution", "menu")}
            table = await one.get("/api/reports/misroutes", params={**days, "format": "csv"})
        assert {answer.status_code for answer in (*reports.values(), table)} == {200}
        ledger = reports["misroutes"].json()
        resolution = reports["resolution"].json()
        matters = resolution["solved"] + resolution["unsolved"] + resolution["open"]
        return [sorted(row["first_queue"] for row in ledger["rows"]), table.text.count("4002"), reports["bypass"].json()["calls"], matters]

    assert await told("chen") == [[PRINTERS, SERVERS], 2, 2, 2]
    assert await told("lead", "printers") == [[PRINTERS], 1, 1, 1]
    assert await told("lead", "nobody's") == [[], 0, 0, 0]
