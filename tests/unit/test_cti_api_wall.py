"""What a wall is told, over a real connection: figures, and nobody's name, number, phone or words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from acd.archive import open_database
from acd.board import Board, SwitchView
from acd.model import AgentState
from acd.tokens import TokenDirectory
from cti import api_sessions
from cti.api import create_app
from cti.api_access import Access
from cti.api_parts import WALL_COOKIE
from cti.api_server import WebServer, serve
from tests.unit.cti_api_house import (
    INCIDENT_TEXTS,
    LI,
    LINES,
    NAMES,
    SECRET,
    FakeEngine,
    House,
    house,
    now,
    promise,
    waiting_call,
)
from tests.unit.people_house import plan_of_two_teams

SIGNED_OUT = 4401
NUMBER, CALLER = "13800138000", "Wang Qiang"


class ClosedByHand(FakeEngine):
    """One queue is closed, by somebody and for a reason."""

    def board(self) -> Board:
        board = super().board()
        closed = replace(board.queues[0], is_open=False, switched=SwitchView(False, None, "chen", "evacuation", now()))
        return replace(board, queues=(closed, *board.queues[1:]))


@pytest.fixture
def built() -> House:
    built = house()
    built.engine = ClosedByHand(built.live)
    built.live.attach(built.engine)
    built.engine.add_call(replace(waiting_call("main-1.1", waited_seconds=60), ani=NUMBER, ani_name=CALLER))
    built.engine.add_promise(promise())
    return built


@pytest.fixture
async def tokens(tmp_path: Path) -> AsyncIterator[TokenDirectory]:
    database = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    yield TokenDirectory(database)
    await database.dispose()


@pytest.fixture
async def server(built: House, tokens: TokenDirectory, tmp_path: Path) -> AsyncIterator[WebServer]:
    app = create_app(
        built.engine, built.users, built.live, SECRET, plan_of_two_teams, product_lines=LINES, dist=tmp_path,
        destinations=lambda: ("partner",), incident_texts=lambda: INCIDENT_TEXTS, phones=lambda: ("1900",),
        access=Access(tokens=tokens), supervision=lambda: {"formula": "of_offered"},
    )  # fmt: skip
    serving = await serve(app, port=0)
    yield serving
    await serving.stop()


async def begun(socket: ClientConnection) -> tuple[dict[str, Any], dict[str, Any]]:
    async with asyncio.timeout(5):
        return json.loads(await socket.recv()), json.loads(await socket.recv())["board"]


def wall(server: WebServer, token: str) -> connect:
    return connect(f"ws://127.0.0.1:{server.port}/ws", additional_headers={"Cookie": f"{WALL_COOKIE}={token}"})


async def test_a_wall_is_told_figures_and_nothing_of_anybody(server: WebServer, built: House, tokens: TokenDirectory) -> None:
    built.engine.set(LI, AgentState.NOT_READY, "lunch")
    _, token = await tokens.create("lobby", "wall", [], "root", now(), None)
    async with wall(server, token) as socket:
        hello, board = await begun(socket)
    people = {name for name, _team in NAMES.values()}
    said = json.dumps([hello, board], ensure_ascii=False)
    private = {NUMBER, CALLER, "chen", "evacuation", "lunch", "1900", "1001", "partner", *NAMES, *people, *INCIDENT_TEXTS}
    assert {one for one in private if f'"{one}"' in said} == set()
    assert (board["calls"], board["promises"], board["incidents"], board["messages"]) == ([], [], [], [])
    assert [agent["state"] for agent in board["agents"]] == ["logged_out", "not_ready"]
    printers = next(queue for queue in board["queues"] if queue["queue"] == "printers.L1")
    assert (printers["waiting"], printers["longest_waiting_since"] is None) == (1, False)
    assert hello["ui"]["supervision"] == {"formula": "of_offered"}
    assert "printers" in hello["ui"]["product_lines"]


async def test_who_may_no_more_sees_nothing_more_though_the_browser_was_a_wall_once(
    server: WebServer, built: House, tokens: TokenDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_sessions, "USERS_ASKED_EVERY_SECONDS", 0.05)
    _, token = await tokens.create("lobby", "wall", [], "root", now(), None)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as browser:
        (await browser.post("/api/login", json={"name": "chen", "password": "chen's password"})).raise_for_status()
        browser.cookies.set(WALL_COOKIE, token)
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        async with connect(f"ws://127.0.0.1:{server.port}/ws", additional_headers={"Cookie": cookies}) as socket:
            hello, _ = await begun(socket)
            assert hello["me"]["name"] == "chen"
            built.users.versions["chen"] = "another password"
            with pytest.raises(ConnectionClosed):
                async with asyncio.timeout(5):
                    while True:
                        await socket.recv()
            assert socket.close_code == SIGNED_OUT
        asked = await browser.get("/api/audit")
        assert (asked.status_code, asked.json()["code"]) == (401, "signed_out")
        assert (await browser.get("/api/me")).json()["role"] == "wall", "the wall goes on"


async def test_a_walls_teams_are_all_it_shows_and_it_ends_when_its_token_does(server: WebServer, tokens: TokenDirectory) -> None:
    identity, token = await tokens.create("lobby", "wall", ["servers"], "root", now(), None)
    async with wall(server, token) as socket:
        _, board = await begun(socket)
        assert {queue["product_line"] for queue in board["queues"]} == {"servers"}
        assert len(board["agents"]) == 1
    assert await tokens.revoke(identity, "root", now())
    async with wall(server, token) as socket:
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(20):
                while True:
                    await socket.recv()
        assert socket.close_code == SIGNED_OUT
