from __future__ import annotations

from dataclasses import replace

import pytest

from acd.effects import HoldCall, IncidentChanged, NumberNoted, TellIncident
from acd.events import (
    CallArrived,
    CallerLeft,
    CallQueued,
    CommandFailed,
    IncidentDeclared,
    IncidentHeard,
    IncidentSolved,
    NewsWanted,
    OfferMissed,
    PlanLoaded,
)
from acd.incidents import HEARING_SECONDS, SOLVED_KEPT
from acd.model import CallId, IllegalTransition, Level, MissCause
from acd.router import Router
from tests.unit.acd.scene import PLAN, Scene

TEXTS = replace(PLAN, incident_texts=("outage", "delay"))
OUTAGE = IncidentDeclared("printers", "outage", "chief")


def troubled() -> Scene:
    """Printers have an outage; nobody is at work yet."""
    scene = Scene(TEXTS)
    scene(OUTAGE)
    return scene


def told(scene: Scene) -> list[tuple[CallId, str, bool]]:
    return [(one.call, one.text, one.may_ask) for one in scene.of(TellIncident)]


def from_number(scene: Scene, name: str, ani: str) -> CallId:
    call = CallId(f"main-{name}")
    scene(CallArrived(call, ani, "", "4008001234", "unified"))
    scene(CallQueued(call, "printers", Level.L1, "zh"))
    return call


def test_who_rings_in_hears_it_before_anybody_is_rung_for_him() -> None:
    scene = troubled()
    scene.ready("ann")
    call = scene.call("1")
    assert [type(effect) for effect in scene.effects if isinstance(effect, (HoldCall, TellIncident))] == [HoldCall, TellIncident]
    assert (told(scene), scene.offered()) == ([(call, "outage", True)], [])
    assert "hears of the incident" in scene.router.explain_waiting(call, scene.now)
    assert "hears of the incident" in scene.router.board(scene.now).calls[0].why_waiting
    scene(IncidentHeard(call), after=8.0)
    assert scene.offered() == [(call, "ann")]


def test_when_nothing_is_heard_of_his_hearing_he_is_offered_all_the_same() -> None:
    scene = troubled()
    scene.ready("ann")
    scene.call("1")
    scene.later(HEARING_SECONDS - 0.1)
    assert scene.offered() == []
    scene.later(0.1)
    assert scene.offered() == [("main-1", "ann")]


def test_who_could_not_be_told_is_offered_at_once() -> None:
    scene = troubled()
    scene.ready("ann")
    call = scene.call("1")
    scene(CommandFailed(call, "TellIncident", "not connected"))
    assert scene.offered() == [(call, "ann")]


def test_callers_of_other_lines_hear_nothing() -> None:
    scene = troubled()
    scene.ready("cat")
    call = scene.call("1", "servers", language="en")
    assert (told(scene), scene.offered()) == ([], [(call, "cat")])


def test_those_who_wait_are_told_and_keep_their_turn() -> None:
    scene = Scene(TEXTS)
    call = scene.call("1")
    scene(OUTAGE)
    assert told(scene) == [(call, "outage", True)]
    assert scene.of(HoldCall) == [], "his music goes on"
    scene.ready("ann")
    assert scene.offered() == [(call, "ann")], "he may hear it later, or never"


def test_who_was_being_offered_hears_it_when_he_is_back() -> None:
    scene = Scene(TEXTS)
    scene.ready("ann")
    call = scene.call("1")
    scene(OUTAGE)
    assert told(scene) == []
    scene(OfferMissed(scene.offer(call), MissCause.NO_ANSWER))
    assert told(scene) == [(call, "outage", True)]


def test_each_caller_hears_it_once() -> None:
    scene = troubled()
    call = scene.call("1")
    scene(IncidentHeard(call))
    scene.ready("ann")
    scene(OfferMissed(scene.offer(call), MissCause.NO_ANSWER))
    assert told(scene) == []
    scene(IncidentHeard(call))
    assert scene.router.board(scene.now).incidents[0].heard == 1


def test_a_number_is_noted_once_and_not_asked_for_again() -> None:
    scene = troubled()
    call = from_number(scene, "1", "13900001111")
    scene(NewsWanted(call))
    assert scene.first(NumberNoted).number == "13900001111"
    assert scene(NewsWanted(call)) == []
    scene(CallerLeft(call))
    again = from_number(scene, "2", "13900001111")
    assert told(scene) == [(again, "outage", False)]
    [incident] = scene.router.board(scene.now).incidents
    assert [news.number for news in scene.router.incident_numbers(incident.incident)] == ["13900001111"]


def test_who_withholds_his_number_is_not_asked() -> None:
    scene = troubled()
    call = from_number(scene, "1", "")
    assert told(scene) == [(call, "outage", False)]
    assert scene(NewsWanted(call)) == []


def test_solved_it_is_told_to_nobody_and_the_numbers_stay() -> None:
    scene = troubled()
    call = from_number(scene, "1", "13900001111")
    scene(NewsWanted(call))
    scene(IncidentSolved("printers-1", "chief"), after=60.0)
    assert told(scene) == [(call, "", False)], "he has not heard it to the end"
    change = scene.first(IncidentChanged)
    assert (change.numbers, change.solved_by, change.solved_at) == (("13900001111",), "chief", scene.now)
    scene.call("2")
    assert told(scene) == []
    assert [news.noted_at for news in scene.router.incident_numbers("printers-1")] == [change.declared_at]


def test_who_heard_half_of_it_when_it_is_solved_may_be_offered() -> None:
    scene = troubled()
    scene.ready("ann")
    call = scene.call("1")
    scene(IncidentSolved("printers-1", "chief"))
    assert scene.offered() == [(call, "ann")]


@pytest.mark.parametrize(
    "event",
    [
        IncidentDeclared("scanners", "outage", "chief"), IncidentDeclared("printers", "flood", "chief"), OUTAGE,
        IncidentSolved("printers-2", "chief"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(event: IncidentDeclared | IncidentSolved) -> None:
    scene = troubled()
    before = scene.router.state()
    with pytest.raises(IllegalTransition):
        scene(event)
    assert scene.router.state() == before


def test_a_line_has_its_next_incident_when_the_last_is_solved() -> None:
    scene = troubled()
    call = scene.call("1")
    scene(IncidentHeard(call))
    scene(IncidentSolved("printers-1", "chief"))
    scene(IncidentDeclared("printers", "delay", "chief"))
    assert told(scene) == [(call, "delay", True)]
    for _ in range(SOLVED_KEPT + 3):
        scene(IncidentSolved(scene.router.board(scene.now).incidents[-1].incident, "chief"))
        scene(OUTAGE)
    assert len(scene.router.board(scene.now).incidents) == SOLVED_KEPT + 1


def test_a_running_incident_outlives_a_restart_and_a_new_plan() -> None:
    scene = troubled()
    scene(NewsWanted(scene.call("1")))
    scene(PlanLoaded(replace(TEXTS, ring_seconds=15.0)))
    again = Router()
    for at, event in scene.story:
        again.handle(event, at)
    assert again.state() == scene.router.state()
    assert [news.number for news in again.incident_numbers("printers-1")] == ["13900001111"]


def test_who_has_heard_it_need_not_wait_for_an_earlier_one_who_still_hears() -> None:
    scene = troubled()
    scene.ready("ann")
    scene.call("1")
    second = scene.call("2")
    scene(IncidentHeard(second))
    assert scene.offered() == [(second, "ann")]
