"""How long a call will probably wait: the formula of ``acd.forecast`` on the router's state. Decides nothing."""

from __future__ import annotations

from bisect import bisect_left

from acd.calls import Call, Place
from acd.forecast import Competing, expected_wait
from acd.plan import QueuePlan
from acd.state import State


def of_call(state: State, call: Call) -> float | None:
    """Expected seconds until a waiting call is answered; None when it doesn't wait, or nobody who matches is at work."""
    if call.place is None or call.stage is None or call.queue is None:
        return None
    return _expected(state, call.queue, call.stage.in_force.admits, call.place)


def of_newcomer(state: State, queue: QueuePlan, admits: int) -> float | None:
    """Expected seconds for a call that joined ``queue`` now, behind everybody, and could go to the agents of the mask."""
    return _expected(state, queue, admits, None)


def _expected(state: State, queue: QueuePlan, admits: int, place: Place | None) -> float | None:
    mine = admits & state.roster.at_work
    if mine & state.roster.free.mask and place is None:
        return 0.0
    mean = state.figures.handling.get(queue.id)
    handling = state.plan.handling_seconds if mean is None else mean.blended(state.plan.handling_seconds, state.now_us)
    return expected_wait(_before(state, mine, place), mine.bit_count(), handling)


def _before(state: State, mine: int, place: Place | None) -> list[Competing]:
    competing = []
    at_work = state.roster.at_work
    for stage in state.room.stages():
        theirs = stage.in_force.admits & at_work
        if theirs & mine:
            calls = len(stage.line) if place is None else bisect_left(stage.line, place)
            competing.append(Competing(calls, theirs.bit_count(), (theirs & mine).bit_count()))
    return competing
