"""The report on performance over real records: counts, periods over changed clocks, files for spreadsheets, who may see it."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import openpyxl
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Archive, open_database
from acd.events import (
    CallArrived,
    CallerLeft,
    CallHandedOn,
    CallQueued,
    Event,
    OfferAnswered,
    OfferRinging,
    PlanLoaded,
    TalkEnded,
    WrapUpEnded,
)
from acd.measures import FIGURES, By, figures, shown
from acd.measures import Measures as Sums
from acd.measures import ShortAbandons as Short
from acd.model import AgentId, CallId, Level, QueueId
from acd.performance import Performance, Question
from acd.periods import Interval
from acd.plan import Plan
from acd.projection import Records
from acd.tallies import Tallies
from config.loader import load
from cti.api import create_app
from cti.api_performance import TooLarge
from hotline.past_reports import PastReports
from tests.unit.acd.scene import PLAN, Scene
from tests.unit.cti_api_house import PEOPLE, SECRET, house, plan

SHIPPED = Path(__file__).parents[2] / "config" / "hotline.yaml"
ANN, BOB, L2 = AgentId("ann"), AgentId("bob"), QueueId("printers.L2")
BERLIN, NEW_YORK, KOLKATA = "Europe/Berlin", "America/New_York", "Asia/Kolkata"
EVENING = datetime(2026, 10, 24, 21, 30, tzinfo=UTC)
"""Half an hour before midnight in Berlin, where the next day has 25 hours."""


class RecordedScene(Scene):
    """A scene that is recorded."""

    def __init__(self, records: Records, plan: Plan = PLAN) -> None:
        self.records, self.sequence = records, 0
        super().__init__(None)
        self.now = EVENING
        self(PlanLoaded(plan))

    def __call__(self, event: Event, after: float = 0.0) -> list[object]:  # type: ignore[override]  # what it returns is not looked at
        effects = super().__call__(event, after)
        self.sequence += 1
        self.records.follow(self.sequence, self.now, event, effects)
        return list(effects)

    def caller(self, name: str, entry: str, ani: str) -> CallId:
        call = CallId(f"main-{name}")
        self(CallArrived(call, ani, "", "4008001234", entry))
        self(CallQueued(call, "printers", Level.L1, "zh"))
        return call


def nights_work(scene: RecordedScene) -> None:
    """Through the night, every 10 minutes: two calls that Ann solves, one that she hands on to Bob, one that is given up at once."""
    scene.ready("ann", "bob")
    for number in range(0, 160, 4):
        for name in (f"{number}", f"{number + 1}", f"{number + 2}"):
            call = scene.caller(name, "=unified", f"138{number}")
            scene(OfferRinging(scene.offer(call)))
            scene(OfferAnswered(scene.offer(call)), after=4.0)
            if name == f"{number + 2}":
                scene(CallHandedOn(call, ANN, to_queue=L2), after=20.0)
                scene(OfferRinging(scene.offer(call)))
                scene(OfferAnswered(scene.offer(call)), after=6.0)
            scene(TalkEnded(call, BOB if name == f"{number + 2}" else ANN), after=60.0)
            scene(CallerLeft(call))
            scene(WrapUpEnded(ANN if name != f"{number + 2}" else BOB), after=10.0)
            scene.later(30.0)
        scene(CallerLeft(scene.caller(f"{number + 3}", "old line", "")), after=3.0)
        scene.later(12.0)
        scene.later(600.0 - (scene.now - EVENING).total_seconds() % 600.0)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the night's records are; nobody changes them."""
    found = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('night')}/records.sqlite3"

    async def record() -> None:
        engine = await open_database(found)
        records = Records(engine)
        nights_work(RecordedScene(records))
        await records.flush()
        await engine.dispose()

    asyncio.run(record())
    return found


@pytest.fixture
async def database(address: str) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(address)
    yield engine
    await engine.dispose()


@pytest.fixture
def past(database: AsyncEngine) -> PastReports:
    config = load(SHIPPED)
    return PastReports(Archive(database), Tallies(database), lambda: config)


def asked(zone: str = BERLIN, by: By = By.ALL, interval: Interval = Interval.WHOLE) -> Question:
    return Question(date(2026, 10, 24), date(2026, 10, 25), zone, by, interval)


async def test_every_call_is_counted_where_it_was_offered_and_answered(past: PastReports) -> None:
    report = await past.performance(asked(by=By.QUEUE), 100)
    first, second = report.rows
    assert (first.group, second.group) == ("printers.L1", "printers.L2")
    assert {name: first.figures[name] for name in ("offered", "calls", "answered", "abandoned", "short_abandons", "transfers")} == {
        "offered": 160, "calls": 160, "answered": 120, "abandoned": 40, "short_abandons": 40, "transfers": 40,
    }  # fmt: skip
    assert (second.figures["offered"], second.figures["calls"], second.figures["transferred_in"]) == (40, 0, 40)
    assert first.figures["service_level_of_offered"] == 0.75
    assert first.figures["service_level_of_offered_without_short"] == 1.0
    assert (first.figures["asa"], first.figures["ring"]) == (4.0, 4.0)
    assert (second.figures["asa"], second.figures["talk"], second.figures["wrap_up"]) == (6.0, 60.0, 10.0)
    assert (first.figures["handled"], second.figures["handled"]) == (120, 40)


async def test_short_abandons_can_be_left_out(past: PastReports) -> None:
    counted = await past.performance(asked(), 100)
    left_out = await past.performance(replace(asked(), short_abandons=Short.LEFT_OUT), 100)
    assert (counted.total["offered"], counted.total["abandoned"], counted.total["abandon_rate"]) == (200, 40, 0.2)
    assert (left_out.total["offered"], left_out.total["abandoned"], left_out.total["abandon_rate"]) == (160, 0, 0.0)


async def test_an_agents_offers_answers_and_time_are_his_own(past: PastReports) -> None:
    report = await past.performance(asked(by=By.AGENT), 100)
    rows = {row.group: row.figures for row in report.rows}
    assert (rows["ann"]["offers"], rows["ann"]["answered"], rows["ann"]["handled"], rows["ann"]["transfers"]) == (160, 120, 120, 40)
    assert (rows["bob"]["offers"], rows["bob"]["answered"], rows["bob"]["missed"]) == (40, 40, 0)
    assert rows["bob"]["busy_time"] == 40 * (6 + 60 + 10)
    assert rows["bob"]["occupancy"] == pytest.approx(0.13, abs=0.02)
    assert "offered" not in report.columns and "occupancy" not in shown(By.QUEUE)


@pytest.mark.parametrize(("zone", "by"), zip((BERLIN, NEW_YORK, KOLKATA, "Australia/Lord_Howe", "UTC"), By, strict=True))
async def test_the_sums_of_the_parts_are_the_days(past: PastReports, zone: str, by: By) -> None:
    def sums(report: Performance) -> dict[str, float]:
        counted = [name for name in report.columns if name in COUNTED]
        found = {name: sum(row.figures[name] or 0 for row in report.rows) for name in counted}
        in_line = {name: sum(row.figures[name] or 0 for row in report.line) for name in counted}
        assert in_line == pytest.approx(found) and found == pytest.approx({name: report.total[name] for name in counted})
        return found

    days = sums(await past.performance(asked(zone, by, Interval.DAY), 10_000))
    assert any(days.values())
    for interval in Interval:
        assert sums(await past.performance(asked(zone, by, interval), 10_000)) == pytest.approx(days), interval


COUNTED = {name for name, figure in FIGURES.items() if figure.unit == "count" or name.endswith("_time")}


async def test_the_day_of_25_hours_has_them_all_and_the_hour_told_twice_is_two(past: PastReports) -> None:
    question = replace(asked(interval=Interval.HOUR), since=date(2026, 10, 25))
    report = await past.performance(question, 100)
    assert len(report.line) == 25
    offered = [row.figures["offered"] for row in report.line[:8]]
    assert offered == [30, 30, 30, 30, 30, 30, 5, 0], "six rounds an hour until five, the hour from two to three twice"
    assert [row.start.isoformat()[11:] for row in report.line[2:4]] == ["02:00:00+02:00", "02:00:00+01:00"]


async def test_matters_settled_by_one_call_are_counted_by_group(past: PastReports) -> None:
    report = await past.performance(asked(by=By.PRODUCT_LINE), 100)
    (row,) = report.rows
    assert row.figures["first_call_resolution"] == 0.0, "each number called three times about the same"


async def test_a_report_with_too_many_rows_is_refused(past: PastReports) -> None:
    with pytest.raises(TooLarge):
        await past.performance(asked(by=By.QUEUE, interval=Interval.QUARTER_HOUR), 10)


def test_every_figure_of_nothing_is_nothing_or_none() -> None:
    assert set(figures(Sums(), Short.COUNTED).values()) == {0, None}


@pytest.fixture
async def chen(past: PastReports, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The supervisor, signed in."""
    built = house()
    app = create_app(built.engine, built.users, built.live, SECRET, plan, reports=past, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hotline.example") as client:
        person = next(person for person in PEOPLE if person.name == "chen")
        await client.post("/api/login", json={"name": person.name, "password": person.password})
        yield client


ASKED = {"since": "2026-10-25", "until": "2026-10-25", "zone": BERLIN, "by": "entry", "interval": "60"}
ADDRESS = "/api/reports/performance"


async def test_the_report_says_what_its_figures_mean_and_in_which_zone_its_days_are(chen: httpx.AsyncClient) -> None:
    report = (await chen.get(ADDRESS, params=ASKED)).json()
    assert (report["zone"], report["by"], report["interval"]) == (BERLIN, "entry", "60")
    assert [(row["group"], row["start"]) for row in report["rows"]][:2] == [
        ("=unified", "2026-10-25T00:00:00+02:00"), ("old line", "2026-10-25T00:00:00+02:00"),
    ]  # fmt: skip
    columns = {column["name"]: column for column in report["columns"]}
    assert columns["service_level_of_kept"]["definition"] == "answered within T / (offered - short abandons - flowed out)"
    assert sum(row["figures"]["offered"] for row in report["rows"]) == report["total"]["offered"]


async def test_without_a_zone_the_days_are_the_hotlines(chen: httpx.AsyncClient) -> None:
    report = (await chen.get(ADDRESS)).json()
    assert report["zone"] == "Asia/Shanghai"
    assert date.fromisoformat(report["until"]) - date.fromisoformat(report["since"]) == timedelta(days=6)


async def test_as_csv_nothing_is_calculated_and_times_carry_their_offset(chen: httpx.AsyncClient) -> None:
    answer = await chen.get(ADDRESS, params={**ASKED, "format": "csv"})
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert 'filename="entry-60-2026-10-25-2026-10-25.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0]["group"] == "'=unified"
    assert [row["from"] for row in rows if row["from"].startswith("2026-10-25T02")] == [
        *["2026-10-25T02:00:00+02:00"] * 2, *["2026-10-25T02:00:00+01:00"] * 2,
    ]  # fmt: skip
    assert rows[0]["asa_seconds"] == "4.5"


async def test_as_a_workbook_dates_durations_and_shares_are_what_they_are(chen: httpx.AsyncClient) -> None:
    answer = await chen.get(ADDRESS, params={**ASKED, "format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet, definitions = book["Report"], book["Definitions"]
    head = [cell.value for cell in sheet[1]]
    first = dict(zip(head, sheet[2], strict=True))
    assert (first["group"].value, first["group"].data_type) == ("=unified", "s"), "a text, not a formula"
    assert first["from"].value.isoformat() == "2026-10-25T00:00:00" and first["from"].is_date
    assert first["offered"].value == 24
    assert (first["service level of offered"].value, first["service level of offered"].number_format) == (1.0, "0.0%")
    assert (first["asa"].value, first["asa"].number_format) == (timedelta(seconds=4.5), "[h]:mm:ss")
    assert [cell.value for cell in definitions["A"][:3]] == ["days", "time zone", "short abandons"]
    assert definitions["B2"].value == BERLIN


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-10-26"}, {"zone": "Middle/Earth"}, {"zone": "../etc/passwd"}, {"by": "moon"}, {"interval": "7"},
        {"since": "2026-01-01"}, {"since": "2024-01-01", "interval": "day"}, {"format": "pdf"}, {"short_abandons": "perhaps"},
    ],
)  # fmt: skip
async def test_what_cannot_be_answered_is_refused(chen: httpx.AsyncClient, wrong: dict[str, str]) -> None:
    assert (await chen.get(ADDRESS, params={**ASKED, **wrong})).status_code == 422


async def test_it_is_for_supervisors(chen: httpx.AsyncClient) -> None:
    await chen.post("/api/logout")
    assert (await chen.get(ADDRESS, params=ASKED)).status_code == 401
