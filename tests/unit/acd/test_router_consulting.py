"""An agent asks another one about his call: who is asked, how it ends, and that the caller is never without somebody, or his place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from acd.effects import (
    AgentChanged,
    CallChanged,
    Confer,
    ConsultChanged,
    HandedOn,
    HangUpPhones,
    HoldCall,
    JoinCaller,
    OfferMade,
    ScreenPop,
    StartConsult,
    WithdrawPop,
)
from acd.events import (
    AgentStateForced,
    AgentWentNotReady,
    CallerLeft,
    CallHandedOn,
    CommandFailed,
    ConferenceWanted,
    ConsultAsked,
    ConsultCompleted,
    ConsultTakenBack,
    DeskSeen,
    Event,
    ExchangeSeen,
    HandoverAcknowledged,
    JoinFailed,
    OfferAnswered,
    OfferFailed,
    OfferMissed,
    OfferRinging,
    PhoneSeen,
    SeenCall,
    TalkEnded,
    WrapUpEnded,
)
from acd.model import (
    AgentId,
    AgentState,
    CallId,
    CallState,
    ConsultState,
    Handover,
    IllegalTransition,
    Level,
    MissCause,
    NobodyFree,
    OfferId,
    PhoneId,
    QueueId,
)
from tests.unit.acd.scene import PLAN, Scene, agent

ANN, BOB = AgentId("ann"), AgentId("bob")
L1, L2 = QueueId("printers.L1"), QueueId("printers.L2")
PACKET = Handover("restarted it", "SN-1", "E52", "loud")
PHONES = (PhoneId("10ann"), PhoneId("10bob"), PhoneId("10cat"))


def asked(packet: Handover | None = None, desk: bool = True) -> tuple[Scene, CallId, OfferId]:
    """Ann talks to a caller and asks level 2, where Bob is free."""
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene.ready("bob")
    scene(DeskSeen(BOB, desk))
    scene(ConsultAsked(call, ANN, to_queue=L2, handover=packet))
    return scene, call, scene.first(OfferMade).offer


def both_talk() -> tuple[Scene, CallId, OfferId]:
    scene, call, offer = asked()
    scene(OfferRinging(offer))
    scene(OfferAnswered(offer))
    return scene, call, offer


def states(scene: Scene, call: CallId) -> tuple[CallState, AgentState, AgentState]:
    return scene.live(call).state, scene.state_of("ann").state, scene.state_of("bob").state


def test_the_other_phone_is_rung_from_the_agents_and_the_caller_is_held() -> None:
    scene, call, offer = asked()
    start = scene.first(StartConsult)
    assert (start.agent, start.phone, start.from_phone, start.queue) == ("bob", "10bob", "10ann", L1)
    assert states(scene, call) == (CallState.CONSULTING, AgentState.TALKING, AgentState.RESERVED)
    assert scene.first(OfferMade).rule == "asked by ann: the only free agent who matches"
    assert scene.router.board(scene.now).calls[0].consulted == "bob"
    scene(OfferRinging(offer))
    scene(OfferAnswered(offer))
    assert states(scene, call) == (CallState.CONSULTING, AgentState.TALKING, AgentState.TALKING)


def test_what_is_handed_over_is_read_first_and_meanwhile_agent_and_caller_talk_on() -> None:
    scene, call, offer = asked(PACKET)
    pop = scene.first(ScreenPop)
    assert (pop.handover, pop.consulted_by, pop.level) == (Handover("restarted it", "SN-1", "E52", "loud", by=ANN), ANN, Level.L2)
    assert scene.of(StartConsult) == []
    assert scene.live(call).state is CallState.TALKING
    scene(HandoverAcknowledged(offer), after=5.0)
    assert scene.first(StartConsult).offer == offer


def test_who_has_no_page_open_is_rung_at_once() -> None:
    scene, _, offer = asked(PACKET, desk=False)
    assert scene.first(StartConsult).offer == offer


def test_the_call_is_given_over_with_its_packet_and_counts_for_the_others_queue() -> None:
    scene, call, offer = both_talk()
    scene(ConsultCompleted(call, ANN), after=30.0)
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId("10bob"), parts=True)
    live = scene.live(call)
    assert (live.queue_id, live.level, live.agent, live.offer.id, live.consult) == (L2, Level.L2, "bob", offer, None)  # type: ignore[union-attr]
    assert states(scene, call) == (CallState.TALKING, AgentState.WRAP_UP, AgentState.TALKING)
    given = scene.first(HandedOn)
    assert (given.agent, given.queue, given.to_queue, given.bounced) == (ANN, L1, L2, False)
    assert scene(TalkEnded(call, ANN)) == [], "her leg goes"
    scene(CallerLeft(call))
    assert scene.state_of("bob").state is AgentState.WRAP_UP


def test_one_certain_agent_is_asked_within_the_calls_own_queue() -> None:
    scene, call, _ = asked()
    scene(ConsultTakenBack(call, ANN))
    scene(ConsultAsked(call, ANN, to_agent=BOB))
    assert scene.first(OfferMade).queue == L1
    offer = scene.first(OfferMade).offer
    scene(OfferAnswered(offer))
    scene(ConsultCompleted(call, ANN))
    assert (scene.live(call).queue_id, scene.live(call).agent) == (L1, BOB)


def test_a_call_that_is_given_back_by_a_consultation_has_bounced() -> None:
    scene, call, _ = both_talk()
    scene(ConsultCompleted(call, ANN))
    scene(WrapUpEnded(ANN, "escalated"))
    scene(ConsultAsked(call, BOB, to_queue=L1))
    scene(OfferAnswered(scene.first(OfferMade).offer))
    scene(ConsultCompleted(call, BOB))
    assert scene.first(HandedOn).bounced
    assert scene.live(call).bounces == 1


def test_the_agent_goes_back_to_the_caller_and_the_other_one_does_his_after_call_work() -> None:
    scene, call, _ = both_talk()
    scene(ConsultTakenBack(call, ANN))
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId("10ann"), parts=True)
    assert states(scene, call) == (CallState.TALKING, AgentState.TALKING, AgentState.WRAP_UP)
    assert scene(TalkEnded(call, BOB)) == []


@pytest.mark.parametrize("packet", [None, PACKET])
def test_taken_back_before_it_is_answered_the_other_one_is_free_at_once(packet: Handover | None) -> None:
    scene, call, offer = asked(packet)
    scene(ConsultTakenBack(call, ANN))
    assert scene.first(WithdrawPop).offer == offer
    assert states(scene, call) == (CallState.TALKING, AgentState.TALKING, AgentState.READY)
    assert len(scene.of(JoinCaller)) == (packet is None), "who was never apart is not put together"
    assert scene(OfferAnswered(offer)) == []


@pytest.mark.parametrize("cause", list(MissCause))
def test_one_who_does_not_take_it_is_treated_as_after_any_miss_and_the_agent_is_back(cause: MissCause) -> None:
    scene, call, offer = asked()
    scene(OfferMissed(offer, cause))
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId("10ann"))
    assert (scene.first(ConsultChanged).state, scene.first(ConsultChanged).why) == (ConsultState.BACK, "missed")
    assert scene.live(call).state is CallState.TALKING
    assert scene.state_of("bob").state is (AgentState.READY if cause is MissCause.BUSY else AgentState.NOT_READY)


def test_one_who_does_not_read_what_is_handed_over_has_missed_it_and_nobody_was_held() -> None:
    scene, call, _ = asked(PACKET)
    scene.later(20.0)
    assert scene.of(JoinCaller) == []
    assert (scene.live(call).state, scene.state_of("bob").cause) == (CallState.TALKING, "rona:no_answer")


@pytest.mark.parametrize(
    "end", [lambda offer: OfferFailed(offer, "no"), lambda _: AgentStateForced(BOB, AgentState.NOT_READY, "", "boss"),
            lambda _: PhoneSeen(PhoneId("10bob"), False)],
)  # fmt: skip
def test_whatever_else_ends_it_the_agent_is_back(end: object) -> None:
    scene, call, offer = asked()
    scene(end(offer))  # type: ignore[operator]
    assert scene.first(JoinCaller).phone == "10ann"
    assert scene.live(call).state is CallState.TALKING
    assert scene.live(call).consult is None


def test_no_news_of_it_is_a_failure() -> None:
    scene, call, _ = asked()
    scene.later(30.0)
    assert (scene.live(call).state, scene.state_of("bob").state) == (CallState.TALKING, AgentState.READY)


def test_the_other_one_puts_his_phone_down_and_the_agent_is_back() -> None:
    scene, call, _ = both_talk()
    scene(TalkEnded(call, BOB))
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId("10ann"), parts=False)
    assert states(scene, call) == (CallState.TALKING, AgentState.TALKING, AgentState.WRAP_UP)


def test_an_agent_who_puts_her_phone_down_gives_the_call_to_the_one_she_talks_to() -> None:
    scene, call, _ = both_talk()
    scene(TalkEnded(call, ANN))
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId("10bob"), parts=False)
    assert states(scene, call) == (CallState.TALKING, AgentState.WRAP_UP, AgentState.TALKING)


@pytest.mark.parametrize("packet", [None, PACKET])
def test_an_agent_who_puts_her_phone_down_too_early_leaves_the_caller_at_his_old_place(packet: Handover | None) -> None:
    scene, call, _ = asked(packet)
    arrived_us = scene.live(call).arrived_us
    scene(AgentWentNotReady(BOB, "lunch"))
    scene(TalkEnded(call, ANN))
    live = scene.live(call)
    assert states(scene, call) == (CallState.WAITING, AgentState.WRAP_UP, AgentState.NOT_READY)
    assert (live.arrived_us, live.queue_id, live.handover and live.handover.by) == (arrived_us, L1, packet and ANN)
    assert scene.first(HoldCall).call == call


@pytest.mark.parametrize("talk", [False, True])
def test_when_the_caller_leaves_both_are_free_of_him(talk: bool) -> None:
    scene, call, _ = both_talk() if talk else asked()
    scene(CallerLeft(call))
    assert scene.first(HangUpPhones).call == call
    assert scene.state_of("ann").state is AgentState.WRAP_UP
    assert scene.state_of("bob").state is (AgentState.WRAP_UP if talk else AgentState.READY)
    assert scene.first(ConsultChanged).why == "caller left"


def test_the_wait_clock_stands_still_meanwhile() -> None:
    scene, call, _ = both_talk()
    waited_before = scene.now - scene.live(call).state_since
    scene(ConsultTakenBack(call, ANN), after=200.0)
    scene(AgentWentNotReady(BOB, "lunch"))
    scene(CallHandedOn(call, ANN, to_queue=L2), after=100.0)
    assert waited_before.total_seconds() == 0
    assert scene.live(call).talked_us >= 300_000_000
    assert scene.live(call).stage.name == "exact level"  # type: ignore[union-attr]


def test_one_who_can_not_be_put_together_with_the_caller_leaves_him_at_his_old_place() -> None:
    scene, call, _ = both_talk()
    scene(ConsultCompleted(call, ANN))
    scene(JoinFailed(call))
    assert states(scene, call) == (CallState.WAITING, AgentState.WRAP_UP, AgentState.WRAP_UP)
    assert scene(JoinFailed(call)) == []


def test_an_order_to_put_them_together_that_fails_leaves_the_caller_in_hold() -> None:
    scene, call, _ = both_talk()
    scene(ConsultTakenBack(call, ANN))
    scene(CommandFailed(call, "JoinCaller", "no such channel"))
    assert scene.live(call).state is CallState.WAITING


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (ConsultAsked(CallId("main-1"), ANN, to_queue=L2), "ann asks bob already"),
        (ConsultAsked(CallId("main-1"), BOB, to_queue=L1), "bob does not talk to main-1"),
        (ConsultCompleted(CallId("main-1"), ANN), '"completed" is not possible now'),
        (ConsultTakenBack(CallId("main-1"), BOB), "bob asks nobody about main-1"),
        (CallHandedOn(CallId("main-1"), ANN, to_queue=L2), "he gives it over, or takes it back"),
    ],
)
def test_what_makes_no_sense_meanwhile_is_refused(event: Event, why: str) -> None:
    scene, _, _ = asked(PACKET)
    with pytest.raises(IllegalTransition, match=why):
        scene(event)


@pytest.mark.parametrize("to", [{"to_queue": L2}, {"to_agent": BOB}])
def test_when_nobody_is_free_it_is_said_and_nothing_changes(to: dict[str, AgentId]) -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    before = scene.router.state()
    with pytest.raises(NobodyFree):
        scene(ConsultAsked(call, ANN, **to))  # type: ignore[arg-type]
    assert scene.router.state() == before


# ---- what the exchange has after a reconnect ---------------------------------------------------------------------------------------


def look(scene: Scene, call: CallId, place: str, phone: str | None = None, other: str | None = None, talks: bool = False) -> None:
    seen = SeenCall(call, place, None if phone is None else PhoneId(phone), None if other is None else PhoneId(other), talks)
    scene(ExchangeSeen("main", (seen,), PHONES))


def test_as_believed_nothing_changes() -> None:
    scene, call, _ = both_talk()
    look(scene, call, "consult", "10ann", "10bob", talks=True)
    assert scene.of(CallChanged) == scene.of(AgentChanged) == scene.of(JoinCaller) == []


def test_answered_meanwhile_both_talk() -> None:
    scene, call, _ = asked()
    look(scene, call, "consult", "10ann", "10bob", talks=True)
    assert states(scene, call) == (CallState.CONSULTING, AgentState.TALKING, AgentState.TALKING)


@pytest.mark.parametrize(("talk", "why"), [(False, "missed"), (True, "consulted left")])
def test_the_other_phone_is_gone(talk: bool, why: str) -> None:
    scene, call, _ = both_talk() if talk else asked()
    look(scene, call, "consult", "10ann")
    assert scene.first(ConsultChanged).why == why
    assert scene.first(JoinCaller).phone == "10ann"


@pytest.mark.parametrize(("decided", "phone"), [(ConsultCompleted, "10bob"), (ConsultTakenBack, "10ann")])
def test_what_was_decided_and_not_carried_out_is_ordered_again(decided: type, phone: str) -> None:
    scene, call, _ = both_talk()
    scene(decided(call, ANN))
    look(scene, call, "consult", "10ann", "10bob", talks=True)
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId(phone), parts=True)
    assert scene.live(call).state is CallState.TALKING


@pytest.mark.parametrize(("phone", "agent", "why"), [("10bob", BOB, "completed"), ("10ann", ANN, "failed")])
def test_the_caller_is_found_in_talk_with_one_of_them(phone: str, agent: AgentId, why: str) -> None:
    scene, call, _ = both_talk()
    look(scene, call, "talk", phone)
    assert (scene.live(call).state, scene.live(call).agent) == (CallState.TALKING, agent)
    assert scene.first(ConsultChanged).why == why
    assert scene.of(JoinCaller) == []


def test_the_caller_is_found_alone_in_hold_and_waits() -> None:
    scene, call, _ = both_talk()
    look(scene, call, "hold")
    assert states(scene, call) == (CallState.WAITING, AgentState.WRAP_UP, AgentState.WRAP_UP)


def test_a_consultation_that_nobody_knows_of_is_ended_and_the_caller_waits() -> None:
    scene = Scene()
    look(scene, CallId("main-9"), "consult", "10ann", "10bob", talks=True)
    assert scene.first(HangUpPhones).call == "main-9"
    assert scene.live(CallId("main-9")).state is CallState.WAITING


@pytest.mark.parametrize("talk", [False, True])
def test_the_caller_is_found_in_talk_with_a_third_one_and_the_two_are_free_of_him(talk: bool) -> None:
    scene, call, _ = both_talk() if talk else asked()
    scene.ready("cat")
    look(scene, call, "talk", "10cat")
    assert (scene.live(call).state, scene.live(call).agent) == (CallState.TALKING, "cat")
    assert states(scene, call)[1:] == (AgentState.WRAP_UP, AgentState.WRAP_UP if talk else AgentState.READY)
    scene(CallerLeft(call))
    assert scene.state_of("cat").state is AgentState.WRAP_UP


def three_of_level_two() -> tuple[Scene, CallId]:
    """Ann talks to a caller; Bob, Dan, Eve and Fay are free at level 2."""
    skills = ("product:printers", "level:L2", "language:zh")
    scene = Scene(replace(PLAN, agents=(*PLAN.agents, *(agent(name, *skills) for name in ("dan", "eve", "fay")))))
    scene.ready("ann")
    call = scene.talking("1")
    scene.ready("bob", "dan", "eve", "fay")
    return scene, call


def test_one_of_a_queue_who_does_not_answer_is_followed_by_the_next_free_one_and_the_caller_is_held_meanwhile() -> None:
    scene, call = three_of_level_two()
    scene(ConsultAsked(call, ANN, to_queue=L2))
    bobs = scene.first(OfferMade)
    scene(OfferMissed(bobs.offer, MissCause.NO_ANSWER))
    assert [(told.consulted, told.state, told.why) for told in scene.of(ConsultChanged)] == [
        ("bob", ConsultState.BACK, "missed"), ("dan", ConsultState.ASKED, "asked"), ("dan", ConsultState.RINGING, "begun"),
    ]  # fmt: skip
    assert scene.first(StartConsult).agent == "dan"
    assert scene.of(JoinCaller) == [], "he is held already"
    scene(OfferAnswered(scene.first(OfferMade).offer))
    scene(ConsultCompleted(call, ANN))
    assert scene.live(call).agent == "dan"


def test_the_agent_is_back_with_the_caller_while_the_next_one_reads() -> None:
    scene, call = three_of_level_two()
    scene(DeskSeen(AgentId("dan"), True))
    scene(ConsultAsked(call, ANN, to_queue=L2, handover=PACKET))
    scene(OfferMissed(scene.first(OfferMade).offer, MissCause.BUSY))
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId("10ann"))
    assert (scene.live(call).state, scene.of(StartConsult)) == (CallState.TALKING, [])
    assert scene.first(ScreenPop).handover == replace(PACKET, by=ANN)
    scene(HandoverAcknowledged(scene.first(OfferMade).offer))
    assert scene.first(StartConsult).agent == "dan"


def test_after_three_who_do_not_answer_the_agent_hears_so() -> None:
    scene, call = three_of_level_two()
    scene(ConsultAsked(call, ANN, to_queue=L2))
    for name in ("bob", "dan", "eve"):
        made = scene.first(OfferMade)
        assert made.agent == name
        scene(OfferMissed(made.offer, MissCause.NO_ANSWER))
    assert scene.of(OfferMade) == []
    assert scene.first(JoinCaller).phone == "10ann"
    assert scene.live(call).consult is None
    assert scene.state_of("fay").state is AgentState.READY


def test_a_certain_one_who_does_not_answer_is_not_replaced() -> None:
    scene, call = three_of_level_two()
    scene(ConsultAsked(call, ANN, to_agent=BOB))
    scene(OfferMissed(scene.first(OfferMade).offer, MissCause.NO_ANSWER))
    assert scene.of(OfferMade) == []


def test_a_join_of_which_no_answer_came_may_have_been_done_so_the_agent_keeps_his_caller_until_it_is_looked_at() -> None:
    scene, call, _ = both_talk()
    scene(ConsultTakenBack(call, ANN))
    scene(CommandFailed(call, "JoinCaller", "no answer within 5 s", unsure=True))
    assert scene.effects == []
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.TALKING, AgentState.TALKING)
    scene(ExchangeSeen("main", (SeenCall(call, "talk", PhoneId("10ann")),), PHONES))
    assert (scene.live(call).state, scene.of(CallChanged)) == (CallState.TALKING, [])


def test_a_join_of_which_no_answer_came_and_that_was_not_done_is_done_after_the_look() -> None:
    scene, call, _ = both_talk()
    scene(ConsultTakenBack(call, ANN))
    scene(CommandFailed(call, "JoinCaller", "no answer within 5 s", unsure=True))
    scene(ExchangeSeen("main", (SeenCall(call, "consult", PhoneId("10ann"), PhoneId("10bob"), True),), PHONES))
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId("10ann"), parts=True)


# ---- all three -------------------------------------------------------------------------------------------------------------------------


def conference() -> tuple[Scene, CallId, OfferId]:
    scene, call, offer = both_talk()
    scene(ConferenceWanted(call, ANN))
    return scene, call, offer


def test_all_three_talk_when_the_agent_says_so_and_not_before_the_two_do() -> None:
    scene, call, offer = asked()
    with pytest.raises(IllegalTransition):
        scene(ConferenceWanted(call, ANN))
    scene(OfferAnswered(offer))
    with pytest.raises(IllegalTransition):
        scene(ConferenceWanted(call, BOB))
    scene(ConferenceWanted(call, ANN))
    assert scene.first(Confer) == Confer(call, PhoneId("10ann"))
    assert (scene.live(call).state, scene.first(ConsultChanged).state) == (CallState.TALKING, ConsultState.CONFERENCE)
    assert [scene.state_of(name).state for name in ("ann", "bob")] == [AgentState.TALKING] * 2
    with pytest.raises(IllegalTransition):
        scene(ConferenceWanted(call, ANN))


@pytest.mark.parametrize(
    ("event", "phone", "parts"),
    [
        (lambda call: ConsultCompleted(call, ANN), "10bob", True),
        (lambda call: TalkEnded(call, ANN), "10bob", False),
        (lambda call: ConsultTakenBack(call, ANN), "10ann", True),
        (lambda call: TalkEnded(call, BOB), "10ann", False),
    ],
)
def test_whoever_of_the_two_leaves_the_conference_the_caller_has_the_other(event: object, phone: str, parts: bool) -> None:
    scene, call, _ = conference()
    scene(event(call))  # type: ignore[operator]
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId(phone), parts)
    left, stays = ("ann", "bob") if phone == "10bob" else ("bob", "ann")
    assert (scene.live(call).state, scene.live(call).agent, scene.live(call).consult) == (CallState.TALKING, stays, None)
    assert scene.state_of(left).state is AgentState.WRAP_UP
    assert scene.router.board(scene.now).calls[0].agent == stays
    scene(CallerLeft(call))
    assert scene.state_of(stays).state is AgentState.WRAP_UP


def test_when_the_caller_leaves_the_conference_it_is_over_for_all() -> None:
    scene, call, _ = conference()
    scene(CallerLeft(call))
    assert scene.of(HangUpPhones) == [HangUpPhones(call)]
    assert [scene.state_of(name).state for name in ("ann", "bob")] == [AgentState.WRAP_UP] * 2
    assert scene.router._state.offers == {}


@pytest.mark.parametrize("failure", [JoinFailed(CallId("main-1")), CommandFailed(CallId("main-1"), "Confer", "no such channel")])
def test_a_caller_who_could_not_be_brought_to_them_is_held_still_and_the_two_talk_on(failure: Event) -> None:
    scene, call, _ = conference()
    scene(failure)
    assert (scene.live(call).state, scene.first(ConsultChanged).state) == (CallState.CONSULTING, ConsultState.TALKING)
    scene(ConferenceWanted(call, ANN))
    assert scene.first(Confer).call == call


def test_of_a_conference_nothing_is_lost_while_the_exchange_is_out_of_sight() -> None:
    scene, call, _ = conference()
    together = SeenCall(call, "conference", PhoneId("10ann"), PhoneId("10bob"), True)
    scene(ExchangeSeen("main", (together,), PHONES))
    assert [*scene.of(ConsultChanged), *scene.of(CallChanged), *scene.of(JoinCaller)] == []
    scene(CommandFailed(call, "Confer", "no answer", unsure=True))
    scene(ExchangeSeen("main", (SeenCall(call, "consult", PhoneId("10ann"), PhoneId("10bob"), True),), PHONES))
    assert scene.live(call).state is CallState.CONSULTING, "he is in hold still"
    scene(ExchangeSeen("main", (together,), PHONES))
    assert (scene.live(call).state, scene.first(ConsultChanged).state) == (CallState.TALKING, ConsultState.CONFERENCE)


@pytest.mark.parametrize(("left", "owner"), [("10ann", "ann"), ("10bob", "bob")])
def test_who_is_left_with_the_caller_out_of_sight_has_him(left: str, owner: str) -> None:
    scene, call, _ = conference()
    scene(ExchangeSeen("main", (SeenCall(call, "talk", PhoneId(left)),), PHONES))
    assert (scene.live(call).state, scene.live(call).agent, scene.live(call).consult) == (CallState.TALKING, owner, None)
    assert scene.of(JoinCaller) == []


def test_a_decision_that_got_lost_is_carried_out_after_the_look() -> None:
    scene, call, _ = conference()
    scene(ConsultTakenBack(call, ANN))
    scene(ExchangeSeen("main", (SeenCall(call, "conference", PhoneId("10ann"), PhoneId("10bob"), True),), PHONES))
    assert scene.first(JoinCaller) == JoinCaller(call, PhoneId("10ann"), parts=True)


def test_a_conference_that_nobody_decided_is_ended_and_the_caller_waits() -> None:
    scene = Scene()
    scene(ExchangeSeen("main", (SeenCall(CallId("main-9"), "conference", PhoneId("10ann"), PhoneId("10bob"), True),), PHONES))
    assert scene.of(HangUpPhones) == [HangUpPhones(CallId("main-9"))]
    assert scene.live(CallId("main-9")).state is CallState.WAITING
    assert scene.first(HoldCall).call == "main-9"


def test_where_both_phones_are_gone_out_of_sight_the_caller_waits_with_what_was_written_and_both_do_their_after_call_work() -> None:
    scene, call, offer = asked(Handover("restarted it"))
    scene(HandoverAcknowledged(offer))
    scene(OfferAnswered(offer))
    scene(ExchangeSeen("main", (SeenCall(call, "hold"),), (PhoneId("10ann"), PhoneId("10bob"))))
    assert scene.live(call).handover == Handover("restarted it", by=AgentId("ann"))
    assert states(scene, call) == (CallState.WAITING, AgentState.WRAP_UP, AgentState.WRAP_UP)
