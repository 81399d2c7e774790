"""An agent keys a number outside the house: to ask somebody there, or to hand his call on. What may not be dialled is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.effects import AskOutside, HandedOn, JoinCaller, SendCall
from acd.encoding import event_from_json, kind_of, to_json
from acd.events import CallerLeft, CallHandedOn, ConsultAsked, ConsultCompleted, ExchangeSeen, JoinFailed, SeenCall
from acd.lines_out import allows
from acd.model import AgentId, AgentState, CallId, CallState, EndCause, Handover, IllegalTransition, MissCause, PhoneId, line_to
from acd.outsiders import OutsideAnswered, OutsideMissed
from acd.plan import NumberGuard
from config.schema.outside import EMERGENCY, FOREIGN_AND_PREMIUM
from tests.unit.acd.scene import PLAN, Scene

ANN, NUMBER = AgentId("ann"), "13800138000"
GUARD = NumberGuard(refused=FOREIGN_AND_PREMIUM, shortest=5, longest=15, emergency=EMERGENCY)
OPEN = replace(PLAN, outside_numbers=GUARD)
PACKET = Handover("restarted it")


def talking(plan: object = OPEN) -> tuple[Scene, CallId]:
    scene = Scene(plan)  # type: ignore[arg-type]  # a Plan, by default this file's
    scene.ready("ann")
    return scene, scene.talking("1")


@pytest.mark.parametrize("number", [NUMBER, "02188880000", "95588", "4008001234"])
def test_numbers_of_the_country_may_be_keyed(number: str) -> None:
    assert allows(OPEN, number)


@pytest.mark.parametrize("number", [
    "110", "110000", "0110000", "+86110000", "0086110", "0120555", "86119000", "911000",
    "+4915112345678", "004915112345678", "16812345", "0900123456", "1234", "1" * 16,
    "", "+", "partner", "138001380OO", "13800138000@evil", "13800,138000", "１３８００１３８０００", "13800138000\n", "${EXTEN}",
    "*21*13800",
])  # fmt: skip
def test_emergencies_foreign_and_premium_numbers_and_what_is_none_may_not(number: str) -> None:
    assert not allows(OPEN, number)


def test_no_number_may_be_keyed_unless_the_plan_says_so() -> None:
    assert not allows(PLAN, NUMBER)


def test_only_what_begins_as_allowed_may_be_keyed_where_the_plan_says_how() -> None:
    plan = replace(PLAN, outside_numbers=replace(GUARD, allowed=("138", "021"), refused=("1380",)))
    assert [allows(plan, number) for number in (NUMBER, "13900139000", "02188880000", "13810138000")] == [False, False, True, True]


SPELLINGS = st.sampled_from(["", "0", "00", "+", "86", "+86", "0086", "+860", "00860"])


@given(st.sampled_from(EMERGENCY), SPELLINGS, st.text("0123456789", max_size=8))
def test_no_spelling_leads_around_an_emergency_number(emergency: str, before: str, after: str) -> None:
    wide_open = replace(PLAN, outside_numbers=NumberGuard(emergency=EMERGENCY))
    assert not allows(wide_open, before + emergency + after)


def test_the_caller_is_sent_to_the_number_and_the_agent_does_his_after_call_work() -> None:
    scene, call = talking()
    scene(CallHandedOn(call, ANN, to_number=NUMBER, handover=PACKET))
    assert scene.first(SendCall) == SendCall(call, NUMBER)
    handed = scene.first(HandedOn)
    assert (handed.to_number, handed.to_destination, handed.to_queue, handed.handover) == (NUMBER, None, None, PACKET)
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.DIVERTED, AgentState.WRAP_UP)
    scene(CallerLeft(call))
    assert scene.router.calls() == {}


def test_who_is_not_answered_there_waits_at_his_old_place_with_what_was_written() -> None:
    scene, call = talking()
    arrived = scene.live(call).arrived_at
    scene(CallHandedOn(call, ANN, to_number=NUMBER, handover=PACKET))
    scene(JoinFailed(call))
    waiting = scene.live(call)
    assert (waiting.state, waiting.arrived_at, waiting.handover) == (CallState.WAITING, arrived, replace(PACKET, by=ANN))
    assert waiting.bounces == 1
    assert scene(JoinFailed(call)) == [], "said again, it changes nothing"


def test_somebody_at_a_number_is_asked_and_given_the_call_as_at_a_destination() -> None:
    scene, call = talking()
    scene(ConsultAsked(call, ANN, to_number=NUMBER, handover=PACKET))
    asked = scene.first(AskOutside)
    assert asked.to == NUMBER
    [view] = scene.router.board(scene.now).calls
    assert view.consulted_outside == NUMBER
    scene(OutsideAnswered(call, asked.consult))
    scene(ConsultCompleted(call, ANN))
    assert scene.first(JoinCaller) == JoinCaller(call, line_to(NUMBER), parts=True)
    handed = scene.first(HandedOn)
    assert (handed.to_number, handed.to_destination) == (NUMBER, None)
    assert scene.live(call).state is CallState.DIVERTED
    scene(JoinFailed(call))
    assert scene.live(call).state is CallState.WAITING, "he had put his phone down at that moment"


def test_who_does_not_answer_at_a_number_leaves_the_agent_with_his_caller() -> None:
    scene, call = talking()
    scene(ConsultAsked(call, ANN, to_number=NUMBER))
    scene(OutsideMissed(call, scene.first(AskOutside).consult, MissCause.BUSY))
    assert scene.live(call).state is CallState.TALKING


def test_an_asking_at_a_number_is_known_again_by_a_look_at_the_exchange() -> None:
    scene, call = talking()
    scene(ConsultAsked(call, ANN, to_number=NUMBER))
    before = scene.live(call).state
    scene(ExchangeSeen("main", (SeenCall(call, "consult", PhoneId("10ann"), line_to(NUMBER), True),), (PhoneId("10ann"),)))
    assert (before, scene.live(call).state) == (CallState.CONSULTING, CallState.CONSULTING)
    consult = scene.live(call).consult
    assert consult is not None and consult.state == "talking"


@pytest.mark.parametrize("plan", [OPEN, PLAN], ids=["refused", "switched off"])
@pytest.mark.parametrize("event", [ConsultAsked, CallHandedOn])
def test_a_number_that_may_not_be_dialled_changes_nothing(event: type[ConsultAsked | CallHandedOn], plan: object) -> None:
    scene, call = talking(plan)
    for number in ("110", "", "partner"):
        with pytest.raises(IllegalTransition) as refused:
            scene(event(call, ANN, to_number=number))
        assert scene.live(call).state is CallState.TALKING
        assert "110" not in str(refused.value)


def test_events_of_older_journals_have_no_number_and_newer_ones_keep_it() -> None:
    old = event_from_json("CallHandedOn", '{"call": "c", "agent": "ann", "to_destination": "closed"}')
    assert old == CallHandedOn(CallId("c"), ANN, to_destination="closed")
    keyed = ConsultAsked(CallId("c"), ANN, to_number="+" + NUMBER)
    assert event_from_json(kind_of(keyed), to_json(keyed)) == keyed


def test_a_call_at_a_number_ends_as_one_that_was_sent_elsewhere() -> None:
    scene, call = talking()
    scene(CallHandedOn(call, ANN, to_number=NUMBER))
    effects = scene(CallerLeft(call))
    assert EndCause.DIVERTED in [getattr(effect, "cause", None) for effect in effects]
