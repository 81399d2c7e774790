from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from acd.effects import AgentChanged, OfferMade, StepEntered
from acd.events import AgentLoggedIn, AgentWentNotReady, CallerLeft, DeskSeen, OfferAnswered, PlanLoaded, Ticked, WrapUpEnded
from acd.model import AgentId, AgentState, CallState, IllegalTransition, PhoneId
from acd.plan import Plan, Strategy
from acd.router import Router
from skills.expression import Has
from skills.requirement import Requirement, Step
from tests.unit.acd.scene import AGENTS, NINE, PLAN, Scene, agent, queue

ONLY_SERVERS = Requirement((Step("servers", Has("product:servers")),))


def test_the_router_begins_empty() -> None:
    router = Router()
    assert router.handle(Ticked(), NINE) == []
    assert router.next_deadline() is None
    assert router.board(NINE).queues == ()


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Router().handle(Ticked(), datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point


def test_a_waiting_call_keeps_its_place_and_its_clock_and_needs_what_the_new_plan_says() -> None:
    scene = Scene()
    scene.ready("cat")
    first, second = scene.call("1"), scene.call("2")
    scene.later(31.0)
    scene(PlanLoaded(replace(PLAN, queues=(queue("printers", requirement=ONLY_SERVERS),))))
    assert [entered.step for entered in scene.of(StepEntered)] == ["servers", "servers"]
    assert scene.offered() == [(first, "cat")]
    assert scene.first(OfferMade).waited_seconds == 31.0
    assert [call.id for call in scene.router._state.room] == [second]


def test_an_unchanged_plan_changes_nothing() -> None:
    scene = Scene()
    scene.ready("ann")
    scene.talking("1")
    scene.call("2")
    before = scene.router.state()
    assert scene(PlanLoaded(PLAN)) == []
    assert scene.router.state() == before


def test_a_call_whose_queue_is_gone_may_be_taken_by_anybody() -> None:
    scene = Scene()
    scene.ready("cat")
    call = scene.call("1")
    scene(PlanLoaded(replace(PLAN, queues=PLAN.queues[2:])))
    assert scene.offered() == [(call, "cat")]


def test_the_head_start_of_waiting_calls_is_the_new_plans() -> None:
    scene = Scene()
    ordinary = scene.call("1")
    key = scene.call("2", segment="key-account")
    assert [call.id for call in scene.router._state.room] == [key, ordinary]
    scene.later(1.0)
    scene(PlanLoaded(replace(PLAN, head_start_seconds={})))
    assert [call.id for call in scene.router._state.room] == [ordinary, key]


def test_a_staying_agents_new_skill_counts_at_once() -> None:
    scene = Scene()
    scene.ready("cat")
    call = scene.call("1")
    assert scene.live(call).state is CallState.WAITING
    handy = agent("cat", "product:servers", "product:printers", "level:L1", "language:en", "language:zh")
    scene(PlanLoaded(replace(PLAN, agents=(*AGENTS[:2], handy))))
    assert scene.offered() == [(call, "cat")]


def test_a_new_agent_is_logged_out_and_may_log_in() -> None:
    scene = Scene()
    with pytest.raises(IllegalTransition):
        scene(AgentLoggedIn(AgentId("abe"), PhoneId("1")))
    scene(PlanLoaded(replace(PLAN, agents=(*AGENTS, agent("abe", "product:printers")))))
    scene(AgentLoggedIn(AgentId("abe"), PhoneId("1")))
    assert scene.first(AgentChanged).state is AgentState.NOT_READY


def without_ann() -> PlanLoaded:
    return PlanLoaded(replace(PLAN, agents=AGENTS[1:]))


def test_a_removed_agent_who_is_free_is_logged_out_at_once() -> None:
    scene = Scene()
    scene.ready("ann", "bob")
    scene(without_ann())
    changed = scene.first(AgentChanged)
    assert (changed.agent, changed.state, changed.cause) == ("ann", AgentState.LOGGED_OUT, "removed")
    assert [view.agent for view in scene.router.board(scene.now).agents] == ["bob", "cat"]
    with pytest.raises(IllegalTransition, match="no agent ann"):
        scene(AgentLoggedIn(AgentId("ann"), PhoneId("10ann")))


def test_a_removed_agent_who_talks_finishes_first() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    assert scene(without_ann()) == []
    assert scene.live(call).state is CallState.TALKING
    scene(CallerLeft(call))
    scene(WrapUpEnded(AgentId("ann"), "solved"))
    assert (scene.first(AgentChanged).state, scene.first(AgentChanged).cause) == (AgentState.LOGGED_OUT, "removed")


def test_a_removed_agent_who_is_reserved_may_still_answer() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("1")
    scene(without_ann())
    scene(OfferAnswered(scene.offer(call)))
    assert scene.live(call).agent == "ann"


def test_a_removed_agent_who_comes_back_in_time_stays() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene(without_ann())
    scene(PlanLoaded(PLAN))
    scene(CallerLeft(call))
    scene(WrapUpEnded(AgentId("ann"), "solved"))
    assert scene.state_of("ann").state is AgentState.READY


def test_an_agent_on_a_break_stays_on_it() -> None:
    scene = Scene()
    scene.ready("ann")
    scene(AgentWentNotReady(AgentId("ann"), "break"))
    since = scene.now
    scene(PlanLoaded(replace(PLAN, ring_seconds=20.0)), after=10.0)
    assert (scene.state_of("ann").cause, scene.state_of("ann").state_since) == ("break", since)


def test_a_strategy_changes_for_the_next_offer() -> None:
    needs = Requirement((Step("printers", Has("product:printers")),))
    scene = Scene(Plan((queue("printers", requirement=needs),), AGENTS))
    scene.ready("ann", "bob")
    best = replace(AGENTS[1], skills={"product:printers": 5})
    scene(PlanLoaded(Plan((queue("printers", requirement=needs, strategy=Strategy.BEST_PROFICIENCY),), (AGENTS[0], best))))
    scene.call("1")
    assert scene.offered() == [("main-1", "bob")]
    assert scene.first(OfferMade).rule == "best proficiency in what the step asks for of 2 free agents who match"


def test_an_agent_whose_page_was_open_before_the_plan_had_him_has_a_desk() -> None:
    scene = Scene()
    scene(DeskSeen(AgentId("dan"), True))
    scene(DeskSeen(AgentId("eve"), True))
    scene(DeskSeen(AgentId("eve"), False))
    scene(PlanLoaded(replace(PLAN, agents=(*PLAN.agents, agent("dan", "level:L1"), agent("eve", "level:L1")))))
    desks = {view.agent: view.desk_connected for view in scene.router.board(scene.now).agents}
    assert (desks["dan"], desks["eve"]) == (True, False)
    assert scene.router.open_desks() == ["dan"]


def test_an_agent_who_was_removed_and_comes_back_has_his_desk_still() -> None:
    scene = Scene()
    scene(DeskSeen(AgentId("ann"), True))
    scene(PlanLoaded(replace(PLAN, agents=PLAN.agents[1:])))
    scene(PlanLoaded(PLAN))
    assert scene.state_of("ann").desk_connected
