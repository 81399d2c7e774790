"""Telling those who asked for it that an incident is solved: who is rung when, how often, and what becomes of who wants an engineer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from acd.effects import HoldCall, RingAgent
from acd.events import CallArrived, CallerLeft, CallQueued, IncidentSolved, NewsWanted, PlanLoaded
from acd.model import CallbackOrder, CallId, IllegalTransition, Level
from acd.news import EngineerWanted, NewsChanged, NewsState, NewsTold, NewsUntold, TellSolved
from acd.plan import CallbackRules, Hours, NumberGuard, Plan
from acd.router import Router
from acd.telling import AT_ONCE, HEARING_SECONDS, ON_THE_LINE_SECONDS
from tests.unit.acd.scene import NINE, PLAN, Scene, queue
from tests.unit.acd.test_router_incidents import OUTAGE, from_number

HOUR = 3600.0
RULES = CallbackRules(order=CallbackOrder.CUSTOMER_FIRST, most_attempts=2, retry_after_seconds=600.0, ring_seconds=20.0)
CALLING = replace(PLAN, incident_texts=("outage",), calls_back=True)
SOLVED = IncidentSolved("printers-1", "chief", tell=True)


def with_rules(**changes: object) -> Plan:
    """Printers' customers are called back by these rules."""
    rules = replace(RULES, **changes)  # type: ignore[arg-type]
    return replace(CALLING, queues=(queue("printers", callback=rules), *CALLING.queues[1:]))


def asked(*numbers: str, plan: Plan | None = None) -> Scene:
    """Printers have an outage; callers of these numbers pressed 1 and are gone, ten seconds apart."""
    scene = Scene(plan or with_rules())
    scene(OUTAGE)
    for number in numbers:
        call = from_number(scene, number[-2:], number)
        scene(NewsWanted(call), after=5.0)
        scene(CallerLeft(call), after=5.0)
    return scene


def many(count: int) -> list[str]:
    return [f"139000000{place:02}" for place in range(count)]


def rung(scene: Scene) -> list[str]:
    return [command.number for command in scene.of(TellSolved)]


def stands(scene: Scene) -> list[tuple[NewsState, int]]:
    return [(news.state, news.attempts) for news in scene.router.incident_numbers("printers-1")]


def test_those_who_asked_are_rung_when_the_supervisor_says_so_a_few_at_a_time_in_their_order() -> None:
    scene = asked(*many(AT_ONCE + 2))
    scene(SOLVED)
    assert rung(scene) == many(AT_ONCE)
    first = scene.of(TellSolved)[0]
    assert (first.call, first.key, first.queue, first.language) == ("main-00", "main-00/n1", "printers.L1", "zh")
    scene(NewsTold(first.call, first.key), after=8.0)
    assert rung(scene) == many(AT_ONCE + 1)[-1:], "a place is free"
    view = scene.router.board(scene.now).incidents[0]
    assert (view.numbers, view.told, view.telling) == (AT_ONCE + 2, 1, True)


def test_nobody_is_rung_when_he_says_no() -> None:
    scene = asked(*many(2))
    scene(IncidentSolved("printers-1", "chief"))
    assert rung(scene) == []
    assert not [one for one in scene.later(HOUR) if isinstance(one, TellSolved)]
    assert stands(scene) == [(NewsState.NOTED, 0)] * 2


def test_where_there_are_no_callbacks_nobody_can_be_told_and_the_incident_runs_on() -> None:
    scene = asked(*many(1), plan=replace(with_rules(), calls_back=False))
    before = scene.router.state()
    with pytest.raises(IllegalTransition, match="no callbacks"):
        scene(SOLVED)
    assert scene.router.state() == before


def test_who_is_not_reached_is_tried_again_after_a_pause_and_not_for_ever() -> None:
    scene = asked(*many(1))
    scene(SOLVED)
    [command] = scene.of(TellSolved)
    scene(NewsUntold(command.call, command.key, "busy"), after=3.0)
    assert not [one for one in scene.later(599.0) if isinstance(one, TellSolved)]
    [again] = [one for one in scene.later(1.0) if isinstance(one, TellSolved)]
    assert again.key == "main-00/n2"
    scene(NewsUntold(again.call, again.key, "no_answer"))
    assert [(one.state, one.detail) for one in scene.of(NewsChanged)] == [(NewsState.IN_VAIN, "no_answer")]
    assert not [one for one in scene.later(HOUR) if isinstance(one, TellSolved)]
    view = scene.router.board(scene.now).incidents[0]
    assert (view.told, view.in_vain, view.telling) == (0, 1, False)


def test_without_any_news_of_an_attempt_it_counts_as_in_vain() -> None:
    scene = asked(*many(1))
    scene(SOLVED)
    scene.later(20.0 + HEARING_SECONDS)
    assert stands(scene) == [(NewsState.DUE, 1)]


def test_what_is_told_late_or_twice_changes_nothing() -> None:
    scene = asked(*many(1))
    scene(SOLVED)
    [command] = scene.of(TellSolved)
    scene(NewsTold(command.call, command.key))
    assert scene(NewsTold(command.call, command.key)) == []
    assert scene(NewsUntold(command.call, command.key)) == []
    assert scene(NewsTold(CallId("main-00"), "main-00/n7")) == []
    assert stands(scene) == [(NewsState.TOLD, 1)]


def test_he_is_rung_at_the_hours_at_which_his_queue_calls_back() -> None:
    at_eleven = tuple(Hours(weekday, 11 * HOUR, 12 * HOUR) for weekday in range(7))
    scene = asked(*many(1), plan=with_rules(hours=at_eleven))
    scene(SOLVED)
    assert rung(scene) == []
    happened = scene.later(2 * HOUR - 11.0)
    assert not [one for one in happened if isinstance(one, TellSolved)]
    scene.later(1.0)
    assert (rung(scene), scene.now) == (many(1), NINE + timedelta(hours=2))


def test_who_is_on_the_line_himself_is_not_rung_until_he_is_gone() -> None:
    scene = asked(*many(1))
    again = from_number(scene, "again", many(1)[0])
    scene(SOLVED)
    assert rung(scene) == []
    scene(CallerLeft(again), after=10.0)
    assert [one.number for one in scene.later(ON_THE_LINE_SECONDS) if isinstance(one, TellSolved)] == many(1)


def test_a_number_that_may_not_be_dialled_any_more_is_not() -> None:
    scene = asked(*many(2))
    scene(PlanLoaded(replace(with_rules(), callback_numbers=NumberGuard(refused=(many(1)[0],)))))
    scene(SOLVED)
    assert rung(scene) == many(2)[1:]
    assert stands(scene)[0] == (NewsState.IN_VAIN, 0)


def test_who_wants_an_engineer_joins_his_queue_at_the_place_of_his_first_call() -> None:
    scene = asked(*many(1))
    other = from_number(scene, "other", "13911110000")
    scene(SOLVED, after=60.0)
    [command] = scene.of(TellSolved)
    call = CallId("main-n1.00")
    scene(CallArrived(call, command.number, "", "", ""), after=12.0)
    scene(EngineerWanted(call, command.key))
    scene(CallQueued(call, "printers", Level.L1, "zh", "standard"))
    assert scene.first(HoldCall).call == call
    assert stands(scene) == [(NewsState.ENGINEER, 1)]
    view = scene.router.board(scene.now).incidents[0]
    assert (view.told, view.engineers, view.telling) == (1, 1, False)
    scene.ready("ann")
    assert scene.first(RingAgent).call == call, f"before {other}, who rang in after him"


def test_a_restart_in_the_middle_of_it_goes_on() -> None:
    scene = asked(*many(AT_ONCE + 1))
    scene(SOLVED)
    again = Router()
    for at, event in scene.story:
        again.handle(event, at)
    assert again.state() == scene.router.state()
    assert again.next_deadline() == scene.router.next_deadline()
