"""How long a call will probably wait: the formula of ``acd.forecast`` on the router's state. Decides nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from acd.calls import Call, Place
from acd.forecast import Competing, expected_wait, wait_behind
from acd.plan import QueuePlan
from acd.state import State

Load = Sequence[float]
"""By agents' numbers, how many of the calls that wait now fall to each who is at work: of one that n of them match, 1/n to each."""


def load(state: State) -> Load:
    """What those who wait now mean for the agents, for several forecasts of one moment."""
    at_work = state.roster.at_work
    waiting: dict[int, int] = {}
    for stage in state.room.stages():
        theirs = stage.in_force.admits & at_work
        waiting[theirs] = waiting.get(theirs, 0) + len(stage.line)
    shares = [0.0] * len(state.roster.company)
    for theirs, calls in waiting.items():
        for number in _numbers(theirs):
            shares[number] += calls / theirs.bit_count()
    return shares


def _numbers(mask: int) -> list[int]:
    """Of the agents in a mask."""
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found


def of_call(state: State, call: Call) -> float | None:
    """Expected seconds until a waiting call is answered; None when it doesn't wait, or nobody who matches is at work."""
    if call.place is None or call.stage is None or call.queue is None:
        return None
    mine = call.stage.in_force.admits & state.roster.at_work
    return expected_wait(_before(state, mine, call.place), mine.bit_count(), _handling_seconds(state, call.queue))


def of_newcomer(state: State, queue: QueuePlan, admits: int) -> float | None:
    """Expected seconds for a call that joined ``queue`` now, behind everybody, and could go to the agents of the mask."""
    mine = admits & state.roster.at_work
    if mine & state.roster.free.mask:
        return 0.0
    return expected_wait(_before(state, mine, None), mine.bit_count(), _handling_seconds(state, queue))


def of_newcomer_under(carried: Load, state: State, queue: QueuePlan, admits: int) -> float | None:
    """``of_newcomer`` for whoever asks about many queues: ``carried`` is ``load(state)``. Differs in the last digits of a float at most."""
    mine = admits & state.roster.at_work
    if mine & state.roster.free.mask:
        return 0.0
    demand = sum([carried[number] for number in _numbers(mine)])
    return wait_behind(demand, mine.bit_count(), _handling_seconds(state, queue))


def _handling_seconds(state: State, queue: QueuePlan) -> float:
    mean = state.figures.handling.get(queue.id)
    return state.plan.handling_seconds if mean is None else mean.blended(state.plan.handling_seconds, state.now_us)


def _before(state: State, mine: int, place: Place | None) -> list[Competing]:
    competing = []
    at_work = state.roster.at_work
    for stage in state.room.stages():
        theirs = stage.in_force.admits & at_work
        if theirs & mine:
            calls = len(stage.line) if place is None else bisect_left(stage.line, place)
            competing.append(Competing(calls, theirs.bit_count(), (theirs & mine).bit_count()))
    return competing
