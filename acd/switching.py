"""Queues that a supervisor opened or closed by hand: his word goes before the hours, until the time he named or another word.

Decides whether a queue is open now, all things considered. What closing means for who rings in and who waits is in the queue's own
overflow rules: a queue that has none for when it is closed can't be closed, for its callers would only wait.
"""

from __future__ import annotations

from datetime import datetime

from acd import callbacks, telling
from acd.deadlines import Due
from acd.hours import Switch
from acd.instants import micros, span
from acd.model import CallState, IllegalTransition
from acd.plan import QueuePlan
from acd.state import State
from acd.supervision import QueueSwitchChanged, QueueSwitched


def switched(state: State, event: QueueSwitched) -> None:
    """Open, close, or go by the hours again. Raises IllegalTransition for a queue that is not there, or that can't be closed."""
    queue = next((one for one in state.plan.queues if one.id == event.queue), None)
    if queue is None:
        raise IllegalTransition(f"there is no queue {event.queue}")
    if event.opened is False and not any(rule.when_closed for rule in queue.overflow):
        raise IllegalTransition(f"{queue.id} has no rule for when it is closed: its callers would wait on")
    until_us = _until_us(state, event.until)
    if event.opened is None or (until_us is not None and until_us <= state.now_us):
        state.switches.pop(queue.id, None)
        state.say(QueueSwitchChanged(queue.id, None, None, event.by, event.why))
    else:
        switch = state.switches[queue.id] = Switch(queue.id, event.opened, event.by, event.why, state.now, until=event.until)
        if until_us is not None:
            state.deadlines.set(Due.SWITCH_OVER, switch, until_us)
        state.say(QueueSwitchChanged(queue.id, event.opened, event.until, event.by, event.why))
    changed(state, queue)


def _until_us(state: State, until: datetime | None) -> int | None:
    return None if until is None else micros(until) - span(state.plan.ahead_seconds)


def clock_was_set(state: State) -> None:
    """What a supervisor named is the wall clock's time."""
    for switch in state.switches.values():
        until_us = _until_us(state, switch.until)
        if until_us is not None:
            state.deadlines.set(Due.SWITCH_OVER, switch, until_us)


def over(state: State, switch: Switch) -> None:
    """The time that he named has come: the hours are in force again."""
    if state.switches.get(switch.id) is switch:
        del state.switches[switch.id]
        state.say(QueueSwitchChanged(switch.id, None, None, switch.by, "until"))
    queue = next((one for one in state.plan.queues if one.id == switch.id), None)
    if queue is not None:
        changed(state, queue)


def changed(state: State, queue: QueuePlan) -> None:
    """Rules for closing time may send those away who wait; and who is promised a callback, or is to be told news, may be called, or not."""
    state.deadlines.set(Due.OPENING, state.opening, state.now_us)
    telling.go_on(state, state.teller)
    for call in state.calls.values():
        if call.state is CallState.PROMISED and call.queue is not None and call.queue.id == queue.id:
            callbacks.forget_hours(state, call)
            callbacks.keep_hours(state, call)
