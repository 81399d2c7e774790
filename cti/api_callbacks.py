"""Promised callbacks: what was promised, page by page, and calling one off. Translates; the past comes from whoever keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel, Field

from acd.events import CallbackCancelled
from acd.masking import masked, masked_text
from acd.model import CallId
from cti.api_cursor import Cursor, Limit, cursor_of, moment_of
from cti.api_desk import json_response
from cti.api_parts import Body, Id, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import SUPERVISING, Route

LIST = "callbacks"


class CallbackRow(BaseModel):
    """One promised callback. ``cause``: why the last attempt was in vain; ``by`` and ``reason``: which agent
    promised it for a certain time (``next_at``), and what for; or who called it off, and why."""

    id: str
    call: str
    number: str
    queue: str | None
    state: str
    attempts: int
    unreached: int
    cause: str | None
    promised_at: datetime
    changed_at: datetime
    next_at: datetime | None
    ended_at: datetime | None
    by: str
    reason: str


class CallbackPage(BaseModel):
    """Some callbacks, newest first; ``next`` is the cursor of the following page, null on the last one."""

    callbacks: list[CallbackRow]
    next: str | None


class CalledOff(Body):
    """Why a promise is called off; it is told in the call's story."""

    reason: str = Field(min_length=1, max_length=200, pattern=r"\S")


async def callbacks(
    session: SignedIn,
    parts: TheParts,
    state: Literal["open", "all"] = "all",
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Response:
    """What was promised, as the records have it, a second behind what happens."""
    scope, before = parts.scope(session), None if cursor is None else moment_of(LIST, cursor)
    rows = list(await parts.callbacks.callbacks(state == "open", limit + 1, before, sorted(scope.queues) if scope.limited else None))
    number, text = (str, str) if parts.sees_numbers(session) else (masked, masked_text)
    page = [{**row, "number": number(row["number"]), "reason": text(row["reason"])} for row in rows[:limit]]
    return json_response({"callbacks": page, "next": _cursor(rows[limit - 1]) if len(rows) > limit else None})


async def cancel(call: Id, body: CalledOff, by: SignedIn, parts: TheParts) -> Response:
    """Call a promise off, unless it is being kept right now."""
    if all(promise.call != call for promise in parts.engine.board().promises):
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_callback", "no callback is promised to that call")
    await parts.engine.submit(CallbackCancelled(CallId(call), by.name, body.reason.strip()))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _cursor(row: Mapping[str, Any]) -> str:
    promised_at: datetime = row["promised_at"]
    return cursor_of(LIST, promised_at.isoformat(), row["id"])


ROUTES = (
    Route("GET", "/api/callbacks", SUPERVISING, callbacks, CallbackPage),
    Route("POST", "/api/callbacks/{call}/cancel", SUPERVISING, cancel, status=HTTPStatus.NO_CONTENT),
)
