"""A fault of the router's own: what it had decided by then is not lost, and the next event is handled as any other."""

from __future__ import annotations

import pytest

from acd import matching
from acd.effects import AgentChanged, RingAgent
from acd.events import AgentLoggedIn, AgentWentReady, CallerLeft, Ticked
from acd.model import AgentId, AgentState, HalfDone, IllegalTransition, PhoneId
from tests.unit.acd.scene import Scene

ANN = AgentId("ann")


def test_a_fault_half_way_tells_what_was_decided_and_the_rest_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    call = scene.call("1")
    scene(AgentLoggedIn(ANN, PhoneId("10ann")))

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("acd.router.match", broken)
        with pytest.raises(HalfDone) as fault:
            scene(AgentWentReady(ANN))
    [changed] = fault.value.effects
    assert isinstance(changed, AgentChanged) and changed.state is AgentState.READY
    assert isinstance(fault.value.__cause__, ZeroDivisionError)
    scene(Ticked())
    assert scene.first(RingAgent).call == call
    assert matching.match is not broken


def test_a_refusal_after_something_was_changed_is_a_fault_and_before_that_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    scene(AgentLoggedIn(ANN, PhoneId("10ann")))

    def refusing(*_: object) -> None:
        raise IllegalTransition("in the middle")

    monkeypatch.setattr("acd.router.match", refusing)
    with pytest.raises(HalfDone):
        scene(AgentWentReady(ANN))
    with pytest.raises(IllegalTransition, match="not one of"):
        from acd.events import AgentWentNotReady

        scene(AgentWentNotReady(ANN, "no such reason"))


def test_a_caller_who_is_gone_is_told_of_twice_and_the_second_time_is_stale() -> None:
    scene = Scene()
    call = scene.call("1")
    assert not scene.router.is_stale(CallerLeft(call))
    scene(CallerLeft(call))
    assert scene.router.is_stale(CallerLeft(call))
