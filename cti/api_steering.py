"""What supervisors do to calls, conversations, queues and desks.

Translates requests to events, each with the name of who asked and why; whether a thing is possible now is the router's to say. What is
refused has changed nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal

import structlog
from fastapi import Response
from pydantic import AwareDatetime, Field

from acd.board import CallView, MessageView, QueueView
from acd.events import Event
from acd.model import AgentId, CallId, PhoneId, QueueId
from acd.scope import EVERYTHING
from acd.steering import MOST_RAISED_SECONDS
from acd.supervision import (
    CallAssigned,
    CallDropped,
    CallMoved,
    CallRaised,
    CallTakenOver,
    MessageRead,
    MessageSent,
    QueueSwitched,
    WatchAsked,
    WatchMode,
    WatchStopped,
)
from cti.api_desk import json_response, require_known
from cti.api_parts import Body, Id, OwnAgent, Parts, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import SIGNED_IN, SUPERVISING, Route
from cti.api_sessions import Session
from cti.api_shown import shown_board
from cti.api_transfer import require_target

log = structlog.get_logger(__name__)

Name = Annotated[str, Field(min_length=1, max_length=64)]
Phone = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]


class Order(Body):
    """``why``, in the supervisor's words; it stands in the call's story."""

    why: str = Field("", max_length=200)


class Assignment(Order):
    """The agent whom the call is for; null takes an assignment back."""

    agent: Name | None


class Move(Order):
    """The queue that the call goes to."""

    queue: Name


class HeadStart(Order):
    """By how many seconds the call is treated as having arrived earlier; negative: later; 0: as its segment says."""

    seconds: float = Field(strict=False, ge=-MOST_RAISED_SECONDS, le=MOST_RAISED_SECONDS)


class AtPhone(Order):
    """One of the configured phones, at which nobody takes calls."""

    phone: Phone


class Listening(AtPhone):
    """How he takes part: ``listen`` (nobody hears him), ``whisper`` (the agent does) or ``barge`` (both do)."""

    mode: Literal["listen", "whisper", "barge"]


class Switched(Order):
    """Open or closed until ``until`` (with its zone; null: until further notice), whatever the hours say; or by the hours again."""

    state: Literal["open", "closed", "by_hours"]
    until: AwareDatetime | None = Field(None, strict=False)


class Words(Body):
    """A message to all who are logged in, or to a team, or to certain agents."""

    text: str = Field(min_length=1, max_length=500, pattern=r"\S")
    team: str = Field("", max_length=64)
    agents: list[Name] = Field(default_factory=list, max_length=500)


# ---- a waiting call ------------------------------------------------------------------------------------------------------------


async def assign(call: Id, body: Assignment, by: SignedIn, parts: TheParts) -> Response:
    """Let an agent take a waiting call; it waits for him alone for a while."""
    require_target(parts, None, body.agent)
    agent = None if body.agent is None else AgentId(body.agent)
    return await _steer(parts, by, call, CallAssigned(CallId(call), agent, by.name, body.why.strip()))


async def move(call: Id, body: Move, by: SignedIn, parts: TheParts) -> Response:
    """Move a waiting call to another queue; its wait clock goes on."""
    require_target(parts, body.queue, None)
    return await _steer(parts, by, call, CallMoved(CallId(call), QueueId(body.queue), by.name, body.why.strip()))


async def raise_or_lower(call: Id, body: HeadStart, by: SignedIn, parts: TheParts) -> Response:
    """Let a waiting call's turn come earlier, or later."""
    return await _steer(parts, by, call, CallRaised(CallId(call), body.seconds, by.name, body.why.strip()))


async def hang_up(call: Id, body: Order, by: SignedIn, parts: TheParts) -> Response:
    """Hang up on a caller."""
    return await _steer(parts, by, call, CallDropped(CallId(call), by.name, body.why.strip()))


async def take_over(call: Id, body: AtPhone, by: SignedIn, parts: TheParts) -> Response:
    """Let a caller who waits or is talked to come to the supervisor's phone; if it does not answer he waits again, at his old place."""
    _require_phone(parts, body.phone)
    return await _steer(parts, by, call, CallTakenOver(CallId(call), PhoneId(body.phone), by.name, body.why.strip()))


# ---- a conversation --------------------------------------------------------------------------------------------------------------


async def watch(call: Id, body: Listening, by: SignedIn, parts: TheParts) -> Response:
    """Ring the supervisor's phone to listen to a conversation, whisper to its agent, or join in; said again, change between these."""
    if not parts.supervision().get("listening"):
        raise Refused(HTTPStatus.CONFLICT, "no_listening", "listening is not configured (supervision.listening)")
    _require_phone(parts, body.phone)
    asked = WatchAsked(CallId(call), PhoneId(body.phone), WatchMode(body.mode), by.name, body.why.strip())
    return await _steer(parts, by, call, asked)


async def stop_watching(call: Id, body: AtPhone, by: SignedIn, parts: TheParts) -> Response:
    """Let the supervisor's phone go."""
    return await _steer(parts, by, call, WatchStopped(CallId(call), PhoneId(body.phone), by.name))


# ---- queues and desks -------------------------------------------------------------------------------------------------------------


async def switch(queue: Id, body: Switched, by: SignedIn, parts: TheParts) -> Response:
    """Open or close a queue for now, or let its hours say so again."""
    require_target(parts, queue, None)
    if body.until is not None and body.until <= datetime.now(UTC):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "until_past", "until must be a time to come")
    opened = {"open": True, "closed": False, "by_hours": None}[body.state]
    until = None if opened is None or body.until is None else body.until.astimezone(UTC)
    await parts.engine.submit(QueueSwitched(QueueId(queue), opened, until, by.name, body.why.strip()))
    log.info("queue_switched", queue=queue, state=body.state, until=None if until is None else until.isoformat(), by=by.name)
    return json_response(next((view for view in parts.engine.board().queues if view.queue == queue), None))


async def messages(by: SignedIn, parts: TheParts) -> Response:
    """The last messages to the desks and who has read them, the oldest first."""
    return json_response(parts.scope(by).of(parts.engine.board()).messages)


async def send(body: Words, by: SignedIn, parts: TheParts) -> Response:
    """Send a message to the desks. Who is limited to teams names one of them, or some of their agents."""
    if by.teams and not body.team and not body.agents:
        raise Refused(HTTPStatus.FORBIDDEN, "not_your_team", f"name one of the teams {', '.join(by.teams)}, or some of their agents")
    for agent in body.agents:
        require_target(parts, None, agent)
    if body.team:
        require_known("team", body.team, tuple(dict.fromkeys(agent.team for agent in parts.plan().agents)))
    await parts.engine.submit(MessageSent(body.text.strip(), by.name, body.team, tuple(AgentId(agent) for agent in body.agents)))
    return json_response(next(reversed(parts.engine.board().messages), None))


async def read(message: Id, agent: OwnAgent, parts: TheParts) -> Response:
    """The agent has read a message. Said again, it changes nothing."""
    await parts.engine.submit(MessageRead(message, agent))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _require_phone(parts: Parts, phone: str) -> None:
    require_known("phone", phone, parts.extensions())


async def _steer(parts: Parts, by: Session, call: str, order: Event) -> Response:
    """Give the order; the answer is how the call is then, null when it is gone."""
    if all(view.call != call for view in parts.engine.board().calls):
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_call", "there is no such call now")
    await parts.engine.submit(order)
    shown = shown_board(parts.engine.board(), EVERYTHING, parts.sees_numbers(by))
    return json_response(next((view for view in shown.calls if view.call == call), None))


ROUTES = (
    Route("POST", "/api/calls/{call}/assign", SUPERVISING, assign, CallView | None),
    Route("POST", "/api/calls/{call}/queue", SUPERVISING, move, CallView | None),
    Route("POST", "/api/calls/{call}/head-start", SUPERVISING, raise_or_lower, CallView | None),
    Route("POST", "/api/calls/{call}/hang-up", SUPERVISING, hang_up, CallView | None),
    Route("POST", "/api/calls/{call}/take-over", SUPERVISING, take_over, CallView | None),
    Route("POST", "/api/calls/{call}/watch", SUPERVISING, watch, CallView | None),
    Route("POST", "/api/calls/{call}/watch/end", SUPERVISING, stop_watching, CallView | None),
    Route("POST", "/api/queues/{queue}/switch", SUPERVISING, switch, QueueView),
    Route("GET", "/api/messages", SUPERVISING, messages, list[MessageView]),
    Route("POST", "/api/messages", SUPERVISING, send, MessageView),
    Route("POST", "/api/desk/messages/{message}/read", SIGNED_IN, read, status=HTTPStatus.NO_CONTENT),
)
