"""Whether a queue is open now, all things considered: a supervisor's word goes before its hours. Decides nothing about calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from acd.hours import Switch, is_open, opens_at
from acd.instants import span
from acd.plan import QueuePlan
from acd.state import State

LOOK_AGAIN_SECONDS: Final = 300.0
"""How soon a queue that is closed until further notice is looked at again; and whether customers can be called, when they can't."""


def open_now(state: State, queue: QueuePlan) -> bool:
    """Whether ``queue`` is open at this moment."""
    switch = _switch(state, queue, state.now_us)
    return is_open(state.plan, queue, state.now_us) if switch is None else switch.opened


def opens_from(state: State, queue: QueuePlan, from_us: int) -> int:
    """The first moment from ``from_us`` on at which ``queue`` may be open; when to ask again, if it is closed until further notice."""
    switch = _switch(state, queue, from_us)
    if switch is None:
        return opens_at(state.plan, queue, from_us)
    if switch.opened:
        return from_us
    return switch.until_us if switch.until_us is not None else from_us + span(LOOK_AGAIN_SECONDS)


def rings_from(state: State, queue: QueuePlan, from_us: int) -> int:
    """The first moment from ``from_us`` on at which the queue's customers may be called back: by the callbacks' own hours where they have
    some, else while it is open. In a queue that was closed by hand nobody is called back; one that was opened goes by the hours. While
    there is no line on which customers can be called, that is looked at again and again.
    """
    if not state.plan.calls_back:
        return from_us + span(LOOK_AGAIN_SECONDS)
    if queue.callback is None or not queue.callback.hours:
        return opens_from(state, queue, from_us)
    own = replace(queue, hours=queue.callback.hours)
    at_us = opens_at(state.plan, own, from_us)
    switch = _switch(state, queue, at_us)
    if switch is None or switch.opened:
        return at_us
    return opens_at(state.plan, own, switch.until_us if switch.until_us is not None else at_us + span(LOOK_AGAIN_SECONDS))


def _switch(state: State, queue: QueuePlan, at_us: int) -> Switch | None:
    switch = state.switches.get(queue.id)
    return switch if switch is not None and (switch.until_us is None or at_us < switch.until_us) else None
