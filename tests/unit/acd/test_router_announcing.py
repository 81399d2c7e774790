from __future__ import annotations

from dataclasses import replace

from acd.announcing import FIRST_AFTER_SECONDS
from acd.effects import Announce, HoldCall, OfferMade
from acd.events import AgentWentReady, CallerLeft, CallHandedOn, CommandFailed, OfferAnswered, OfferMissed, PlanLoaded
from acd.model import AgentId, CallId, MissCause, QueueId
from acd.plan import AnnounceRules, Plan, Rona, Telling
from acd.router import Router
from tests.unit.acd.scene import PLAN, Scene, queue

POSITION = AnnounceRules(Telling.POSITION, every_seconds=30.0)
WAIT = AnnounceRules(Telling.WAIT, every_seconds=30.0)


def telling(rules: AnnounceRules) -> Plan:
    """A hotline in which an unanswered phone is rung again, and whose printers' callers are told about their wait."""
    rona = {MissCause.NO_ANSWER: Rona(misses_to_not_ready=9)}
    return replace(PLAN, queues=(queue("printers", announce=rules), *PLAN.queues[1:]), rona=rona)


def told(scene: Scene) -> list[tuple[CallId, int]]:
    return [(one.call, one.number) for one in scene.of(Announce)]


def busy(scene: Scene) -> CallId:
    """Ann takes a call, so that there is somebody to wait for."""
    scene.ready("ann")
    return scene.talking("busy")


def test_a_caller_is_told_his_place_soon_and_then_again_and_again() -> None:
    scene = Scene(telling(POSITION))
    first, second = scene.call("1"), scene.call("2")
    assert scene.of(Announce) == []
    scene.later(FIRST_AFTER_SECONDS)
    assert told(scene) == [(first, 1), (second, 2)]
    scene(CallerLeft(first))
    scene.later(30.0)
    assert told(scene) == [(second, 1)]


def test_only_callers_of_his_own_queue_are_ahead_of_him() -> None:
    scene = Scene(telling(POSITION))
    scene.call("1", "servers")
    mine = scene.call("2")
    scene.later(FIRST_AFTER_SECONDS)
    assert told(scene) == [(mine, 1)]


def test_a_place_that_got_worse_is_not_told() -> None:
    scene = Scene(telling(POSITION))
    scene.call("1")
    scene.later(FIRST_AFTER_SECONDS)
    scene.call("2", segment="key-account")
    scene.later(FIRST_AFTER_SECONDS)
    assert told(scene) == [("main-2", 1)]
    scene.later(30.0)
    assert told(scene) == [("main-2", 1)], "the earlier caller is second now, and was told that he is first"


def test_nothing_is_told_beyond_the_largest_number() -> None:
    scene = Scene(telling(replace(POSITION, most=1)))
    first = scene.call("1")
    scene.call("2")
    scene.later(FIRST_AFTER_SECONDS)
    assert told(scene) == [(first, 1)]


def test_the_expected_wait_is_told_in_whole_minutes_and_never_rises() -> None:
    scene = Scene(telling(WAIT))
    busy(scene)
    waiting = scene.call("1")
    scene.later(FIRST_AFTER_SECONDS)
    assert told(scene) == [(waiting, 4)], "one agent who takes four minutes for a call"
    scene.later(30.0)
    assert scene.of(Announce) == [], "four minutes are not over by now: nothing new can be said"


def test_steps_of_several_minutes_are_rounded_up() -> None:
    scene = Scene(telling(replace(WAIT, step_minutes=5)))
    busy(scene)
    scene.call("1")
    scene.later(FIRST_AFTER_SECONDS)
    assert told(scene) == [("main-1", 5)]


def test_nobody_is_told_an_expected_wait_when_nobody_is_at_work() -> None:
    scene = Scene(telling(WAIT))
    scene.call("1")
    scene.later(100.0)
    assert scene.of(Announce) == []


def test_who_is_served_at_once_is_told_nothing() -> None:
    scene = Scene(telling(POSITION))
    scene.ready("ann")
    scene.talking("1")
    scene.later(100.0)
    assert scene.of(Announce) == []


def test_a_caller_whose_offer_is_missed_is_told_again_at_his_time() -> None:
    scene = Scene(telling(POSITION))
    scene.call("1")
    scene.later(FIRST_AFTER_SECONDS)
    scene.ready("ann")
    offer = scene.offer(CallId("main-1"))
    scene(OfferMissed(offer, MissCause.UNREGISTERED))
    scene.later(30.0)
    assert told(scene) == [("main-1", 1)]


def test_a_failed_announcement_does_not_move_the_caller() -> None:
    scene = Scene(telling(POSITION))
    call = scene.call("1")
    scene.later(FIRST_AFTER_SECONDS)
    scene(CommandFailed(call, "Announce", "no such channel"))
    scene.later(20.0)
    assert scene.of(HoldCall) == []


def test_who_is_handed_on_after_a_talk_begins_another_wait() -> None:
    scene = Scene(telling(POSITION))
    scene.call("0")
    scene.call("1")
    scene.later(FIRST_AFTER_SECONDS)
    scene.ready("ann")
    taken = scene.first(OfferMade)
    scene(OfferAnswered(taken.offer))
    scene.call("2")
    scene(CallHandedOn(taken.call, AgentId("ann"), to_queue=QueueId("printers.L1")))
    assert scene.live(taken.call).told_position is None
    scene.later(FIRST_AFTER_SECONDS)
    assert (taken.call, 1) in told(scene)


def answered_after(scene: Scene, name: str, seconds: float) -> None:
    """A caller is told a minute and waits so long for Ann, who is in talk with another."""
    earlier = scene.talking(f"before {name}")
    scene.call(name)
    scene.later(seconds)
    scene(CallerLeft(earlier))
    scene(AgentWentReady(AgentId("ann")))
    offer = scene.first(OfferMade).offer
    scene(OfferAnswered(offer))
    scene(CallerLeft(CallId(f"main-{name}")))
    scene(AgentWentReady(AgentId("ann")))


def misled() -> Scene:
    """Waits of ten minutes where few were announced, ten times."""
    scene = Scene(replace(telling(WAIT), handling_seconds=50.0))
    scene.ready("ann")
    for number in range(10):
        answered_after(scene, str(number), 600.0)
    return scene


def test_announced_is_held_against_actual_and_shown() -> None:
    scene = Scene(replace(telling(WAIT), handling_seconds=50.0))
    scene.ready("ann")
    answered_after(scene, "good", 40.0)
    answered_after(scene, "bad", 600.0)
    view = scene.router.board(scene.now).queues[0]
    assert (view.announced, view.announced_right, view.announcing) == (2, 1, True)


def test_who_gives_up_sooner_than_announced_proves_nothing() -> None:
    scene = Scene(telling(WAIT))
    busy(scene)
    scene.call("1")
    scene.later(FIRST_AFTER_SECONDS)
    scene(CallerLeft(CallId("main-1")))
    assert scene.router.board(scene.now).queues[0].announced == 0


def test_forecasts_that_were_wrong_fall_silent() -> None:
    scene = misled()
    assert scene.router.board(scene.now).queues[0].announcing is False
    scene.talking("next")
    scene.call("waits")
    scene.later(FIRST_AFTER_SECONDS)
    assert scene.of(Announce) == []


def test_what_was_wrong_is_known_after_a_restart() -> None:
    scene, again = misled(), Router()
    for at, event in scene.story:
        again.handle(event, at)
    assert again.board(scene.now).queues[0].announcing is False
    assert again.state() == scene.router.state()


def test_a_plan_without_announcements_ends_them() -> None:
    scene = Scene(telling(POSITION))
    scene.call("1")
    scene(PlanLoaded(PLAN))
    scene.later(100.0)
    assert scene.of(Announce) == []
