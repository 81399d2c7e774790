"""Who gets whom.

Decides pairs of a waiting call and a free agent, in order of virtual arrival; the agent by the queue's strategy. Between events no pair
is left that could be made, so only calls and agents that an event left a lead for are looked at.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from acd import offering
from acd.barring import barred
from acd.calls import Call, Place
from acd.roster import Agent
from acd.state import State

_Lead = tuple[Place, int]
"""A call's place, and the index of the free agent it was found for (-1: none in particular)."""

NOBODY = -1


def match(state: State) -> None:
    """Make every pair that can be made."""
    if not state.lead_calls and not state.lead_agents:
        return
    leads: list[_Lead] = [(call.place, NOBODY) for call in state.lead_calls.values() if call.place is not None]
    leads += [lead for agent in state.lead_agents.values() if (lead := _lead_of(state, agent))]
    state.lead_calls.clear()
    state.lead_agents.clear()
    if len(leads) > 1:
        heapify(leads)
    while leads:
        lead = heappop(leads)
        _try(state, lead[0][2], lead[0])
        if lead[1] != NOBODY and (again := _lead_of(state, state.roster.company[lead[1]])):
            heappush(leads, again)


def lead_refused(state: State) -> None:
    """When somebody is no longer at work, calls that others missed may have nobody else left."""
    if not state.refused:
        return
    at_work = state.roster.at_work
    if state.at_work_before & ~at_work:
        state.lead_calls.update(state.refused)
    state.at_work_before = at_work


def _lead_of(state: State, agent: Agent) -> _Lead | None:
    if not agent.free:
        return None
    place = state.room.earliest_for(agent.bit, lambda call: barred(state, call))
    return None if place is None else (place, agent.index)


def _try(state: State, call: Call, place: Place) -> None:
    if call.place is not place or call.stage is None or call.queue is None:
        return
    in_force = call.stage.in_force
    candidates = in_force.admits & state.roster.free.mask
    if candidates and (candidates := candidates & ~barred(state, call)):
        agent = state.roster.free.first(call.queue.strategy, in_force.need, candidates)
        offering.make(state, call, agent, candidates)
