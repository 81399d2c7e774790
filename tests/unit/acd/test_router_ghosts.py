from __future__ import annotations

from dataclasses import replace

from acd.effects import AgentChanged, RingAgent
from acd.events import DeskSeen, OfferMissed, PhoneSeen
from acd.model import AgentId, AgentState, MissCause, PhoneId
from tests.unit.acd.scene import AGENTS, PLAN, Scene

ANN, PHONE = AgentId("ann"), PhoneId("10ann")


def test_a_ready_agent_without_phone_and_desk_is_not_there() -> None:
    scene = Scene()
    scene.ready("ann")
    scene(PhoneSeen(PHONE, False))
    scene.later(299.0)
    assert scene.state_of("ann").state is AgentState.READY
    scene.later(1.0)
    assert (scene.first(AgentChanged).state, scene.first(AgentChanged).cause) == (AgentState.NOT_READY, "ghost")


def test_his_phone_or_his_desk_proves_him_there() -> None:
    for proof in (PhoneSeen(PHONE, True), DeskSeen(ANN, True)):
        scene = Scene()
        scene.ready("ann")
        scene(PhoneSeen(PHONE, False))
        scene(proof, after=200.0)
        scene.later(1000.0)
        assert scene.state_of("ann").state is AgentState.READY


def test_the_count_begins_when_both_are_away() -> None:
    scene = Scene()
    scene.ready("ann")
    scene(DeskSeen(ANN, True))
    scene(PhoneSeen(PHONE, False))
    scene.later(1000.0)
    scene(DeskSeen(ANN, False))
    scene.later(299.0)
    assert scene.state_of("ann").state is AgentState.READY
    scene.later(1.0)
    assert scene.state_of("ann").cause == "ghost"


def test_one_miss_is_enough_for_an_agent_whose_desk_has_left() -> None:
    scene = Scene()
    scene.ready("ann")
    scene(DeskSeen(ANN, True))
    scene(DeskSeen(ANN, False))
    call = scene.call("1")
    scene(OfferMissed(scene.offer(call), MissCause.BUSY))
    assert scene.state_of("ann").cause == "rona:busy"


def test_a_phone_that_takes_calls_by_itself_is_asked_to() -> None:
    scene = Scene(replace(PLAN, agents=(replace(AGENTS[0], auto_answer=True), *AGENTS[1:])))
    scene.ready("ann")
    scene.call("1")
    assert scene.first(RingAgent).auto_answer
