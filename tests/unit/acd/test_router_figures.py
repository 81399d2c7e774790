from __future__ import annotations

from dataclasses import replace

import pytest

from acd.board import QueueView
from acd.events import AgentWentReady, CallDiverted, CallerLeft, OfferAnswered, OfferMissed, OfferRinging, TalkEnded, WrapUpEnded
from acd.model import AgentId, MissCause
from tests.unit.acd.scene import PLAN, Scene

ANN = AgentId("ann")


def printers(scene: Scene) -> QueueView:
    return next(queue for queue in scene.router.board(scene.now).queues if queue.queue == "printers.L1")


def test_what_became_of_calls_is_counted_by_how_long_they_waited() -> None:
    scene = Scene()
    for name, patience in (("short", 3.0), ("in time", 15.0), ("late", 60.0)):
        call = scene.call(name)
        scene(CallerLeft(call), after=patience)
    scene(CallDiverted(scene.call("gone"), "survival"))
    queue = printers(scene)
    assert (queue.offered, queue.abandoned, queue.flowed_out) == (4, 3, 1)
    assert queue.service_levels["of_offered"] == 0.0
    assert queue.service_levels["abandons_in_time_count_as_served"] == 0.5


def test_speed_of_answer_and_handling_time_are_those_of_the_day() -> None:
    scene = Scene()
    call = scene.call("1")
    scene.later(10.0)
    scene.ready("ann")
    scene.effects = []
    scene(OfferAnswered(scene.offer(call)), after=2.0)
    assert printers(scene).asa_seconds == 13.0, "10 s, 1 s for going ready, 2 s of ringing"
    scene(TalkEnded(call, ANN), after=100.0)
    assert printers(scene).aht_seconds is None, "the after-call work belongs to it"
    scene(WrapUpEnded(ANN, "solved"), after=20.0)
    assert printers(scene).aht_seconds == 120.0


def test_a_newcomer_has_to_expect_nothing_while_somebody_is_free() -> None:
    scene = Scene()
    scene.ready("ann")
    assert printers(scene).expected_wait_seconds == 0.0


def test_the_expected_wait_grows_with_the_place_in_line() -> None:
    scene = Scene(replace(PLAN, handling_seconds=200.0))
    scene.ready("ann")
    scene.talking("0")
    waiting = [scene.call(str(number)) for number in range(1, 4)]
    assert [scene.router.expected_wait(call) for call in waiting] == [200.0, 400.0, 600.0]
    assert printers(scene).expected_wait_seconds == 800.0


def test_the_expected_wait_learns_from_handling_times() -> None:
    scene = Scene(replace(PLAN, handling_seconds=200.0))
    scene.ready("ann")
    for number in range(20):
        call = scene.talking(str(number))
        scene(CallerLeft(call), after=50.0)
        scene(AgentWentReady(ANN))
    scene.talking("busy")
    expected = scene.router.expected_wait(scene.call("waiting"))
    assert expected == pytest.approx(50.0 + 150.0 * 3 / 23, rel=0.1)


def test_nobody_at_work_who_matches_means_no_forecast() -> None:
    scene = Scene()
    assert scene.router.expected_wait(scene.call("1")) is None
    assert printers(scene).expected_wait_seconds is None


def ring_and(scene: Scene, after: float, *, answered: bool) -> None:
    """Ann's phone rings so long, and she answers or misses it."""
    call = scene.call("rings")
    offer = scene.offer(call)
    scene(OfferRinging(offer), after=2.0)
    scene(OfferAnswered(offer) if answered else OfferMissed(offer, MissCause.NO_ANSWER), after=after)
    scene(CallerLeft(call))
    scene(AgentWentReady(AgentId("ann")))


@pytest.mark.parametrize(("after", "answered", "in_time"), [(9.0, True, 1), (9.5, True, 0), (5.0, False, 0)])
def test_three_rings_are_counted_from_the_first_ring_for_queue_and_agent(after: float, answered: bool, in_time: int) -> None:
    scene = Scene(replace(PLAN, answer_within_seconds=9.0, ring_seconds=20.0))
    scene.ready("ann")
    ring_and(scene, after, answered=answered)
    board = scene.router.board(scene.now)
    ann = next(view for view in board.agents if view.agent == "ann")
    assert (board.queues[0].rung, board.queues[0].rung_in_time) == (ann.rung, ann.rung_in_time) == (1, in_time)


def test_a_caller_who_leaves_while_it_rings_breaks_no_rule() -> None:
    scene = Scene()
    scene.ready("ann")
    call = scene.call("leaves")
    scene(OfferRinging(scene.offer(call)))
    scene(CallerLeft(call), after=11.0)
    assert scene.router.board(scene.now).queues[0].rung == 0
