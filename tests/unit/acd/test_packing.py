"""The state as bytes and back: the same web of objects, however long its chains, and nothing but the house's own classes in it."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from acd.calls import Call
from acd.events import AgentWentNotReady
from acd.model import AgentId, CallState, PhoneId
from acd.packing import Unpackable, pack, unpack
from acd.state import State
from tests.unit.acd.scene import Scene

ROOMS = ("acd", "skills")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def again(thing: object) -> object:
    return unpack(pack(thing, ROOMS), ROOMS)


def busy_scene() -> Scene:
    scene = Scene()
    scene.ready("ann", "bob", "cat")
    scene.talking("1")
    scene.call("2")
    for number in range(3, 9):
        scene.call(str(number), preferred_agent=AgentId("ann"), urgent=number % 2 == 0)
    scene(AgentWentNotReady(AgentId("cat"), "lunch"))
    return scene


def test_what_refers_to_one_thing_refers_to_one_thing_again() -> None:
    before = busy_scene().router.memory
    state = again(before)
    assert isinstance(state, State)
    offered = next(call for call in state.calls.values() if call.offer is not None)
    assert offered.offer is not None
    assert offered.offer.call is offered
    assert offered.offer.agent is state.roster.agents[offered.offer.agent.id]
    assert state.offers[offered.offer.id] is offered.offer
    assert state.stages._admits.__self__ is state.roster.admission  # type: ignore[attr-defined]
    assert [call is state.calls[call.id] for call in state.room] == [True] * len(before.room)


def test_equal_states_are_equal_bytes() -> None:
    assert pack(busy_scene().router.memory, ROOMS) == pack(busy_scene().router.memory, ROOMS)


def test_a_chain_of_many_things_is_no_deeper_than_a_short_one() -> None:
    first = last = call("0")
    for number in range(1, 20_000):
        last.callback = call(str(number))  # type: ignore[assignment]  # any thing that leads to the next
        last = last.callback  # type: ignore[assignment]
    copy = again(first)
    names = []
    while copy is not None:
        names.append(copy.id)  # type: ignore[attr-defined]
        copy = copy.callback  # type: ignore[attr-defined]
    assert names == [str(number) for number in range(20_000)]


def call(name: str) -> Call:
    return Call(name, 1, "", "", "", "", NOON, 0, CallState.MENU, NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize("thing", [print, pickle.Unpickler, PhoneId.__class__, Scene])
def test_what_is_not_of_the_rooms_is_refused(thing: object) -> None:
    with pytest.raises(Unpackable):
        unpack(pickle.dumps(thing), ROOMS)


def test_nothing_is_called_but_classes_of_the_rooms() -> None:
    evil = b"cos\nsystem\n(S'true'\ntR."
    with pytest.raises(Unpackable, match=r"os\.system has no place"):
        unpack(evil, ROOMS)
    function = b"cacd.packing\npack\n."
    with pytest.raises(Unpackable, match="is no class"):
        unpack(function, ROOMS)


def test_no_method_is_fetched_but_a_public_one_of_the_rooms() -> None:
    class Sly:
        def __reduce__(self) -> tuple[object, ...]:
            return getattr, ([], "append")

    with pytest.raises(Unpackable, match=r"list\.append"):
        unpack(pickle.dumps(Sly()), ROOMS)
