"""What a user does as an agent.

Translates requests to events and hands them to the engine; whether an agent may do a thing is the router's decision.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Response
from pydantic import Field

from acd.board import AgentView
from acd.events import AgentLoggedIn, AgentLoggedOut, AgentWentNotReady, AgentWentReady, Event, WrapUpEnded, WrapUpExtended
from acd.model import AgentId, PhoneId
from cti.api_messages import encode
from cti.api_parts import Body, OwnAgent, Parts, TheParts
from cti.api_problems import Refused
from cti.api_routes import SIGNED_IN, Route


class Seat(Body):
    """Where an agent sits down: the phone's extension; without it, the configured one."""

    phone: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")] | None = None


class NotReady(Body):
    """Why an agent takes no calls: one of the configured reasons."""

    reason: str = Field(max_length=64)


class Wrapped(Body):
    """What became of the call: one of the configured dispositions or nothing, and a note."""

    disposition: str = Field("", max_length=64)
    note: str = Field("", max_length=2000)


class MoreTime(Body):
    """How much longer the after-call work takes."""

    seconds: float = Field(gt=0, le=900)


def json_response(value: object) -> Response:
    """``value`` as JSON, whatever characters are in it."""
    return Response(encode(value), media_type="application/json")


async def _submit(parts: Parts, agent: AgentId, event: Event) -> Response:
    await parts.engine.submit(event)
    return json_response(parts.agent_view(agent))


async def sit_down(agent: OwnAgent, parts: TheParts, body: Seat | None = None) -> Response:
    """Begin to work, not ready yet."""
    usual = {plan.id: plan.phone for plan in parts.plan().agents}
    phone = (body.phone if body else None) or usual.get(agent)
    if phone is None:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no_phone", f"no phone is configured for {agent}: name one")
    if phone not in usual.values() and phone not in parts.phones():  # callers would be sent where nothing rings
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_phone", f"no phone {phone} is configured")
    return await _submit(parts, agent, AgentLoggedIn(agent, PhoneId(phone)))


async def stand_up(agent: OwnAgent, parts: TheParts) -> Response:
    """Stop working."""
    return await _submit(parts, agent, AgentLoggedOut(agent))


async def go_ready(agent: OwnAgent, parts: TheParts) -> Response:
    """Take calls."""
    return await _submit(parts, agent, AgentWentReady(agent))


async def go_not_ready(body: NotReady, agent: OwnAgent, parts: TheParts) -> Response:
    """Take no calls; while talking, after the call."""
    require_known("reason", body.reason, parts.plan().not_ready_reasons)
    return await _submit(parts, agent, AgentWentNotReady(agent, body.reason))


async def end_wrap_up(body: Wrapped, agent: OwnAgent, parts: TheParts) -> Response:
    """The after-call work is done."""
    if body.disposition:
        require_known("disposition", body.disposition, parts.plan().dispositions)
    return await _submit(parts, agent, WrapUpEnded(agent, body.disposition, body.note))


async def extend_wrap_up(body: MoreTime, agent: OwnAgent, parts: TheParts) -> Response:
    """The after-call work takes longer; within the configured limit."""
    return await _submit(parts, agent, WrapUpExtended(agent, body.seconds))


def require_known(what: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a value that the configuration does not name."""
    if value not in known:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"unknown_{what}", f"{what} must be one of {', '.join(known)}")


ROUTES = (
    Route("POST", "/api/desk/login", SIGNED_IN, sit_down, AgentView),
    Route("POST", "/api/desk/logout", SIGNED_IN, stand_up, AgentView),
    Route("POST", "/api/desk/ready", SIGNED_IN, go_ready, AgentView, audited=False),
    Route("POST", "/api/desk/not-ready", SIGNED_IN, go_not_ready, AgentView, audited=False),
    Route("POST", "/api/desk/wrap-up/end", SIGNED_IN, end_wrap_up, AgentView, audited=False),
    Route("POST", "/api/desk/wrap-up/extend", SIGNED_IN, extend_wrap_up, AgentView, audited=False),
)
