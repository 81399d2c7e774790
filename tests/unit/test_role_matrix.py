"""Every route and every socket message, asked by every role and by nobody: who may is what the table of routes says, and no more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute, Mount, WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from cti.api import create_app
from cti.api_parts import COOKIE
from cti.api_routes import EVERYBODY, Role, Route
from cti.api_server import WebServer, serve
from cti.api_sessions import Session, Sessions
from cti.api_socket import Said
from cti.api_table import ROUTES
from tests.unit.cti_api_house import LI, LINES, SECRET, House, house, plan

ADDRESS = "http://desk.example"
ROLES = [*Role]
FOR_NOBODY_TOO = {
    "GET /", "GET /wall", "GET /healthz", "GET /metrics", "GET /api/docs", "GET /api/docs.css", "POST /api/login",
    "POST /api/second-factor", "POST /api/second-factor/confirm", "POST /api/wall",
}  # fmt: skip
"""All that can be asked without having signed in. Whoever adds to this had better have a reason."""
FOR_ADMINISTRATORS_ALONE = ("/api/users", "/api/tokens")
OUTSIDE_THE_TABLE = {"/assets", "/api/openapi.json"}
"""Built files and the API's own description: the same for everybody."""


def name(row: Route) -> str:
    return f"{row.method} {row.path}"


def session_as(role: Role) -> Session:
    return Session(token_urlsafe(12), f"{role} of the tests", role, LI if role is Role.AGENT else None, "en", "v1")


def cookie(role: Role) -> dict[str, str]:
    return {} if role is Role.NOBODY else {"Cookie": f"{COOKIE}={Sessions(SECRET).cookie(session_as(role))}"}


@pytest.fixture
def built() -> House:
    built = house()
    built.users.versions.update({f"{role} of the tests": "v1" for role in ROLES})
    return built


@pytest.fixture
def app(built: House, tmp_path: Path) -> FastAPI:
    return create_app(built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, dist=tmp_path)


def served(app: FastAPI) -> Iterator[str]:
    for route in app.routes:
        yield from _names(route)


def _names(route: BaseRoute) -> Iterator[str]:
    if isinstance(route, APIRoute):
        yield from (f"{method} {route.path}" for method in route.methods)
    elif isinstance(route, WebSocketRoute | APIWebSocketRoute):
        yield f"WEBSOCKET {route.path}"
    elif isinstance(route, Mount):
        yield route.path
    else:
        yield getattr(route, "path", repr(route))


def test_nothing_is_served_that_the_table_does_not_name(app: FastAPI) -> None:
    assert set(served(app)) - OUTSIDE_THE_TABLE == set(map(name, ROUTES))


def test_what_nobody_may_ask_without_signing_in_is_nearly_all() -> None:
    assert {name(row) for row in ROUTES if Role.NOBODY in row.roles} == FOR_NOBODY_TOO


def test_users_and_tokens_are_the_administrators_matter() -> None:
    rows = [row for row in ROUTES if row.path.startswith(FOR_ADMINISTRATORS_ALONE)]
    assert len(rows) >= 9
    assert {row.roles for row in rows} == {frozenset({Role.ADMIN})}


def test_an_agent_and_a_quality_monitor_are_no_supervisors() -> None:
    others = ("/api/agents", "/api/calls", "/api/incidents", "/api/queues")
    acting = [row for row in ROUTES if row.method != "GET" and row.path.startswith(others)]
    assert acting
    assert not [name(row) for row in acting if row.roles & {Role.AGENT, Role.QUALITY}]


def test_a_wall_may_ask_who_it_is_and_hear_its_figures_and_nothing_else() -> None:
    assert {name(row) for row in ROUTES if Role.WALL in row.roles} - FOR_NOBODY_TOO == {"GET /api/me", "WEBSOCKET /ws"}


REQUESTS = [row for row in ROUTES if row.method != "WEBSOCKET"]


@pytest.mark.parametrize("row", REQUESTS, ids=map(name, REQUESTS))
async def test_a_route_answers_the_roles_of_its_row_and_no_others(app: FastAPI, row: Route) -> None:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    path = row.path.replace("{", "").replace("}", "")
    told = {}
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        for role in ROLES:
            answer = await client.request(row.method, path, headers=cookie(role), json=None if row.method == "GET" else {})
            told[role] = answer.status_code, _code(answer)
    expected = {role: (role in row.roles) for role in ROLES}
    assert {role: told[role] not in {(401, "signed_out"), (403, "not_your_role")} for role in ROLES} == expected, told
    if row.roles != EVERYBODY:
        assert told[Role.NOBODY] == (401, "signed_out")
    assert not [role for role, (status, _) in told.items() if status == 500], told


def _code(answer: httpx.Response) -> str:
    return answer.json().get("code", "") if answer.headers.get("content-type") == "application/problem+json" else ""


# ---- the sockets --------------------------------------------------------------------------------------------------------------

SIGNED_OUT, WRONG_ROLE = 4401, 4403
SOCKETS = [row for row in ROUTES if row.method == "WEBSOCKET"]
HEARS = {
    Role.NOBODY: None,
    Role.AGENT: {"hello", "agent", "pong"},
    Role.QUALITY: {"hello", "pong"},
    Role.SUPERVISOR: {"hello", "board", "pong"},
    Role.ADMIN: {"hello", "board", "pong"},
    Role.WALL: {"hello", "board", "pong"},
}
"""What a page hears of at once that says all it can; None: its socket is closed."""
SAYS = {"ping": {"kind": "ping"}, "pop_shown": {"kind": "pop_shown", "offer": "nobody's"}}
"""All that a page can say. Neither changes anything but the page's own pop."""


@pytest.fixture
async def server(app: FastAPI) -> AsyncIterator[WebServer]:
    serving = await serve(app, port=0)
    yield serving
    await serving.stop()


def test_every_message_of_a_page_is_tried() -> None:
    assert set(Said.json_schema()["discriminator"]["mapping"]) == set(SAYS)


@pytest.mark.parametrize("role", ROLES)
async def test_a_socket_tells_each_role_its_own_and_takes_every_message(server: WebServer, built: House, role: Role) -> None:
    heard: set[str] = set()
    async with connect(f"ws://127.0.0.1:{server.port}/ws", additional_headers=cookie(role)) as socket:
        if HEARS[role] is None:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == SIGNED_OUT
            return
        before = list(built.engine.events)
        for message in (SAYS["pop_shown"], SAYS["ping"]):
            await socket.send(json.dumps(message))
        async with asyncio.timeout(5):
            while "pong" not in heard:
                heard.add(json.loads(await socket.recv())["kind"])
        assert [event for event in built.engine.events if event not in before and type(event).__name__ != "DeskSeen"] == []
    assert heard == HEARS[role]


@pytest.mark.parametrize("row", SOCKETS, ids=map(name, SOCKETS))
async def test_a_socket_is_open_to_the_roles_of_its_row_and_to_no_others(server: WebServer, row: Route) -> None:
    refused = {}
    for role in ROLES:
        async with connect(f"ws://127.0.0.1:{server.port}{row.path}", additional_headers=cookie(role)) as socket:
            with suppress(ConnectionClosed):
                await socket.recv()
            refused[role] = socket.close_code in {SIGNED_OUT, WRONG_ROLE}
    assert refused == {role: role not in row.roles for role in ROLES}
