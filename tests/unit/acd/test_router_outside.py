"""An agent asks somebody outside the house: nobody is reserved, and however it ends the caller has somebody, or his place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from acd.effects import AskOutside, CallChanged, ConsultChanged, HandedOn, HangUpPhones, HoldCall, JoinCaller, OfferMade
from acd.events import (
    CallerLeft,
    CallHandedOn,
    CommandFailed,
    ConferenceWanted,
    ConsultAsked,
    ConsultCompleted,
    ConsultTakenBack,
    Event,
    ExchangeSeen,
    JoinFailed,
    SeenCall,
    TalkEnded,
)
from acd.model import (
    AgentId,
    AgentState,
    CallId,
    CallState,
    ConsultState,
    EndCause,
    Handover,
    IllegalTransition,
    MissCause,
    OfferId,
    PhoneId,
    QueueId,
    line_to,
)
from acd.outsiders import OutsideAnswered, OutsideFailed, OutsideLeft, OutsideMissed
from tests.unit.acd.scene import PLAN, Scene

ANN, OWN = AgentId("ann"), PhoneId("10ann")
PARTNER = line_to("partner")
PHONES = (OWN, PhoneId("10bob"), PhoneId("10cat"))
WITH_PARTNER = replace(PLAN, outside_lines=("partner",), outside_ring_seconds=30.0)


def asked() -> tuple[Scene, CallId, OfferId]:
    """Ann talks to a caller and asks at the partner's."""
    scene = Scene(WITH_PARTNER)
    scene.ready("ann")
    call = scene.talking("1")
    scene(ConsultAsked(call, ANN, to_destination="partner", handover=Handover("restarted it")))
    return scene, call, scene.first(AskOutside).consult


def both_talk() -> tuple[Scene, CallId, OfferId]:
    scene, call, consult = asked()
    scene(OutsideAnswered(call, consult))
    return scene, call, consult


def how(scene: Scene) -> list[tuple[ConsultState, str]]:
    return [(told.state, told.why) for told in scene.of(ConsultChanged)]


def test_the_caller_is_held_and_the_telephone_outside_is_rung_and_nobody_is_reserved() -> None:
    scene, call, consult = asked()
    assert scene.first(AskOutside) == AskOutside(consult, call, "partner", QueueId("printers.L1"), OWN, "zh")
    assert how(scene) == [(ConsultState.ASKED, "asked"), (ConsultState.RINGING, "begun")]
    assert [(told.consulted, told.outside) for told in scene.of(ConsultChanged)] == [(None, "partner")] * 2
    assert (scene.live(call).state, scene.of(OfferMade)) == (CallState.CONSULTING, [])
    assert scene.router.open_offer(call, PARTNER) == consult
    [view] = scene.router.board(scene.now).calls
    assert (view.consulted, view.consulted_outside) == (None, "partner")


def test_nobody_can_be_asked_where_there_is_no_telephone() -> None:
    scene = Scene(WITH_PARTNER)
    scene.ready("ann")
    call = scene.talking("1")
    with pytest.raises(IllegalTransition, match="nobody can be asked at voicemail"):
        scene(ConsultAsked(call, ANN, to_destination="voicemail"))


def test_only_one_is_asked_at_a_time_and_the_call_is_not_handed_on_meanwhile() -> None:
    scene, call, _ = asked()
    with pytest.raises(IllegalTransition, match="does not talk"):
        scene(ConsultAsked(call, ANN, to_destination="partner"))
    with pytest.raises(IllegalTransition):
        scene(CallHandedOn(call, ANN, to_queue=QueueId("printers.L2")))
    with pytest.raises(IllegalTransition):
        scene(ConsultCompleted(call, ANN))


def test_given_over_the_call_is_out_of_the_house_and_the_agent_does_his_after_call_work() -> None:
    scene, call, _ = both_talk()
    scene(ConsultCompleted(call, ANN))
    handed = scene.first(HandedOn)
    assert (handed.to_destination, handed.to_queue, handed.handover) == ("partner", None, Handover("restarted it", by=ANN))
    assert scene.first(JoinCaller) == JoinCaller(call, PARTNER, parts=True)
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.DIVERTED, AgentState.WRAP_UP)
    scene(CallerLeft(call))
    assert scene.first(CallChanged).cause is EndCause.DIVERTED


def test_an_agent_who_puts_his_phone_down_while_they_talk_gives_the_call_over() -> None:
    scene, call, _ = both_talk()
    scene(TalkEnded(call, ANN))
    assert scene.first(JoinCaller) == JoinCaller(call, PARTNER, parts=False)
    assert scene.live(call).state is CallState.DIVERTED


def test_an_agent_who_goes_back_has_his_caller() -> None:
    scene, call, consult = both_talk()
    scene(ConsultTakenBack(call, ANN))
    assert scene.first(JoinCaller) == JoinCaller(call, OWN, parts=True)
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.TALKING, AgentState.TALKING)
    assert scene(OutsideLeft(call, consult)) == [], "that he is let go is known"


@pytest.mark.parametrize(
    ("news", "why"),
    [
        (lambda call, consult: OutsideMissed(call, consult, MissCause.BUSY), "missed"),
        (lambda call, consult: OutsideMissed(call, consult, MissCause.NO_ANSWER), "missed"),
        (lambda call, consult: OutsideFailed(call, consult, "no trunk"), "failed"),
    ],
)
def test_whoever_does_not_take_it_leaves_agent_and_caller_together_and_may_be_asked_again(news: object, why: str) -> None:
    scene, call, consult = asked()
    event: Event = news(call, consult)  # type: ignore[operator]
    scene(event)
    assert how(scene) == [(ConsultState.BACK, why)]
    assert scene.first(JoinCaller) == JoinCaller(call, OWN)
    assert scene.live(call).state is CallState.TALKING
    scene(ConsultAsked(call, ANN, to_destination="partner"))
    assert scene.first(AskOutside).consult != consult
    assert scene(event) == [], "what is said of the first asking is stale"
    assert scene(OutsideAnswered(call, consult)) == []


def test_of_whom_no_news_comes_he_is_given_up() -> None:
    scene, call, _ = asked()
    scene.later(33.0)
    assert scene.live(call).state is CallState.CONSULTING
    scene.later(2.0)
    assert how(scene) == [(ConsultState.BACK, "failed")]
    assert scene.first(JoinCaller).phone == OWN
    assert scene.later(600.0) == []


def test_who_hangs_up_outside_leaves_the_agent_with_his_caller() -> None:
    scene, call, consult = both_talk()
    scene(OutsideLeft(call, consult))
    assert how(scene) == [(ConsultState.BACK, "consulted left")]
    assert scene.first(JoinCaller) == JoinCaller(call, OWN, parts=False)


def test_an_agent_who_hangs_up_while_it_rings_leaves_the_caller_at_his_place_with_what_he_wrote() -> None:
    scene, call, _ = asked()
    scene(TalkEnded(call, ANN))
    assert how(scene) == [(ConsultState.OVER, "agent left")]
    assert (scene.live(call).state, scene.live(call).handover) == (CallState.WAITING, Handover("restarted it", by=ANN))
    assert scene.first(HoldCall).call == call
    assert scene.later(60.0) is not None and scene.live(call).state in (CallState.WAITING, CallState.OFFERED)


@pytest.mark.parametrize("begin", [asked, both_talk])
def test_when_the_caller_hangs_up_both_phones_are_let_go(begin: object) -> None:
    scene, call, _ = begin()  # type: ignore[operator]
    scene(CallerLeft(call))
    assert scene.of(HangUpPhones) == [HangUpPhones(call)]
    assert scene.state_of("ann").state is AgentState.WRAP_UP
    assert how(scene) == [(ConsultState.OVER, "caller left")]


def test_a_caller_whose_partner_is_gone_when_he_comes_waits_at_his_place() -> None:
    scene, call, _ = both_talk()
    scene(ConsultCompleted(call, ANN))
    scene(JoinFailed(call))
    assert scene.live(call).state is CallState.WAITING


def test_all_three_talk_and_whoever_leaves_the_caller_has_the_other() -> None:
    scene, call, _ = both_talk()
    scene(ConferenceWanted(call, ANN))
    scene(TalkEnded(call, ANN))
    assert scene.first(JoinCaller) == JoinCaller(call, PARTNER, parts=False)
    assert scene.live(call).state is CallState.DIVERTED
    scene, call, consult = both_talk()
    scene(ConferenceWanted(call, ANN))
    scene(OutsideLeft(call, consult))
    assert scene.first(JoinCaller) == JoinCaller(call, OWN, parts=False)
    assert (scene.live(call).state, scene.live(call).consult) == (CallState.TALKING, None)


# ---- after the exchange was out of sight ---------------------------------------------------------------------------------------------


def seen(call: CallId, place: str, consulted: PhoneId | None = PARTNER, talks: bool = True, phone: PhoneId = OWN) -> ExchangeSeen:
    return ExchangeSeen("main", (SeenCall(call, place, phone, consulted, talks),), PHONES)


def test_as_it_was_believed_nothing_changes() -> None:
    scene, call, _ = both_talk()
    scene(seen(call, "consult"))
    assert [*how(scene), *scene.of(JoinCaller), *scene.of(CallChanged)] == []
    scene(ConsultCompleted(call, ANN))
    assert scene.live(call).state is CallState.DIVERTED


def test_who_answered_meanwhile_talks() -> None:
    scene, call, _ = asked()
    scene(seen(call, "consult"))
    assert how(scene) == [(ConsultState.TALKING, "answered")]


@pytest.mark.parametrize(("begin", "why"), [(asked, "missed"), (both_talk, "consulted left")])
def test_who_is_not_there_any_more_leaves_the_agent_with_his_caller(begin: object, why: str) -> None:
    scene, call, _ = begin()  # type: ignore[operator]
    scene(seen(call, "consult", None, False))
    assert how(scene) == [(ConsultState.BACK, why)]
    assert scene.first(JoinCaller).phone == OWN


def test_a_join_that_got_lost_is_done_after_the_look() -> None:
    scene, call, _ = both_talk()
    scene(ConsultCompleted(call, ANN))
    scene(CommandFailed(call, "JoinCaller", "connection lost", unsure=True))
    scene(seen(call, "consult"))
    assert scene.first(JoinCaller) == JoinCaller(call, PARTNER, parts=True)
    assert scene.live(call).state is CallState.DIVERTED


def test_a_join_that_was_refused_leaves_the_caller_at_his_place() -> None:
    scene, call, _ = both_talk()
    scene(ConsultCompleted(call, ANN))
    scene(CommandFailed(call, "JoinCaller", "no channel"))
    assert scene.live(call).state is CallState.WAITING


def test_an_agent_who_hung_up_out_of_sight_has_left_the_caller_to_the_other() -> None:
    scene, call, _ = both_talk()
    scene(ConferenceWanted(call, ANN))
    scene(ExchangeSeen("main", (SeenCall(call, "talk", PhoneId("hotline-provider")),), PHONES))
    assert scene.live(call).state is CallState.DIVERTED
    assert scene.of(JoinCaller) == []


@pytest.mark.parametrize("begin", [asked, both_talk])
def test_where_both_are_gone_the_caller_waits_at_his_place_with_what_was_written_and_the_agent_does_his_after_call_work(
    begin: object,
) -> None:
    scene, call, _ = begin()  # type: ignore[operator]
    arrived = scene.live(call).arrived_at
    scene(ExchangeSeen("main", (SeenCall(call, "hold"),), PHONES))
    live = scene.live(call)
    assert (live.state, live.arrived_at, live.consult, live.agent) == (CallState.WAITING, arrived, None, None)
    assert live.handover == Handover("restarted it", by=ANN)
    assert scene.state_of("ann").state is AgentState.WRAP_UP


def test_a_partner_who_hung_up_out_of_sight_after_the_call_was_his_has_ended_it() -> None:
    scene, call, _ = both_talk()
    scene(ConsultCompleted(call, ANN))
    effects = scene(ExchangeSeen("main", (), PHONES))
    assert [(one.state, one.cause) for one in effects if isinstance(one, CallChanged)] == [(CallState.ENDED, EndCause.GONE_UNSEEN)]
    assert scene.state_of("ann").state is AgentState.WRAP_UP
