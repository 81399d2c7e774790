"""Who calls goes with the call: onto the card, into the journal, and on to the next engineer."""

from __future__ import annotations

from datetime import UTC, datetime

from acd.customer import Customer, DuePromise, OpenCase
from acd.effects import ScreenPop
from acd.encoding import event_from_json, kind_of, to_json
from acd.events import CallArrived, CallerRecognised, CallHandedOn, CallQueued, OfferAnswered
from acd.model import AgentId, CallId, Level, QueueId
from tests.unit.acd.scene import Scene

CALL, ANN = CallId("x-1"), AgentId("ann")
MA = Customer(
    "C-1", "Ma", "key-account", "zh", ("LP 400",), (OpenCase("T-7", "printers", "L1", ANN, "streaks"),),
    (DuePromise("a visit", datetime(2026, 3, 3, 9, tzinfo=UTC)),),
)  # fmt: skip
LIU = Customer("C-2", "Liu")


def recognised(scene: Scene) -> None:
    scene(CallArrived(CALL, "138", "", "4001", "unified"))
    scene(CallerRecognised(CALL, (MA, LIU)))
    scene(CallQueued(CALL, "printers", Level.L1, "zh", "key-account", False, ANN, customer="C-1", case="T-7"))


def test_the_agent_sees_who_it_may_be_and_who_it_is() -> None:
    scene = Scene()
    scene.ready("ann")
    recognised(scene)
    pop = scene.first(ScreenPop)
    assert (pop.customers, pop.customer, pop.case) == ((MA, LIU), "C-1", "T-7")


def test_the_next_engineer_sees_it_too() -> None:
    scene = Scene()
    scene.ready("ann")
    recognised(scene)
    scene(OfferAnswered(scene.first(ScreenPop).offer))
    scene(CallHandedOn(CALL, ANN, to_queue=QueueId("printers.L2")))
    scene.ready("bob")
    assert scene.first(ScreenPop).customers == (MA, LIU)


def test_a_call_that_is_over_is_not_recognised_any_more() -> None:
    scene = Scene()
    scene(CallerRecognised(CALL, (MA,)))
    assert scene.effects == []


def test_a_customer_is_the_same_out_of_the_journal() -> None:
    event = CallerRecognised(CALL, (MA, LIU))
    assert event_from_json(kind_of(event), to_json(event)) == event


def test_an_older_journal_knows_no_customers() -> None:
    old = '{"call":"x-1","product_line":"printers","level":"L1","language":"zh","segment":"standard","urgent":false,"preferred_agent":null}'
    event = event_from_json("CallQueued", old)
    assert isinstance(event, CallQueued)
    assert (event.customer, event.case) == ("", "")
