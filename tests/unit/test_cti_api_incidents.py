"""Incidents over HTTP: what becomes an event, what is refused, and who wants to be told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from acd.events import IncidentDeclared, IncidentSolved
from acd.model import CallId, Level, QueueId
from acd.news import News
from cti.api import create_app
from tests.unit.cti_api_house import INCIDENT_TEXTS, LINES, PEOPLE, SECRET, House, house, now, plan
from tests.unit.test_cti_api_http import ADDRESS, assert_problem

OUTAGE = {"product_line": "printers", "text": "outage"}


def wants(number: str) -> News:
    """Somebody who pressed the key."""
    return News(number, CallId("main-1"), QueueId("printers.L1"), "printers", Level.L1, "zh", "standard", 0, now())


@pytest.fixture
def built() -> House:
    return house()


@pytest.fixture
async def client(built: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, incident_texts=lambda: INCIDENT_TEXTS, dist=tmp_path
    )  # fmt: skip
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        yield client


@pytest.fixture
async def chief(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A supervisor, signed in."""
    await client.post("/api/login", json={"name": "chen", "password": PEOPLE[2].password})
    return client


async def test_a_supervisor_switches_it_on_by_his_name(chief: httpx.AsyncClient, built: House) -> None:
    answer = await chief.post("/api/incidents", json=OUTAGE)
    assert answer.json()["incident"] == "printers-1"
    assert built.engine.events[-1] == IncidentDeclared("printers", "outage", "chen")
    assert [one["declared_by"] for one in (await chief.get("/api/incidents")).json()] == ["chen"]
    assert (await chief.get("/api/config/ui")).json()["incident_texts"] == INCIDENT_TEXTS


async def test_switching_it_off_says_who_wants_to_be_told(chief: httpx.AsyncClient, built: House) -> None:
    built.engine.noted = [wants("13900001111"), wants("13900002222")]
    await chief.post("/api/incidents", json=OUTAGE)
    answer = (await chief.post("/api/incidents/printers-1/solved")).json()
    assert built.engine.events[-1] == IncidentSolved("printers-1", "chen")
    assert [noted["number"] for noted in answer["numbers"]] == ["13900001111", "13900002222"]
    assert answer["incident"]["solved_by"] == "chen"
    assert (answer["can_tell"], [noted["state"] for noted in answer["numbers"]]) == (False, ["noted", "noted"])
    later = (await chief.get("/api/incidents/printers-1")).json()
    assert later == answer


async def test_a_supervisor_has_those_told_who_asked_for_it(chief: httpx.AsyncClient, built: House) -> None:
    await chief.post("/api/incidents", json=OUTAGE)
    await chief.post("/api/incidents/printers-1/solved", json={"tell": True})
    assert built.engine.events[-1] == IncidentSolved("printers-1", "chen", tell=True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"product_line": "toasters", "text": "outage"}, "unknown_product_line"),
        ({"product_line": "printers", "text": "flood"}, "unknown_text"),
    ],
)
async def test_what_is_not_configured_is_refused(chief: httpx.AsyncClient, built: House, body: dict[str, str], code: str) -> None:
    assert_problem(await chief.post("/api/incidents", json=body), httpx.codes.UNPROCESSABLE_ENTITY, code)
    assert built.engine.events == []


async def test_one_that_runs_already_is_refused(chief: httpx.AsyncClient) -> None:
    await chief.post("/api/incidents", json=OUTAGE)
    assert_problem(await chief.post("/api/incidents", json=OUTAGE), httpx.codes.CONFLICT, "illegal_transition")


async def test_one_that_nobody_declared_is_not_found(chief: httpx.AsyncClient) -> None:
    assert_problem(await chief.get("/api/incidents/printers-9"), httpx.codes.NOT_FOUND, "no_such_incident")
    assert_problem(await chief.post("/api/incidents/printers-9/solved"), httpx.codes.NOT_FOUND, "no_such_incident")


async def test_agents_may_not(client: httpx.AsyncClient, built: House) -> None:
    await client.post("/api/login", json={"name": "li", "password": PEOPLE[0].password})
    assert_problem(await client.post("/api/incidents", json=OUTAGE), httpx.codes.FORBIDDEN, "not_your_role")
    assert built.engine.incidents == {}
