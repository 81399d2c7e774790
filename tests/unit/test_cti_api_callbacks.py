"""Promised callbacks over HTTP: what was promised, page by page, and calling one off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Archive, open_database
from acd.effects import CallbackChanged
from acd.events import CallbackCancelled, Ticked
from acd.model import CallbackState, CallId, MissCause, QueueId
from acd.projection import Records
from cti.api import create_app
from cti.api_cursor import cursor_of
from tests.unit.cti_api_house import LINES, PEOPLE, SECRET, House, house, plan, promise
from tests.unit.test_cti_api_http import ADDRESS, assert_problem

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def promised(number: int, state: CallbackState = CallbackState.PROMISED, **more: object) -> CallbackChanged:
    call = CallId(f"main-{number}")
    return CallbackChanged(call, f"1390000{number:04}", state, 0, None, f"{call}/b", QueueId("printers.L1"), **more)  # type: ignore[arg-type]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Five were promised, two in the same instant; the second was called off."""
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    records = Records(engine)
    for number in range(5):
        records.follow(number + 1, NOON + timedelta(seconds=min(number, 3)), Ticked(), [promised(number)])
    over = promised(1, CallbackState.CANCELLED, by="chen", reason="solved by mail")
    records.follow(6, NOON + timedelta(minutes=1), Ticked(), [over])
    busy = promised(2, attempts=1, cause=MissCause.BUSY)
    records.follow(7, NOON + timedelta(minutes=2), Ticked(), [busy])
    await records.flush()
    yield engine
    await engine.dispose()


@pytest.fixture
def built() -> House:
    return house()


@asynccontextmanager
async def signed_in(built: House, database: AsyncEngine, tmp_path: Path, name: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, callbacks=Archive(database), dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        person = next(person for person in PEOPLE if person.name == name)
        await client.post("/api/login", json={"name": person.name, "password": person.password})
        yield client


@pytest.fixture
async def chen(built: House, database: AsyncEngine, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The supervisor, signed in."""
    async with signed_in(built, database, tmp_path, "chen") as client:
        yield client


async def test_every_promise_is_on_exactly_one_page_newest_first(chen: httpx.AsyncClient) -> None:
    found: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = (await chen.get("/api/callbacks", params={"limit": "2", **cursor})).json()
        found += [row["call"] for row in page["callbacks"]]
        cursor = {"cursor": page["next"]}
    assert page["next"] is None
    assert found == ["main-4", "main-3", "main-2", "main-1", "main-0"]


async def test_the_open_ones_alone_and_how_the_others_ended(chen: httpx.AsyncClient) -> None:
    rows = (await chen.get("/api/callbacks", params={"state": "open"})).json()["callbacks"]
    assert [row["call"] for row in rows] == ["main-4", "main-3", "main-2", "main-0"]
    assert (rows[2]["attempts"], rows[2]["cause"], rows[2]["promised_at"]) == (1, "busy", "2026-03-02T12:00:02Z")
    over = (await chen.get("/api/callbacks")).json()["callbacks"][3]
    assert (over["state"], over["by"], over["reason"]) == ("cancelled", "chen", "solved by mail")
    assert over["ended_at"] == "2026-03-02T12:01:00Z"


@pytest.mark.parametrize(
    "cursor",
    ["~", cursor_of("callbacks", "yesterday", "b"), cursor_of("callbacks", "2026-03-02T12:00:00", "b"), cursor_of("events", 1, "")],
)
async def test_a_cursor_that_is_not_ours_is_refused(chen: httpx.AsyncClient, cursor: str) -> None:
    assert_problem(await chen.get("/api/callbacks", params={"cursor": cursor}), 422, "unknown_cursor")


async def test_a_supervisor_calls_a_promise_off_and_says_why(chen: httpx.AsyncClient, built: House) -> None:
    built.engine.add_promise(promise("main-2.1"))
    answer = await chen.post("/api/callbacks/main-2.1/cancel", json={"reason": " solved by mail "})
    assert answer.status_code == httpx.codes.NO_CONTENT
    assert built.engine.events == [CallbackCancelled(CallId("main-2.1"), "chen", "solved by mail")]
    assert_problem(await chen.post("/api/callbacks/main-2.1/cancel", json={"reason": "again"}), 404, "no_such_callback")


async def test_without_a_reason_or_while_it_is_being_kept_it_is_refused(chen: httpx.AsyncClient, built: House) -> None:
    built.engine.add_promise(promise("main-2.1", state=CallbackState.DIALLING))
    assert_problem(await chen.post("/api/callbacks/main-2.1/cancel", json={"reason": "  "}), 422, "invalid")
    assert_problem(await chen.post("/api/callbacks/main-2.1/cancel", json={"reason": "late"}), 409, "illegal_transition")


async def test_only_supervisors_see_and_call_off(built: House, database: AsyncEngine, tmp_path: Path) -> None:
    async with signed_in(built, database, tmp_path, "li") as li:
        assert_problem(await li.get("/api/callbacks"), 403, "not_your_role")
        assert_problem(await li.post("/api/callbacks/main-2.1/cancel", json={"reason": "no"}), 403, "not_your_role")
