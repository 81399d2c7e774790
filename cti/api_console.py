"""What supervisors see and set. Translates; every state that a supervisor forces carries his name into the journal."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import Response
from pydantic import BaseModel, Field

from acd.board import AgentView, Board
from acd.events import AgentStateForced
from acd.model import AgentId, AgentState, CallId
from acd.reason import Reason
from cti.api_desk import json_response, require_known
from cti.api_parts import Body, Id, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import SUPERVISING, Route
from cti.api_shown import shown_board


class ForcedState(Body):
    """The state an agent is set to; ``reason`` is one of the configured ones and is needed for not_ready."""

    state: Literal["ready", "not_ready", "logged_out"]
    reason: str = Field("", max_length=64)
    why: str = Field("", max_length=200)


class Explanation(BaseModel):
    """Why nobody takes a call."""

    call: str
    explanation: str
    """In English."""
    reasons: list[Reason]
    """The same as codes with parameters, for readers of any language."""


async def board(session: SignedIn, parts: TheParts) -> Response:
    """Everything that is going on, or what concerns the teams that one is limited to."""
    return json_response(shown_board(parts.engine.board(), parts.scope(session), parts.sees_numbers(session)))


async def explain(call: Id, parts: TheParts) -> Response:
    """Why nobody takes this waiting call."""
    try:
        explanation, reasons = parts.engine.explain_waiting(CallId(call)), parts.engine.reasons_waiting(CallId(call))
    except KeyError:
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_call", "there is no such call now") from None
    return json_response({"call": call, "explanation": explanation, "reasons": reasons})


async def force_state(agent: Id, body: ForcedState, by: SignedIn, parts: TheParts) -> Response:
    """Set an agent's state."""
    if parts.agent_view(AgentId(agent)) is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_agent", "there is no such agent")
    if body.state == "not_ready":
        require_known("reason", body.reason, parts.plan().not_ready_reasons)
    await parts.engine.submit(AgentStateForced(AgentId(agent), AgentState(body.state), body.reason, by.name, body.why.strip()))
    return json_response(parts.agent_view(AgentId(agent)))


ROUTES = (
    Route("GET", "/api/board", SUPERVISING, board, Board),
    Route("GET", "/api/calls/{call}/explanation", SUPERVISING, explain, Explanation),
    Route("POST", "/api/agents/{agent}/state", SUPERVISING, force_state, AgentView),
)
