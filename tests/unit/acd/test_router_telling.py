"""Telling those who asked for it that an incident is solved: who is rung when, how often, and what becomes of who wants an engineer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from acd.effects import HoldCall, RingAgent
from acd.events import (
    CallArrived,
    CallerLeft,
    CallHandedOn,
    CallQueued,
    CommandFailed,
    IncidentHeard,
    IncidentSolved,
    NewsWanted,
    OfferAnswered,
    PlanLoaded,
)
from acd.model import AgentId, CallbackOrder, CallId, IllegalTransition, Level, QueueId
from acd.news import EngineerWanted, NewsChanged, NewsState, NewsTold, NewsUntold, TellSolved
from acd.plan import CallbackRules, Hours, NumberGuard, Overflow, Plan
from acd.router import Router
from acd.supervision import QueueSwitched
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


def test_who_asks_when_it_is_just_solved_is_told_as_the_others_are() -> None:
    scene = asked(plan=with_rules())
    late = from_number(scene, "late", "13911110000")
    scene(SOLVED)
    scene(NewsWanted(late), after=1.0)
    assert rung(scene) == [], "he is on the line still"
    scene(CallerLeft(late), after=5.0)
    [command] = [one for one in scene.later(ON_THE_LINE_SECONDS) if isinstance(one, TellSolved)]
    assert command.number == "13911110000"
    scene(NewsTold(command.call, command.key), after=8.0)
    assert stands(scene) == [(NewsState.TOLD, 1)]


def test_who_asks_when_it_is_solved_and_nobody_is_told_is_not_told_either() -> None:
    scene = asked(plan=with_rules())
    late = from_number(scene, "late", "13911110000")
    scene(IncidentSolved("printers-1", "chief"))
    scene(NewsWanted(late), after=1.0)
    scene(CallerLeft(late))
    assert not [one for one in scene.later(HOUR) if isinstance(one, TellSolved)]


def closed_by_hand(until: timedelta | None) -> Scene:
    """One is to be told, and his queue was closed before the incident was solved."""
    closes = Overflow("closed", to_destination="closed", when_closed=True)
    plan = with_rules()
    scene = asked(*many(1), plan=replace(plan, queues=(replace(plan.queues[0], overflow=(closes,)), *plan.queues[1:])))
    scene(QueueSwitched(QueueId("printers.L1"), False, None if until is None else scene.now + until, "chief"))
    scene(SOLVED)
    assert rung(scene) == []
    return scene


@pytest.mark.parametrize("until", [timedelta(hours=8), None])
def test_a_queue_that_is_opened_again_sooner_tells_at_once(until: timedelta | None) -> None:
    scene = closed_by_hand(until)
    scene(QueueSwitched(QueueId("printers.L1"), None, None, "chief"), after=60.0)
    assert rung(scene) == many(1)


def test_a_queue_that_is_to_be_closed_longer_tells_nobody_before() -> None:
    scene = closed_by_hand(timedelta(hours=1))
    scene(QueueSwitched(QueueId("printers.L1"), False, scene.now + timedelta(hours=3), "chief"), after=60.0)
    assert not [one for one in scene.later(3 * HOUR - 60.0 - 1.0) if isinstance(one, TellSolved)]
    assert [one.number for one in scene.later(1.0) if isinstance(one, TellSolved)] == many(1)


def test_other_hours_of_a_new_plan_hold_for_who_waits_to_be_told() -> None:
    at_eleven = tuple(Hours(weekday, 11 * HOUR, 12 * HOUR) for weekday in range(7))
    scene = asked(*many(1), plan=with_rules(hours=at_eleven))
    scene(SOLVED)
    scene(PlanLoaded(with_rules()), after=60.0)
    assert rung(scene) == many(1)


@pytest.mark.parametrize("news", [NewsTold, EngineerWanted])
def test_who_was_told_though_it_was_not_known_that_he_was_rung_is_not_rung_again(news: type[NewsTold | EngineerWanted]) -> None:
    scene = asked(*many(1))
    scene(SOLVED)
    [command] = scene.of(TellSolved)
    scene(CommandFailed(command.call, "TellSolved", "no answer within 5 s", unsure=True))
    assert stands(scene) == [(NewsState.RINGING, 1)], "he may be rung now"
    scene.later(20.0 + HEARING_SECONDS)
    assert stands(scene) == [(NewsState.DUE, 1)]
    call = CallId("main-n1.00")
    scene(CallArrived(call, command.number, "", "", ""))
    scene(news(command.call if news is NewsTold else call, command.key))
    assert stands(scene) == [(NewsState.TOLD if news is NewsTold else NewsState.ENGINEER, 1)]
    assert not [one for one in scene.later(HOUR) if isinstance(one, TellSolved)]


def test_who_is_told_by_an_earlier_attempt_than_the_last_is_told() -> None:
    scene = asked(*many(1))
    scene(SOLVED)
    scene.later(700.0)
    assert stands(scene) == [(NewsState.RINGING, 2)]
    scene(NewsTold(CallId("main-00"), "main-00/n1"))
    assert stands(scene) == [(NewsState.TOLD, 2)]
    scene(NewsUntold(CallId("main-00"), "main-00/n2", "no_answer"))
    assert stands(scene) == [(NewsState.TOLD, 2)]


def test_who_is_told_after_all_attempts_were_in_vain_is_told() -> None:
    scene = asked(*many(1))
    scene(SOLVED)
    scene.later(HOUR)
    assert stands(scene) == [(NewsState.IN_VAIN, 2)]
    scene(NewsTold(CallId("main-00"), "main-00/n2"))
    assert stands(scene) == [(NewsState.TOLD, 2)]
    assert scene(NewsTold(CallId("main-00"), "main-00/n2")) == []


def test_who_asked_about_two_incidents_in_one_call_is_told_of_both() -> None:
    scene = Scene(with_rules())
    scene(OUTAGE)
    scene(replace(OUTAGE, product_line="servers"))
    call = from_number(scene, "00", many(1)[0])
    scene(NewsWanted(call))
    scene(IncidentHeard(call))
    scene.ready("ann")
    scene(OfferAnswered(scene.offer(call)))
    scene(CallHandedOn(call, AgentId("ann"), QueueId("servers.L1")))
    scene(NewsWanted(call))
    scene(CallerLeft(call))
    for incident in ("printers-1", "servers-2"):
        scene(IncidentSolved(incident, "chief", tell=True))
        [command] = scene.of(TellSolved)
        scene(NewsTold(command.call, command.key))
    assert [view.told for view in scene.router.board(scene.now).incidents] == [1, 1]


@pytest.mark.parametrize("key", ["main-00/n0", "main-00/n3", "main-00/n", "main-00/x1", "main-00", ""])
def test_news_of_an_attempt_that_never_was_changes_nothing(key: str) -> None:
    scene = asked(*many(1))
    scene(SOLVED)
    assert scene(NewsTold(CallId("main-00"), key)) == []
    assert stands(scene) == [(NewsState.RINGING, 1)]


def test_a_restart_in_the_middle_of_it_goes_on() -> None:
    scene = asked(*many(AT_ONCE + 1))
    scene(SOLVED)
    again = Router()
    for at, event in scene.story:
        again.handle(event, at)
    assert again.state() == scene.router.state()
    assert again.next_deadline() == scene.router.next_deadline()
