from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from acd.effects import (
    AgentChanged,
    CallChanged,
    Effect,
    HoldCall,
    OfferChanged,
    OfferMade,
    RingAgent,
    ScreenPop,
    StepEntered,
    StopRinging,
    WithdrawPop,
)
from acd.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentWentNotReady,
    AgentWentReady,
    CallArrived,
    CallDiverted,
    CallerLeft,
    CallQueued,
    CommandFailed,
    MenuChosen,
    OfferAnswered,
    OfferFailed,
    OfferMissed,
    OfferRinging,
    PhoneSeen,
    TalkEnded,
    Ticked,
)
from acd.model import AgentId, AgentState, CallId, CallState, EndCause, Level, MissCause, OfferId, OfferState, PhoneId
from acd.reason import Reason
from tests.unit.acd.scene import PLAN, Scene


def kinds(effects: list[Effect]) -> list[str]:
    return [type(effect).__name__ for effect in effects]


def test_an_offer_is_explained_and_reserved_then_shown_and_only_then_rung() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    assert kinds(scene.effects) == [
        "CallChanged", "StepEntered", "OfferMade", "OfferChanged", "CallChanged", "AgentChanged", "ScreenPop", "RingAgent",
    ]  # fmt: skip
    ring = scene.first(RingAgent)
    assert (ring.call, ring.agent, ring.phone, ring.queue, ring.offer) == (call, "ann", "10ann", "printers.L1", "main-1/o1")
    assert scene.first(AgentChanged).state is AgentState.RESERVED


def test_the_pop_says_who_calls_and_why_this_agent() -> None:
    scene = Scene()
    scene.ready("ann")
    scene(CallArrived(CallId("main-1"), "13912345678", "Wang", "4008001", "old printers' line"))
    scene(MenuChosen(CallId("main-1"), "language", "1", "zh"))
    scene(MenuChosen(CallId("main-1"), "product", "3", "printers"), after=2.0)
    scene(CallQueued(CallId("main-1"), "printers", Level.L1, "zh", "key-account"), after=5.0)
    pop = scene.first(ScreenPop)
    assert (pop.ani, pop.ani_name, pop.entry, pop.segment, pop.attempt) == ("13912345678", "Wang", "old printers' line", "key-account", 1)
    assert pop.path == (("language", "1", "zh"), ("product", "3", "printers"))
    assert pop.waited_seconds == 7.0
    need = "product:printers and level:L1 and language:zh"
    assert pop.reasons == (Reason("only_free", 1), Reason("step_asks", name="exact level", need=need))
    assert pop.phone == "10ann"
    assert pop.why_you == "the only free agent who matches; exact level: product:printers and level:L1 and language:zh"


def test_the_explanation_names_who_was_passed_over_and_why() -> None:
    scene = Scene()
    scene.ready("ann", "bob", "cat")
    scene.talking("0")
    scene.call("1", level=Level.L2)
    made = scene.first(OfferMade)
    assert (made.agent, made.candidates, made.candidate_count, made.calls_ahead) == ("bob", ("bob",), 1, 0)
    assert {(skipped.reason, skipped.count, skipped.agents) for skipped in made.skipped} == {("don't match", 2, ())}


def test_nobody_free_means_the_caller_is_held() -> None:
    scene = Scene()
    scene.call("1")
    hold = scene.first(HoldCall)
    assert (hold.call, hold.queue, hold.language) == ("main-1", "printers.L1", "zh")
    assert kinds(scene.effects)[-1] == "HoldCall"


def test_answered_means_that_both_talk() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    scene(OfferRinging(scene.offer(call)))
    assert scene.first(OfferChanged).state is OfferState.RINGING
    scene(OfferAnswered(scene.offer(call)))
    assert kinds(scene.effects) == ["OfferChanged", "CallChanged", "AgentChanged"]
    assert scene.live(call).state is CallState.TALKING
    assert scene.state_of("ann").state is AgentState.TALKING
    assert scene.router.open_offer(call, PhoneId("10ann")) == "main-1/o1"


def test_the_agents_leg_ends_first_and_the_caller_is_still_there() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene(TalkEnded(call, AgentId("ann")))
    assert scene.live(call).state is CallState.AFTER
    assert scene.state_of("ann").state is AgentState.WRAP_UP
    scene(CallerLeft(call))
    assert scene.first(CallChanged).cause is EndCause.AGENT_HUNG_UP
    assert call not in scene.router.calls()


@pytest.mark.parametrize("cause", list(MissCause))
def test_a_missed_call_keeps_its_place_and_the_agent_is_not_ready_with_the_reason(cause: MissCause) -> None:
    scene = Scene(replace(PLAN, rona={}))
    scene.ready("ann")
    first = scene.call("1")
    second = scene.call("2")
    scene(OfferRinging(scene.offer(first)))
    scene(OfferMissed(scene.offer(first), cause), after=12.0)
    assert kinds(scene.effects) == ["OfferChanged", "WithdrawPop", "AgentChanged", "CallChanged"]
    assert scene.first(OfferChanged).miss_cause is cause
    assert (scene.first(AgentChanged).state, scene.first(AgentChanged).cause) == (AgentState.NOT_READY, f"rona:{cause}")
    assert [call.id for call in scene.router._state.room] == [first, second]


def test_an_agent_who_may_miss_some_is_left_alone_and_then_tried_again() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    scene(OfferMissed(scene.offer(call), MissCause.BUSY))
    assert scene.state_of("ann").state is AgentState.READY
    assert scene.offered() == []
    assert scene.router.next_deadline() == scene.now + timedelta(seconds=5)
    scene.later(5.0)
    assert scene.offered() == [(call, "ann")]


def test_so_many_misses_in_a_row_make_him_not_ready() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    for _ in range(3):
        scene(OfferMissed(scene.offer(call), MissCause.BUSY))
        scene.later(5.0)
    assert scene.state_of("ann").cause == "rona:busy"


def test_answering_clears_the_misses() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    for _ in range(2):
        scene(OfferMissed(scene.offer(call), MissCause.BUSY))
        scene.later(5.0)
    scene(OfferAnswered(scene.offer(call)))
    assert scene.state_of("ann").misses == {}


def test_who_missed_a_call_does_not_get_it_again_while_somebody_else_at_work_could() -> None:
    scene = Scene()
    scene.ready("ann", "bob")
    busy = scene.talking("0", level=Level.L2)
    call = scene.call("1")
    scene.later(30.0)
    scene(OfferMissed(scene.offer(call), MissCause.BUSY))
    scene.later(20.0)
    assert scene.live(call).state is CallState.WAITING, "bob, who talks, is left"
    assert "missed this call before: ann" in scene.router.explain_waiting(call, scene.now)
    scene(CallerLeft(busy))
    scene(AgentWentReady(AgentId("bob")))
    assert scene.offered() == [(call, "bob")]


def test_who_missed_a_call_gets_it_again_when_nobody_else_is_left() -> None:
    scene = Scene()
    scene.ready("ann", "bob")
    busy = scene.talking("0", level=Level.L2)
    call = scene.call("1")
    scene.later(30.0)
    scene(OfferMissed(scene.offer(call), MissCause.BUSY))
    scene.later(20.0)
    scene(CallerLeft(busy))
    scene(AgentWentNotReady(AgentId("bob"), "lunch"))
    assert scene.offered() == [(call, "ann")]
    scene(AgentLoggedOut(AgentId("bob")))
    assert scene.first(AgentChanged).state is AgentState.LOGGED_OUT


def test_a_failed_offer_blames_nobody_and_the_next_agent_is_tried_at_once() -> None:
    scene = Scene()
    call = scene.call("1")
    scene.later(31.0)
    scene.ready("ann", "bob")
    scene(OfferFailed(scene.offer(call), "the exchange refused"))
    assert scene.first(WithdrawPop).outcome is OfferState.FAILED
    assert (scene.state_of("ann").state, scene.state_of("ann").misses) == (AgentState.READY, {})
    assert scene.offered() == [(call, "bob")]


def test_what_keeps_failing_is_tried_ever_more_rarely() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    pauses = []
    for _ in range(9):
        failed_at = scene.now
        scene(OfferFailed(scene.offer(call), "the exchange refused"))
        assert scene.first(HoldCall).call == call
        while scene.live(call).offer is None:
            due = scene.router.next_deadline()
            assert due is not None
            scene.later((due - scene.now).total_seconds())
        pauses.append((scene.now - failed_at).total_seconds())
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0]


def test_an_offer_without_any_news_fails_by_itself() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    scene.later(15.9)
    assert scene.effects == []
    scene.later(0.1)
    assert kinds(scene.effects)[:3] == ["StopRinging", "OfferChanged", "WithdrawPop"]
    assert scene.live(call).state is CallState.WAITING


def test_the_patience_with_an_offer_begins_again_when_it_rings() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    scene(OfferRinging(scene.offer(call)), after=3.0)
    scene.later(15.9)
    assert scene.live(call).state is CallState.OFFERED


@pytest.mark.parametrize("rang", [False, True])
def test_a_caller_who_leaves_while_offered_frees_the_agent_at_once(rang: bool) -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    if rang:
        scene(OfferRinging(scene.offer(call)))
    idle_since = scene.state_of("ann").idle_since_us
    offer = scene.offer(call)
    scene(CallerLeft(call), after=3.0)
    assert scene.first(WithdrawPop).outcome is OfferState.RESCINDED
    assert scene.first(AgentChanged).state is AgentState.READY
    assert scene.first(CallChanged).cause is EndCause.ABANDONED_RINGING
    assert scene.state_of("ann").idle_since_us == idle_since, "it is not his fault, he keeps his turn"
    assert not scene.router.offer_is_open(offer)


@pytest.mark.parametrize(
    ("state", "cause"),
    [(CallState.MENU, EndCause.ABANDONED_IN_MENU), (CallState.WAITING, EndCause.ABANDONED_WAITING)],
)
def test_how_a_visit_ended_follows_from_where_the_caller_was(state: CallState, cause: EndCause) -> None:
    scene = Scene()
    if state is CallState.MENU:
        scene(CallArrived(CallId("main-1"), "", "", "400", ""))
    else:
        scene.call("1")
    scene(CallerLeft(CallId("main-1")))
    assert scene.first(CallChanged).cause is cause


def test_a_caller_who_hangs_up_in_talk_sends_the_agent_to_wrap_up() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene(CallerLeft(call))
    assert (scene.first(CallChanged).cause, scene.first(AgentChanged).state) == (EndCause.CALLER_HUNG_UP, AgentState.WRAP_UP)
    assert scene.first(AgentChanged).call == call


def test_a_phone_lost_while_it_rings_is_a_miss_and_the_caller_is_held() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    scene(PhoneSeen(PhoneId("10ann"), False))
    assert scene.first(StopRinging).call == call
    assert scene.first(OfferChanged).miss_cause is MissCause.PHONE_LOST
    assert scene.state_of("ann").cause == "rona:phone_lost"


def test_an_agent_whose_phone_cannot_be_rung_is_passed_over_until_it_can() -> None:
    scene = Scene()
    scene(PhoneSeen(PhoneId("10ann"), False))
    scene.ready("ann")
    call = scene.call("1")
    assert scene.live(call).state is CallState.WAITING
    assert "phone can't be rung: ann" in scene.router.explain_waiting(call, scene.now)
    scene(PhoneSeen(PhoneId("10ann"), True))
    assert scene.offered() == [(call, "ann")]


def test_a_lost_phone_does_not_end_a_conversation() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    assert scene(PhoneSeen(PhoneId("10ann"), False)) == []
    assert scene.live(call).state is CallState.TALKING


@pytest.mark.parametrize("stage", ["menu", "waiting", "offered", "talking"])
def test_a_call_that_the_exchange_took_elsewhere_is_out_of_the_queue(stage: str) -> None:
    scene = Scene()
    scene(CallArrived(CallId("main-1"), "", "", "400", ""))
    if stage in ("offered", "talking"):
        scene.ready("ann")
    if stage != "menu":
        scene(CallQueued(CallId("main-1"), "printers", Level.L1, "zh"))
    if stage == "talking":
        scene(OfferAnswered(OfferId("main-1/o1")))
    scene(CallDiverted(CallId("main-1"), "survival"))
    assert scene.live(CallId("main-1")).state is CallState.DIVERTED
    assert scene.router.open_offer(CallId("main-1"), PhoneId("10ann")) is None
    if stage in ("offered", "talking"):
        assert scene.state_of("ann").state is (AgentState.READY if stage == "offered" else AgentState.WRAP_UP)
    scene(CallerLeft(CallId("main-1")))
    assert scene.first(CallChanged).cause is EndCause.DIVERTED


def test_what_is_late_or_said_twice_means_nothing() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    offer = scene.offer(call)
    scene(CallerLeft(call))
    for stale in (
        CallArrived(call, "", "", "", ""), CallQueued(call, "printers", Level.L1, "zh"), CallerLeft(call), CallDiverted(call, "survival"),
        OfferRinging(offer), OfferAnswered(offer), OfferMissed(offer, MissCause.BUSY), OfferFailed(offer, ""),
        TalkEnded(call, AgentId("ann")), MenuChosen(call, "product", "1", "x"),
    ):  # fmt: skip
        before = scene.router.state()
        assert scene(stale) == []
        assert scene.router.state() == before


def test_a_hold_that_failed_is_given_again_and_again_but_not_for_ever() -> None:
    scene = Scene()
    call = scene.call("1")
    holds = 0
    for _ in range(20):
        scene(CommandFailed(call, "HoldCall", "no connection"))
        scene.later(31.0)
        holds += len(scene.of(HoldCall))
    assert holds == 10
    assert scene.live(call).state is CallState.WAITING


def test_a_hold_that_failed_is_not_given_again_to_a_caller_who_talks() -> None:
    scene = Scene()
    call = scene.call("1")
    scene(CommandFailed(call, "HoldCall", "no connection"))
    scene(AgentLoggedIn(AgentId("ann"), PhoneId("10ann")))
    scene(AgentWentReady(AgentId("ann")))
    scene(OfferAnswered(scene.offer(call)))
    scene.later(2.0)
    assert scene.of(HoldCall) == []


def test_the_queues_figures_follow_the_calls() -> None:
    scene = Scene()
    scene.ready("ann")
    scene.talking("1")
    waiting = scene.call("2")
    scene(CallerLeft(waiting), after=3.0)
    scene(CallArrived(CallId("main-3"), "", "", "", ""))
    scene(CallerLeft(CallId("main-3")))
    figures = {queue.queue: queue for queue in scene.router.board(scene.now).queues}["printers.L1"]
    assert (figures.offered, figures.answered, figures.answered_in_time, figures.abandoned) == (2, 1, 1, 1)
    assert scene.of(StepEntered) == []


def test_the_figures_begin_again_with_the_day() -> None:
    scene = Scene()
    scene.call("1")
    scene.later(86_400.0)
    scene.call("2")
    figures = {queue.queue: queue for queue in scene.router.board(scene.now).queues}["printers.L1"]
    assert figures.offered == 1


def test_an_engine_that_was_held_up_hears_first_who_has_answered_meanwhile() -> None:
    """The first thing that it hears may be anything, and time alone."""
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    offer = scene.offer(call)
    scene(Ticked(), after=60.0)
    scene.call("2")
    assert not scene.of(StopRinging)
    scene(OfferRinging(offer))
    scene(OfferAnswered(offer))
    assert scene.live(call).state is CallState.TALKING
    assert not [one for one in scene.later(60.0) if isinstance(one, StopRinging)]


def test_an_engine_that_was_held_up_does_not_wait_for_ever_for_news() -> None:
    scene = Scene()
    scene.ready("ann")
    offer = scene.offer(scene.call("1"))
    scene(Ticked(), after=60.0)
    assert [stop.offer for stop in scene.later(2.0) if isinstance(stop, StopRinging)] == [offer]
