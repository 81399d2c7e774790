"""Handing a call on over HTTP: what becomes an event, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from acd.effects import HandedOn
from acd.events import CallHandedOn, HandoverAcknowledged, Ticked
from acd.model import AgentId, AgentState, CallId, Handover, OfferId, QueueId
from cti.api import create_app
from cti.api_messages import ui_config
from cti.api_transfer import LONGEST_TEXT
from tests.unit.cti_api_house import HOSTILE_NAME, LI, LINES, PEOPLE, SECRET, WANG, House, house, plan, pop
from tests.unit.test_cti_api_http import ADDRESS, assert_problem

PACKET = {"tried": "restarted it", "serial": "SN-1", "fault_code": "E52", "notes": HOSTILE_NAME}
TRANSFER, ACKNOWLEDGE = "/api/desk/transfer", "/api/desk/handover/acknowledge"


@pytest.fixture
def built() -> House:
    return house()


@pytest.fixture
async def li(built: House, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Li, signed in."""
    app = create_app(
        built.engine, built.users, built.live, SECRET, plan, product_lines=LINES, destinations=lambda: ("closed",), dist=tmp_path
    )  # fmt: skip
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        person = PEOPLE[0]
        await client.post("/api/login", json={"name": person.name, "password": person.password})
        yield client


@pytest.fixture
def talking(built: House) -> CallId:
    """The call that Li talks to."""
    shown = pop()
    built.engine.reserve(shown)
    built.engine.answer(shown)
    return shown.call


@pytest.mark.parametrize(
    ("to", "where"),
    [
        ({"queue": "servers.L2"}, (QueueId("servers.L2"), None, None)),
        ({"agent": "wang.fang"}, (None, WANG, None)),
        ({"destination": "closed"}, (None, None, "closed")),
    ],
)
async def test_a_call_is_handed_on_with_all_that_goes_with_it(
    li: httpx.AsyncClient, built: House, talking: CallId, to: dict[str, str], where: tuple[Any, Any, Any]
) -> None:
    answer = await li.post(TRANSFER, json={"to": to, **PACKET})
    assert answer.status_code == 200, answer.text
    assert answer.json()["agent"] == LI
    assert built.engine.events[-1] == CallHandedOn(talking, LI, *where, Handover("restarted it", "SN-1", "E52", HOSTILE_NAME))


async def test_a_call_is_handed_on_to_a_number_as_it_is_dialled(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    assert (await li.post(TRANSFER, json={"to": {"number": "138 0013-8000"}})).status_code == 200
    assert built.engine.events[-1] == CallHandedOn(talking, LI, handover=Handover(), to_number="13800138000")


async def test_where_no_numbers_are_configured_none_is_dialled_and_the_page_knows(built: House, talking: CallId, tmp_path: Path) -> None:
    without = replace(plan(), outside_numbers=None)
    app = create_app(built.engine, built.users, built.live, SECRET, lambda: without, product_lines=LINES, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        await client.post("/api/login", json={"name": PEOPLE[0].name, "password": PEOPLE[0].password})
        assert_problem(await client.post(TRANSFER, json={"to": {"number": "13800138000"}}), 422, "number_refused")
    assert [ui_config(one, (), LINES).targets.numbers for one in (without, plan())] == [False, True]


async def test_who_talks_to_nobody_has_nothing_to_hand_on(li: httpx.AsyncClient, built: House) -> None:
    assert_problem(await li.post(TRANSFER, json={"to": {"queue": "servers.L2"}}), 409, "not_talking")
    assert built.engine.events == []


async def test_in_the_wrap_up_it_is_too_late(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    built.engine.set(LI, AgentState.WRAP_UP, "call")
    assert_problem(await li.post(TRANSFER, json={"to": {"queue": "servers.L2"}}), 409, "not_talking")


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ({"queue": "teapots.L1"}, "unknown_queue"), ({"agent": "nobody"}, "unknown_agent"),
        ({"destination": "moon"}, "unknown_destination"),
        ({"destination": "closed,1)\r\nAction: x"}, "unknown_destination"),
        ({}, "invalid"), ({"queue": "servers.L2", "agent": "wang.fang"}, "invalid"), ({"queue": ""}, "invalid"),
        ({"queue": "q" * 65}, "invalid"),
        ({"number": "110 555"}, "number_refused"), ({"number": "closed,1"}, "number_refused"),
        ({"number": "13800138000\r\nX: y"}, "number_refused"),
        ({"number": ""}, "invalid"), ({"number": "1" * 65}, "invalid"), ({"number": "13800138000", "destination": "closed"}, "invalid"),
    ],
)  # fmt: skip
async def test_a_target_that_there_is_not_is_refused(
    li: httpx.AsyncClient, built: House, talking: CallId, to: dict[str, str], code: str
) -> None:
    before = list(built.engine.events)
    assert_problem(await li.post(TRANSFER, json={"to": to}), 422, code)
    assert built.engine.events == before


async def test_the_longest_packet_in_any_script_fits_and_a_longer_one_is_refused(
    li: httpx.AsyncClient, built: House, talking: CallId
) -> None:
    to, longest = {"queue": "servers.L2"}, {"tried": "🙂" * LONGEST_TEXT, "notes": "文" * LONGEST_TEXT}
    assert (await li.post(TRANSFER, json={"to": to, **longest})).status_code == 200
    assert_problem(await li.post(TRANSFER, json={"to": to, "notes": "x" * (LONGEST_TEXT + 1)}), 422, "invalid")


async def test_what_was_handed_over_is_acknowledged_by_the_one_who_is_offered_the_call(li: httpx.AsyncClient, built: House) -> None:
    shown = pop()
    built.engine.reserve(shown)
    answer = await li.post(ACKNOWLEDGE, json={"offer": shown.offer})
    assert answer.json()["state"] == "reserved"
    assert built.engine.events == [HandoverAcknowledged(OfferId("o1"))]


async def test_another_ones_offer_is_not_acknowledged(li: httpx.AsyncClient, built: House) -> None:
    built.engine.reserve(pop("o2", WANG))
    assert_problem(await li.post(ACKNOWLEDGE, json={"offer": "o2"}), 409, "no_such_offer")
    assert built.engine.events == []


async def test_calls_handed_on_and_bounced_are_counted(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    for bounced in (False, False, True):
        notice = HandedOn(talking, LI, QueueId("printers.L1"), QueueId("servers.L2"), None, None, None, bounced)
        built.engine.tell(Ticked(), [notice])
    metrics = (await li.get("/metrics")).text
    assert 'hotline_handed_on_total{bounced="no"} 2.0' in metrics
    assert 'hotline_handed_on_total{bounced="yes"} 1.0' in metrics


async def test_the_pages_are_told_where_calls_can_be_handed_on_to_by_product(li: httpx.AsyncClient) -> None:
    targets = (await li.get("/api/config/ui")).json()["targets"]
    assert [row["queue"] for row in targets["queues"]] == [f"{line}.{level}" for line in LINES for level in ("L1", "L2", "L3")]
    assert targets["queues"][1] == {
        "queue": "printers.L2", "product_line": "printers", "level": "L2", "label": {"zh": "打印机 L2", "en": "Printers L2"},
    }  # fmt: skip
    assert targets["agents"][0] == {"agent": AgentId("li.wei"), "name": "李伟", "team": "printers"}
    assert targets["destinations"] == ["closed"]
