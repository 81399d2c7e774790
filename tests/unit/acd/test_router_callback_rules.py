"""Rules that end in a callback: at closing time, in a full queue, after a long wait; and nobody is called back while it is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from acd.appointment import CallbackPromised
from acd.callbacks import PROMISED, PROMISED_WHEN_OPEN
from acd.effects import CallbackChanged, CallOverflowed, DialBack, RingAgent, SendCall
from acd.events import (
    CallArrived,
    CallbackReached,
    CallbackUnreached,
    CallbackWanted,
    CallerLeft,
    CallQueued,
    OfferMissed,
    PlanLoaded,
    TalkEnded,
)
from acd.hours import opens_at
from acd.instants import instant, micros
from acd.model import AgentId, CallbackOrder, CallbackState, CallId, CallState, Level, MissCause, QueueId
from acd.plan import CallbackRules, Hours, Overflow, Plan
from acd.supervision import QueueSwitched
from tests.unit.acd.scene import NINE, PLAN, Scene, queue

HOUR = 3600.0
OFFICE_HOURS = tuple(Hours(weekday, 8 * HOUR, 10 * HOUR) for weekday in range(5))
"""The test's clock stands at 9:00 on a Monday."""
CALLED_BACK = Overflow("called back", when_closed=True, also_waiting=True, to_callback=True)
CLOSED = Overflow("closed", to_destination="closed", when_closed=True, also_waiting=True)
TO_OPENING = 22 * HOUR
"""From ten o'clock to eight the next day."""


def with_rules(*rules: Overflow, hours: tuple[Hours, ...] = OFFICE_HOURS, **more: object) -> Plan:
    made = CallbackRules(order=CallbackOrder.CUSTOMER_FIRST, retry_after_seconds=60.0)
    return replace(PLAN, queues=(queue("printers", overflow=rules, hours=hours, callback=made), *PLAN.queues[1:]), **more)  # type: ignore[arg-type]


def from_number(scene: Scene, name: str, number: str) -> CallId:
    call = CallId(f"main-{name}")
    scene(CallArrived(call, number, "", "400", ""))
    scene(CallQueued(call, "printers", Level.L1, "zh"))
    return call


def test_who_waits_at_closing_time_is_promised_a_callback_and_called_when_it_opens_at_his_place() -> None:
    scene = Scene(with_rules(CALLED_BACK, CLOSED))
    first, second = from_number(scene, "1", "13900000001"), from_number(scene, "2", "13900000002")
    scene.later(HOUR)
    assert [(said.call, said.destination) for said in scene.of(SendCall)] == [(first, PROMISED_WHEN_OPEN), (second, PROMISED_WHEN_OPEN)]
    assert [rule.to_callback for rule in scene.of(CallOverflowed)] == [True, True]
    opens = NINE + timedelta(hours=23)
    assert [promise.next_at for promise in scene.router.board(scene.now).promises] == [opens, opens]
    scene(CallerLeft(first))
    scene(CallerLeft(second))
    scene.ready("ann")
    assert scene.later(TO_OPENING - 10.0) == [], "nobody is called back while it is closed"
    assert "when the queue opens" in scene.router.explain_waiting(first, scene.now)
    scene.later(10.0)
    assert scene.first(DialBack).call == first
    assert scene.router.board(scene.now).queues[0].abandoned == 0


def test_who_can_not_be_called_back_meets_the_next_rule() -> None:
    scene = Scene(with_rules(CALLED_BACK, CLOSED))
    from_number(scene, "1", "anonymous")
    scene.later(HOUR)
    assert scene.first(SendCall).destination == "closed"


def test_of_two_callers_with_one_number_only_one_is_called_back() -> None:
    scene = Scene(with_rules(CALLED_BACK, CLOSED))
    scene.call("1")
    scene.call("2")
    scene.later(HOUR)
    assert [said.destination for said in scene.of(SendCall)] == [PROMISED_WHEN_OPEN, "closed"]


def test_who_calls_a_closed_queue_is_promised_a_callback_at_once() -> None:
    scene = Scene(with_rules(CALLED_BACK, CLOSED))
    scene.later(2 * HOUR)
    call = from_number(scene, "1", "13900000001")
    assert scene.first(SendCall).destination == PROMISED_WHEN_OPEN
    scene(CallerLeft(call))
    assert scene.live(call).state is CallState.PROMISED


FULL = Overflow("full", when_waiting=1, to_callback=True)
LONG = Overflow("long", after_seconds=30.0, to_callback=True)


@pytest.mark.parametrize("rule", [FULL, LONG])
def test_a_full_queue_or_a_long_wait_ends_in_a_callback(rule: Overflow) -> None:
    scene = Scene(with_rules(rule, hours=()))
    from_number(scene, "1", "13900000001")
    if rule.when_waiting:
        last = from_number(scene, "2", "13900000002")
    else:
        last = CallId("main-1")
        scene.later(30.0)
    assert scene.first(SendCall) == SendCall(last, PROMISED)
    assert scene.first(CallbackChanged).state is CallbackState.PROMISED
    scene(CallerLeft(last))
    assert scene.live(last).rests_until_us is None


def test_an_attempt_in_vain_just_before_closing_is_followed_by_one_after_opening() -> None:
    scene = Scene(with_rules())
    call = from_number(scene, "1", "13900000001")
    scene(CallbackWanted(call))
    scene(CallerLeft(call))
    scene.later(HOUR - 30.0)
    scene.ready("ann")
    scene(CallbackUnreached(call, scene.first(DialBack).attempt, MissCause.BUSY))
    assert scene.first(CallbackChanged).next_at == NINE + timedelta(hours=23)


def test_a_callback_that_comes_back_from_an_agent_after_closing_rests_until_opening() -> None:
    scene = Scene(with_rules())
    call = from_number(scene, "1", "13900000001")
    scene(CallbackWanted(call))
    scene(CallerLeft(call))
    scene.later(HOUR - 12.0)
    scene.ready("ann")
    offer = scene.first(DialBack).offer
    scene.later(12.0)
    scene(OfferMissed(offer, MissCause.NO_ANSWER))
    scene.ready("bob")
    assert scene.of(DialBack) == []
    assert scene.live(call).state is CallState.PROMISED


def test_who_is_on_the_line_at_closing_time_is_still_served() -> None:
    scene = Scene(with_rules(CLOSED))
    call = from_number(scene, "1", "13900000001")
    scene(CallbackWanted(call))
    scene(CallerLeft(call))
    scene.later(HOUR - 12.0)
    scene.ready("ann")
    dial = scene.first(DialBack)
    scene.later(12.0)
    scene(CallbackReached(call, dial.attempt))
    assert scene.live(call).state is CallState.OFFERED


def test_when_a_queue_opens() -> None:
    plan = with_rules()
    at = datetime(2026, 3, 6, 11, 0, tzinfo=UTC)  # a Friday
    assert instant(opens_at(plan, plan.queues[0], micros(at))) == datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
    closed = replace(plan, closed_days=("2026-03-09",))
    assert instant(opens_at(closed, plan.queues[0], micros(at))) == datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
    assert opens_at(plan, plan.queues[1], micros(at)) == micros(at), "no hours: always open"


def test_a_new_plans_hours_hold_for_who_waits_for_the_queue_to_open() -> None:
    scene = Scene(with_rules(CALLED_BACK))
    call = from_number(scene, "1", "13900000001")
    scene.later(HOUR)
    scene(CallerLeft(call))
    scene.ready("ann")
    assert scene.live(call).state is CallState.PROMISED
    later = tuple(Hours(weekday, 8 * HOUR, 12 * HOUR) for weekday in range(5))
    scene(PlanLoaded(with_rules(CALLED_BACK, hours=later)))
    assert scene.first(DialBack).call == call, "it is open until twelve now"


def test_a_new_plans_hours_do_not_shorten_the_pause_after_an_attempt() -> None:
    scene = Scene(with_rules(CALLED_BACK))
    call = from_number(scene, "1", "13900000001")
    scene(CallbackWanted(call))
    scene(CallerLeft(call))
    scene.later(HOUR - 30.0)
    scene.ready("ann")
    scene(CallbackUnreached(call, scene.first(DialBack).attempt, MissCause.NO_ANSWER))
    tried_at = scene.now
    later = tuple(Hours(weekday, 8 * HOUR, 12 * HOUR) for weekday in range(5))
    scene(PlanLoaded(with_rules(CALLED_BACK, hours=later)))
    assert scene.router.board(scene.now).promises[0].next_at == tried_at + timedelta(seconds=60)
    assert scene.later(59.0) == []
    scene.later(2.0)
    assert scene.first(DialBack).call == call


# ---- hours of their own ------------------------------------------------------------------------------------------------------------


AT_ELEVEN = tuple(Hours(weekday, 11 * HOUR, 12 * HOUR) for weekday in range(7))


def called_back_at_eleven(*rules: Overflow, **more: object) -> Plan:
    """The telephone is open from eight to ten, and customers are called back from eleven to twelve, on Saturdays too."""
    made = CallbackRules(order=CallbackOrder.CUSTOMER_FIRST, retry_after_seconds=60.0, hours=AT_ELEVEN)
    queues = (queue("printers", overflow=rules, hours=OFFICE_HOURS, callback=made), *PLAN.queues[1:])
    return replace(PLAN, queues=queues, **more)  # type: ignore[arg-type]


def promised_at_nine(plan: Plan) -> tuple[Scene, CallId]:
    scene = Scene(plan)
    call = from_number(scene, "1", "13900000001")
    scene(CallbackWanted(call))
    scene(CallerLeft(call))
    return scene, call


def test_callbacks_with_hours_of_their_own_are_made_then_and_not_while_the_telephone_is_open() -> None:
    scene, call = promised_at_nine(called_back_at_eleven())
    scene.ready("ann")
    [promise] = scene.router.board(scene.now).promises
    assert promise.next_at == NINE + timedelta(hours=2)
    assert not [one for one in scene.later(2 * HOUR - 2.0) if isinstance(one, DialBack)]
    scene.later(1.0)
    assert (scene.first(DialBack).call, scene.now) == (call, NINE + timedelta(hours=2))


def test_an_attempt_in_vain_at_the_end_of_their_hours_is_made_again_on_the_next_day() -> None:
    scene, call = promised_at_nine(called_back_at_eleven())
    scene.later(3 * HOUR - 40.0)
    scene.ready("ann")
    dialled = scene.first(DialBack)
    scene(CallbackUnreached(call, dialled.attempt, MissCause.NO_ANSWER), after=20.0)
    [promise] = scene.router.board(scene.now).promises
    assert promise.next_at == NINE + timedelta(days=1, hours=2)


def test_nobody_is_called_back_when_their_hours_are_over_before_an_engineer_is_free() -> None:
    scene, _ = promised_at_nine(called_back_at_eleven())
    scene.later(3 * HOUR)
    scene.ready("ann")
    assert not scene.of(DialBack)
    [promise] = scene.router.board(scene.now).promises
    assert promise.next_at == NINE + timedelta(days=1, hours=2)


def test_a_queue_closed_by_hand_calls_nobody_back_at_their_hours_either() -> None:
    scene, _ = promised_at_nine(called_back_at_eleven(CLOSED))
    until = NINE + timedelta(hours=2, minutes=30)
    scene(QueueSwitched(QueueId("printers.L1"), False, until, "chief", "storm"))
    scene.ready("ann")
    assert not [one for one in scene.later(2.5 * HOUR - 5.0) if isinstance(one, DialBack)]
    scene.later(10.0)
    assert scene.first(DialBack)


def test_the_calendars_holidays_are_theirs_too() -> None:
    scene, _ = promised_at_nine(called_back_at_eleven(closed_days=("2026-03-02", "2026-03-03")))
    [promise] = scene.router.board(scene.now).promises
    assert promise.next_at == NINE + timedelta(days=2, hours=2)


def test_while_no_line_is_configured_nobody_is_tried_and_the_promise_says_why() -> None:
    """The trunk was taken out of the configuration; once it is back, the customer is called at his place."""
    plan = with_rules(hours=())
    scene = Scene(plan)
    call = from_number(scene, "1", "13900000001")
    scene(CallbackWanted(call))
    scene(PlanLoaded(replace(plan, calls_back=False, queues=(replace(plan.queues[0], callback=None), *plan.queues[1:]))))
    scene(CallerLeft(call))
    scene.ready("ann")
    scene.later(100.0)
    asked = len(scene.story)
    assert scene.later(HOUR) == []
    assert len(scene.story) - asked <= 12, "it is not looked at more often than every five minutes"
    (promise,) = scene.router.board(scene.now).promises
    assert (promise.state, promise.attempts, promise.unreached) == (CallbackState.PROMISED, 0, 0)
    assert [reason.code for reason in scene.router.reasons_waiting(call, scene.now)].count("no_line") == 1
    assert "no line" in scene.router.explain_waiting(call, scene.now)
    scene(PlanLoaded(plan))
    scene.later(1.0)
    assert scene.live(call).state is CallState.OFFERED
    assert [reason.code for reason in scene.router.reasons_waiting(call, scene.now)] == []


def test_who_was_promised_one_for_a_time_is_not_tried_without_a_line_either() -> None:
    plan = with_rules(hours=())
    scene = Scene(plan)
    scene.ready("ann")
    promised = CallbackPromised(
        scene.talking("1"), CallId("main-p1.a"), AgentId("ann"), NINE + timedelta(hours=1), "13900000009", "printers", Level.L1, "zh"
    )
    scene(promised)
    scene(PlanLoaded(replace(plan, calls_back=False, queues=(replace(plan.queues[0], callback=None), *plan.queues[1:]))))
    scene(TalkEnded(promised.call, AgentId("ann")))
    scene.later(2 * HOUR)
    assert not scene.of(DialBack) and not scene.of(RingAgent)
    assert scene.live(promised.callback).callback.no_line
