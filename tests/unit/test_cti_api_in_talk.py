"""Answer, hold and mute over HTTP: what the phones are told, what is refused, and what the page hears."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest

from acd.effects import CallChanged, ConsultChanged
from acd.events import Ticked
from acd.model import AgentId, AgentState, CallId, CallState, ConsultState, OfferId, OfferState, PhoneId
from acd.ports import EffectFailed, TalkView
from acd.recording import RecordingBegan, RecordingPaused
from cti.api import create_app
from tests.unit.cti_api_house import LI, PEOPLE, SECRET, WANG, House, house, plan, pop
from tests.unit.test_cti_api_http import ADDRESS, assert_problem, signed_in

HOLD, MUTE, ANSWER = "/api/desk/hold", "/api/desk/mute", "/api/desk/answer"
PAUSE = "/api/desk/recording/pause"


@dataclass
class Phones:
    """Implements ``acd.ports.InTalk``; does what it is told, unless ``broken``."""

    did: list[tuple[str, str]] = field(default_factory=list)
    talk: TalkView = field(default_factory=TalkView)
    broken: bool = False

    async def put_on_hold(self, call: CallId, phone: PhoneId) -> None:
        self._do("hold", phone, replace(self.talk, on_hold=True))

    async def take_back(self, call: CallId, phone: PhoneId) -> None:
        self._do("take back", phone, replace(self.talk, on_hold=False))

    async def mute(self, call: CallId, phone: PhoneId, silent: bool) -> None:
        self._do("mute" if silent else "unmute", phone, replace(self.talk, muted=silent))

    async def pause_recording(self, call: CallId, paused: bool) -> None:
        self._do("pause" if paused else "record", PhoneId(""), self.talk)

    async def answer(self, call: CallId, phone: PhoneId) -> None:
        self._do("answer", phone, self.talk)

    def in_talk(self, call: CallId) -> TalkView:
        return self.talk

    def _do(self, what: str, phone: PhoneId, after: TalkView) -> None:
        if self.broken:
            raise EffectFailed("Redirect: no such channel")
        self.did.append((what, phone))
        self.talk = after


@pytest.fixture
def built() -> House:
    return house()


@pytest.fixture
def phones() -> Phones:
    return Phones()


@pytest.fixture
async def li(built: House, phones: Phones, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(built.engine, built.users, built.live, SECRET, plan, in_talk=phones, dist=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        yield await signed_in(client, PEOPLE[0].name)


def talking(built: House) -> None:
    shown = replace(pop(), phone=PhoneId("1001"))
    built.engine.reserve(shown)
    built.engine.answer(shown)
    built.engine.set(LI, AgentState.TALKING, "call", phone=PhoneId("1001"), call=shown.call)


async def test_hold_and_mute_are_switched_and_said_twice_change_nothing(li: httpx.AsyncClient, built: House, phones: Phones) -> None:
    talking(built)
    for path, on in ((HOLD, True), (HOLD, True), (HOLD, False), (MUTE, True), (MUTE, False)):
        assert (await li.post(path, json={"on": on})).status_code == 200
    assert phones.did == [("hold", "1001"), ("take back", "1001"), ("mute", "1001"), ("unmute", "1001")]


async def test_a_recording_is_paused_and_goes_on_and_both_are_facts(li: httpx.AsyncClient, built: House, phones: Phones) -> None:
    talking(built)
    call = pop().call
    assert_problem(await li.post(PAUSE, json={"on": True}), 409, "not_recorded")
    built.engine.tell(RecordingBegan(call, f"{call}-1795306620"), [])
    assert built.live.talk(call).recording == "on"
    for on in (True, True, False):
        assert (await li.post(PAUSE, json={"on": on})).status_code == 200
        assert built.live.talk(call).recording == ("paused" if on else "on")
    assert phones.did == [("pause", ""), ("record", "")]
    assert [event for event in built.engine.events if isinstance(event, RecordingPaused)] == [
        RecordingPaused(call, True, LI), RecordingPaused(call, False, LI),
    ]  # fmt: skip
    built.engine.tell(Ticked(), [CallChanged(call, CallState.AFTER, None, None)])
    assert_problem(await li.post(PAUSE, json={"on": True}), 409, "not_recorded")


async def test_who_talks_to_nobody_has_nobody_to_hold_and_a_phone_that_refuses_is_told(
    li: httpx.AsyncClient, built: House, phones: Phones
) -> None:
    assert_problem(await li.post(HOLD, json={"on": True}), 409, "not_talking")
    talking(built)
    phones.broken = True
    assert_problem(await li.post(MUTE, json={"on": True}), 502, "phone_refused")
    assert phones.did == []


@pytest.mark.parametrize("other", [WANG, None], ids=["an engineer", "somebody outside"])
@pytest.mark.parametrize("state", ConsultState)
async def test_nobody_puts_his_caller_on_hold_while_he_asks_somebody_about_the_call(
    li: httpx.AsyncClient, built: House, phones: Phones, state: ConsultState, other: AgentId | None
) -> None:
    talking(built)
    built.engine.tell(Ticked(), [ConsultChanged(pop().call, LI, other, OfferId("o2"), state, "why", "" if other else "13800138000")])
    answer = await li.post(HOLD, json={"on": True})
    if state in (ConsultState.BACK, ConsultState.COMPLETED, ConsultState.OVER):
        assert (answer.status_code, phones.did) == (200, [("hold", "1001")])
    else:
        assert_problem(answer, 409, "consulting")
        assert phones.did == []


async def test_only_the_phone_that_rings_for_this_offer_is_answered(li: httpx.AsyncClient, built: House, phones: Phones) -> None:
    shown = replace(pop(), phone=PhoneId("1001"))
    built.engine.reserve(shown)
    await built.live.show_pop(shown)
    assert_problem(await li.post(ANSWER, json={"offer": shown.offer}), 409, "no_such_offer")
    built.engine.offer_becomes(shown, OfferState.RINGING)
    assert_problem(await li.post(ANSWER, json={"offer": "another"}), 409, "no_such_offer")
    assert (await li.post(ANSWER, json={"offer": shown.offer})).status_code == 200
    assert phones.did == [("answer", "1001")]


async def test_a_phone_that_another_one_rings_must_be_picked_up(li: httpx.AsyncClient, built: House, phones: Phones) -> None:
    shown = replace(pop(), phone=PhoneId("1001"), callback="13800138000")
    built.engine.reserve(shown)
    await built.live.show_pop(shown)
    built.engine.offer_becomes(shown, OfferState.RINGING)
    assert_problem(await li.post(ANSWER, json={"offer": shown.offer}), 409, "answer_by_phone")
