"""Asking another engineer, or somebody outside the house, about the call in hand: to ask, to give it over, to go back to the caller, and
to let all three talk.

Translates requests to events and names the targets that there are; what follows is the router's decision.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Response

from acd.board import AgentView
from acd.events import ConferenceWanted, ConsultAsked, ConsultCompleted, ConsultTakenBack, Event
from acd.model import AgentId, NobodyFree, QueueId
from cti.api_desk import json_response, require_known
from cti.api_parts import OwnAgent, Parts, TheParts
from cti.api_problems import Refused
from cti.api_routes import SIGNED_IN, Route
from cti.api_transfer import Packet, Target, call_of, require_number, require_target


class Asked(Target):
    """Who is asked: exactly one of a queue, an agent, a destination that has a telephone, and a telephone's number."""


class Question(Packet):
    """Another engineer asked, and what he reads before his phone rings; or somebody outside the house, who reads nothing."""

    to: Asked


async def ask(body: Question, agent: OwnAgent, parts: TheParts) -> Response:
    """Ask another engineer, or somebody outside the house, about the call that the agent talks to. Agent and caller talk on until the other
    phone rings; then the caller hears music. 409 ``nobody_free`` when nobody can be rung now."""
    to = body.to
    require_target(parts, to.queue, to.agent)
    if to.destination is not None:
        require_known("destination", to.destination, parts.ui().targets.outside)
    number = None if to.number is None else require_number(parts, to.number)
    event = ConsultAsked(
        call_of(agent, parts), agent, None if to.queue is None else QueueId(to.queue), None if to.agent is None else AgentId(to.agent),
        body.handover(), to.destination, number,
    )  # fmt: skip
    try:
        return await _submit(parts, agent, event)
    except NobodyFree as nobody:
        raise Refused(HTTPStatus.CONFLICT, "nobody_free", str(nobody)) from None


async def complete(agent: OwnAgent, parts: TheParts) -> Response:
    """Give the call over to the one who was asked, once the two talk; the agent is in wrap-up then."""
    return await _submit(parts, agent, ConsultCompleted(call_of(agent, parts), agent))


async def conference(agent: OwnAgent, parts: TheParts) -> Response:
    """Let the caller join the two, once they talk: all three hear each other. Whoever of the two leaves, the caller has the other one."""
    return await _submit(parts, agent, ConferenceWanted(call_of(agent, parts), agent))


async def back(agent: OwnAgent, parts: TheParts) -> Response:
    """Go back to the caller; the one who was asked is let go."""
    return await _submit(parts, agent, ConsultTakenBack(call_of(agent, parts), agent))


async def _submit(parts: Parts, agent: AgentId, event: Event) -> Response:
    await parts.engine.submit(event)
    return json_response(parts.agent_view(agent))


ROUTES = (
    Route("POST", "/api/desk/consult", SIGNED_IN, ask, AgentView),
    Route("POST", "/api/desk/consult/complete", SIGNED_IN, complete, AgentView),
    Route("POST", "/api/desk/consult/conference", SIGNED_IN, conference, AgentView),
    Route("POST", "/api/desk/consult/back", SIGNED_IN, back, AgentView),
)
