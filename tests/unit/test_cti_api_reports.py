"""Reports for supervisors, over real records: the misroute ledger, calls round the hotline, first-call resolution."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from acd import archive
from acd.archive import Archive, Row, open_database
from acd.effects import CallChanged, HandedOn
from acd.events import CallArrived, CallQueued, MenuChosen, SurveyAnswered, Ticked
from acd.model import AgentId, CallId, CallState, EndCause, Level, QueueId
from acd.projection import Records
from acd.tallies import Tallies
from config.loader import load
from cti.api import create_app
from cti.api_cursor import cursor_of
from hotline.past_reports import PastReports
from tests.unit.cti_api_house import PEOPLE, SECRET, house, plan

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WRONG, RIGHT = QueueId("pcs.L1"), QueueId("printers.L1")
DAYS = {"since": "2026-03-01", "until": "2026-03-03"}


def misrouted(records: Records, number: int, dnis: str = "4002", bypass: bool = False, resolved: bool = True) -> None:
    """A call that Li hands on to printers after five minutes, where Chen solves it, or nobody answers."""
    call, start = CallId(f"main-{number}"), NOON + timedelta(minutes=20 * number)
    li, chen = AgentId("li.wei"), AgentId("chen.jie")
    told = [
        (0, CallArrived(call, f"139{number}", "", dnis, "old PC line", bypass), [CallChanged(call, CallState.MENU, None, None)]),
        (5, MenuChosen(call, "product", "2", "pcs"), []),
        (10, CallQueued(call, "pcs", Level.L1, "zh"), [CallChanged(call, CallState.WAITING, WRONG, None)]),
        (20, Ticked(), [CallChanged(call, CallState.TALKING, WRONG, li)]),
        (310, Ticked(), [
            HandedOn(call, li, WRONG, RIGHT, None, None, None, False), CallChanged(call, CallState.WAITING, RIGHT, None),
        ]),
        *([(320, Ticked(), [CallChanged(call, CallState.TALKING, RIGHT, chen)])] if resolved else []),
        *([(600, SurveyAnswered(call, "solved", "1"), [])] if resolved else []),
        (610, Ticked(), [CallChanged(call, CallState.ENDED, RIGHT, None, EndCause.CALLER_HUNG_UP)]),
    ]  # fmt: skip
    for step, (seconds, event, effects) in enumerate(told, start=1):
        records.follow(number * 100 + step, start + timedelta(seconds=seconds), event, effects)  # type: ignore[arg-type]


SHIPPED = Path(__file__).parents[2] / "config" / "hotline.yaml"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    records = Records(engine)
    for number, more in enumerate(({}, {}, {"dnis": "=1+1", "bypass": True}, {"resolved": False}), start=1):
        misrouted(records, number, **more)  # type: ignore[arg-type]
    await records.flush()
    yield engine
    await engine.dispose()


@pytest.fixture
async def chen(database: AsyncEngine, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The supervisor, signed in."""
    built = house()
    config = load(SHIPPED)
    reports = PastReports(Archive(database), Tallies(database), lambda: config)
    app = create_app(built.engine, built.users, built.live, SECRET, plan, reports=reports, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hotline.example") as client:
        person = next(person for person in PEOPLE if person.name == "chen")
        await client.post("/api/login", json={"name": person.name, "password": person.password})
        yield client


async def test_the_ledger_tells_the_way_the_minutes_and_who_solved_it(chen: httpx.AsyncClient) -> None:
    report = (await chen.get("/api/reports/misroutes", params=DAYS)).json()
    assert (report["since"], report["until"]) == ("2026-03-01", "2026-03-03")
    first, second, nobody = report["rows"]
    assert first == {
        "dnis": "4002", "entry": "old PC line", "choices": "pcs", "first_queue": "pcs.L1", "queue": "printers.L1", "level": "L1",
        "resolver": "chen.jie", "calls": 2, "transfers": 2, "wasted_seconds": 600.0, "misrouted": True,
    }  # fmt: skip
    assert (second["dnis"], second["wasted_seconds"]) == ("=1+1", 300.0)
    assert (nobody["resolver"], nobody["level"], nobody["calls"], nobody["misrouted"]) == ("", None, 1, False)


async def test_every_row_of_the_ledger_is_on_exactly_one_page(chen: httpx.AsyncClient) -> None:
    whole = (await chen.get("/api/reports/misroutes", params=DAYS)).json()
    found, params = [], {**DAYS, "limit": "1"}
    for _ in whole["rows"]:
        page = (await chen.get("/api/reports/misroutes", params=params)).json()
        found += page["rows"]
        params["cursor"] = page["next"]
    assert (found, page["next"], whole["next"]) == (whole["rows"], None, None)


async def test_a_cursor_of_a_row_that_the_ledger_does_not_have_is_refused(chen: httpx.AsyncClient) -> None:
    answer = await chen.get("/api/reports/misroutes", params={**DAYS, "cursor": cursor_of("misroutes", "0" * 16)})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_cursor")


async def test_the_ledger_as_a_table_calculates_nothing(chen: httpx.AsyncClient) -> None:
    answer = await chen.get("/api/reports/misroutes", params={**DAYS, "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["dnis"] for row in rows] == ["4002", "'=1+1", "4002"]
    assert rows[0]["wasted_seconds"] == "600.0"


async def test_who_went_round_the_hotline_is_counted_by_number(chen: httpx.AsyncClient) -> None:
    report = (await chen.get("/api/reports/bypass", params=DAYS)).json()
    assert report["calls"] == 1
    assert report["rows"] == [{"dnis": "=1+1", "entry": "old PC line", "calls": 1, "answered": 1}]


async def test_what_callers_said_makes_first_call_resolution(chen: httpx.AsyncClient) -> None:
    report = (await chen.get("/api/reports/resolution", params=DAYS)).json()
    assert (report["solved"], report["unsolved"]) == (4, 0), "three said so, and the fourth has not called again"
    assert report["rate"] == 1.0


async def test_a_period_is_read_in_pieces_and_its_figures_are_the_same(chen: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = ("misroutes", "resolution", "menu")
    whole = [(await chen.get(f"/api/reports/{report}", params=DAYS)).text for report in reports]
    monkeypatch.setattr(archive, "PIECE", 1)
    read: list[int] = []
    pieces = Archive.pieces_of_calls

    async def counted(*arguments: Any) -> AsyncIterator[list[Row]]:
        async for rows in pieces(*arguments):
            read.append(len(rows))
            yield rows

    monkeypatch.setattr(Archive, "pieces_of_calls", counted)
    assert [(await chen.get(f"/api/reports/{report}", params=DAYS)).text for report in reports] == whole
    assert set(read) == {1}


@pytest.mark.parametrize("days", [{"since": "2026-03-03", "until": "2026-03-01"}, {"since": "2025-01-01", "until": "2026-03-01"}])
async def test_days_the_wrong_way_round_and_too_many_are_refused(chen: httpx.AsyncClient, days: dict[str, str]) -> None:
    answer = await chen.get("/api/reports/misroutes", params=days)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_period")


async def test_other_days_are_empty(chen: httpx.AsyncClient) -> None:
    assert (await chen.get("/api/reports/misroutes", params={"since": "2026-04-01", "until": "2026-04-02"})).json()["rows"] == []


async def test_reports_are_for_supervisors(chen: httpx.AsyncClient) -> None:
    await chen.post("/api/logout")
    for report in ("misroutes", "bypass", "resolution"):
        assert (await chen.get(f"/api/reports/{report}")).status_code == 401


async def test_the_menus_picture_counts_who_took_which_branch(chen: httpx.AsyncClient) -> None:
    answer = await chen.get("/api/reports/menu", params=DAYS)

    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<title>menu, 4 calls</title>" in answer.text
