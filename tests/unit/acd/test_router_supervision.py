"""What supervisors order about calls, conversations, queues and desks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from acd.callers import MOST_REDOS
from acd.effects import CallChanged, HangUpCall, HoldCall, OfferMade, SendCall
from acd.events import AgentLoggedIn, CallerLeft, CommandFailed, ExchangeSeen, OfferMissed, OfferRinging, SeenCall
from acd.model import AgentId, AgentState, CallId, CallState, EndCause, IllegalTransition, Level, MissCause, PhoneId, QueueId
from acd.plan import Overflow
from acd.supervision import (
    CallAssigned,
    CallDropped,
    CallMoved,
    CallRaised,
    CallSteered,
    CallTakenOver,
    EndWatch,
    MessageChanged,
    MessageRead,
    MessageSent,
    QueueSwitchChanged,
    QueueSwitched,
    TakeOver,
    TakeOverFailed,
    WatchAsked,
    WatchBegan,
    WatchCall,
    WatchChanged,
    WatchEnded,
    WatchMode,
    WatchStopped,
)
from tests.unit.acd.scene import PLAN, Scene, queue

ANN, BOB = AgentId("ann"), AgentId("bob")
CHIEF = "chief"
OWN = PhoneId("1900")
"""The supervisor's phone."""
CLOSES = replace(queue("printers"), overflow=(Overflow("closed", to_destination="closed", when_closed=True, also_waiting=True),))
CLOSING = replace(PLAN, queues=(CLOSES, *PLAN.queues[1:]))


# ---- a waiting call ------------------------------------------------------------------------------------------------------------


def test_an_assigned_call_goes_to_that_agent_though_its_step_asks_for_others() -> None:
    scene = Scene()
    call = scene.call("1", level=Level.L2, language="en")
    scene.ready("cat")
    assert scene.offered() == []
    scene(CallAssigned(call, AgentId("cat"), CHIEF, "she knows him"))
    assert scene.offered() == [(call, "cat")]
    assert scene.of(CallSteered) == [CallSteered(call, "assigned", "cat", CHIEF, "she knows him")]


def test_an_assigned_call_waits_for_its_agent_alone_and_then_for_all() -> None:
    scene = Scene()
    scene.ready("ann")
    scene.talking("0")
    call = scene.call("1")
    scene(CallAssigned(call, ANN, CHIEF))
    scene.ready("bob")
    assert scene.offered() == []
    assert scene.router.board(scene.now).calls[1].assigned_to == "ann"
    assert [made.agent for made in scene.later(PLAN.personal_wait_seconds) if isinstance(made, OfferMade)] == ["bob"]


def test_an_assignment_is_undone() -> None:
    scene = Scene()
    scene.ready("ann")
    scene.talking("0")
    call = scene.call("1", level=Level.L2)
    scene(CallAssigned(call, ANN, CHIEF))
    scene.ready("bob")
    assert scene.offered() == []
    scene(CallAssigned(call, None, CHIEF))
    assert scene.offered() == [(call, "bob")]


def test_nobody_is_assigned_a_call_who_is_not_logged_in_nor_one_that_does_not_wait() -> None:
    scene = Scene()
    call = scene.call("1")
    with pytest.raises(IllegalTransition, match="not logged in"):
        scene(CallAssigned(call, ANN, CHIEF))
    with pytest.raises(IllegalTransition, match="no agent zoe"):
        scene(CallAssigned(call, AgentId("zoe"), CHIEF))
    with pytest.raises(IllegalTransition, match="no call"):
        scene(CallAssigned(CallId("main-9"), ANN, CHIEF))
    scene.ready("ann")
    with pytest.raises(IllegalTransition, match="does not wait: it is offered"):
        scene(CallAssigned(call, ANN, CHIEF))


def test_a_moved_call_waits_in_the_other_queue_and_keeps_its_clock() -> None:
    scene = Scene()
    scene.ready("cat")
    call = scene.call("1", language="en")
    scene(CallMoved(call, QueueId("servers.L1"), CHIEF), after=7.0)
    assert scene.offered() == [(call, "cat")]
    assert scene.first(OfferMade).waited_seconds == 7.0
    assert scene.of(HoldCall) == [HoldCall(call, QueueId("servers.L1"), "en")]
    assert [change.queue for change in scene.of(CallChanged)] == ["servers.L1", "servers.L1"]
    scene(OfferMissed(scene.offer(call), MissCause.NO_ANSWER))
    scene(CallMoved(call, QueueId("printers.L1"), CHIEF, "wrong line after all"))
    assert scene.live(call).queue_id == "printers.L1"


def test_a_call_is_moved_only_to_another_queue_that_is_there() -> None:
    scene = Scene()
    call = scene.call("1")
    for target, why in (("printers.L1", "already"), ("phones.L1", "no queue")):
        with pytest.raises(IllegalTransition, match=why):
            scene(CallMoved(call, QueueId(target), CHIEF))


def test_a_raised_call_overtakes_and_a_lowered_one_is_overtaken() -> None:
    scene = Scene()
    first, second, third = (scene.call(name) for name in "123")
    scene(CallRaised(third, 600.0, CHIEF))
    scene(CallRaised(first, -600.0, CHIEF))
    assert [view.raised_seconds for view in scene.router.board(scene.now).calls] == [-600.0, 0.0, 600.0]
    scene.ready("ann")
    assert scene.offered() == [(third, "ann")]
    scene(OfferMissed(scene.offer(third), MissCause.BUSY))
    scene(CallRaised(third, 0.0, CHIEF, "undo"))
    scene.later(5.0)
    assert scene.offered() == [(second, "ann")]


def test_nothing_is_raised_by_more_than_an_hour() -> None:
    scene = Scene()
    call = scene.call("1")
    with pytest.raises(IllegalTransition, match="at most 3600"):
        scene(CallRaised(call, 3601.0, CHIEF))


def test_who_is_hung_up_on_is_no_abandon() -> None:
    scene = Scene()
    call = scene.call("1")
    scene(CallDropped(call, CHIEF, "abusive"))
    assert scene.of(HangUpCall) == [HangUpCall(call)]
    scene(CallerLeft(call))
    assert scene.first(CallChanged).cause is EndCause.HUNG_UP_BY_SUPERVISOR
    view = scene.router.board(scene.now).queues[0]
    assert (view.offered, view.abandoned, view.flowed_out) == (1, 0, 1)


# ---- taking over -----------------------------------------------------------------------------------------------------------------


def test_a_caller_who_is_talked_to_comes_to_the_supervisor_and_the_agent_does_his_after_call_work() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene(CallTakenOver(call, OWN, CHIEF, "complaint"))
    assert scene.of(TakeOver) == [TakeOver(call, OWN, PLAN.ring_seconds)]
    assert (scene.live(call).state, scene.state_of("ann").state) == (CallState.DIVERTED, AgentState.WRAP_UP)
    scene(CallerLeft(call))
    assert scene.first(CallChanged).cause is EndCause.DIVERTED


@pytest.mark.parametrize("news", [TakeOverFailed(CallId("main-1")), CommandFailed(CallId("main-1"), "TakeOver", "not connected")])
def test_a_supervisor_who_does_not_answer_leaves_the_caller_at_his_place(news: TakeOverFailed | CommandFailed) -> None:
    scene = Scene()
    call = scene.call("1")
    scene.call("2")
    scene(CallTakenOver(call, OWN, CHIEF))
    scene.ready("ann")
    assert scene.offered() == [("main-2", "ann")], "he is on his way to the supervisor"
    scene(OfferMissed(scene.offer(CallId("main-2")), MissCause.BUSY))
    scene(news)
    assert scene.of(HoldCall) == [HoldCall(call, QueueId("printers.L1"), "zh")]
    scene.later(5.0)
    assert scene.offered() == [(call, "ann")]
    scene(news)
    assert scene.effects == []


def test_no_caller_is_sent_to_a_phone_where_somebody_takes_calls() -> None:
    scene = Scene()
    scene.ready("bob")
    call = scene.call("1", product_line="servers", language="en")
    with pytest.raises(IllegalTransition, match="bob takes calls at phone 10bob"):
        scene(CallTakenOver(call, PhoneId("10bob"), CHIEF))


# ---- listening ----------------------------------------------------------------------------------------------------------------


def listening(mode: WatchMode = WatchMode.LISTEN) -> tuple[Scene, CallId]:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene(WatchAsked(call, OWN, mode, CHIEF, "new engineer"))
    return scene, call


def test_his_phone_is_rung_and_the_board_says_who_hears_whom() -> None:
    scene, call = listening()
    watch = f"{call}/w1"
    assert scene.of(WatchCall) == [WatchCall(watch, call, PhoneId("10ann"), OWN, WatchMode.LISTEN, PLAN.ring_seconds)]
    assert [view.on for view in scene.router.board(scene.now).calls[0].watches] == [False]
    scene(WatchBegan(call, watch))
    assert [(view.on, view.by) for view in scene.router.board(scene.now).calls[0].watches] == [(True, CHIEF)]
    assert scene.first(WatchChanged).state == "on"
    scene(WatchBegan(call, watch))
    assert scene.effects == []
    scene(WatchEnded(call, watch))
    assert scene.router.board(scene.now).calls[0].watches == ()
    scene(WatchEnded(call, watch))
    assert scene.effects == []


def test_the_mode_is_changed_without_ringing_again() -> None:
    scene, call = listening()
    scene(WatchAsked(call, OWN, WatchMode.BARGE, CHIEF))
    assert scene.of(WatchCall) == [WatchCall(f"{call}/w1", call, PhoneId("10ann"), OWN, WatchMode.BARGE, PLAN.ring_seconds, switch=True)]
    scene(WatchAsked(call, OWN, WatchMode.BARGE, CHIEF))
    assert scene.of(WatchCall) == []


def test_one_phone_hears_one_conversation() -> None:
    scene, call = listening()
    scene.ready("cat")
    other = scene.talking("2", product_line="servers", language="en")
    scene(WatchAsked(other, OWN, WatchMode.LISTEN, CHIEF))
    assert scene.of(EndWatch) == [EndWatch(f"{call}/w1", call)]
    scene(WatchStopped(other, OWN, CHIEF))
    assert scene.of(EndWatch) == [EndWatch(f"{other}/w1", other)]


def test_only_a_conversation_is_heard_and_not_at_a_phone_that_takes_calls() -> None:
    scene, call = listening()
    scene.ready("bob")
    for phone, why in (("10ann", "ann himself"), ("10bob", "bob takes calls")):
        with pytest.raises(IllegalTransition, match=why):
            scene(WatchAsked(call, PhoneId(phone), WatchMode.LISTEN, CHIEF))
    with pytest.raises(IllegalTransition, match="nobody talks"):
        scene(WatchAsked(scene.call("2"), OWN, WatchMode.LISTEN, CHIEF))


@pytest.mark.parametrize("command", ["WatchCall", "EndWatch"])
def test_who_may_hear_it_is_not_forgotten_though_no_answer_came(command: str) -> None:
    scene, call = listening()
    scene(CommandFailed(call, command, "no answer within 5 s", unsure=True))
    assert [watch.id for watch in scene.live(call).watches] == [f"{call}/w1"]
    assert scene.later(60.0) == [], "nothing is given again: the exchange will tell"
    scene(WatchBegan(call, f"{call}/w1"))
    assert scene.router.board(scene.now).calls[0].watches[0].on
    scene(WatchStopped(call, OWN, CHIEF))
    assert scene.of(EndWatch) == [EndWatch(f"{call}/w1", call)]


def test_with_the_call_ends_what_is_heard_of_it_and_that_is_told_once() -> None:
    scene, call = listening()
    scene(WatchBegan(call, f"{call}/w1"))
    scene(CallerLeft(call))
    assert [(told.watch, told.state) for told in scene.of(WatchChanged)] == [(f"{call}/w1", "over")]
    assert scene(WatchEnded(call, f"{call}/w1")) == []


def test_who_may_have_been_taken_over_is_left_where_he_is_until_the_exchange_tells() -> None:
    scene = Scene()
    call = scene.call("1")
    scene(CallTakenOver(call, OWN, CHIEF))
    assert scene(CommandFailed(call, "TakeOver", "no answer within 5 s", unsure=True)) == []
    scene(ExchangeSeen("main", (SeenCall(call, "hold"),), ()))
    assert scene.live(call).state is CallState.WAITING
    scene(CallTakenOver(call, OWN, CHIEF))
    scene(ExchangeSeen("main", (SeenCall(call, "after"),), ()))
    assert scene.live(call).state is CallState.DIVERTED


def test_a_hang_up_that_failed_is_given_again_though_another_command_failed_before() -> None:
    scene = Scene()
    call = scene.call("1")
    scene(CommandFailed(call, "HoldCall", "busy"))
    scene(CallDropped(call, CHIEF))
    scene(CommandFailed(call, "HangUpCall", "busy"))
    scene(CommandFailed(call, "HangUpCall", "busy"))
    happened = scene.later(60.0)
    assert [type(one) for one in happened if isinstance(one, (HangUpCall, HoldCall))] == [HangUpCall, HoldCall]


def test_a_hang_up_is_given_again_however_often_others_failed_but_not_for_ever() -> None:
    scene = Scene()
    call = scene.call("1")
    for _ in range(MOST_REDOS + 5):
        scene(CommandFailed(call, "HoldCall", "busy"))
        scene.later(60.0)
    scene(CallDropped(call, CHIEF))
    again = 0
    for _ in range(MOST_REDOS + 5):
        scene(CommandFailed(call, "HangUpCall", "busy"))
        again += len([one for one in scene.later(60.0) if isinstance(one, HangUpCall)])
    assert again == MOST_REDOS


def test_what_the_exchange_does_not_have_is_not_heard() -> None:
    scene, call = listening()
    there = SeenCall(call, "talk", PhoneId("10ann"))
    scene(ExchangeSeen("main", (there,), (PhoneId("10ann"),), watches=(f"{call}/w1",)))
    assert len(scene.live(call).watches) == 1
    scene(ExchangeSeen("main", (there,), (PhoneId("10ann"),)))
    assert scene.live(call).watches == ()


# ---- queues -------------------------------------------------------------------------------------------------------------------


def test_a_queue_that_is_closed_by_hand_sends_its_callers_away_until_the_time_is_over() -> None:
    scene = Scene(CLOSING)
    waiting = scene.call("1")
    until = scene.now + timedelta(minutes=10)
    scene(QueueSwitched(CLOSES.id, False, until, CHIEF, "evacuation"))
    assert [command.call for command in scene.of(SendCall)] == [waiting]
    assert scene.of(QueueSwitchChanged) == [QueueSwitchChanged(CLOSES.id, False, until, CHIEF, "evacuation")]
    scene.call("2")
    assert scene.of(SendCall) != []
    view = scene.router.board(scene.now).queues[0]
    assert (view.is_open, view.switched is not None and view.switched.until) == (False, until)
    scene.later(600.0)
    assert (scene.router.board(scene.now).queues[0].is_open, scene.router.board(scene.now).queues[0].switched) == (True, None)
    scene.call("3")
    assert scene.of(SendCall) == []


def test_the_last_word_counts_and_an_earlier_ones_time_does_not_end_it() -> None:
    scene = Scene(CLOSING)
    scene(QueueSwitched(CLOSES.id, False, scene.now + timedelta(minutes=1), CHIEF))
    scene(QueueSwitched(CLOSES.id, False, None, CHIEF))
    scene.later(3600.0)
    assert not scene.router.board(scene.now).queues[0].is_open
    scene(QueueSwitched(CLOSES.id, None, None, CHIEF))
    assert scene.router.board(scene.now).queues[0].is_open


def test_a_queue_that_has_no_rule_for_that_cannot_be_closed() -> None:
    scene = Scene()
    with pytest.raises(IllegalTransition, match="no rule for when it is closed"):
        scene(QueueSwitched(QueueId("printers.L1"), False, None, CHIEF))
    with pytest.raises(IllegalTransition, match="no queue"):
        scene(QueueSwitched(QueueId("phones.L1"), True, None, CHIEF))


# ---- messages -----------------------------------------------------------------------------------------------------------------


def test_a_message_goes_to_who_is_logged_in_and_says_who_has_read_it() -> None:
    scene = Scene()
    scene.ready("ann", "cat")
    scene(MessageSent("  The printer driver 4.1 is withdrawn. ", CHIEF))
    sent = scene.first(MessageChanged)
    assert (sent.text, sent.to, sent.read) == ("The printer driver 4.1 is withdrawn.", ("ann", "cat"), ())
    scene(MessageRead(sent.message, ANN))
    assert scene.router.board(scene.now).messages[0].read == ("ann",)
    for late in (MessageRead(sent.message, ANN), MessageRead(sent.message, BOB), MessageRead("m9", ANN)):
        scene(late)
        assert scene.effects == []


def test_a_message_goes_to_a_team_or_to_certain_agents() -> None:
    teams = tuple(replace(one, team="day" if one.id == "ann" else "night") for one in PLAN.agents)
    scene = Scene(replace(PLAN, agents=teams))
    scene.ready("ann", "cat")
    scene(MessageSent("hello", CHIEF, team="night"))
    assert scene.first(MessageChanged).to == ("cat",)
    scene(MessageSent("hello", CHIEF, agents=(ANN, BOB)))
    assert scene.first(MessageChanged).to == ("ann",)
    for text, team, why in ((" ", "", "nothing"), ("hello", "morning", "nobody")):
        with pytest.raises(IllegalTransition, match=why):
            scene(MessageSent(text, CHIEF, team=team))


# ---- the half hour --------------------------------------------------------------------------------------------------------------


def test_the_service_level_now_forgets_what_is_longer_ago_than_half_an_hour() -> None:
    scene = Scene()
    scene(AgentLoggedIn(ANN, PhoneId("10ann")))
    scene(CallerLeft(scene.call("1")), after=60.0)
    levels = scene.router.board(scene.now).queues[0]
    assert (levels.service_levels_now["of_offered"], levels.agents[AgentState.NOT_READY]) == (0.0, 1)
    scene.later(1800.0)
    levels = scene.router.board(scene.now).queues[0]
    assert (levels.service_levels_now["of_offered"], levels.service_levels["of_offered"]) == (None, 0.0)


def test_who_was_ringing_while_his_queue_was_closed_by_hand_is_sent_away_when_nobody_answers() -> None:
    scene = Scene(CLOSING)
    scene.ready("ann")
    call = scene.call("1")
    scene(OfferRinging(scene.offer(call)))
    scene(QueueSwitched(CLOSES.id, False, None, CHIEF), after=2.0)
    assert scene.of(SendCall) == []
    scene(OfferMissed(scene.offer(call), MissCause.NO_ANSWER), after=5.0)
    scene.later(1.0)
    assert scene.live(call).state is CallState.DIVERTED


def test_who_was_to_be_taken_over_while_his_queue_was_closed_by_hand_is_sent_away() -> None:
    scene = Scene(CLOSING)
    call = scene.call("1")
    scene(CallTakenOver(call, OWN, CHIEF))
    scene(QueueSwitched(CLOSES.id, False, None, CHIEF), after=2.0)
    scene(TakeOverFailed(call), after=5.0)
    scene.later(1.0)
    assert (scene.live(call).state, scene.live(call).destination) == (CallState.DIVERTED, "closed")
