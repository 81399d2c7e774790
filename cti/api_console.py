"""What supervisors see and set. Translates; every state that a supervisor forces carries his name into the journal."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from acd.board import AgentView, Board
from acd.events import AgentStateForced
from acd.model import AgentId, AgentState, CallId
from cti.api_desk import json_response, require_known
from cti.api_parts import Supervisor, TheParts
from cti.api_problems import Refused

router = APIRouter(prefix="/api")


class ForcedState(BaseModel):
    """The state an agent is set to; ``reason`` is one of the configured ones and is needed for not_ready."""

    state: Literal["ready", "not_ready", "logged_out"]
    reason: str = Field("", max_length=64)


class Explanation(BaseModel):
    """Why nobody takes a call."""

    call: str
    explanation: str


@router.get("/board", response_model=Board)
async def board(_by: Supervisor, parts: TheParts) -> Response:
    """Everything that is going on."""
    return json_response(parts.engine.board())


@router.get("/calls/{call}/explanation", response_model=Explanation)
async def explain(call: str, _by: Supervisor, parts: TheParts) -> Response:
    """Why nobody takes this waiting call."""
    try:
        explanation = parts.engine.explain_waiting(CallId(call))
    except KeyError:
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_call", "there is no such call now") from None
    return json_response({"call": call, "explanation": explanation})


@router.post("/agents/{agent}/state", response_model=AgentView)
async def force_state(agent: str, body: ForcedState, by: Supervisor, parts: TheParts) -> Response:
    """Set an agent's state."""
    if parts.agent_view(AgentId(agent)) is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_agent", "there is no such agent")
    if body.state == "not_ready":
        require_known("reason", body.reason, parts.plan().not_ready_reasons)
    await parts.engine.submit(AgentStateForced(AgentId(agent), AgentState(body.state), body.reason, by.name))
    return json_response(parts.agent_view(AgentId(agent)))
