from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from acd.callbacks import PROMISED
from acd.effects import AgentChanged, CallbackChanged, CallChanged, DialBack, RingAgent, ScreenPop, SendCall, StopRinging
from acd.events import (
    AgentStateForced,
    AgentWentReady,
    CallArrived,
    CallbackCancelled,
    CallbackReached,
    CallbackUnreached,
    CallbackWanted,
    CallerLeft,
    CallHandedOn,
    CallQueued,
    CommandFailed,
    ExchangeSeen,
    JoinFailed,
    OfferAnswered,
    OfferFailed,
    OfferMissed,
    OfferRinging,
    PhoneSeen,
    SeenCall,
    TalkEnded,
)
from acd.model import (
    AgentId,
    AgentState,
    CallbackOrder,
    CallbackState,
    CallId,
    CallState,
    EndCause,
    IllegalTransition,
    Level,
    MissCause,
    PhoneId,
    QueueId,
)
from acd.plan import CALLED_BACK, RETURNING, CallbackRules, NumberGuard, Plan
from tests.unit.acd.scene import PLAN, Scene, agent, queue

ANN = AgentId("ann")
NUMBER = "13900002222"


def called_back(**rules: object) -> Plan:
    return replace(PLAN, queues=(queue("printers", callback=CallbackRules(**rules)), *PLAN.queues[1:]))  # type: ignore[arg-type]


def promised(scene: Scene, name: str = "1", number: str = NUMBER) -> CallId:
    """A caller who waited, wanted a callback, and hung up."""
    call = scene.call(name)
    scene(CallbackWanted(call, number))
    scene(CallerLeft(call))
    return call


def dialling(scene: Scene) -> tuple[CallId, DialBack]:
    """A promised call whose turn has come, with its agent on the line."""
    call = promised(scene)
    scene.ready("ann")
    return call, on_the_line(scene)


def on_the_line(scene: Scene) -> DialBack:
    """The agent who is rung alone answers; only then the customer is dialled."""
    ring = scene.first(RingAgent)
    assert ring.alone and scene.of(DialBack) == []
    scene(OfferRinging(ring.offer))
    scene(OfferAnswered(ring.offer))
    return scene.first(DialBack)


def test_a_caller_who_wants_a_callback_may_hang_up_and_keeps_his_place() -> None:
    scene = Scene(called_back())
    first = scene.call("1")
    scene(CallbackWanted(first, NUMBER))
    assert scene.first(CallbackChanged).state is CallbackState.PROMISED
    assert scene(CallerLeft(first)) == []
    second = scene.call("2")
    assert [call.id for call in scene.router._state.room] == [first, second]
    assert scene.router.board(scene.now).queues[0].abandoned == 0
    assert scene.router.board(scene.now).calls[0].callback_number == NUMBER


def test_where_it_is_planned_a_promised_callback_has_a_head_start_from_the_promise_on_and_only_so_much() -> None:
    scene = Scene(replace(called_back(), head_start_seconds={CALLED_BACK: 10.0}))
    first, second = scene.call("1"), scene.call("2")
    scene.later(5.0)
    third = scene.call("3")
    scene(CallbackWanted(third, NUMBER))
    assert [call.id for call in scene.router._state.room] == [third, first, second], "they came within his head start"
    scene.later(20.0)
    fourth = scene.call("4")
    scene(CallbackWanted(fourth, "13700137000"))
    assert [call.id for call in scene.router._state.room] == [third, first, second, fourth], "and these before it"


def test_who_goes_on_with_an_open_case_has_a_head_start_where_it_is_planned() -> None:
    for heads, order in (({RETURNING: 60.0}, ["main-2", "main-1"]), ({}, ["main-1", "main-2"])):
        scene = Scene(replace(called_back(), head_start_seconds=heads))
        scene.call("1")
        scene.call("2", case="case-7")
        assert [call.id for call in scene.router._state.room] == order


def test_when_his_turn_comes_the_agent_sees_him_and_both_are_dialled() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST, ring_seconds=25.0))
    call = promised(scene)
    scene.ready("ann")
    dial = scene.first(DialBack)
    assert (dial.call, dial.agent, dial.phone, dial.number, dial.attempt) == (call, "ann", "10ann", NUMBER, "main-1/b1")
    assert (dial.order, dial.customer_ring_seconds) == (CallbackOrder.CUSTOMER_FIRST, 25.0)
    assert scene.first(ScreenPop).call == call
    assert scene.of(RingAgent) == []


def test_agent_first_then_the_customer_then_they_talk() -> None:
    scene = Scene(called_back())
    call, dial = dialling(scene)
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.CALLING_BACK, AgentState.TALKING)
    scene(CallbackReached(call, dial.attempt))
    assert scene.live(call).state is CallState.TALKING
    scene(CallerLeft(call))
    assert scene.first(CallChanged).cause is EndCause.CALLER_HUNG_UP
    assert scene.state_of("ann").state is AgentState.WRAP_UP


def test_customer_first_then_the_agent_then_they_talk() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    dial = scene.first(DialBack)
    scene(CallbackReached(call, dial.attempt))
    assert scene.live(call).state is CallState.OFFERED
    scene(OfferAnswered(dial.offer))
    assert scene.live(call).state is CallState.TALKING


def test_a_customer_reached_first_whose_agent_does_not_answer_waits_at_his_place() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    dial = scene.first(DialBack)
    scene(CallbackReached(call, dial.attempt))
    scene(OfferMissed(dial.offer, MissCause.NO_ANSWER))
    assert scene.live(call).state is CallState.WAITING
    scene(AgentWentReady(ANN))
    assert scene.first(RingAgent).call == call, "he is on the line now"


def test_an_unreached_customer_is_tried_again_later_at_his_place() -> None:
    scene = Scene(called_back(retry_after_seconds=60.0))
    call, dial = dialling(scene)
    scene(CallbackUnreached(call, dial.attempt, MissCause.NO_ANSWER))
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.PROMISED, AgentState.READY)
    assert scene.first(AgentChanged).cause == "callback_unreached"
    younger = scene.call("2")
    assert scene.offered() == [(younger, "ann")], "meanwhile she serves others"
    scene(CallerLeft(younger))
    scene.later(59.0)
    assert scene.of(DialBack) == []
    assert "was not reached" in scene.router.explain_waiting(call, scene.now)
    scene.later(1.0)
    assert on_the_line(scene).attempt == "main-1/b2"


def test_after_so_many_attempts_it_is_given_up() -> None:
    scene = Scene(called_back(most_attempts=2, retry_after_seconds=60.0))
    call, dial = dialling(scene)
    scene(CallbackUnreached(call, dial.attempt, MissCause.BUSY))
    scene.later(60.0)
    again = on_the_line(scene)
    scene(CallbackUnreached(call, again.attempt, MissCause.BUSY))
    assert scene.of(CallbackChanged)[-1].state is CallbackState.GIVEN_UP
    assert scene.of(CallChanged)[-1].cause is EndCause.CALLBACK_GIVEN_UP
    assert scene.state_of("ann").state is AgentState.READY


def test_an_agent_who_misses_it_does_not_use_an_attempt_up() -> None:
    scene = Scene(called_back())
    call = promised(scene)
    scene.ready("ann")
    scene(OfferMissed(scene.first(RingAgent).offer, MissCause.NO_ANSWER))
    assert scene.live(call).state is CallState.PROMISED
    assert scene.live(call).callback.unreached == 0  # type: ignore[union-attr]
    scene(AgentWentReady(ANN))
    assert on_the_line(scene).attempt == "main-1/b2"


def test_an_agent_who_hangs_up_before_the_customer_answers_is_free_and_the_call_is_offered_again() -> None:
    scene = Scene(called_back())
    call, _ = dialling(scene)
    scene(TalkEnded(call, ANN))
    assert scene.first(StopRinging).hang_up, "the customer's phone rings no longer"
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.PROMISED, AgentState.READY)
    scene.later(29.0)
    assert scene.of(RingAgent) == [], "the customer's phone has just rung"
    scene.later(1.0)
    assert scene.first(RingAgent).call == call


def test_an_agent_whose_customer_can_not_be_dialled_is_free_and_it_is_tried_again_shortly() -> None:
    scene = Scene(called_back())
    call, dial = dialling(scene)
    scene(OfferFailed(dial.offer, "no such trunk"))
    assert scene.first(StopRinging).hang_up, "the agent's own line ends"
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.PROMISED, AgentState.READY)
    assert scene.live(call).callback.unreached == 0  # type: ignore[union-attr]
    scene.later(1.0)
    assert on_the_line(scene).attempt == "main-1/b2"


def test_an_unreached_customers_agent_is_let_off_the_line() -> None:
    scene = Scene(called_back())
    call, dial = dialling(scene)
    scene(CallbackUnreached(call, dial.attempt, MissCause.BUSY))
    assert scene.first(StopRinging) == StopRinging(dial.offer, call, dial.queue, dial.language, hang_up=True)


def test_the_pop_says_that_it_is_a_callback_and_who_is_rung_first() -> None:
    scene = Scene(called_back())
    promised(scene)
    scene.ready("ann")
    assert (scene.first(ScreenPop).callback, scene.first(ScreenPop).callback_order) == (NUMBER, CallbackOrder.AGENT_FIRST)


def test_a_customer_of_whom_nothing_is_heard_counts_as_unreached() -> None:
    scene = Scene(called_back(ring_seconds=30.0))
    call, _ = dialling(scene)
    scene.later(34.0)
    assert scene.first(StopRinging).call == call
    assert scene.live(call).state is CallState.PROMISED


def test_news_of_an_earlier_attempt_is_stale() -> None:
    scene = Scene(called_back(retry_after_seconds=10.0))
    call, dial = dialling(scene)
    scene(CallbackUnreached(call, dial.attempt, MissCause.BUSY))
    for stale in (CallbackReached(call, dial.attempt), CallbackUnreached(call, dial.attempt, MissCause.BUSY)):
        assert scene(stale) == []
    assert scene.live(call).callback.unreached == 1  # type: ignore[union-attr]


def test_of_two_callbacks_to_one_number_the_earlier_stays() -> None:
    scene = Scene(called_back())
    first = promised(scene, "1")
    second = scene.call("2")
    scene(CallbackWanted(second, NUMBER))
    assert second not in scene.router.calls()
    assert scene.router._state.promised == {NUMBER: scene.live(first)}


def test_a_customer_who_calls_again_takes_his_old_place_over() -> None:
    scene = Scene(called_back())
    first = promised(scene, "1")
    scene.later(20.0)
    between = scene.call("between")
    scene(CallArrived(CallId("main-again"), NUMBER, "", "400", ""))
    scene(CallQueued(CallId("main-again"), "printers", Level.L1, "zh"))
    assert first not in scene.router.calls()
    assert [call.id for call in scene.router._state.room] == ["main-again", between]


def test_a_callback_can_be_called_off_while_it_is_not_being_kept() -> None:
    scene = Scene(called_back())
    call = promised(scene)
    scene(CallbackCancelled(call, "boss"))
    assert scene.of(CallChanged)[-1].cause is EndCause.CALLBACK_CANCELLED
    with pytest.raises(IllegalTransition, match="not promised"):
        scene(CallbackCancelled(call, "boss"))


def test_a_queue_without_callbacks_does_not_promise_any() -> None:
    scene = Scene()
    call = scene.call("1")
    assert scene(CallbackWanted(call, NUMBER)) == []
    assert not scene.router.may_call_back(call, scene.now)


def test_a_callback_is_offered_by_the_place_in_line_or_by_the_expected_wait() -> None:
    scene = Scene(replace(called_back(when_ahead=2, when_expected_seconds=1000.0), handling_seconds=200.0))
    lonely = scene.call("lonely")
    assert scene.router.may_call_back(lonely, scene.now), "nobody is at work"
    scene.ready("ann")
    assert not scene.router.may_call_back(lonely, scene.now), "he is being offered"
    calls = [scene.call(str(number)) for number in range(3)]
    assert [scene.router.may_call_back(call, scene.now) for call in calls] == [False, False, True]


def test_a_promised_call_survives_a_look_at_the_exchange_and_can_be_found_talking() -> None:
    scene = Scene(called_back())
    call = promised(scene)
    scene(ExchangeSeen("main", (), (PhoneId("10ann"),)))
    assert scene.live(call).state is CallState.PROMISED
    scene.ready("ann")
    scene(ExchangeSeen("main", (SeenCall(call, "talk", PhoneId("10ann")),), (PhoneId("10ann"),)))
    assert scene.live(call).state is CallState.TALKING


def test_customer_first_the_agents_phone_rings_when_the_customer_has_answered() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    dial = scene.first(DialBack)
    scene(CallbackReached(call, dial.attempt))
    ring = scene.first(RingAgent)
    assert (ring.offer, ring.call, ring.phone) == (dial.offer, call, "10ann")


def test_a_customers_phone_may_ring_longer_than_an_agents() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST, ring_seconds=30.0))
    call = promised(scene)
    scene.ready("ann")
    scene.later(33.0)
    assert scene.live(call).state is CallState.OFFERED
    scene.later(1.0)
    assert scene.first(StopRinging).hang_up, "nobody is on the line who could be held"
    assert scene.live(call).state is CallState.PROMISED
    assert scene.live(call).callback.unreached == 1, "nobody is rung for ever"  # type: ignore[union-attr]


def test_nobody_is_called_back_while_he_still_hears_that_he_will_be() -> None:
    scene = Scene(called_back())
    call = scene.call("1")
    scene(CallbackWanted(call, NUMBER))
    assert scene.first(SendCall) == SendCall(call, PROMISED)
    scene.ready("ann")
    assert scene.of(DialBack) == []
    assert "may still be on the line" in scene.router.explain_waiting(call, scene.now)
    scene(CallerLeft(call))
    assert scene.first(RingAgent).call == call


def test_who_is_not_on_the_line_any_more_when_the_exchange_is_looked_at_has_heard_it() -> None:
    scene = Scene(called_back())
    call = scene.call("1")
    scene(CallbackWanted(call, NUMBER))
    scene(ExchangeSeen("main", (), (PhoneId("10ann"),)))
    scene.ready("ann")
    assert scene.first(RingAgent).call == call


def test_a_goodbye_that_could_not_be_said_is_tried_again() -> None:
    scene = Scene(called_back())
    call = scene.call("1")
    scene(CallbackWanted(call, NUMBER))
    scene(CommandFailed(call, "SendCall", "no answer"))
    scene.later(1.0)
    assert scene.first(SendCall) == SendCall(call, PROMISED)


@pytest.mark.parametrize("number", ["anonymous", "", "12", "+86 139", "139;0000", "sip:boss@example.com"])
def test_a_number_that_can_not_be_dialled_is_not_promised_anything(number: str) -> None:
    scene = Scene(called_back(when_ahead=1))
    scene.call("1")
    scene(CallArrived(CallId("main-2"), number, "", "400", ""))
    scene(CallQueued(CallId("main-2"), "printers", Level.L1, "zh"))
    assert not scene.router.may_call_back(CallId("main-2"), scene.now)
    assert scene(CallbackWanted(CallId("main-2"))) == []
    assert scene.live(CallId("main-2")).state is CallState.WAITING


@pytest.mark.parametrize(
    ("number", "may"),
    [("13900002222", True), ("02188880000", True), ("0218888", False), ("00442012345678", False), ("138000", False), ("16800001", False)],
)
def test_only_numbers_that_the_house_allows_are_called_back(number: str, may: bool) -> None:
    numbers = NumberGuard(allowed=("13", "02"), refused=("0218888",), shortest=8, longest=11)
    numbers = replace(numbers, refused=("02188881", "00")) if number == "02188880000" else numbers
    scene = Scene(replace(called_back(when_ahead=1), callback_numbers=numbers))
    scene.call("1")
    call = CallId("main-2")
    scene(CallArrived(call, number, "", "400", ""))
    scene(CallQueued(call, "printers", Level.L1, "zh"))
    assert scene.router.may_call_back(call, scene.now) is may
    scene(CallbackWanted(call))
    assert (scene.live(call).state is CallState.PROMISED) is may


def test_a_callback_is_offered_after_an_elapsed_wait() -> None:
    scene = Scene(called_back(when_waited_seconds=60.0))
    call = scene.call("1")
    scene.later(59.0)
    assert not scene.router.may_call_back(call, scene.now)
    scene.later(1.0)
    assert scene.router.may_call_back(call, scene.now)


def test_a_customer_found_in_hold_after_the_attempt_was_given_up_waits_at_his_place() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    scene(OfferFailed(scene.first(DialBack).offer, "connection lost"))
    assert scene.live(call).state is CallState.PROMISED
    scene(ExchangeSeen("main", (SeenCall(call, "hold"),), (PhoneId("10ann"),)))
    assert scene.live(call).state is CallState.WAITING
    assert scene.of(CallbackChanged)[-1].state is CallbackState.REACHED
    scene(CallerLeft(call))
    assert scene.live(call).state is CallState.PROMISED, "nobody had talked to him: he is tried again"


def test_who_is_gone_again_before_anybody_talked_to_him_was_tried_in_vain() -> None:
    """An answering machine, or he hangs up at once."""
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST, most_attempts=2, retry_after_seconds=60.0))
    call = promised(scene)
    scene.ready("ann")
    scene(CallbackReached(call, scene.first(DialBack).attempt))
    scene(CallerLeft(call))
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.PROMISED, AgentState.READY)
    assert scene.of(CallbackChanged)[-1].unreached == 1
    scene.later(60.0)
    scene(CallbackReached(call, scene.first(DialBack).attempt))
    scene(OfferMissed(scene.offer(call), MissCause.NO_ANSWER))
    assert scene.live(call).state is CallState.WAITING, "he is on the line"
    scene(CallerLeft(call))
    assert scene.of(CallChanged)[-1].cause is EndCause.CALLBACK_GIVEN_UP
    assert scene.router.board(scene.now).queues[0].abandoned == 0


def test_who_was_talked_to_was_reached_however_he_leaves() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    scene(CallbackReached(call, scene.first(DialBack).attempt))
    scene(OfferAnswered(scene.offer(call)))
    scene(CallHandedOn(call, ANN, to_queue=QueueId("printers.L2")), after=30.0)
    assert scene.live(call).state is CallState.WAITING
    scene(CallerLeft(call))
    assert scene.first(CallChanged).cause is EndCause.ABANDONED_WAITING


def test_the_board_shows_what_is_promised_and_for_the_day_who_was_not_reached() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST, most_attempts=2, retry_after_seconds=60.0))
    call = promised(scene)
    [promise] = scene.router.board(scene.now).promises
    assert (promise.call, promise.number, promise.queue, promise.attempts, promise.next_at) == (call, NUMBER, "printers.L1", 0, None)
    scene.ready("ann")
    assert [(one.state, one.agent) for one in scene.router.board(scene.now).promises] == [(CallbackState.DIALLING, ANN)]
    scene(CallbackUnreached(call, scene.first(DialBack).attempt, MissCause.BUSY))
    told = scene.first(CallbackChanged)
    assert (told.state, told.cause, told.next_at) == (CallbackState.PROMISED, MissCause.BUSY, scene.now + timedelta(seconds=60))
    scene.later(60.0)
    scene(CallbackUnreached(call, scene.first(DialBack).attempt, MissCause.NO_ANSWER))
    assert call not in scene.router.calls()
    [given_up] = scene.router.board(scene.now).promises
    assert (given_up.state, given_up.unreached, given_up.most_attempts) == (CallbackState.GIVEN_UP, 2, 2)
    scene.later(86_400.0)
    scene.call("tomorrow")
    assert scene.router.board(scene.now).promises == ()


def test_who_calls_again_while_he_is_being_dialled_is_not_rung_and_takes_his_place_over() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    attempt = scene.first(DialBack).attempt
    scene(CallArrived(CallId("main-again"), NUMBER, "", "400", ""))
    scene(CallQueued(CallId("main-again"), "printers", Level.L1, "zh"))
    assert scene.first(StopRinging).call == call and scene.first(StopRinging).hang_up
    assert call not in scene.router.calls()
    assert scene.first(RingAgent).call == "main-again"
    assert scene(CallbackUnreached(call, attempt, MissCause.BUSY)) == []
    assert scene.live(CallId("main-again")).arrived_us < scene.router._state.now_us


def test_nobody_is_rung_while_he_is_in_the_menu_himself() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene(CallArrived(CallId("main-again"), NUMBER, "", "400", ""))
    scene.ready("ann")
    assert scene.of(DialBack) == []
    assert "rung in himself" in scene.router.explain_waiting(call, scene.now)
    scene(CallerLeft(CallId("main-again")))
    scene.later(119.0)
    assert scene.first(DialBack).call == call, "he left it again"


def test_a_second_promise_in_one_visit_has_attempts_of_its_own() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    first = scene.first(DialBack).attempt
    scene(CallbackReached(call, first))
    scene(OfferMissed(scene.offer(call), MissCause.NO_ANSWER))
    scene(CallbackWanted(call, NUMBER))
    scene(CallerLeft(call))
    scene(AgentWentReady(ANN))
    assert (first, scene.first(DialBack).attempt) == ("main-1/b1", "main-1/b2-1")


def test_whoever_calls_a_promise_off_is_told_with_his_reason() -> None:
    scene = Scene(called_back())
    call = promised(scene)
    scene(CallbackCancelled(call, "chen", "solved by mail"))
    told = scene.first(CallbackChanged)
    assert (told.state, told.by, told.reason, told.callback) == (CallbackState.CANCELLED, "chen", "solved by mail", "main-1/b")


def test_while_no_line_goes_out_the_agents_still_serve_those_who_wait() -> None:
    scene = Scene(called_back())
    promises = [promised(scene, f"p{number}", f"1390000{number:04}") for number in range(5)]
    waiting = scene.call("ordinary")
    scene.ready("ann")
    tried = []
    while (ring := scene.first(RingAgent)).call in promises:
        tried.append(ring.call)
        scene(OfferFailed(ring.offer, "Originate: refused"))
    assert (ring.call, tried) == (waiting, promises)


def test_a_customer_whose_agents_phone_is_lost_while_he_rings_does_not_ring_again_at_once() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    scene.first(DialBack)
    scene(PhoneSeen(PhoneId("10ann"), False))
    assert scene.first(StopRinging).hang_up
    scene(PhoneSeen(PhoneId("10ann"), True))
    scene(AgentWentReady(ANN)) if scene.state_of("ann").state is not AgentState.READY else None
    assert scene.of(DialBack) == []
    scene.later(29.0)
    assert scene.of(DialBack) == []
    scene.later(2.0)
    assert scene.first(DialBack).attempt == f"{call}/b2"


def test_nor_when_a_supervisor_takes_the_agent_away() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    scene(AgentStateForced(ANN, AgentState.NOT_READY, "meeting", "boss"))
    scene(AgentWentReady(ANN))
    assert scene.of(DialBack) == []
    scene.later(31.0)
    assert scene.first(DialBack).call == call


def test_an_agent_who_did_not_answer_first_left_the_customer_alone() -> None:
    """Agent first: the customer's phone has not rung, so another agent is tried at once."""
    scene = Scene(called_back())
    call = promised(scene)
    scene.ready("ann")
    scene(OfferMissed(scene.first(RingAgent).offer, MissCause.NO_ANSWER))
    scene(AgentWentReady(ANN))
    assert scene.first(RingAgent).call == call


def test_a_customer_who_answers_though_no_answer_came_to_the_order_to_dial_him_waits_at_his_place() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    dial = scene.first(DialBack)
    scene(OfferFailed(dial.offer, "no answer within 5 s", unsure=True))
    assert scene.live(call).state is CallState.PROMISED
    assert [effect for effect in scene.later(4.0) if isinstance(effect, DialBack)] == [], "his phone rings still"
    scene(CallbackReached(call, dial.attempt))
    assert (scene.live(call).state, scene.live(call).callback.state) == (CallState.OFFERED, CallbackState.REACHED)  # type: ignore[union-attr]
    ring = scene.first(RingAgent)
    assert not ring.alone, "he is on the line"
    scene(OfferAnswered(ring.offer))
    assert scene.live(call).state is CallState.TALKING


def test_nor_does_another_free_agent_dial_him_while_his_phone_rings() -> None:
    plan = called_back(order=CallbackOrder.CUSTOMER_FIRST)
    dan = agent("dan", "product:printers", "level:L1", "language:zh")
    scene = Scene(replace(plan, agents=(*plan.agents, dan)))
    call = promised(scene)
    scene.ready("ann")
    dial = scene.first(DialBack)
    scene.ready("dan")
    scene(OfferFailed(dial.offer, "no answer within 5 s", unsure=True))
    assert [effect for effect in (*scene.effects, *scene.later(25.0)) if isinstance(effect, DialBack)] == []
    scene(CallbackReached(call, dial.attempt))
    assert (scene.live(call).state, scene.live(call).callback.state) == (CallState.OFFERED, CallbackState.REACHED)  # type: ignore[union-attr]


@pytest.mark.parametrize("order", list(CallbackOrder))
def test_a_customer_of_whom_nothing_is_heard_any_more_is_dialled_again_once_his_phone_has_rung_out(order: CallbackOrder) -> None:
    scene = Scene(called_back(order=order, ring_seconds=25.0))
    call = promised(scene)
    scene.ready("ann")
    dial = on_the_line(scene) if order is CallbackOrder.AGENT_FIRST else scene.first(DialBack)
    scene(OfferFailed(dial.offer, "no answer within 5 s", unsure=True))
    assert [effect for effect in scene.later(25.0) if isinstance(effect, (DialBack, RingAgent))] == []
    assert [effect.call for effect in scene.later(60.0) if isinstance(effect, (DialBack, RingAgent))][:1] == [call]


def test_once_he_is_gone_again_the_same_news_told_again_does_not_bring_him_back() -> None:
    scene = Scene(called_back(order=CallbackOrder.CUSTOMER_FIRST))
    call = promised(scene)
    scene.ready("ann")
    dial = scene.first(DialBack)
    scene(OfferFailed(dial.offer, "no answer within 5 s", unsure=True))
    scene(CallbackReached(call, dial.attempt))
    scene(CallerLeft(call))
    assert scene.live(call).state is CallState.PROMISED
    assert scene(CallbackReached(call, dial.attempt)) == []
    assert scene.live(call).state is CallState.PROMISED


def test_an_agent_who_may_ring_alone_though_no_answer_came_is_let_go() -> None:
    scene = Scene(called_back())
    promised(scene)
    scene.ready("ann")
    ring = scene.first(RingAgent)
    scene(OfferFailed(ring.offer, "no answer within 5 s", unsure=True))
    assert [(stop.offer, stop.hang_up) for stop in scene.of(StopRinging)] == [(ring.offer, True)]


def test_a_customer_whose_agent_puts_his_phone_down_at_that_moment_waits_at_his_place() -> None:
    scene = Scene(called_back())
    call, dial = dialling(scene)
    scene(CallbackReached(call, dial.attempt))
    scene(JoinFailed(call))
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.WAITING, AgentState.WRAP_UP)
