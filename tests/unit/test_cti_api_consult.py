"""Asking another engineer over HTTP: what becomes an event, what is refused, and what the two pages are told."""

from __future__ import annotations

import httpx
import pytest

from acd.effects import ConsultChanged
from acd.events import ConferenceWanted, ConsultAsked, ConsultCompleted, ConsultTakenBack, Ticked
from acd.model import AgentState, CallId, ConsultState, Handover, NobodyFree, OfferId, QueueId
from cti.api_messages import pop_fields
from tests.unit.cti_api_house import LI, WANG, House, pop
from tests.unit.test_cti_api_http import assert_problem
from tests.unit.test_cti_api_transfer import PACKET, built, li, talking

__all__ = ["built", "li", "talking"]

ASK, COMPLETE, BACK = "/api/desk/consult", "/api/desk/consult/complete", "/api/desk/consult/back"
CONFERENCE = "/api/desk/consult/conference"
HANDOVER = Handover(PACKET["tried"], PACKET["serial"], PACKET["fault_code"], PACKET["notes"])


@pytest.mark.parametrize(
    ("to", "where"), [({"queue": "servers.L2"}, (QueueId("servers.L2"), None)), ({"agent": "wang.fang"}, (None, WANG))]
)
async def test_another_engineer_is_asked_with_all_that_he_must_know(
    li: httpx.AsyncClient, built: House, talking: CallId, to: dict[str, str], where: tuple[QueueId | None, None]
) -> None:
    answer = await li.post(ASK, json={"to": to, **PACKET})
    assert (answer.status_code, answer.json()["agent"]) == (200, LI)
    assert built.engine.events == [ConsultAsked(talking, LI, *where, HANDOVER)]


async def test_the_call_is_given_over_or_taken_back(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    for path in (COMPLETE, BACK):
        assert (await li.post(path)).status_code == 200
    assert built.engine.events == [ConsultCompleted(talking, LI), ConsultTakenBack(talking, LI)]


@pytest.mark.parametrize("path", [ASK, COMPLETE, BACK, CONFERENCE])
async def test_who_talks_to_nobody_has_nothing_to_ask(li: httpx.AsyncClient, built: House, path: str) -> None:
    built.engine.set(LI, AgentState.WRAP_UP, "call")
    assert_problem(await li.post(path, json={"to": {"queue": "servers.L2"}} if path == ASK else None), 409, "not_talking")
    assert built.engine.events == []


@pytest.mark.parametrize(
    ("to", "code"),
    [({"queue": "teapots.L1"}, "unknown_queue"), ({"agent": "nobody"}, "unknown_agent"), ({}, "invalid"),
     ({"queue": "servers.L2", "agent": "wang.fang"}, "invalid")],
)  # fmt: skip
async def test_one_who_there_is_not_can_not_be_asked(
    li: httpx.AsyncClient, built: House, talking: CallId, to: dict[str, str], code: str
) -> None:
    assert_problem(await li.post(ASK, json={"to": to}), 422, code)
    assert built.engine.events == []


async def test_when_nobody_is_free_that_is_what_is_said(
    li: httpx.AsyncClient, built: House, talking: CallId, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(event: object) -> None:
        raise NobodyFree("nobody of servers.L2 is free now")

    monkeypatch.setattr(built.engine, "submit", refuse)
    assert_problem(await li.post(ASK, json={"to": {"queue": "servers.L2"}}), 409, "nobody_free")


async def test_the_cards_of_both_say_how_it_goes(built: House, talking: CallId) -> None:
    other = pop("o2", WANG)
    built.engine.reserve(other)
    live = built.live
    notice = ConsultChanged(talking, LI, WANG, OfferId("o2"), ConsultState.TALKING, "answered")
    built.engine.tell(Ticked(), [notice])
    card = live._cards.of(LI)
    assert card is not None
    assert pop_fields(card)["consult"] == {
        "agent": LI, "consulted": WANG, "outside": "", "state": "talking", "why": "answered",
    }  # fmt: skip
    elsewhere = live._cards.of(WANG)
    assert elsewhere is not None and elsewhere.consult is None, "her card is of another call"


async def test_somebody_outside_the_house_is_asked_and_the_caller_may_join(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    assert (await li.post(ASK, json={"to": {"destination": "partner"}, **PACKET})).status_code == 200
    assert (await li.post(CONFERENCE)).status_code == 200
    assert built.engine.events == [
        ConsultAsked(talking, LI, None, None, HANDOVER, "partner"), ConferenceWanted(talking, LI),
    ]  # fmt: skip


async def test_somebody_at_a_number_is_asked_unless_it_may_not_be_dialled(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    assert (await li.post(ASK, json={"to": {"number": "(021) 8888 0000"}, **PACKET})).status_code == 200
    assert built.engine.events == [ConsultAsked(talking, LI, handover=HANDOVER, to_number="02188880000")]
    assert_problem(await li.post(ASK, json={"to": {"number": "0110"}}), 422, "number_refused")
    assert len(built.engine.events) == 1


async def test_a_destination_without_a_telephone_can_not_be_asked(li: httpx.AsyncClient, built: House, talking: CallId) -> None:
    assert_problem(await li.post(ASK, json={"to": {"destination": "voicemail"}}), 422, "unknown_destination")


async def test_the_card_says_who_outside_is_asked(built: House, talking: CallId) -> None:
    built.engine.tell(Ticked(), [ConsultChanged(talking, LI, None, OfferId("x1"), ConsultState.RINGING, "begun", "partner")])
    card = built.live._cards.of(LI)
    assert card is not None
    assert pop_fields(card)["consult"] == {
        "agent": LI, "consulted": None, "outside": "partner", "state": "ringing", "why": "begun",
    }  # fmt: skip
