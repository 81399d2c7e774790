"""What an agent's desk asks for himself: who takes what, and his own figures of the day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from acd.measures import By
from acd.model import AgentState
from acd.performance import Performance, Question, Row
from acd.scope import Scope
from cti.api import create_app
from tests.unit.cti_api_house import LI, LINES, PEOPLE, SECRET, WANG, House, plan
from tests.unit.test_cti_api_http import ADDRESS
from tests.unit.test_cti_api_transfer import built

__all__ = ["built"]

TODAY = date(2026, 3, 2)
FIGURES = {"handled": 7, "aht": 240.0, "talk": 200.0, "hold": 0.0, "wrap_up": 40.0, "occupancy": 0.7, "first_call_resolution": 0.9}


class Past:
    """Keeps the question, and answers with Li's figures."""

    asked: tuple[Question, Scope]

    def question(self, since: date | None, until: date | None, zone: str | None) -> Question:
        return Question(TODAY.replace(day=1), TODAY, "Asia/Shanghai")

    async def performance(self, question: Question, most_rows: int, scope: Scope) -> Performance:
        self.asked = question, scope
        moment = datetime(2026, 3, 2, tzinfo=UTC)
        return Performance(question, tuple(FIGURES), [Row(LI, moment, moment, {**FIGURES, "ring": 3.0})], [], {})


@pytest.fixture
def past() -> Past:
    return Past()


@pytest.fixture
async def li(built: House, past: Past, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Li, signed in."""
    app = create_app(
        built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, dist=tmp_path, reports=past,  # type: ignore[arg-type]
        supervision=lambda: {"own_targets": {"aht": 300.0, "occupancy": None}}, also_called=lambda: {"printers": ("plotter", "绘图仪")},
    )  # fmt: skip
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        await client.post("/api/login", json={"name": PEOPLE[0].name, "password": PEOPLE[0].password})
        yield client


async def test_own_figures_are_the_reports_of_today_and_of_nobody_else(li: httpx.AsyncClient, built: House, past: Past) -> None:
    built.engine.agents[LI] = replace(built.engine.agents[LI], rung=4, rung_in_time=3)
    answer = (await li.get("/api/desk/figures")).json()
    assert answer == {"figures": {**FIGURES, "within_three_rings": 0.75}, "targets": {"aht": 300.0}}
    question, scope = past.asked
    assert (question.since, question.until, question.zone, question.by) == (TODAY, TODAY, "Asia/Shanghai", By.AGENT)
    assert (scope.limited, scope.agents) == (True, {LI})


async def test_queues_are_found_by_all_words_for_their_product_and_name_who_takes_them(li: httpx.AsyncClient, built: House) -> None:
    built.engine.set(WANG, AgentState.READY)
    answer = (await li.get("/api/desk/takers")).json()
    printers = next(row for row in answer["queues"] if row["queue"] == "printers.L1")
    assert {"printers", "plotter", "绘图仪", *LINES["printers"].values()} == set(printers["words"])
    assert (printers["is_open"], printers["waiting"], set(printers["agents"])) == (True, 0, {LI, WANG})
    assert {row["agent"]: row["state"] for row in answer["agents"]} == {LI: "logged_out", WANG: "ready"}
