"""Handing a call on: to a queue, an engineer or out of the house, with what the next one must know; and having read it.

Translates requests to events and names the targets that there are, and the numbers that may be dialled; what follows is the router's
decision.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field, JsonValue, model_validator

from acd.board import AgentView
from acd.events import CallHandedOn, HandoverAcknowledged
from acd.lines_out import allows
from acd.model import AgentId, AgentState, CallId, Handover, OfferId, QueueId
from acd.numbers import as_keyed
from cti.api_desk import json_response, require_known
from cti.api_parts import Body, OwnAgent, Parts, TheParts
from cti.api_problems import Refused
from cti.api_routes import SIGNED_IN, Route

LONGEST_TEXT = 1500
"""Characters of what was tried and of the notes: both, in any script, fit into a body."""

Name = Annotated[str, Field(min_length=1, max_length=64)]
Keyed = Annotated[
    str, Field(min_length=1, max_length=64, description="As it is keyed or pasted; blanks, hyphens, dots and brackets in it mean nothing.")
]


def one_of(*names: str) -> list[JsonValue]:
    """JSON schema's words for: one of these has a value, the others are missing or null."""
    return [
        {"required": [name], "properties": {each: {"type": "string" if each == name else "null"} for each in names}} for name in names
    ]  # fmt: skip


class Target(Body):
    """Where a call goes: exactly one of a queue, an agent, a destination and a telephone's number."""

    model_config = ConfigDict(json_schema_extra={"oneOf": one_of("queue", "agent", "destination", "number")})

    queue: Name | None = None
    agent: Name | None = None
    destination: Name | None = None
    number: Keyed | None = None

    @model_validator(mode="after")
    def _one(self) -> Target:
        if sum(part is not None for part in (self.queue, self.agent, self.destination, self.number)) != 1:
            raise ValueError("name one of queue, agent, destination and number")
        return self


class Packet(Body):
    """What the next engineer must know."""

    tried: str = Field("", max_length=LONGEST_TEXT)
    serial: str = Field("", max_length=64)
    fault_code: str = Field("", max_length=64)
    notes: str = Field("", max_length=LONGEST_TEXT)

    def handover(self) -> Handover:
        """As the engine takes it."""
        return Handover(self.tried, self.serial, self.fault_code, self.notes)


class HandOn(Packet):
    """A call handed on, and what goes with it."""

    to: Target


class Read(Body):
    """The offer whose handover was read."""

    offer: str = Field(min_length=1, max_length=128)


async def hand_on(body: HandOn, agent: OwnAgent, parts: TheParts) -> Response:
    """Hand on the call that the agent talks to; he is in wrap-up then. The receiver reads what goes with it before his phone rings."""
    to = body.to
    require_target(parts, to.queue, to.agent, to.destination)
    number = None if to.number is None else require_number(parts, to.number)
    await parts.engine.submit(CallHandedOn(
        call_of(agent, parts), agent, None if to.queue is None else QueueId(to.queue), None if to.agent is None else AgentId(to.agent),
        to.destination, body.handover(), number,
    ))  # fmt: skip
    return json_response(parts.agent_view(agent))


async def acknowledge(body: Read, agent: OwnAgent, parts: TheParts) -> Response:
    """The agent has read what was handed over with the call he is offered; his phone rings now. Said again, it changes nothing."""
    if not parts.live.shows(agent, OfferId(body.offer)):
        raise Refused(HTTPStatus.CONFLICT, "no_such_offer", f"{agent} is not being offered {body.offer}")
    await parts.engine.submit(HandoverAcknowledged(OfferId(body.offer)))
    return json_response(parts.agent_view(agent))


def call_of(agent: AgentId, parts: Parts) -> CallId:
    """The call that the agent talks to; refused when he talks to nobody."""
    view = parts.agent_view(agent)
    if view is None or view.state is not AgentState.TALKING or view.call is None:
        raise Refused(HTTPStatus.CONFLICT, "not_talking", f"{agent} talks to nobody")
    return view.call


def require_target(parts: Parts, queue: str | None, agent: str | None, destination: str | None = None) -> None:
    """Refuse a target that the configuration does not name."""
    targets = parts.ui().targets
    if queue is not None:
        require_known("queue", queue, tuple(row.queue for row in targets.queues))
    if agent is not None:
        require_known("agent", agent, tuple(row.agent for row in targets.agents))
    if destination is not None:
        require_known("destination", destination, targets.destinations)


def require_number(parts: Parts, keyed: str) -> str:
    """The number as it is dialled; refused when it is none, or one that an agent may not have dialled."""
    number = as_keyed(keyed)
    if not allows(parts.plan(), number):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "number_refused", "this is no number that may be dialled from here")
    return number


ROUTES = (
    Route("POST", "/api/desk/transfer", SIGNED_IN, hand_on, AgentView),
    Route("POST", "/api/desk/handover/acknowledge", SIGNED_IN, acknowledge, AgentView),
)
