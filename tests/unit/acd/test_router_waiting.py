from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.effects import StepEntered
from acd.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentWentReady,
    CallArrived,
    CallerLeft,
    CallQueued,
    OfferAnswered,
    OfferRinging,
    TalkEnded,
    WrapUpEnded,
)
from acd.model import AgentId, CallId, CallState, Level, PhoneId
from acd.plan import Plan, Strategy
from skills.expression import Has
from skills.requirement import Requirement, Step
from tests.unit.acd.scene import AGENTS, PLAN, Scene, agent, queue

SIMPLE = Requirement((Step("product", Has("product:{product_line}")),))


def serve(scene: Scene, name: str) -> None:
    """The agent's conversation ends, and he is ready for the next."""
    call = scene.state_of(name).call
    assert call is not None
    scene(CallerLeft(call), after=1.0)
    scene(AgentWentReady(AgentId(name)))


def test_who_waits_longest_is_served_first() -> None:
    scene = Scene()
    calls = [scene.call(str(number)) for number in range(3)]
    scene.ready("ann")
    assert scene.state_of("ann").call == calls[0]


def test_a_head_start_is_a_virtual_earlier_arrival() -> None:
    scene = Scene()
    ordinary = scene.call("ordinary")
    scene.later(59.0)
    key_account = scene.call("key", segment="key-account")
    scene.later(2.0)
    late_key_account = scene.call("late", segment="key-account")
    assert [call.id for call in scene.router._state.room] == [key_account, ordinary, late_key_account]


def test_the_largest_head_start_counts() -> None:
    scene = Scene()
    urgent = scene.live(scene.call("1", segment="key-account", urgent=True))
    assert urgent.head_start_us(PLAN.head_start_seconds) == 120_000_000


@given(st.lists(st.tuples(st.floats(0.1, 90.0), st.sampled_from(["standard", "key-account"]), st.booleans()), min_size=2, max_size=12))
def test_nobody_is_overtaken_by_a_call_that_came_later_than_the_largest_head_start(callers: list[tuple[float, str, bool]]) -> None:
    scene = Scene(replace(PLAN, queues=(queue("printers", requirement=SIMPLE, wrap_up_seconds=0.0),), ring_seconds=1e6))
    arrived = {}
    for number, (pause, segment, urgent) in enumerate(callers):
        scene.later(pause)
        arrived[scene.call(str(number), segment=segment, urgent=urgent)] = scene.now
    bound = max(PLAN.head_start_seconds.values())
    scene.ready("ann")
    served: list[CallId] = []
    while (call := scene.state_of("ann").call) is not None:
        served.append(call)
        scene(OfferAnswered(scene.offer(call)))
        scene(CallerLeft(call))
    assert sorted(served) == sorted(arrived)
    for position, call in enumerate(served):
        for overtaker in served[:position]:
            assert (arrived[overtaker] - arrived[call]).total_seconds() < bound


def test_the_wait_clock_starts_at_the_first_ring_not_in_the_queue() -> None:
    scene = Scene()
    scene.ready("bob")
    scene(CallArrived(CallId("main-1"), "", "", "", ""))
    scene.later(31.0)
    scene(CallQueued(CallId("main-1"), "printers", Level.L1, "zh"))
    assert scene.first(StepEntered).step == "any level"
    assert scene.offered() == [("main-1", "bob")]


def test_a_call_relaxes_as_its_wait_grows_even_while_a_matching_agent_is_free_but_does_not_answer() -> None:
    scene = Scene(replace(PLAN, ring_seconds=1000.0))
    scene.ready("ann")
    scene.talking("0")
    call = scene.call("1")
    assert scene.first(StepEntered).step == "exact level"
    scene.ready("bob")
    assert scene.live(call).state is CallState.WAITING
    scene.later(28.9)
    assert scene.live(call).state is CallState.WAITING
    scene.later(0.2)
    assert [step.step for step in scene.of(StepEntered)] == ["any level"]
    assert scene.offered() == [(call, "bob")]


def test_the_next_step_is_a_deadline() -> None:
    scene = Scene()
    scene.ready("ann", "bob")
    scene.talking("0")
    scene.talking("00", level=Level.L2)
    call = scene.call("1")
    entered = []
    for _ in range(3):
        scene.later(30.0)
        entered += [step.step for step in scene.of(StepEntered)]
    assert entered == ["any level", "anybody"]
    assert scene.live(call).stage_ends_us is None


def test_a_step_that_nobody_logged_in_can_match_is_skipped_at_once() -> None:
    scene = Scene()
    scene.ready("bob")
    scene.call("1")
    assert scene.first(StepEntered).step == "any level"
    assert scene.state_of("bob").call == "main-1"


def test_a_step_counts_again_when_somebody_who_matches_logs_in() -> None:
    scene = Scene()
    scene.ready("bob")
    scene.talking("0")
    call = scene.call("1")
    scene(AgentLoggedIn(AgentId("ann"), PhoneId("10ann")))
    assert scene.first(StepEntered).step == "exact level"
    scene(AgentLoggedOut(AgentId("ann")))
    assert scene.first(StepEntered).step == "any level"
    assert scene.live(call).state is CallState.WAITING


def test_with_nobody_logged_in_the_caller_waits_in_the_step_of_his_wait() -> None:
    scene = Scene()
    call = scene.call("1")
    assert scene.first(StepEntered).step == "exact level"
    assert "nobody who matches" in scene.router.explain_waiting(call, scene.now)


def test_a_preferred_agent_is_waited_for_a_while() -> None:
    scene = Scene()
    scene.ready("ann", "bob")
    scene.talking("0", level=Level.L2)
    scene.effects = []
    call = scene.call("1", preferred_agent=AgentId("bob"))
    assert scene.live(call).state is CallState.WAITING
    scene.later(10.0)
    assert scene.offered() == [(call, "ann")]


def test_a_preferred_agent_who_is_free_gets_the_call() -> None:
    scene = Scene()
    scene.ready("ann", "bob")
    scene.call("1", preferred_agent=AgentId("bob"))
    assert scene.offered() == [("main-1", "bob")]


def test_a_preferred_agent_who_is_not_there_is_not_waited_for() -> None:
    scene = Scene()
    scene.ready("ann")
    scene.call("1", preferred_agent=AgentId("bob"))
    assert scene.offered() == [("main-1", "ann")]


def test_a_queue_that_the_plan_does_not_have_is_served_by_anybody() -> None:
    scene = Scene()
    scene.ready("cat")
    scene.call("1", product_line="teapots", level=Level.L3)
    assert scene.offered() == [("main-1", "cat")]


def test_calls_of_different_queues_wait_in_one_order_for_an_agent_of_both() -> None:
    scene = Scene(replace(PLAN, agents=(*AGENTS, agent("dan", "product:printers", "product:servers", "level:L1", "language:zh"))))
    first = scene.call("1", product_line="servers")
    scene.call("2", product_line="printers")
    third = scene.call("3", product_line="servers")
    scene.ready("dan")
    served = [scene.state_of("dan").call]
    for _ in range(2):
        call = scene.state_of("dan").call
        assert call is not None
        scene(OfferAnswered(scene.offer(call)))
        serve(scene, "dan")
        served.append(scene.state_of("dan").call)
    assert served == [first, "main-2", third]


def test_calls_ahead_that_the_agent_cannot_serve_are_counted() -> None:
    from acd.effects import OfferMade

    scene = Scene()
    scene.call("1", product_line="servers", language="en")
    scene.call("2", product_line="servers", language="en")
    scene.ready("ann")
    scene.call("3")
    assert scene.first(OfferMade).calls_ahead == 2


def strategy_plan(strategy: Strategy, *agents: object) -> Plan:
    needs = Requirement((Step("printers", Has("product:printers")),))
    return Plan((queue("printers", strategy=strategy, requirement=needs, wrap_up_seconds=0.0),), agents)  # type: ignore[arg-type]


def served_by(scene: Scene, times: int) -> list[str]:
    """Who gets each of so many calls, one at a time, each of 10 s."""
    takers = []
    for number in range(times):
        call = scene.talking(f"{strategy_number()}-{number}")
        agent_id = scene.live(call).agent
        assert agent_id is not None
        takers.append(str(agent_id))
        scene(TalkEnded(call, agent_id), after=10.0)
        scene(CallerLeft(call))
    return takers


_numbers = iter(range(1000))


def strategy_number() -> int:
    return next(_numbers)


TWO = (agent("ann", "product:printers"), agent("bob", "product:printers"))


def test_longest_idle_takes_turns() -> None:
    scene = Scene(strategy_plan(Strategy.LONGEST_IDLE, *TWO))
    scene.ready("bob", "ann")
    assert served_by(scene, 4) == ["bob", "ann", "bob", "ann"]


def test_best_proficiency_takes_the_best_in_what_is_asked_for_and_then_the_longest_idle() -> None:
    company = (
        agent("ann", "product:printers=3", "product:servers=5"), agent("bob", "product:printers=4"), agent("cat", "product:printers=4"),
    )  # fmt: skip
    scene = Scene(strategy_plan(Strategy.BEST_PROFICIENCY, *company))
    scene.ready("ann", "cat", "bob")
    assert served_by(scene, 3) == ["cat", "bob", "cat"]


def test_least_scarce_keeps_the_versatile_free() -> None:
    company = (agent("ann", "product:printers", "level:L3", "product:servers"), agent("bob", "product:printers"))
    scene = Scene(strategy_plan(Strategy.LEAST_SCARCE, *company))
    scene.ready("ann", "bob")
    assert served_by(scene, 3) == ["bob", "bob", "bob"]


def test_round_robin_goes_by_the_last_offer_even_if_it_was_missed() -> None:
    scene = Scene(strategy_plan(Strategy.ROUND_ROBIN, *TWO))
    scene.ready("ann", "bob")
    call = scene.call("1")
    assert scene.offered() == [(call, "ann")]
    scene(CallerLeft(call))
    scene.call("2")
    assert scene.offered() == [("main-2", "bob")]


def test_least_occupied_counts_the_day() -> None:
    scene = Scene(strategy_plan(Strategy.LEAST_OCCUPIED, *TWO))
    scene.ready("ann", "bob")
    long = scene.talking("long")
    assert scene.live(long).agent == "ann"
    scene(CallerLeft(long), after=300.0)
    assert served_by(scene, 4) == ["bob"] * 4
    scene.later(86_400.0)
    assert served_by(scene, 1) == ["ann"], "another day begins, and she waits longest"


@pytest.mark.parametrize("strategy", list(Strategy))
def test_many_candidates_are_ordered_like_few(strategy: Strategy, monkeypatch: pytest.MonkeyPatch) -> None:
    company = tuple(agent(f"a{number:02}", f"product:printers={number % 5 + 1}", *(["x:y"] if number % 3 else [])) for number in range(40))
    chosen = []
    for few in (0, 1000):
        monkeypatch.setattr("acd.choice.FEW", few)
        scene = Scene(strategy_plan(strategy, *company))
        scene.ready(*(one.id for one in company[::-1]))
        takers = []
        for number in range(30):
            call = scene.call(str(number))
            takers.append(scene.live(call).agent)
            scene(OfferRinging(scene.offer(call)))
            scene(OfferAnswered(scene.offer(call)), after=float(number % 7))
            if number % 2:
                scene(CallerLeft(call), after=3.0)
        chosen.append(takers)
    assert chosen[0] == chosen[1]


def test_wrap_up_with_a_disposition_frees_the_agent_for_the_next_caller() -> None:
    scene = Scene()
    scene.ready("ann")
    first = scene.talking("1")
    second = scene.call("2")
    scene(TalkEnded(first, AgentId("ann")))
    scene(WrapUpEnded(AgentId("ann"), "solved", "new toner"))
    assert scene.offered() == [(second, "ann")]
