"""The router's state as plain data, for comparing: after a replay, on a standby, in a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from acd.calls import Call, Callback, Consult
from acd.offer import Offer
from acd.roster import Agent
from acd.stages import Stage
from acd.state import State
from acd.watching import Watch

_DERIVED = {"index", "bit", "plan", "place", "stage"}
"""Fields that follow from the others and the plan, or are told in other words."""


def of(state: State) -> dict[str, Any]:
    """Everything that decides what the router does next."""
    return {
        "plan": state.plan,
        "now": state.now,
        "calls": [_plain(call) | {"step": _step(call)} for call in state.calls.values()],
        "agents": [_plain(agent) for agent in state.roster.company],
        "promised": {number: call.id for number, call in state.promised.items()},
        "appointments": [_plain(one) for one in state.appointments.values()],
        "in_vain": [_plain(callback) for callback in state.in_vain],
        "incidents": [_plain(incident) for incident in state.incidents.values()],
        "switches": [_plain(switch) for switch in state.switches.values()],
        "messages": [_plain(message) for message in state.messages.values()],
        "offers": [_plain(offer) for offer in state.offers.values()],
        "order": [call.id for call in state.room],
        "ended": list(state.ended.items()),
        "reachable": dict(state.reachable),
        "home": dict(state.home),
        "open_desks": list(state.open_desks),
        "day_ends_us": state.day_ends_us,
        "figures": {queue: _plain(count) for queue, count in state.figures.queues.items()},
        "lately": {queue: {at: _plain(slot) for at, slot in slots.items()} for queue, slots in state.figures.slots.items()},
        "handling": dict(state.figures.handling),
        "calibrations": dict(state.figures.calibrations),
        "numbers": (state.arrivals, state.offers_made),
        "next_deadline_us": state.deadlines.next(),
    }


def _step(call: Call) -> tuple[str, str] | None:
    return None if call.stage is None else (call.stage.name, call.stage.in_force.name)


def _plain(thing: Any) -> dict[str, Any]:
    return {field.name: _value(getattr(thing, field.name)) for field in fields(thing) if field.name not in _DERIVED}


def _value(value: Any) -> Any:
    if isinstance(value, (Call, Agent, Offer)):
        return value.id
    if isinstance(value, (Callback, Consult)):
        return _plain(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Watch):
        return [_plain(watch) for watch in value]
    if isinstance(value, Stage):
        return (value.name, value.text)
    if isinstance(value, Mapping):
        return dict(value)
    return value
