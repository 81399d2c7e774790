from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from acd.effects import AgentChanged, CallChanged, HangUpCall, HoldCall, OfferChanged, OfferMade, SendCall
from acd.events import (
    CallArrived,
    CallbackWanted,
    CallDiverted,
    CallerLeft,
    CallQueued,
    CommandFailed,
    ExchangeSeen,
    JoinFailed,
    OfferAnswered,
    OfferRinging,
    SeenCall,
    TalkEnded,
)
from acd.instants import micros
from acd.model import AgentId, AgentState, CallId, CallState, EndCause, Level, OfferState, PhoneId, QueueId
from acd.plan import CallbackRules, Overflow
from acd.supervision import CallDropped, QueueSwitched
from tests.unit.acd.scene import PLAN, Scene, queue

ALL = (PhoneId("10ann"), PhoneId("10bob"), PhoneId("10cat"))
CALL = CallId("main-1")


def look(*calls: SeenCall, phones: tuple[PhoneId, ...] = ALL, exchange: str = "main", age: float = 0.0) -> ExchangeSeen:
    return ExchangeSeen(exchange, calls, phones, age)


def at(place: str, phone: str | None = None, call: CallId = CALL) -> SeenCall:
    return SeenCall(call, place, None if phone is None else PhoneId(phone))


def test_a_caller_whom_closing_time_sent_away_while_the_connection_was_lost_is_sent_once_it_is_back() -> None:
    closes = Overflow("closed", to_destination="voicemail", when_closed=True, also_waiting=True)
    scene = Scene(replace(PLAN, queues=(queue("printers", overflow=(closes,)), *PLAN.queues[1:])))
    call = scene.call("1")
    scene(QueueSwitched(QueueId("printers.L1"), False, None, "chief"))
    assert scene.live(call).state is CallState.DIVERTED
    scene(CommandFailed(call, "SendCall", "not connected", unsure=True))
    effects = scene(look(at("hold")), after=0.5)
    assert SendCall(call, "voicemail") in (*effects, *scene.later(0.0))
    assert scene.live(call).state is CallState.DIVERTED


def test_calls_that_are_not_there_are_over() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    other = scene.call("2")
    scene(look(at("hold", call=other)))
    ended = [changed for changed in scene.of(CallChanged) if changed.state is CallState.ENDED]
    assert [(changed.call, changed.cause) for changed in ended] == [(call, EndCause.GONE_UNSEEN)]
    assert scene.state_of("ann").state is AgentState.WRAP_UP
    assert scene.live(other).state is CallState.WAITING


def test_calls_of_another_exchange_are_not_judged() -> None:
    scene = Scene()
    call = scene.call("1")
    scene(look(exchange="mai"))
    assert call in scene.router.calls()


def test_a_call_that_arrived_since_the_looking_began_is_not_judged() -> None:
    scene = Scene()
    call = scene.call("1")
    scene.now = scene.now.replace(second=2)
    scene(look(age=3.0))
    assert call in scene.router.calls()


def test_nor_is_one_who_has_taken_the_place_of_an_earlier_call_since() -> None:
    """His place is that of the earlier call, but he was not there when the looking began."""
    scene = Scene(replace(PLAN, queues=(queue("printers", callback=CallbackRules()), *PLAN.queues[1:])))
    first = scene.call("1")
    scene(CallbackWanted(first))
    scene(CallerLeft(first))
    scene.now += timedelta(seconds=60)
    again = scene.call("2")
    assert scene.live(again).arrived_us < micros(scene.now), "at his old place"
    scene.now += timedelta(seconds=1)
    scene(look(age=2.0))
    assert again in scene.router.calls()


def test_who_was_to_be_hung_up_on_when_the_engine_died_is_hung_up_on() -> None:
    scene = Scene()
    scene.ready("ann")
    scene(CallDropped(scene.talking("1"), "chief"))
    waiting = scene.call("2")
    scene(look(at("talk", "10ann"), at("hold", call=waiting)))
    assert [one.call for one in scene.of(HangUpCall)] == [CALL]


def test_a_caller_whose_way_out_was_lost_may_go_it_again() -> None:
    """Nobody can say that the partner did not answer: he was never rung."""
    late = Overflow("late", to_destination="partner", after_seconds=60.0)
    scene = Scene(replace(PLAN, queues=(queue("printers", overflow=(late,)), *PLAN.queues[1:]), outside_lines=("partner",)))
    call = scene.call("1")
    scene.later(60.0)
    assert scene.live(call).state is CallState.DIVERTED
    scene(look(at("hold")))
    assert scene.live(call).state is CallState.WAITING
    assert [one.destination for one in scene.later(30.0) if isinstance(one, SendCall)] == ["partner"]


def test_a_waiting_caller_in_hold_is_as_it_should_be() -> None:
    scene = Scene()
    call = scene.call("1")
    assert scene(look(at("hold"))) == []
    assert scene.live(call).state is CallState.WAITING


@pytest.mark.parametrize("place", ["menu", "hold"])
def test_a_caller_whom_a_look_found_before_he_was_told_of_is_no_stranger(place: str) -> None:
    scene = Scene()
    scene(look(at(place)))
    scene(CallArrived(CALL, "139", "Bob", "400", "unified"))
    scene(CallArrived(CALL, "140", "", "401", "said again"))
    [call] = scene.router.calls().values()
    assert (call.ani, call.ani_name, call.dnis, call.entry) == ("139", "Bob", "400", "unified")


def test_a_stranger_in_hold_is_served_by_the_plans_first_queue() -> None:
    scene = Scene()
    scene.ready("bob")
    scene(look(at("hold", call=CallId("main-stranger"))))
    assert scene.offered() == [("main-stranger", "bob")]
    assert scene.first(OfferMade).queue == "printers.L1"


@pytest.mark.parametrize("found", [at("after"), at("talk", "9999")])
def test_a_stranger_whom_nobody_could_be_joined_with_is_served_by_the_plans_first_queue(found: SeenCall) -> None:
    scene = Scene()
    scene(look(found))
    scene(JoinFailed(CALL))
    assert (scene.live(CALL).state, scene.live(CALL).queue_id) == (CallState.WAITING, "printers.L1")
    assert scene.first(HoldCall).call == CALL


def test_a_stranger_in_hold_with_an_empty_plan_waits_visibly() -> None:
    scene = Scene(None)
    scene(look(at("hold")))
    assert scene.live(CALL).state is CallState.WAITING
    assert [call.queue for call in scene.router.board(scene.now).calls] == ["unknown.L1"]


def test_an_offered_caller_found_in_hold_is_offered_again() -> None:
    scene = Scene()
    scene.ready("ann")
    scene.call("1")
    scene(look(at("hold")))
    assert scene.first(OfferChanged).state is OfferState.FAILED
    assert scene.live(CALL).state is CallState.WAITING
    scene.later(1.0)
    assert scene.offered() == [(CALL, "ann")]


def test_a_caller_in_the_menus_belief_found_in_hold_is_served() -> None:
    scene = Scene()
    scene(CallArrived(CALL, "", "", "", ""))
    scene(look(at("hold")))
    assert scene.live(CALL).state is CallState.WAITING


def test_an_offer_found_in_talk_was_accepted() -> None:
    scene = Scene()
    scene.ready("ann")
    scene.call("1")
    scene(look(at("talk", "10ann")))
    assert (scene.live(CALL).state, scene.state_of("ann").state) == (CallState.TALKING, AgentState.TALKING)
    assert scene.router.open_offer(CALL, PhoneId("10ann")) == "main-1/o1"


@pytest.mark.parametrize("ready", [True, False])
def test_a_waiting_caller_found_in_talk_talks_to_the_agent_of_that_phone(ready: bool) -> None:
    scene = Scene()
    scene.call("1", product_line="servers")
    scene.ready("ann")
    if not ready:
        from acd.events import AgentWentNotReady

        scene(AgentWentNotReady(AgentId("ann"), "break"))
    scene(look(at("talk", "10ann")))
    assert (scene.live(CALL).agent, scene.state_of("ann").state) == ("ann", AgentState.TALKING)
    assert scene.first(OfferMade).rule == "found talking when the exchange was looked at"
    scene(CallerLeft(CALL))
    assert scene.first(AgentChanged).state is AgentState.WRAP_UP


def test_an_agent_found_in_talk_with_another_caller_was_not_free_for_the_one_reserved() -> None:
    scene = Scene()
    other = scene.call("2", product_line="servers")
    scene.ready("ann")
    call = scene.call("1")
    scene(look(at("hold"), at("talk", "10ann", other)))
    assert scene.live(other).agent == "ann"
    assert scene.live(call).state is CallState.WAITING


def test_an_agent_found_in_talk_with_a_diverted_caller_is_not_free() -> None:
    """Survival served the caller while the engine was away; the agent does his after-call work, and is offered calls again then."""
    scene = Scene()
    diverted, waiting = scene.call("1", product_line="servers"), CallId("main-2")
    scene(CallDiverted(diverted, "survival"))
    scene.ready("ann")
    scene(look(at("talk", "10ann", diverted), at("hold", call=waiting)))
    assert (scene.live(diverted).state, scene.live(diverted).agent) == (CallState.TALKING, "ann")
    assert (scene.state_of("ann").state, scene.live(waiting).state) == (AgentState.TALKING, CallState.WAITING)
    scene(TalkEnded(diverted, AgentId("ann")))
    scene(CallerLeft(diverted))
    assert scene.state_of("ann").state is AgentState.WRAP_UP


def test_a_stranger_in_talk_at_an_unknown_phone_is_shown_until_he_leaves() -> None:
    scene = Scene()
    scene(look(at("talk", "9999")))
    assert (scene.live(CALL).state, scene.live(CALL).agent) == (CallState.TALKING, None)
    scene(CallerLeft(CALL))
    assert CALL not in scene.router.calls()


def test_a_ringing_offer_found_is_news_of_it() -> None:
    scene = Scene()
    scene.ready("ann")
    scene.call("1")
    scene(look(at("offer", "10ann")))
    assert scene.first(OfferChanged).state is OfferState.RINGING
    assert scene(look(at("offer", "10ann"))) == []


def test_a_caller_offered_where_nobody_decided_it_is_held() -> None:
    scene = Scene()
    scene.call("1")
    scene(look(at("offer", "10ann")))
    assert scene.first(HoldCall).call == CALL


def test_a_conversation_found_over_is_over() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene(look(at("after")))
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.AFTER, AgentState.WRAP_UP)


def test_a_diverted_call_found_on_its_way_out_stays_diverted() -> None:
    scene = Scene()
    call = scene.call("1")
    scene(CallDiverted(call, "closed"))
    scene(look(at("after")))
    assert scene.live(call).state is CallState.DIVERTED
    scene(CallerLeft(call))
    [ended] = [changed for changed in scene.of(CallChanged) if changed.state is CallState.ENDED]
    assert ended.cause is EndCause.DIVERTED


def test_an_order_to_send_somebody_out_that_was_carried_out_is_not_given_again() -> None:
    late = Overflow("late", to_destination="partner", after_seconds=60.0)
    scene = Scene(replace(PLAN, queues=(queue("printers", overflow=(late,)), *PLAN.queues[1:]), outside_lines=("partner",)))
    call = scene.call("1")
    scene.later(60.0)
    scene(CommandFailed(call, "SendCall", "the connection was lost", unsure=True))
    scene(look(at("out")), after=0.6)
    assert [effect for effect in scene.later(30.0) if isinstance(effect, SendCall)] == []
    assert scene.live(call).state is CallState.DIVERTED


def test_a_conversation_found_in_hold_waits_again_with_its_clock() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene.later(40.0)
    scene(look(at("hold")))
    assert scene.live(call).state is CallState.WAITING
    assert scene.router._state.room.ahead(scene.live(call).place) == 0  # type: ignore[arg-type]
    assert scene.live(call).stage.name == "exact level"  # type: ignore[union-attr]
    scene.later(31.0)
    assert scene.live(call).stage.name == "any level"  # type: ignore[union-attr]


@pytest.mark.parametrize("known", [True, False])
def test_a_call_in_the_survival_queue_is_diverted(known: bool) -> None:
    scene = Scene()
    if known:
        scene.call("1")
    scene(look(at("survival")))
    assert scene.live(CALL).state is CallState.DIVERTED


def test_phones_that_are_not_there_cannot_be_rung_and_those_of_another_exchange_stay() -> None:
    scene = Scene()
    scene.ready("ann", "bob")
    scene(look(phones=(PhoneId("10bob"),), exchange="other"))
    scene(look(phones=(PhoneId("10ann"),)))
    views = {view.agent: view.phone_reachable for view in scene.router.board(scene.now).agents}
    assert views == {"ann": True, "bob": True, "cat": True}
    assert scene.router._state.reachable["10cat"] is False  # type: ignore[index]
    scene(look(phones=()))
    assert not scene.router.board(scene.now).agents[0].phone_reachable


def test_a_call_given_up_unseen_that_is_there_after_all_comes_back() -> None:
    scene = Scene()
    scene.ready("ann")
    scene(CallArrived(CALL, "", "", "", ""))
    scene(look())
    scene(look(at("hold")))
    assert scene.offered() == [(CALL, "ann")]


def test_a_call_that_has_just_ended_does_not_come_back() -> None:
    scene = Scene()
    scene.call("1")
    scene(CallerLeft(CALL))
    assert scene(look(at("hold"))) == []


def test_a_call_in_the_menu_goes_on_there() -> None:
    scene = Scene()
    scene(look(at("menu")))
    assert scene.live(CALL).state is CallState.MENU
    scene(CallQueued(CALL, "printers", Level.L1, "zh"))
    assert scene.live(CALL).state is CallState.WAITING
    scene.ready("ann")
    scene(OfferRinging(scene.offer(CALL)))
    scene(OfferAnswered(scene.offer(CALL)))
    assert scene.live(CALL).state is CallState.TALKING
