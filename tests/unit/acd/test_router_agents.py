from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from acd.effects import AgentChanged, CallChanged, StopRinging
from acd.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentStateForced,
    AgentWentNotReady,
    AgentWentReady,
    CallerLeft,
    DeskSeen,
    Event,
    OfferMissed,
    TalkEnded,
    WrapUpEnded,
    WrapUpExtended,
)
from acd.model import AgentId, AgentState, CallState, IllegalTransition, MissCause, PhoneId
from tests.unit.acd.scene import PLAN, Scene, queue

ANN = AgentId("ann")


def in_state(state: AgentState, mandatory: bool = False) -> Scene:
    """Ann in this state, with one caller where one is needed."""
    scene = Scene(replace(PLAN, queues=(queue("printers", wrap_up_mandatory=mandatory), *PLAN.queues[1:])))
    if state is AgentState.NOT_READY:
        scene(AgentLoggedIn(ANN, PhoneId("10ann")))
    elif state is not AgentState.LOGGED_OUT:
        scene.ready("ann")
    if state is AgentState.RESERVED:
        scene.call("1")
    if state in (AgentState.TALKING, AgentState.WRAP_UP):
        scene.talking("1")
    if state is AgentState.WRAP_UP:
        scene(CallerLeft(scene.state_of("ann").call))  # type: ignore[arg-type]
    assert scene.state_of("ann").state is state
    return scene


def refused(scene: Scene, event: Event) -> str:
    """The refusal; nothing is changed by it."""
    before = scene.router.state()
    with pytest.raises(IllegalTransition) as refusal:
        scene(event)
    assert scene.router.state() == before
    return str(refusal.value)


READY, NOT_READY, LOGIN, LOGOUT, DONE, MORE = (
    AgentWentReady(ANN), AgentWentNotReady(ANN, "lunch"), AgentLoggedIn(ANN, PhoneId("10ann")), AgentLoggedOut(ANN),
    WrapUpEnded(ANN, "solved"), WrapUpExtended(ANN, 60.0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("state", "illegal"),
    [
        (AgentState.LOGGED_OUT, [READY, NOT_READY, LOGOUT, DONE, MORE]),
        (AgentState.NOT_READY, [LOGIN, DONE, MORE]),
        (AgentState.READY, [LOGIN, READY, DONE, MORE]),
        (AgentState.RESERVED, [LOGIN, READY, LOGOUT, DONE, MORE]),
        (AgentState.TALKING, [LOGIN, READY, LOGOUT, DONE, MORE]),
        (AgentState.WRAP_UP, [LOGIN]),
    ],
)
def test_what_an_agent_may_do_follows_from_his_state(state: AgentState, illegal: list[Event]) -> None:
    for event in (READY, NOT_READY, LOGIN, LOGOUT, DONE, MORE):
        scene = in_state(state)
        if event in illegal:
            refused(scene, event)
        else:
            scene(event)


def test_an_unknown_agent_cannot_log_in() -> None:
    assert "no agent zoe" in refused(Scene(), AgentLoggedIn(AgentId("zoe"), PhoneId("1")))


def test_two_agents_cannot_share_a_phone() -> None:
    scene = in_state(AgentState.READY)
    assert "ann is logged in at phone 10ann" in refused(scene, AgentLoggedIn(AgentId("bob"), PhoneId("10ann")))


def test_a_reason_that_the_plan_does_not_know_is_refused() -> None:
    assert "mood is not one of the reasons" in refused(in_state(AgentState.READY), AgentWentNotReady(ANN, "mood"))


def test_a_disposition_that_the_plan_does_not_know_is_refused() -> None:
    assert "shrug is not one of the dispositions" in refused(in_state(AgentState.WRAP_UP), WrapUpEnded(ANN, "shrug"))


def test_he_starts_not_ready_at_the_phone_he_sits_at() -> None:
    scene = Scene()
    scene(AgentLoggedIn(ANN, PhoneId("2000")))
    changed = scene.first(AgentChanged)
    assert (changed.state, changed.cause, changed.phone, changed.previous) == (AgentState.NOT_READY, "login", "2000", AgentState.LOGGED_OUT)
    assert scene.router.agent_at(PhoneId("2000")) == ANN


def test_another_reason_begins_another_interval_and_the_same_one_does_not() -> None:
    scene = in_state(AgentState.NOT_READY)
    assert scene(NOT_READY) != []
    assert scene(NOT_READY) == []


@pytest.mark.parametrize("state", [AgentState.RESERVED, AgentState.TALKING])
def test_not_ready_in_a_call_takes_effect_after_it(state: AgentState) -> None:
    scene = in_state(state)
    assert scene(NOT_READY) == []
    call = scene.state_of("ann").call
    assert call is not None
    scene(CallerLeft(call))
    if state is AgentState.TALKING:
        assert scene.state_of("ann").state is AgentState.WRAP_UP, "the after-call work comes first"
        scene(WrapUpEnded(ANN))
    assert (scene.state_of("ann").state, scene.state_of("ann").cause) == (AgentState.NOT_READY, "lunch")


def test_not_ready_ends_an_optional_wrap_up_and_waits_for_a_mandatory_one() -> None:
    optional = in_state(AgentState.WRAP_UP)
    optional(NOT_READY)
    assert optional.state_of("ann").cause == "lunch"
    mandatory = in_state(AgentState.WRAP_UP, mandatory=True)
    assert mandatory(NOT_READY) == []
    mandatory(DONE)
    assert mandatory.state_of("ann").cause == "lunch"


def test_a_mandatory_wrap_up_ends_by_a_disposition_or_by_its_time_only() -> None:
    scene = in_state(AgentState.WRAP_UP, mandatory=True)
    assert "mandatory" in refused(scene, READY)
    assert "disposition" in refused(scene, WrapUpEnded(ANN))
    scene.later(30.0)
    assert (scene.state_of("ann").state, scene.state_of("ann").cause) == (AgentState.READY, "wrap_up_over")


def test_a_wrap_up_can_be_extended_within_the_limit() -> None:
    scene = in_state(AgentState.WRAP_UP)
    scene(WrapUpExtended(ANN, 60.0))
    assert scene.router.board(scene.now).agents[0].wrap_up_ends_at == scene.now + timedelta(seconds=90)
    refused(scene, WrapUpExtended(ANN, 841.0))
    refused(scene, WrapUpExtended(ANN, 0.0))
    scene.later(89.9)
    assert scene.state_of("ann").state is AgentState.WRAP_UP
    scene.later(0.1)
    assert scene.state_of("ann").state is AgentState.READY


def test_without_wrap_up_time_he_is_ready_at_once() -> None:
    scene = Scene(replace(PLAN, queues=(queue("printers", wrap_up_seconds=0.0),)))
    scene.ready("ann")
    call = scene.talking("1")
    scene(TalkEnded(call, ANN))
    assert scene.state_of("ann").state is AgentState.READY


def test_going_ready_himself_clears_what_was_held_against_him() -> None:
    scene = in_state(AgentState.RESERVED)
    scene(OfferMissed(scene.offer(scene.state_of("ann").call), MissCause.BUSY))  # type: ignore[arg-type]
    scene(NOT_READY)
    scene(READY)
    assert scene.state_of("ann").misses == {}
    assert scene.state_of("ann").call == "main-1"


@pytest.mark.parametrize("wanted", [AgentState.NOT_READY, AgentState.LOGGED_OUT])
def test_a_supervisor_takes_an_offer_back_at_once(wanted: AgentState) -> None:
    scene = in_state(AgentState.RESERVED)
    scene(AgentStateForced(ANN, wanted, "fire drill", "boss"))
    assert scene.of(StopRinging) != []
    assert (scene.state_of("ann").state, scene.state_of("ann").cause) == (wanted, "forced:boss")
    assert scene.of(CallChanged)[-1].state is CallState.WAITING


@pytest.mark.parametrize("wanted", [AgentState.NOT_READY, AgentState.LOGGED_OUT])
def test_a_supervisor_lets_a_conversation_end_first(wanted: AgentState) -> None:
    scene = in_state(AgentState.TALKING)
    assert scene(AgentStateForced(ANN, wanted, "fire drill", "boss")) == []
    scene(CallerLeft(scene.state_of("ann").call))  # type: ignore[arg-type]
    scene(DONE)
    assert (scene.state_of("ann").state, scene.state_of("ann").cause) == (wanted, "forced:boss")


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (AgentState.LOGGED_OUT, AgentState.READY), (AgentState.LOGGED_OUT, AgentState.NOT_READY), (AgentState.TALKING, AgentState.READY),
        (AgentState.RESERVED, AgentState.READY), (AgentState.READY, AgentState.READY), (AgentState.READY, AgentState.TALKING),
        (AgentState.READY, AgentState.WRAP_UP),
    ],
)  # fmt: skip
def test_a_supervisor_cannot_force_what_cannot_be(state: AgentState, wanted: AgentState) -> None:
    refused(in_state(state), AgentStateForced(ANN, wanted, "", "boss"))


def test_a_supervisor_may_end_even_a_mandatory_wrap_up() -> None:
    scene = in_state(AgentState.WRAP_UP, mandatory=True)
    scene(AgentStateForced(ANN, AgentState.READY, "", "boss"))
    assert scene.state_of("ann").state is AgentState.READY


def test_a_desk_that_is_away_is_noted_and_the_agent_keeps_working() -> None:
    scene = in_state(AgentState.READY)
    assert scene(DeskSeen(ANN, True)) == []
    assert scene.router.board(scene.now).agents[0].desk_connected
    assert scene(DeskSeen(ANN, False)) == []
    scene.call("1")
    assert scene.offered() == [("main-1", "ann")]


def test_the_intervals_of_an_agent_have_no_gaps() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.talking("1")
    scene(TalkEnded(call, ANN), after=20.0)
    scene(DONE, after=5.0)
    scene(LOGOUT, after=5.0)
    changed = scene.first(AgentChanged)
    assert (changed.previous, changed.previous_since) == (AgentState.READY, scene.now - timedelta(seconds=5))
    assert scene.router.agent_at(PhoneId("10ann")) is None
