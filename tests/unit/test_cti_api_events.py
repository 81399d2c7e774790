"""What happened, over HTTP and at a socket: everything once and in order, from wherever the reader was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from acd.events import AgentWentNotReady, AgentWentReady, Event, PlanLoaded, Ticked, WrapUpEnded
from acd.journal import SqliteJournal
from acd.journal_pages import JournalPages
from cti import api_events_socket
from cti.api import create_app
from cti.api_cursor import cursor_of
from cti.api_server import WebServer, serve
from tests.unit.cti_api_house import LI, SECRET, House, house, plan
from tests.unit.test_cti_api_http import assert_problem
from tests.unit.test_cti_api_socket import cookie_of

EVENTS = "/api/events"


class Happening:
    """A journal in which things happen, and that the pages' house hears of."""

    def __init__(self, folder: Path, built: House) -> None:
        self.path = folder / "journal.sqlite3"
        self.journal = SqliteJournal(self.path)
        self._built = built

    def happens(self, *events: Event) -> int:
        at = datetime.now(UTC)
        last = self.journal.append([(at, event) for event in events])
        self.journal.commit()
        self._built.live.follow(last, at, events[-1], [])
        return last


@pytest.fixture
def built() -> House:
    return house()


@pytest.fixture
def past(built: House, tmp_path: Path) -> Iterator[Happening]:
    past = Happening(tmp_path, built)
    yield past
    past.journal.close()


@pytest.fixture
async def server(built: House, past: Happening, tmp_path: Path) -> AsyncIterator[WebServer]:
    pages = JournalPages(past.path)
    serving = await serve(create_app(built.engine, built.users, built.live, SECRET, plan, recorded=pages, dist=tmp_path), port=0)
    yield serving
    await serving.stop()
    pages.close()


@pytest.fixture
async def chen(server: WebServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers={"Cookie": cookie_of("chen")}) as client:
        yield client


def reader(
    server: WebServer, after: str | None = None, name: str | None = "chen", **more: Any
) -> AbstractAsyncContextManager[ClientConnection]:
    address = f"ws://127.0.0.1:{server.port}/api/events/live" + (f"?after={after}" if after else "")
    return connect(address, additional_headers={"Cookie": cookie_of(name)} if name else {}, **more)


async def heard(connection: ClientConnection, count: int = 1) -> list[dict[str, Any]]:
    async with asyncio.timeout(20):
        return [json.loads(await connection.recv()) for _ in range(count)]


async def closing(connection: ClientConnection) -> tuple[int, str]:
    async with asyncio.timeout(20):
        try:
            while True:
                await connection.recv()
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code, closed.rcvd.reason


def reasons(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"]["reason"] for event in events]


def breaks(*numbers: int) -> list[Event]:
    return [AgentWentNotReady(LI, str(number)) for number in numbers]


async def test_every_event_is_on_exactly_one_page_the_oldest_first(chen: httpx.AsyncClient, past: Happening) -> None:
    past.happens(*breaks(*range(5)))
    found, params = [], {"limit": "2"}
    for _ in range(3):
        page = (await chen.get(EVENTS, params=params)).json()
        found += page["events"]
        params["after"] = page["next"]
    assert reasons(found) == ["0", "1", "2", "3", "4"]
    assert (page["more"], found[0]["type"], found[0]["call"]) == (False, "AgentWentNotReady", None)
    past.happens(*breaks(5))
    assert reasons((await chen.get(EVENTS, params=params)).json()["events"]) == ["5"]


async def test_each_event_has_the_cursor_behind_it(chen: httpx.AsyncClient, past: Happening) -> None:
    past.happens(*breaks(0, 1, 2))
    events = (await chen.get(EVENTS)).json()["events"]
    assert reasons((await chen.get(EVENTS, params={"after": events[1]["cursor"]})).json()["events"]) == ["2"]


async def test_from_now_on_begins_with_nothing(chen: httpx.AsyncClient, past: Happening) -> None:
    past.happens(*breaks(0))
    page = (await chen.get(EVENTS, params={"after": "latest"})).json()
    assert (page["events"], page["more"]) == ([], False)
    past.happens(*breaks(1))
    assert reasons((await chen.get(EVENTS, params={"after": page["next"]})).json()["events"]) == ["1"]


async def test_what_was_refused_and_that_time_passed_is_not_told_and_a_plan_is_not_told_in_full(
    chen: httpx.AsyncClient, past: Happening
) -> None:
    past.happens(Ticked(), PlanLoaded(plan()))
    past.journal.note_refused(past.happens(AgentWentReady(LI)))
    past.happens(*breaks(1))
    events = (await chen.get(EVENTS)).json()["events"]
    assert [(event["type"], event["event"]) for event in events] == [
        ("PlanLoaded", {}), ("AgentWentNotReady", {"agent": LI, "reason": "1"}),
    ]  # fmt: skip


async def test_what_is_not_durable_yet_is_not_told(chen: httpx.AsyncClient, past: Happening) -> None:
    past.journal.append([(datetime.now(UTC), AgentWentReady(LI))])
    assert (await chen.get(EVENTS)).json()["events"] == []


@pytest.mark.parametrize("cursor", ["x", "Zm9v", cursor_of("callbacks", 1, ""), cursor_of("events", "1", ""), cursor_of("events", -1, "")])
async def test_a_cursor_that_is_not_of_this_list_is_refused(chen: httpx.AsyncClient, cursor: str) -> None:
    assert_problem(await chen.get(EVENTS, params={"after": cursor}), 422, "unknown_cursor")


async def test_the_cursor_of_a_journal_that_is_lost_says_so(chen: httpx.AsyncClient, past: Happening) -> None:
    past.happens(*breaks(0))
    assert_problem(await chen.get(EVENTS, params={"after": cursor_of("events", 1, "another's")}), 410, "events_lost")


async def test_a_reader_gets_what_he_missed_and_then_what_happens(server: WebServer, past: Happening) -> None:
    past.happens(*breaks(0, 1, 2))
    async with reader(server) as connection:
        (following,) = await heard(connection)
        assert following["kind"] == "following"
        past.happens(*breaks(3))
        (event,) = await heard(connection)
        assert (event["kind"], event["type"], event["event"]["reason"]) == ("event", "AgentWentNotReady", "3")
    past.happens(*breaks(*range(4, 304)))
    async with reader(server, event["cursor"]) as connection:
        await heard(connection)
        past.happens(*breaks(304))
        assert reasons(await heard(connection, 301)) == [str(number) for number in range(4, 305)]


async def test_a_reader_who_reads_too_slowly_is_told_so_and_comes_back_without_a_gap(
    server: WebServer, past: Happening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_events_socket, "SEND_LIMIT_SECONDS", 0.3)
    monkeypatch.setattr(api_events_socket, "CLOSE_LIMIT_SECONDS", 30)  # on a busy machine the reader wakes up late
    past.happens(*(WrapUpEnded(LI, "solved", f"{number:06}" + "x" * 4000) for number in range(4000)))
    seen: list[dict[str, Any]] = []
    async with reader(server, cursor_of("events", 0, ""), max_queue=1, compression=None) as connection:
        await heard(connection)
        async with asyncio.timeout(60):
            while server_readers(server):
                await asyncio.sleep(0.05)  # it can tell us only when we read again
            try:
                while True:
                    seen.append(json.loads(await connection.recv()))
            except ConnectionClosed as closed:
                assert closed.rcvd is not None
                assert (closed.rcvd.code, closed.rcvd.reason) == (1013, "too slow: come back with the last cursor")
    assert 0 < len(seen) < 4000
    async with reader(server, seen[-1]["cursor"]) as connection:
        await heard(connection)
        seen += await heard(connection, 4000 - len(seen))
    assert [int(event["event"]["note"][:6]) for event in seen] == list(range(4000))


def server_readers(server: WebServer) -> set[object]:
    return server._server.config.app.state.readers  # type: ignore[no-any-return,union-attr]


@pytest.mark.parametrize(("name", "code"), [(None, 4401), ("li", 4403)])
async def test_who_may_not_see_everything_is_hung_up_on(server: WebServer, name: str | None, code: int) -> None:
    async with reader(server, name=name) as connection:
        assert (await closing(connection))[0] == code


async def test_a_wrong_cursor_and_a_reader_who_talks_are_hung_up_on_with_the_reason(server: WebServer) -> None:
    async with reader(server, "x") as connection:
        assert await closing(connection) == (4422, "unknown_cursor: this is no cursor of this list")
    async with reader(server) as connection:
        await connection.send("hello")
        assert (await closing(connection))[0] == 1003


async def test_readers_are_bounded(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_events_socket, "MOST_READERS", 1)
    async with reader(server) as first:
        await heard(first)
        async with reader(server) as second:
            assert await closing(second) == (1013, "too many readers: come back later")


async def test_a_reader_whose_session_ends_is_hung_up_on(server: WebServer, built: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.api_sessions.USERS_ASKED_EVERY_SECONDS", 0.05)
    async with reader(server) as connection:
        await heard(connection)
        built.users.versions["chen"] = "another password"
        assert (await closing(connection))[0] == 4401


async def test_agents_do_not_read_the_journal(server: WebServer) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", headers={"Cookie": cookie_of("li")}) as li:
        assert_problem(await li.get(EVENTS), 403, "not_your_role")
