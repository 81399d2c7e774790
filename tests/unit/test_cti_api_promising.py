"""Promising a callback over HTTP: what becomes an event, what is refused, and what the agent has promised."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from acd.appointment import CallbackPromised, NotPromised
from acd.board import PromiseView
from acd.model import CallbackOrder, CallbackState, CallId, Level, QueueId
from acd.plan import Calendar, CallbackRules, Plan
from cti.api import create_app
from tests.unit.cti_api_house import LI, LINES, PEOPLE, SECRET, WANG, House, plan
from tests.unit.test_cti_api_http import ADDRESS, assert_problem
from tests.unit.test_cti_api_transfer import built, talking

__all__ = ["built", "talking"]

PATH = "/api/desk/callbacks"
NEXT_YEAR = datetime.now(UTC).year + 1


def in_shanghai() -> Plan:
    """Every queue calls back, by the clocks of Shanghai."""
    plain = plan()
    queues = tuple(replace(queue, callback=CallbackRules(), calendar="cn") for queue in plain.queues)
    return replace(plain, queues=queues, calendars={"cn": Calendar(8 * 3600.0)})


@pytest.fixture
async def li(built: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Li, signed in."""
    app = create_app(built.engine, built.users, built.live, SECRET, in_shanghai, product_lines=LINES, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        person = PEOPLE[0]
        await client.post("/api/login", json={"name": person.name, "password": person.password})
        yield client


async def test_a_promise_says_all_that_is_known_of_the_caller(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    answer = await li.post(PATH, json={"at": f"{NEXT_YEAR}-03-02T09:00:00+08:00", "note": " spare part "})
    assert (answer.status_code, answer.text) == (204, "")
    (event,) = built.engine.events
    assert isinstance(event, CallbackPromised)
    assert event.callback.startswith("main-p") and event.callback != talking
    assert event == CallbackPromised(
        talking, event.callback, LI, datetime(NEXT_YEAR, 3, 2, 1, 0, tzinfo=UTC), "13800138000", "printers", Level.L1, "zh", "spare part",
        "key-account", True, "Zhang San", "8008101234", "Printer line (old)",
    )  # fmt: skip


async def test_a_promise_can_be_made_in_the_after_call_work_and_for_another_number(
    li: httpx.AsyncClient, built: House, talking: CallId
) -> None:
    built.engine.hang_up_for(LI)
    assert (await li.post(PATH, json={"at": f"{NEXT_YEAR}-03-02T01:00Z", "number": "02188880000"})).status_code == 204
    (event,) = built.engine.events
    assert isinstance(event, CallbackPromised)
    assert (event.call, event.number, event.due_at.hour) == (talking, "02188880000", 1)


@pytest.mark.parametrize(
    ("body", "code"),
    [({"at": "tomorrow at nine"}, "no_time"), ({"at": "0001-01-01T00:00+14:00"}, "no_time"), ({}, "invalid"),
     ({"at": "2030-01-01T10:00Z", "number": "sip:me"}, "invalid")],
)  # fmt: skip
async def test_what_is_no_time_or_no_number_is_refused(
    li: httpx.AsyncClient, built: House, talking: CallId, body: dict[str, str], code: str
) -> None:
    assert_problem(await li.post(PATH, json=body), 422, code)
    assert built.engine.events == []


async def test_who_has_no_caller_has_nobody_to_promise_anything(li: httpx.AsyncClient, built: House) -> None:
    assert_problem(await li.post(PATH, json={"at": f"{NEXT_YEAR}-03-02T01:00Z"}), 409, "no_call")
    answer = (await li.get(PATH)).json()
    assert answer == {"promises": [], "possible": False, "usual": [], "now": ""}


async def test_why_it_can_not_be_promised_is_the_code(
    li: httpx.AsyncClient, built: House, talking: CallId, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(event: object) -> None:
        raise NotPromised("closed_then", "printers.L1 is closed then")

    monkeypatch.setattr(built.engine, "submit", refuse)
    assert_problem(await li.post(PATH, json={"at": f"{NEXT_YEAR}-03-02T01:00Z"}), 409, "closed_then")


async def test_an_agent_sees_what_he_has_promised_and_nobody_elses(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    at = datetime(NEXT_YEAR, 3, 2, 1, 0, tzinfo=UTC)
    for name, by, due_at in (("later", LI, at + timedelta(hours=1)), ("sooner", LI, at), ("hers", WANG, at)):
        built.engine.promises[CallId(name)] = PromiseView(
            CallId(name), "13900002222", "", QueueId("printers.L1"), CallbackState.PROMISED, at, at, 0, 0, 3, due_at, None,
            CallbackOrder.AGENT_FIRST, by, due_at, "why",
        )  # fmt: skip
    answer = (await li.get(PATH)).json()
    assert [(one["call"], one["note"]) for one in answer["promises"]] == [("sooner", "why"), ("later", "why")]
    assert answer["possible"]
    usual = {one["name"]: one["local"] for one in answer["usual"]}
    assert usual.keys() == {"in_an_hour", "next_morning"}
    tomorrow = (datetime.now(UTC) + timedelta(hours=32)).date()
    assert usual["next_morning"] == f"{tomorrow.isoformat()}T09:00"
