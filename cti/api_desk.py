"""What a user does for himself: sign in and out, and work as an agent.

Translates requests to events and hands them to the engine; whether an agent may do a thing is the router's decision.
"""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, Field

from acd.board import AgentView
from acd.events import AgentLoggedIn, AgentLoggedOut, AgentWentNotReady, AgentWentReady, Event, WrapUpEnded, WrapUpExtended
from acd.model import AgentId, PhoneId
from cti.api_messages import UiConfig, encode
from cti.api_parts import COOKIE, Body, OwnAgent, Parts, SignedIn, TheParts, client_address
from cti.api_problems import Refused
from cti.api_routes import EVERYBODY, SIGNED_IN, Route
from cti.api_socket import me


class Credentials(Body):
    """A name and its password."""

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class Me(BaseModel):
    """Who is signed in."""

    name: str
    role: str
    agent: str | None
    language: str
    supervises: bool


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


# ---- the session -------------------------------------------------------------------------------------------------------------


async def login(body: Credentials, request: Request, parts: TheParts) -> Response:
    """Sign in; the answer sets the session cookie."""
    address = client_address(request)
    _count_try(parts, body.name, address)
    async with parts.passwords_at_once:
        user = await parts.users.verify(body.name, body.password)
    begun = await parts.sessions.begin(user, parts.users) if user else None
    if begun is None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "wrong_password", "name or password is wrong")
    parts.tries_of_name.forgive(f"{address} {body.name}")
    parts.tries_of_address.forgive(address)
    cookie, session = begun
    response = json_response(me(session))
    response.set_cookie(COOKIE, cookie, max_age=parts.sessions.lasts_seconds, httponly=True, samesite="strict", secure=_over_tls(request))
    return response


def _over_tls(request: Request) -> bool:
    """By the browser's own word: what a proxy in front says of the request is not listened to."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def _count_try(parts: Parts, name: str, address: str) -> None:
    """By name *and* address, so that nobody can lock out another; by address, against many names."""
    wait_seconds = max(parts.tries_of_address.wait_seconds(address), parts.tries_of_name.wait_seconds(f"{address} {name}"))
    if wait_seconds > 0:
        wait = str(math.ceil(wait_seconds))
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too_many_tries", f"too many tries; wait {wait} s", {"Retry-After": wait})


async def logout(session: SignedIn, parts: TheParts) -> Response:
    """Sign out: the cookie is worth nothing any more, and this session's pages are closed. The agent's state stays as it is."""
    await parts.sessions.end(session, parts.users)
    parts.live.end_session(session)
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


async def who_am_i(session: SignedIn) -> Response:
    """Who is signed in."""
    return json_response(me(session))


async def configuration(parts: TheParts) -> Response:
    """Reasons, dispositions, languages and product lines, as configured now."""
    return json_response(parts.ui())


# ---- the desk ----------------------------------------------------------------------------------------------------------------


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
    Route("POST", "/api/login", EVERYBODY, login, Me, takes_key=False),
    Route("POST", "/api/logout", SIGNED_IN, logout, status=HTTPStatus.NO_CONTENT, takes_key=False),
    Route("GET", "/api/me", SIGNED_IN, who_am_i, Me),
    Route("GET", "/api/config/ui", SIGNED_IN, configuration, UiConfig),
    Route("POST", "/api/desk/login", SIGNED_IN, sit_down, AgentView),
    Route("POST", "/api/desk/logout", SIGNED_IN, stand_up, AgentView),
    Route("POST", "/api/desk/ready", SIGNED_IN, go_ready, AgentView),
    Route("POST", "/api/desk/not-ready", SIGNED_IN, go_not_ready, AgentView),
    Route("POST", "/api/desk/wrap-up/end", SIGNED_IN, end_wrap_up, AgentView),
    Route("POST", "/api/desk/wrap-up/extend", SIGNED_IN, extend_wrap_up, AgentView),
)
