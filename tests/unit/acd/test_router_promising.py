"""Callbacks that agents promise for a later time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acd.appointment import CallbackPromised, NotPromised, Promised
from acd.effects import CallbackChanged, DialBack, RingAgent, ScreenPop
from acd.encoding import event_from_json, kind_of, to_json
from acd.events import (
    AgentLoggedOut,
    CallArrived,
    CallbackCancelled,
    CallbackReached,
    CallQueued,
    OfferAnswered,
    PlanLoaded,
    TalkEnded,
    WrapUpEnded,
)
from acd.instants import instant, micros
from acd.model import AgentId, CallbackState, CallId, CallState, IllegalTransition, Level
from acd.plan import Calendar, CallbackRules, Hours, NumberGuard, Plan
from acd.promising import usual_times
from acd.router import Router
from tests.unit.acd.scene import NINE, PLAN, Scene, queue

ANN, BOB = AgentId("ann"), AgentId("bob")
NUMBER = "13900001111"
LATER = CallId("main-p1.a")
OFFICE = tuple(Hours(weekday, 8.5 * 3600, 18 * 3600) for weekday in range(5))
SHANGHAI = Calendar(8 * 3600.0)


def plan_of(**of_printers: Any) -> Plan:
    printers = queue("printers", callback=CallbackRules(), **of_printers)
    return replace(PLAN, queues=(printers, *PLAN.queues[1:]))


def promise(call: CallId, due_at: datetime, callback: CallId = LATER, number: str = NUMBER, **more: Any) -> CallbackPromised:
    return CallbackPromised(call, callback, ANN, due_at, number, "printers", Level.L1, "zh", **more)


def test_a_promise_is_no_call_until_it_is_due_then_rings_who_promised_it() -> None:
    """Bob has been idle for longer, but Ann promised it."""
    scene = Scene(plan_of())
    scene.ready("ann")
    call = scene.talking("1")
    scene(promise(call, NINE + timedelta(hours=2), note="needs the serial number"))

    assert [(told.state, told.next_at, told.by) for told in scene.of(CallbackChanged)] == [
        (CallbackState.PROMISED, NINE + timedelta(hours=2), "ann")
    ]
    (view,) = scene.router.board(scene.now).promises
    assert (view.call, view.number, view.promised_by, view.due_at, view.note) == (
        LATER, NUMBER, ANN, NINE + timedelta(hours=2), "needs the serial number",
    )  # fmt: skip
    scene(TalkEnded(call, ANN))
    scene(WrapUpEnded(ANN, "callback"))
    scene.later(3600)
    assert LATER not in scene.router.calls()

    scene.later(3600)
    pop = scene.first(ScreenPop)
    assert (pop.call, pop.agent, pop.callback, pop.arrived_at) == (LATER, ANN, NUMBER, NINE + timedelta(hours=2))
    assert pop.promise == Promised(ANN, NINE + timedelta(hours=2), "needs the serial number")
    rung = scene.first(RingAgent)
    assert rung.alone
    scene(OfferAnswered(rung.offer))
    dialled = scene.first(DialBack)
    scene(CallbackReached(LATER, dialled.attempt))
    assert scene.live(LATER).state is CallState.TALKING
    assert scene.router.board(scene.now).promises == ()


def test_another_engineer_takes_it_when_who_promised_it_has_gone_home() -> None:
    scene = Scene(plan_of())
    scene.ready("ann", "bob")
    call = scene.talking("1")
    scene(promise(call, NINE + timedelta(hours=1)))
    scene(TalkEnded(call, ANN))
    scene(WrapUpEnded(ANN, "callback"))
    scene(AgentLoggedOut(ANN))
    scene.later(3700)
    assert any(isinstance(effect, ScreenPop) and effect.agent == BOB for effect in scene.effects)


def test_who_calls_before_it_is_due_is_shown_with_what_he_was_promised() -> None:
    scene = Scene(plan_of())
    scene.ready("ann")
    call = scene.talking("1")
    scene(promise(call, NINE + timedelta(hours=1), note="spare part"))
    scene.ready("bob")
    again = CallId("main-2")
    scene(CallArrived(again, NUMBER, "", "4008001234", "unified"))
    scene(CallQueued(again, "printers", Level.L2, "zh"))
    assert scene.first(ScreenPop).promises == (Promised(ANN, NINE + timedelta(hours=1), "spare part"),)


@pytest.mark.parametrize(
    ("due_at", "code"),
    [
        (NINE - timedelta(seconds=1), "time_is_past"),
        (NINE + timedelta(days=61), "time_too_far"),
        (NINE + timedelta(hours=1, seconds=1), "closed_then"),  # 18:00 in Shanghai
        (datetime(2026, 3, 7, 2, 0, tzinfo=UTC), "closed_then"),  # a Saturday
    ],
)
def test_a_time_outside_opening_hours_is_refused(due_at: datetime, code: str) -> None:
    scene = Scene(replace(plan_of(hours=OFFICE, calendar="cn"), calendars={"cn": SHANGHAI}))
    scene.now = NINE
    with pytest.raises(NotPromised) as refused:
        scene(promise(CallId("main-1"), due_at))
    assert refused.value.code == code
    assert scene.router.board(scene.now).promises == ()


def test_numbers_that_are_not_dialled_and_second_promises_are_refused() -> None:
    scene = Scene(replace(plan_of(), callback_numbers=NumberGuard(refused=("139",))))
    with pytest.raises(NotPromised, match="can't be called back"):
        scene(promise(CallId("main-1"), NINE + timedelta(hours=1)))
    scene(promise(CallId("main-1"), NINE + timedelta(hours=1), number="02188880000"))
    with pytest.raises(NotPromised, match="promised to this number already"):
        scene(promise(CallId("main-1"), NINE + timedelta(hours=2), CallId("main-p2.a"), number="02188880000"))


def test_where_nobody_is_called_back_nothing_can_be_promised() -> None:
    with pytest.raises(NotPromised) as refused:
        Scene()(promise(CallId("main-1"), NINE + timedelta(hours=1)))
    assert refused.value.code == "no_callbacks"


def test_a_promise_is_called_off_before_it_is_due() -> None:
    scene = Scene(plan_of())
    scene(promise(CallId("main-1"), NINE + timedelta(hours=1)))
    scene(CallbackCancelled(LATER, "chen", "solved by mail"))
    assert [(told.state, told.by, told.reason) for told in scene.of(CallbackChanged)] == [
        (CallbackState.CANCELLED, "chen", "solved by mail")
    ]
    scene.later(7200)
    assert scene.router.board(scene.now).promises == () and not scene.router.calls()
    with pytest.raises(IllegalTransition):
        scene(CallbackCancelled(LATER, "chen", "again"))


def test_a_promise_survives_a_replay() -> None:
    scene = Scene(plan_of())
    scene.ready("ann")
    scene(promise(scene.talking("1"), NINE + timedelta(hours=1), note="备件"))
    again = Router()
    for at, event in scene.story:
        again.handle(event_from_json(kind_of(event), to_json(event)), at)
    assert again.state() == scene.router.state()
    assert again.state()["appointments"][0]["id"] == LATER


def test_usual_times_are_those_of_the_queues_clocks_and_hours() -> None:
    """On a Friday at 17:30 in Shanghai nobody is there in an hour, and the next morning is Monday's, at half past eight's opening."""
    plan = replace(plan_of(hours=OFFICE, calendar="cn"), calendars={"cn": SHANGHAI})
    printers = plan.queues[0]
    friday = datetime(2026, 3, 6, 9, 30, tzinfo=UTC)
    assert {name: instant(at_us) for name, at_us in usual_times(plan, printers, micros(friday)).items()} == {
        "next_morning": datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
    }
    tuesday = datetime(2026, 3, 3, 2, 0, 30, tzinfo=UTC)
    assert {name: instant(at_us) for name, at_us in usual_times(plan, printers, micros(tuesday)).items()} == {
        "in_an_hour": datetime(2026, 3, 3, 3, 0, tzinfo=UTC), "next_morning": datetime(2026, 3, 4, 1, 0, tzinfo=UTC),
    }  # fmt: skip


def test_a_number_that_is_not_dialled_any_more_when_its_promise_is_due_is_not_dialled() -> None:
    scene = Scene(plan_of())
    scene.ready("ann")
    call = scene.talking("1")
    scene(promise(call, NINE + timedelta(hours=2)))
    nobody = NumberGuard(refused=("139",))
    scene(PlanLoaded(replace(plan_of(), callback_numbers=nobody)))
    scene.later(2.5 * 3600)
    assert LATER not in scene.router.calls()
    assert scene.router.board(scene.now).promises == ()
