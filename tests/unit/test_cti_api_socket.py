"""The WebSocket and the server, with a foreign client over a real connection."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from acd.events import DeskSeen
from cti import api_sessions
from cti.api import create_app
from cti.api_parts import COOKIE
from cti.api_server import WebServer, serve
from cti.api_sessions import Sessions
from cti.api_tries import TRIES_OF_NAME
from tests.unit.cti_api_house import LI, LINES, PEOPLE, SECRET, UNLIMITED, House, house, plan, pop, session_of


@pytest.fixture
def built() -> House:
    return house()


@pytest.fixture
def app(built: House, tmp_path: Path) -> FastAPI:
    return create_app(built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, dist=tmp_path)


@pytest.fixture
async def server(app: FastAPI) -> AsyncIterator[WebServer]:
    serving = await serve(app, port=0)
    yield serving
    await serving.stop()


def cookie_of(name: str) -> str:
    person = next(person for person in PEOPLE if person.name == name)
    return f"{COOKIE}={Sessions(SECRET).cookie(session_of(person))}"


def page(server: WebServer, name: str | None, origin: str | None = None) -> AbstractAsyncContextManager[ClientConnection]:
    headers = {"Cookie": cookie_of(name)} if name else {}
    return connect(f"ws://127.0.0.1:{server.port}/ws", additional_headers=headers, origin=origin)  # type: ignore[arg-type]


async def next_of(connection: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(3):
        while True:
            message: dict[str, Any] = json.loads(await connection.recv())
            if message["kind"] == kind:
                return message


async def close_code(connection: ClientConnection) -> int | None:
    async with asyncio.timeout(5):
        try:
            while True:
                await connection.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def test_a_page_is_greeted_with_who_it_is_and_what_may_be_chosen(server: WebServer) -> None:
    async with page(server, "li") as connection:
        hello = await next_of(connection, "hello")
        assert hello["me"] == {"name": "li", "role": "agent", "agent": LI, "language": "zh", "supervises": False, **UNLIMITED}
        assert hello["ui"]["reasons"][0] == "break"
        assert hello["now"].endswith("Z")
        assert (await next_of(connection, "agent"))["agent"]["state"] == "logged_out"


async def test_without_a_session_the_page_is_sent_to_sign_in(server: WebServer, built: House) -> None:
    async with page(server, None) as connection:
        assert await close_code(connection) == 4401
    assert built.engine.events == []


async def test_another_sites_page_gets_no_socket_even_with_the_cookie(server: WebServer, built: House) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with page(server, "li", origin="http://evil.example"):
            pass
    assert refusal.value.response.status_code == 403
    async with page(server, "li", origin=f"http://127.0.0.1:{server.port}") as connection:
        await next_of(connection, "hello")


async def test_a_pop_goes_out_and_its_confirmation_comes_back(server: WebServer, built: House) -> None:
    async with page(server, "li") as connection:
        await next_of(connection, "agent")
        showing = asyncio.create_task(built.live.show_pop(pop()))
        message = await next_of(connection, "pop")
        started = asyncio.get_running_loop().time()
        await connection.send(json.dumps({"kind": "pop_shown", "offer": message["offer"]}))
        await showing
        assert asyncio.get_running_loop().time() - started < 0.1


async def test_a_ping_is_answered(server: WebServer) -> None:
    async with page(server, "li") as connection:
        await connection.send('{"kind": "ping"}')
        assert "now" in await next_of(connection, "pong")


NONSENSE = ["", "{", "5", '{"kind": "pop_shown"}', '{"kind": "board"}', '{"kind": "pop_shown", "offer": ' + "[" * 900]


@pytest.mark.parametrize("text", NONSENSE)
async def test_a_page_that_talks_nonsense_is_hung_up_on_and_nothing_else_happens(server: WebServer, built: House, text: str) -> None:
    async with page(server, "li") as connection:
        await connection.send(text)
        assert await close_code(connection) == 1003
    async with page(server, "li") as connection:
        await next_of(connection, "hello")


async def test_a_message_that_is_too_long_is_not_even_read(server: WebServer) -> None:
    async with page(server, "li") as connection:
        await connection.send("x" * 100_000)
        assert await close_code(connection) == 1009


async def test_a_binary_message_is_hung_up_on_too(server: WebServer, built: House) -> None:
    async with page(server, "li") as connection:
        await connection.send(b"\x00\xff")
        assert await close_code(connection) == 1003


async def test_signing_out_hangs_up_on_the_page(server: WebServer, built: House) -> None:
    cookie = cookie_of("li")
    address = f"http://127.0.0.1:{server.port}"
    async with connect(f"ws://127.0.0.1:{server.port}/ws", additional_headers={"Cookie": cookie}) as connection:
        await next_of(connection, "agent")
        async with httpx.AsyncClient() as client:
            assert (await client.post(f"{address}/api/logout", headers={"Cookie": cookie})).status_code == 204
        assert await close_code(connection) == 4401


async def test_the_page_of_a_removed_user_is_hung_up_on_though_it_says_nothing(
    server: WebServer, built: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_sessions, "USERS_ASKED_EVERY_SECONDS", 0.05)
    async with page(server, "li") as connection:
        await next_of(connection, "agent")
        del built.users.versions["li"]
        assert await close_code(connection) == 4401


async def test_a_client_cannot_say_that_it_is_somebody_else_behind_a_proxy(server: WebServer, built: House) -> None:
    address = f"http://127.0.0.1:{server.port}/api/login"
    async with httpx.AsyncClient() as client:
        answers = [
            await client.post(address, json={"name": "li", "password": "x"}, headers={"X-Forwarded-For": f"10.0.0.{number}"})
            for number in range(TRIES_OF_NAME + 1)
        ]
    assert [answer.status_code for answer in answers] == [401] * TRIES_OF_NAME + [429]


async def test_behind_a_tls_proxy_the_cookie_never_travels_in_the_clear(server: WebServer) -> None:
    credentials = {"name": "li", "password": "li's password"}
    host = f"127.0.0.1:{server.port}"
    async with httpx.AsyncClient() as client:
        plain = await client.post(f"http://{host}/api/login", json=credentials, headers={"Origin": f"http://{host}"})
        tls = await client.post(f"http://{host}/api/login", json=credentials, headers={"Origin": f"https://{host}"})
    assert ["secure" in answer.headers["set-cookie"].lower() for answer in (plain, tls)] == [False, True]


async def test_the_router_hears_that_the_desk_is_open_and_closed(server: WebServer, built: House) -> None:
    async with page(server, "li") as connection:
        await next_of(connection, "agent")
        assert built.engine.events == [DeskSeen(LI, True)]
    async with asyncio.timeout(3):
        while len(built.engine.events) < 2:
            await asyncio.sleep(0.01)
    assert built.engine.events == [DeskSeen(LI, True), DeskSeen(LI, False)]


async def test_a_page_that_reads_nothing_is_hung_up_on_while_others_go_on(server: WebServer, built: House) -> None:
    async with page(server, "wang") as reading, await deaf_page(server.port, cookie_of("li")):
        await next_of(reading, "agent")
        async with asyncio.timeout(20):
            while DeskSeen(LI, False) not in built.engine.events:
                built.live._send(LI, "x" * 200_000)
                await asyncio.sleep(0.005)
        await reading.send('{"kind": "ping"}')
        await next_of(reading, "pong")


class Deaf:
    """A client that shakes hands and then never reads."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    async def __aenter__(self) -> Deaf:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._connection.close()


async def deaf_page(port: int, cookie: str) -> Deaf:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, ("127.0.0.1", port))
    request = (
        f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: {cookie}\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await loop.sock_sendall(connection, request.encode())
    assert b"101" in await loop.sock_recv(connection, 12)
    return Deaf(connection)


async def test_the_server_touches_no_signal_handler_and_frees_its_port(app: FastAPI) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    first = await serve(app, port=0)
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before
    with pytest.raises(OSError, match="in use"):
        await serve(app, port=first.port)
    await first.stop()
    second = await serve(app, port=first.port)
    await second.stop()


async def test_the_server_stops_in_time_though_pages_are_open(app: FastAPI) -> None:
    serving = await serve(app, port=0)
    async with page(serving, "li") as connection:
        await next_of(connection, "hello")
        async with asyncio.timeout(4):
            await serving.stop()
        assert await close_code(connection) == 1012
