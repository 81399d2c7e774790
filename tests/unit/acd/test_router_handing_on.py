from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from acd.callbacks import PROMISED_WHEN_OPEN
from acd.effects import AgentChanged, CallChanged, CameBack, Command, HandedOn, HoldCall, OfferMade, RingAgent, ScreenPop, SendCall
from acd.events import (
    AgentLoggedOut,
    AgentWentNotReady,
    CallArrived,
    CallDiverted,
    CallHandedOn,
    CallQueued,
    CommandFailed,
    DeskSeen,
    Event,
    ExchangeSeen,
    HandoverAcknowledged,
    JoinFailed,
    OfferAnswered,
    PlanLoaded,
    SeenCall,
    TalkEnded,
    WrapUpEnded,
)
from acd.model import AgentId, AgentState, CallId, CallState, Handover, IllegalTransition, Level, OfferState, PhoneId, QueueId
from acd.plan import CallbackRules, Overflow
from acd.supervision import CallTakenOver, QueueSwitched
from tests.unit.acd.scene import NINE, PLAN, Scene

ANN, BOB = AgentId("ann"), AgentId("bob")
L1, L2 = QueueId("printers.L1"), QueueId("printers.L2")
PACKET = Handover("restarted it", "SN-1", "E52", "loud")


def talking_to_ann(*others: str) -> tuple[Scene, CallId]:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene.ready(*others)
    for name in ("ann", *others):
        scene(DeskSeen(AgentId(name), True))
    return scene, call


def test_a_call_handed_to_another_level_goes_on_waiting_with_its_clock() -> None:
    scene, call = talking_to_ann()
    arrived_us = scene.live(call).arrived_us
    scene(CallHandedOn(call, ANN, to_queue=L2), after=100.0)
    assert scene.first(HoldCall).queue == L2
    assert scene.first(AgentChanged).state is AgentState.WRAP_UP
    live = scene.live(call)
    assert (live.state, live.queue_id, live.level, live.arrived_us) == (CallState.WAITING, L2, Level.L2, arrived_us)
    scene.ready("bob")
    assert scene.first(RingAgent).agent == "bob"
    assert scene.first(OfferMade).waited_seconds > 100.0


def test_the_wait_clock_stands_still_while_the_caller_is_talked_to() -> None:
    """After five minutes with level 1, level 2 is still asked first, and relaxed from only as the caller waits on."""
    scene, call = talking_to_ann("bob")
    scene(AgentWentNotReady(BOB, "lunch"))
    scene(CallHandedOn(call, ANN, to_queue=L2), after=300.0)
    scene(WrapUpEnded(ANN, "escalated"))
    assert scene.live(call).stage.name == "exact level"  # type: ignore[union-attr]
    assert "in 30 s step any level" in scene.router.explain_waiting(call, scene.now)
    scene.later(31.0)
    assert scene.live(call).stage.name == "any level"  # type: ignore[union-attr]


def test_somebody_free_is_rung_at_once_without_hold() -> None:
    scene, call = talking_to_ann("bob")
    scene(CallHandedOn(call, ANN, to_queue=L2))
    assert scene.of(HoldCall) == []
    assert scene.first(RingAgent).agent == "bob"
    assert scene(TalkEnded(call, ANN)) == [], "the first agent's leg goes when the caller is moved"


def test_what_is_handed_over_is_read_before_the_phone_rings() -> None:
    scene, call = talking_to_ann("bob")
    scene(CallHandedOn(call, ANN, to_queue=L2, handover=PACKET))
    pop = scene.first(ScreenPop)
    assert pop.handover == Handover("restarted it", "SN-1", "E52", "loud", by=ANN)
    assert scene.of(RingAgent) == []
    assert scene.first(HoldCall).call == call, "the caller hears music meanwhile"
    scene(HandoverAcknowledged(pop.offer), after=8.0)
    assert scene.first(RingAgent).offer == pop.offer
    assert scene(HandoverAcknowledged(pop.offer)) == []
    scene(OfferAnswered(pop.offer))
    assert scene.live(call).agent == "bob"


def test_the_caller_is_held_before_anything_else_is_done() -> None:
    scene, call = talking_to_ann("bob")
    commands = [type(effect) for effect in scene(CallHandedOn(call, ANN, to_queue=L2, handover=PACKET)) if isinstance(effect, Command)]
    assert commands == [HoldCall, ScreenPop]


def test_a_caller_who_could_not_be_held_while_his_handover_is_read_is_held_after_a_while() -> None:
    scene, call = talking_to_ann("bob")
    scene(CallHandedOn(call, ANN, to_queue=L2, handover=PACKET))
    assert scene.live(call).state is CallState.OFFERED
    scene(CommandFailed(call, "HoldCall", "no answer within 5 s", unsure=True))
    assert [hold.queue for hold in scene.later(2.0) if isinstance(hold, HoldCall)] == [L2]


def test_a_caller_found_in_hold_while_his_handover_is_read_is_as_he_should_be() -> None:
    scene, call = talking_to_ann("bob")
    scene(CallHandedOn(call, ANN, to_queue=L2, handover=PACKET))
    offer = scene.offer(call)
    assert scene(ExchangeSeen("main", (SeenCall(call, "hold"),), (PhoneId("10ann"), PhoneId("10bob"), PhoneId("10cat")))) == []
    scene(HandoverAcknowledged(offer))
    assert scene.first(RingAgent).offer == offer


def test_a_receiver_who_has_no_page_to_read_it_on_is_rung_at_once() -> None:
    scene, call = talking_to_ann("bob")
    scene(DeskSeen(BOB, False))
    scene(CallHandedOn(call, ANN, to_queue=L2, handover=PACKET))
    assert scene.first(RingAgent).agent == "bob"
    assert scene.first(ScreenPop).handover is not None


def test_an_agent_who_does_not_read_it_misses_the_call() -> None:
    scene, call = talking_to_ann("bob")
    scene(CallHandedOn(call, ANN, to_queue=L2, handover=PACKET))
    scene.later(16.0)
    assert (scene.state_of("bob").cause, scene.live(call).state) == ("rona:no_answer", CallState.WAITING)


def test_a_call_handed_to_an_agent_waits_for_him_alone_and_then_for_anybody() -> None:
    scene, call = talking_to_ann("bob")
    busy = scene.talking("2", level=Level.L2)
    assert scene.live(busy).agent == "bob"
    scene(CallHandedOn(call, ANN, to_agent=BOB))
    scene(WrapUpEnded(ANN, "escalated"))
    assert "handed to a certain agent asks for agent bob" in scene.router.explain_waiting(call, scene.now)
    scene.later(59.0)
    assert scene.live(call).state is CallState.WAITING
    scene(TalkEnded(busy, BOB))
    scene(WrapUpEnded(BOB, "solved"))
    assert scene.offered() == [(call, "bob")]


def test_an_agent_who_is_not_there_is_not_waited_for() -> None:
    scene, call = talking_to_ann("bob")
    scene(AgentLoggedOut(BOB))
    scene(CallHandedOn(call, ANN, to_agent=BOB))
    assert scene.live(call).stage.in_force.name != "handed to a certain agent"  # type: ignore[union-attr]


def test_it_does_not_come_back_to_the_one_who_handed_it_on_while_others_are_at_work() -> None:
    scene, call = talking_to_ann("bob")
    scene(CallHandedOn(call, ANN, to_queue=L1))
    scene(AgentWentNotReady(ANN, "break"))
    assert scene.live(call).refusals == {"ann": 1}


def test_a_call_that_comes_back_to_a_queue_that_handed_it_on_has_bounced() -> None:
    scene, call = talking_to_ann("bob")
    scene(CallHandedOn(call, ANN, to_queue=L2))
    assert not scene.first(HandedOn).bounced
    scene(OfferAnswered(scene.offer(call)))
    scene(CallHandedOn(call, BOB, to_queue=L1))
    assert scene.first(HandedOn).bounced
    assert scene.live(call).bounces == 1
    scene(WrapUpEnded(ANN, "escalated"))
    assert scene.first(ScreenPop).bounces == 1


def test_a_call_can_be_handed_out_of_the_house() -> None:
    scene, call = talking_to_ann()
    scene(CallHandedOn(call, ANN, to_destination="partner"))
    assert scene.first(SendCall) == SendCall(call, "partner")
    assert scene.first(CallChanged).state is CallState.DIVERTED
    assert scene.state_of("ann").state is AgentState.WRAP_UP


OUT = replace(PLAN, outside_lines=("partner",))
FIRST, PHONES = CallId("main-1"), (PhoneId("10ann"), PhoneId("10bob"))
IN_HOLD = ExchangeSeen("main", (SeenCall(FIRST, "hold"), SeenCall(CallId("main-2"), "hold")), PHONES)


def at_the_partners() -> tuple[Scene, CallId]:
    """Ann has handed her call on to the partner, whose telephone rings; the caller is a key account, and was raised."""
    scene = Scene(OUT)
    scene.ready("ann")
    call = scene.call("1", segment="key-account")
    scene.later(20.0)
    scene(OfferAnswered(scene.offer(call)))
    scene(CallHandedOn(call, ANN, to_destination="partner", handover=PACKET), after=100.0)
    return scene, call


@pytest.mark.parametrize("told", [JoinFailed(FIRST), IN_HOLD])
def test_who_is_not_answered_at_the_partners_is_back_at_his_place_in_his_queue_with_the_packet_and_has_bounced(told: Event) -> None:
    scene, call = at_the_partners()
    before = scene.call("2", segment="key-account")
    scene(told, after=5.0)
    live = scene.live(call)
    assert (live.state, live.queue_id, live.arrived_at, live.bounces) == (CallState.WAITING, L1, NINE + timedelta(seconds=1), 1)
    assert scene.of(CameBack) == [CameBack(call, L1, "partner", ANN)]
    assert [one.id for one in scene.router._state.room] == [call, before]
    assert live.waits_from_us == live.arrived_us + 100_000_000, "the clock stood still only while Ann talked to him"
    assert scene(JoinFailed(call)) == [], "said again, it changes nothing"
    scene.ready("bob")
    [pop] = [one for one in scene.later(10.0) if isinstance(one, ScreenPop)]
    assert (pop.agent, pop.call, pop.bounces, pop.handover) == (BOB, call, 1, replace(PACKET, by=ANN))


def test_who_gave_it_to_the_partner_gets_it_back_when_nobody_else_is_left() -> None:
    scene, call = at_the_partners()
    scene(WrapUpEnded(ANN), after=5.0)
    scene(JoinFailed(call), after=25.0)
    assert scene.offered() == [(call, ANN)]


def test_a_partner_whom_a_new_plan_does_not_have_gives_his_caller_back_all_the_same() -> None:
    scene, call = at_the_partners()
    scene(PlanLoaded(PLAN))
    scene(JoinFailed(call))
    assert scene.live(call).state is CallState.WAITING


def test_who_was_at_the_partners_at_closing_time_is_sent_away_when_nobody_answers_there() -> None:
    closes = Overflow("closed", to_destination="closed", when_closed=True, also_waiting=True)
    scene, call = at_the_partners()
    scene(PlanLoaded(replace(OUT, queues=(replace(OUT.queues[0], overflow=(closes,)), *OUT.queues[1:]))))
    scene(QueueSwitched(L1, False, None, "chief"))
    scene(JoinFailed(call), after=10.0)
    assert scene.first(SendCall) == SendCall(call, "closed")


def test_a_rule_does_not_send_a_caller_to_where_nobody_answered_and_that_is_no_bounce() -> None:
    late, later = (Overflow(to, to_destination=to, after_seconds=after) for to, after in (("partner", 60.0), ("mailbox", 200.0)))
    scene = Scene(replace(OUT, queues=(replace(OUT.queues[0], overflow=(late, later)), *OUT.queues[1:])))
    call = scene.call("1")
    assert [one.destination for one in scene.later(60.0) if isinstance(one, SendCall)] == ["partner"]
    scene(JoinFailed(call), after=30.0)
    assert (scene.live(call).state, scene.live(call).bounces, scene.of(CameBack)) == (CallState.WAITING, 0, [])
    assert not [one for one in scene.later(109.0) if isinstance(one, SendCall)]
    assert [one.destination for one in scene.later(1.0) if isinstance(one, SendCall)] == ["mailbox"]


@pytest.mark.parametrize(
    ("second", "back"),
    [
        ({"to_destination": "voicemail", "when_closed": True}, "voicemail"),
        ({"to_destination": "voicemail", "when_waiting": 1}, "voicemail"),
        ({"to_callback": True, "when_closed": True}, PROMISED_WHEN_OPEN),
    ],
)
def test_who_is_not_answered_where_a_rule_sent_him_goes_on_by_the_next_rule(second: dict[str, Any], back: str) -> None:
    rules = (Overflow("night", when_closed=True, to_destination="partner"), Overflow("next", **second))
    scene = Scene(replace(OUT, queues=(replace(OUT.queues[0], overflow=rules, callback=CallbackRules()), *OUT.queues[1:])))
    scene.call("2")
    scene(QueueSwitched(L1, False, None, "chief"))
    call = scene.call("1")
    assert scene.first(SendCall).destination == "partner"
    scene(JoinFailed(call), after=60.0)
    assert scene.first(SendCall).destination == back
    assert [held for held in scene.of(HoldCall) if held.call == call] == []


def test_nor_does_he_wait_for_ever_where_the_next_rule_names_another_queue() -> None:
    rules = (Overflow("night", when_closed=True, to_destination="partner"), Overflow("next", when_closed=True, to_queue=L2))
    scene = Scene(replace(OUT, queues=(replace(OUT.queues[0], overflow=rules), *OUT.queues[1:])))
    scene(QueueSwitched(L1, False, None, "chief"))
    call = scene.call("1")
    scene(JoinFailed(call), after=60.0)
    assert (scene.live(call).state, scene.live(call).queue_id) == (CallState.WAITING, L2)
    assert scene.first(HoldCall).queue == L2


def test_a_caller_at_a_supervisors_phone_is_not_taken_back_by_news_of_an_earlier_join() -> None:
    scene, call = talking_to_ann()
    scene(CallTakenOver(call, PhoneId("1900"), "chief"))
    assert scene(JoinFailed(call)) == []
    assert scene.live(call).state is CallState.DIVERTED


@pytest.mark.parametrize(
    "wrong",
    [
        CallHandedOn(CallId("main-1"), BOB, to_queue=L2), CallHandedOn(CallId("main-9"), ANN, to_queue=L2),
        CallHandedOn(CallId("main-1"), ANN),
        CallHandedOn(CallId("main-1"), ANN, to_queue=QueueId("teapots.L1")), CallHandedOn(CallId("main-1"), ANN, to_agent=AgentId("zoe")),
        CallHandedOn(CallId("main-1"), ANN, to_agent=ANN),
    ],
)  # fmt: skip
def test_what_cannot_be_handed_on_stays(wrong: CallHandedOn) -> None:
    scene, call = talking_to_ann("bob")
    before = scene.router.state()
    with pytest.raises(IllegalTransition):
        scene(wrong)
    assert scene.router.state() == before
    assert scene.live(call).offer.state is OfferState.ACCEPTED  # type: ignore[union-attr]


# ---- by telephone: the caller is queued once more


@pytest.mark.parametrize("goodbye_first", [True, False])
def test_a_telephones_transfer_hands_the_call_on_whichever_is_told_first(goodbye_first: bool) -> None:
    scene, call = talking_to_ann()
    by_phone, goodbye = CallQueued(call, "printers", Level.L2, "de", handed_over_by="1001"), TalkEnded(call, ANN)
    effects = [effect for event in ((goodbye, by_phone) if goodbye_first else (by_phone, goodbye)) for effect in scene(event)]
    live = scene.live(call)
    assert (live.state, live.queue_id, live.level, live.language) == (CallState.WAITING, L2, Level.L2, "de")
    assert [(notice.agent, notice.to_queue) for notice in effects if isinstance(notice, HandedOn)] == [(ANN, L2)]
    assert [notice.state for notice in effects if isinstance(notice, AgentChanged)] == [AgentState.WRAP_UP]
    assert [hold.queue for hold in effects if isinstance(hold, HoldCall)] == [L2]


def test_a_telephones_transfer_rings_a_free_engineer_at_once_and_keeps_the_callers_rank() -> None:
    scene, call = talking_to_ann("bob")
    scene.live(call).urgent = True
    effects = scene(CallQueued(call, "printers", Level.L2, "zh", handed_over_by=""))
    assert [ring.agent for ring in effects if isinstance(ring, RingAgent)] == ["bob"]
    assert scene.live(call).urgent


def test_a_caller_who_waits_is_not_queued_again() -> None:
    scene = Scene()
    call = scene.call("1")
    assert scene(CallQueued(call, "printers", Level.L2, "zh", handed_over_by="1001")) == []
    assert scene.live(call).level is not Level.L2


def test_a_caller_whom_the_exchanges_own_queue_had_connected_is_taken_back() -> None:
    scene = Scene()
    call = scene.call("1")
    scene(CallDiverted(call, "survival"))
    effects = scene(CallQueued(call, "printers", Level.L2, "zh", handed_over_by="1001"))
    assert [hold.queue for hold in effects if isinstance(hold, HoldCall)] == [L2]


def test_a_word_said_twice_does_not_queue_a_caller_again_whom_a_closed_queue_had_sent_away() -> None:
    rule = Overflow("closed", to_destination="closed", when_closed=True)
    scene = Scene(replace(PLAN, queues=(replace(PLAN.queues[0], overflow=(rule,)), *PLAN.queues[1:])))
    scene(QueueSwitched(PLAN.queues[0].id, False, None, "chief"))
    call = CallId("main-1")
    scene(CallArrived(call, "139", "", "400", "unified"))
    word = CallQueued(call, "printers", Level.L1, "zh")
    assert [command.destination for command in scene(word) if isinstance(command, SendCall)] == ["closed"]
    assert scene(word) == []
    assert scene.live(call).state is CallState.DIVERTED


def test_a_caller_whom_the_exchanges_own_queue_had_connected_may_choose_the_same_once_more() -> None:
    scene = Scene()
    call = scene.call("1")
    scene(CallDiverted(call, "survival"))
    assert [hold.call for hold in scene(CallQueued(call, "printers", Level.L1, "zh")) if isinstance(hold, HoldCall)] == [call]


@pytest.mark.parametrize("goes_first", [True, False])
def test_what_a_call_needs_relaxes_in_time_when_its_agent_is_not_there_or_goes(goes_first: bool) -> None:
    scene, call = talking_to_ann("bob")
    busy = scene.talking("2", level=Level.L2)
    assert scene.live(busy).agent == BOB
    scene(TalkEnded(busy, BOB))
    if goes_first:
        scene(AgentLoggedOut(BOB))
    scene(CallHandedOn(call, ANN, to_agent=BOB))
    if not goes_first:
        assert scene.live(call).stage.in_force.name == "handed to a certain agent"  # type: ignore[union-attr]
        scene(AgentLoggedOut(BOB))
    assert scene.live(call).stage.name == "exact level"  # type: ignore[union-attr]
    scene.later(31.0)
    assert scene.live(call).stage.name == "any level"  # type: ignore[union-attr]
