"""Incidents: a supervisor lets the callers of a product line hear of a fault, ends it, and sees who wants to be told.

Translates requests to events; whether there is such a line, text or incident is the router's to say. Who switched what is in the journal,
in the records, and in the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import structlog
from fastapi import Response
from pydantic import Field

from acd.board import IncidentView
from acd.events import IncidentDeclared, IncidentSolved
from acd.masking import masked
from acd.news import NewsState
from cti.api_desk import json_response, require_known
from cti.api_parts import Body, Id, Parts, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import SUPERVISING, Route
from cti.api_sessions import Session

log = structlog.get_logger(__name__)

class Declaration(Body):
    """Of which product line, and which of the prepared texts its callers hear."""

    product_line: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=64)


class Solution(Body):
    """Whether those who asked for it are rung and told."""

    tell: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """Somebody who wants to be told, and how far that is."""

    number: str
    at: datetime
    state: NewsState = NewsState.NOTED
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """An incident and who wants to be told when it is solved, the first first."""

    incident: IncidentView
    numbers: tuple[Noted, ...]
    can_tell: bool = False
    """They can be rung: there are callbacks."""


async def incidents(session: SignedIn, parts: TheParts) -> Response:
    """Running ones, and the last that were solved; the oldest first."""
    return json_response(parts.scope(session).of(parts.engine.board()).incidents)


async def declare(body: Declaration, by: SignedIn, parts: TheParts) -> Response:
    """From now on the callers of the line hear of it: who rings in, and who waits."""
    require_known("product_line", body.product_line, tuple(dict.fromkeys(queue.product_line for queue in parts.plan().queues)))
    require_known("text", body.text, parts.plan().incident_texts)
    await parts.engine.submit(IncidentDeclared(body.product_line, body.text, by.name))
    log.info("incident_declared", product_line=body.product_line, text=body.text, by=by.name)
    running = (one for one in parts.engine.board().incidents if one.product_line == body.product_line and one.solved_at is None)
    return json_response(next(running, None))


async def report(incident: Id, session: SignedIn, parts: TheParts) -> Response:
    """Who wants to be told when it is solved."""
    return json_response(_report(incident, session, parts))


async def solve(incident: Id, by: SignedIn, parts: TheParts, body: Solution | None = None) -> Response:
    """Nobody hears of it any more; the answer says who wants to be told, and they are, where the body says so."""
    _report(incident, by, parts)
    tell = body is not None and body.tell
    await parts.engine.submit(IncidentSolved(incident, by.name, tell))
    log.info("incident_solved", incident=incident, by=by.name, tell=tell)
    return json_response(_report(incident, by, parts))


def _report(incident: Id, session: Session, parts: Parts) -> IncidentReport:
    view = next((one for one in parts.engine.board().incidents if one.incident == incident), None)
    if view is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_incident", "there is no such incident")
    shown = str if parts.sees_numbers(session) else masked
    noted = tuple(Noted(shown(one.number), one.noted_at, one.state, one.attempts) for one in parts.engine.incident_numbers(incident))
    return IncidentReport(view, noted, parts.plan().calls_back)


ROUTES = (
    Route("GET", "/api/incidents", SUPERVISING, incidents, list[IncidentView]),
    Route("POST", "/api/incidents", SUPERVISING, declare, IncidentView),
    Route("GET", "/api/incidents/{incident}", SUPERVISING, report, IncidentReport),
    Route("POST", "/api/incidents/{incident}/solved", SUPERVISING, solve, IncidentReport),
)
