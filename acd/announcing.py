"""What a waiting caller is told about his wait: his place in line or the expected minutes, now and then.

Decides when something is told and what. Never a rising number; nothing at all rather than what was wrong lately (``Calibration``), what
is larger than the largest number of the rules, or what nobody can say. It does not know how it is spoken, nor whether it was heard.
"""

from __future__ import annotations

from acd.calls import Call
from acd.deadlines import Due
from acd.effects import Announce
from acd.expectation import of_call
from acd.forecast import announcement
from acd.instants import span
from acd.model import CallState
from acd.plan import AnnounceRules, Telling
from acd.state import State

FIRST_AFTER_SECONDS = 3.0
"""Who is served sooner than this need not be told how long it takes."""
_HELD = (CallState.WAITING, CallState.OFFERED)


def watch(state: State, call: Call) -> None:
    """A call begins to wait: its caller is to be told, unless that is under way or his queue tells nothing."""
    if call.announce_us is None and _rules(call) is not None:
        state.deadlines.set(Due.ANNOUNCEMENT, call, state.now_us + span(FIRST_AFTER_SECONDS))


def forget(call: Call) -> None:
    """Somebody talks to the caller: if he has to wait again, that is another wait."""
    call.announce_us = None
    call.told_first = call.told_last = call.told_position = None


def due(state: State, call: Call) -> None:
    """It is time to tell the caller, if he still waits and there is something to tell; and again after a while."""
    rules = _rules(call)
    if call.state not in _HELD or rules is None:
        forget(call)
        return
    if call.state is CallState.WAITING:
        number = _NUMBER[rules.tells](state, call, rules)
        if number is not None:
            state.say(Announce(call.id, rules.tells, number))
    state.deadlines.set(Due.ANNOUNCEMENT, call, state.now_us + span(rules.every_seconds))


def _rules(call: Call) -> AnnounceRules | None:
    return None if call.queue is None else call.queue.announce


def _position(state: State, call: Call, rules: AnnounceRules) -> int | None:
    position = state.room.ahead_in_queue(call) + 1
    if position > rules.most or (call.told_position is not None and position > call.told_position):
        return None
    call.told_position = position
    return position


def _minutes(state: State, call: Call, rules: AnnounceRules) -> int | None:
    assert call.queue is not None, "a waiting call has a queue"
    trusted = state.figures.calibration(call.queue.id).trusted(state.now_us)
    told = announcement(of_call(state, call), call.told_last, state.now_us, trusted, rules.step_minutes * 60.0)
    if told is None or told.seconds > rules.most * 60.0:
        return None
    call.told_last = told
    call.told_first = call.told_first or told
    return round(told.seconds / 60.0)


_NUMBER = {Telling.POSITION: _position, Telling.WAIT: _minutes}
