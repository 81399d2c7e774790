"""A supervisor's orders over HTTP: what becomes an event, with his name and his reason; and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from acd.events import AgentStateForced, Event
from acd.model import AgentState, CallId, PhoneId, QueueId
from acd.supervision import (
    CallAssigned,
    CallDropped,
    CallMoved,
    CallRaised,
    CallTakenOver,
    MessageRead,
    MessageSent,
    QueueSwitched,
    WatchAsked,
    WatchMode,
    WatchStopped,
)
from cti.api import create_app
from tests.unit.cti_api_house import LI, LINES, PEOPLE, SECRET, House, house, plan, waiting_call
from tests.unit.test_cti_api_http import ADDRESS, assert_problem

CALL = CallId("main-1.1")
LATER = "2100-01-01T08:00:00+08:00"
MIDNIGHT = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def built() -> House:
    built = house()
    built.engine.add_call(waiting_call(CALL))
    return built


def client_of(built: House, tmp_path: Path, *, listening: bool = True) -> httpx.AsyncClient:
    app = create_app(
        built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, dist=tmp_path,
        phones=lambda: ("1900",), supervision=lambda: {"listening": listening},
    )  # fmt: skip
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS)


@pytest.fixture
async def client(built: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(built, tmp_path) as client:
        yield client


@pytest.fixture
async def chief(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A supervisor, signed in."""
    await client.post("/api/login", json={"name": "chen", "password": PEOPLE[2].password})
    return client


ORDERS: list[tuple[str, dict[str, Any], Event]] = [
    (f"calls/{CALL}/assign", {"agent": "li.wei", "why": " knows him "}, CallAssigned(CALL, LI, "chen", "knows him")),
    (f"calls/{CALL}/assign", {"agent": None}, CallAssigned(CALL, None, "chen")),
    (f"calls/{CALL}/queue", {"queue": "servers.L1"}, CallMoved(CALL, QueueId("servers.L1"), "chen")),
    (f"calls/{CALL}/head-start", {"seconds": -60, "why": "x"}, CallRaised(CALL, -60.0, "chen", "x")),
    (f"calls/{CALL}/hang-up", {"why": "abusive"}, CallDropped(CALL, "chen", "abusive")),
    (f"calls/{CALL}/take-over", {"phone": "1900"}, CallTakenOver(CALL, PhoneId("1900"), "chen")),
    (f"calls/{CALL}/watch", {"phone": "1900", "mode": "whisper"}, WatchAsked(CALL, PhoneId("1900"), WatchMode.WHISPER, "chen")),
    (f"calls/{CALL}/watch/end", {"phone": "1900"}, WatchStopped(CALL, PhoneId("1900"), "chen")),
    ("queues/printers.L1/switch", {"state": "closed", "until": LATER}, QueueSwitched(QueueId("printers.L1"), False, MIDNIGHT, "chen")),
    ("queues/printers.L1/switch", {"state": "by_hours", "until": LATER}, QueueSwitched(QueueId("printers.L1"), None, None, "chen")),
    ("messages", {"text": " Hello. ", "team": "printers"}, MessageSent("Hello.", "chen", "printers")),
    ("messages", {"text": "Hello.", "agents": ["li.wei"]}, MessageSent("Hello.", "chen", "", (LI,))),
    ("agents/li.wei/state", {"state": "ready", "why": "back"}, AgentStateForced(LI, AgentState.READY, "", "chen", "back")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "event"), ORDERS)
async def test_an_order_is_an_event_with_his_name_and_reason(
    chief: httpx.AsyncClient, built: House, path: str, body: dict[str, Any], event: Event
) -> None:
    answer = await chief.post(f"/api/{path}", json=body)
    assert answer.status_code == httpx.codes.OK, answer.text
    assert built.engine.events[-1] == event


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("calls/main-9.9/hang-up", {}, 404, "no_such_call"),
        (f"calls/{CALL}/assign", {"agent": "nobody"}, 422, "unknown_agent"),
        (f"calls/{CALL}/queue", {"queue": "toasters.L1"}, 422, "unknown_queue"),
        (f"calls/{CALL}/head-start", {"seconds": 4000}, 422, "invalid"),
        (f"calls/{CALL}/take-over", {"phone": "1999"}, 422, "unknown_phone"),
        (f"calls/{CALL}/watch", {"phone": "1999", "mode": "listen"}, 422, "unknown_phone"),
        (f"calls/{CALL}/watch", {"phone": "1900", "mode": "shout"}, 422, "invalid"),
        ("queues/printers.L1/switch", {"state": "closed", "until": "2020-01-01T08:00:00Z"}, 422, "until_past"),
        ("queues/printers.L1/switch", {"state": "closed", "until": "2100-01-01T08:00:00"}, 422, "invalid"),
        ("queues/toasters.L1/switch", {"state": "closed"}, 422, "unknown_queue"),
        ("messages", {"text": "hello", "team": "night"}, 422, "unknown_team"),
        ("messages", {"text": "  "}, 422, "invalid"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    chief: httpx.AsyncClient, built: House, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    assert_problem(await chief.post(f"/api/{path}", json=body), status, code)
    assert built.engine.events == []


async def test_nobody_listens_where_that_is_not_configured(built: House, tmp_path: Path) -> None:
    async with client_of(built, tmp_path, listening=False) as chief:
        await chief.post("/api/login", json={"name": "chen", "password": PEOPLE[2].password})
        answer = await chief.post(f"/api/calls/{CALL}/watch", json={"phone": "1900", "mode": "listen"})
        assert_problem(answer, httpx.codes.CONFLICT, "no_listening")
        assert (await chief.get("/api/config/ui")).json()["phones"] == ["1001", "1002", "1900"]


async def test_an_agent_reads_a_message_and_orders_nothing(client: httpx.AsyncClient, built: House) -> None:
    await client.post("/api/login", json={"name": "li", "password": PEOPLE[0].password})
    for path, body, _ in ORDERS:
        assert_problem(await client.post(f"/api/{path}", json=body), httpx.codes.FORBIDDEN, "not_your_role")
    assert (await client.post("/api/desk/messages/m1/read")).status_code == httpx.codes.NO_CONTENT
    assert built.engine.events == [MessageRead("m1", LI)]


