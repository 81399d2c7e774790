"""Calls, past and live: found by what is known of them, and each one's whole story, from the first ring to the note of the engineer.

Translates; whoever keeps the past finds and tells (``PastCalls``). It is a second behind what happens. Who may not see callers' numbers
is not told them here either, and can't search by them, for that would tell them digit by digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from fastapi import Query, Request, Response
from pydantic import BaseModel

from acd.call_filter import CallFilter, Outcome, outcome_of
from acd.masking import masked_fields, masked_text
from cti.api_cursor import Cursor, Limit, cursor_of, moment_of
from cti.api_desk import json_response
from cti.api_parts import Day, Id, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_reports import MOST_DAYS
from cti.api_routes import REPORTING, Route

LIST = "calls"
NUMBER_PATTERN = r"^\+?[0-9][0-9 ().-]{2,30}$"

Name = Annotated[str | None, Query(min_length=1, max_length=160)]


class Line(Protocol):
    """One line of a story; see ``hotline.call_stories``."""

    @property
    def sequence(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def decided(self) -> bool: ...
    @property
    def kind(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, object]: ...
    @property
    def text(self) -> Sequence[str]: ...


class PastCalls(Protocol):
    """Whoever keeps the past. ``None`` for a day: the last seven days."""

    def period(self, since: date | None, until: date | None) -> tuple[date, date]: ...
    def moments(self, since: date, until: date) -> tuple[datetime, datetime]: ...
    async def calls(self, wanted: CallFilter, limit: int, before: tuple[datetime, str] | None) -> Sequence[Mapping[str, Any]]: ...
    async def call(self, call: str) -> Mapping[str, Any] | None: ...
    async def story(self, call: str) -> Sequence[Line]: ...


class CallRow(BaseModel):
    """One call. ``agent``: who talked last; ``answered_at``: first; ``resolver``: who settled it."""

    id: str
    state: str
    outcome: Outcome
    arrived_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    talk_ended_at: datetime | None
    ended_at: datetime | None
    end_cause: str | None
    ani: str
    ani_name: str
    dnis: str
    entry: str
    path: list[list[str]]
    """[menu, digits, choice] of each step."""
    product_line: str | None
    level: str | None
    language: str | None
    segment: str | None
    urgent: bool
    customer: str | None
    customer_case: str | None
    first_queue: str | None
    queue: str | None
    agent: str | None
    resolver: str | None
    offers: int
    transfers: int
    bypass: bool
    handed_over_by: str | None
    survey_score: int | None
    survey_solved: bool | None


class CallPage(BaseModel):
    """Some calls, newest first; ``next`` is the cursor of the following page, null on the last one."""

    since: date
    until: date
    calls: list[CallRow]
    next: str | None


class StoryLine(BaseModel):
    """What happened, or (``decided``) what the router decided; ``fields`` depend on ``kind``, ``text`` is English."""

    sequence: int
    at: datetime
    after_seconds: float
    """Since the call's first line."""
    decided: bool
    kind: str
    fields: dict[str, Any]
    text: list[str]


class CallStory(BaseModel):
    """A call from its first ring on, in order."""

    call: CallRow
    story: list[StoryLine]


_SHOWN = tuple(name for name in CallRow.model_fields if name != "outcome")


async def calls(
    request: Request,
    session: SignedIn,
    parts: TheParts,
    since: Day | None = None,
    until: Day | None = None,
    number: Annotated[str | None, Query(pattern=NUMBER_PATTERN)] = None,
    customer: Name = None,
    agent: Name = None,
    queue: Name = None,
    product_line: Name = None,
    entry: Name = None,
    outcome: Outcome | None = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Response:
    """Calls that arrived in these days, past and live.

    ``number``: the caller's, whole or its end, for those who see numbers. ``agent``: talked to him; ``queue``: he was in it at some time;
    ``entry``: the dialled number or its label.
    """
    past, before = _past(request), None if cursor is None else moment_of(LIST, cursor)
    if number is not None and not parts.sees_numbers(session):
        raise Refused(HTTPStatus.FORBIDDEN, "numbers_hidden", "who may not see callers' numbers can't search by them")
    first, last = past.period(since, until)
    if first > last or (last - first).days >= MOST_DAYS:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_period", f"expected at most {MOST_DAYS} days, the first not after the last")
    wanted = CallFilter(*past.moments(first, last), parts.scope(session), number, customer, agent, queue, product_line, entry, outcome)
    rows = list(await past.calls(wanted, limit + 1, before))
    shown = [_shown(row, parts.sees_numbers(session)) for row in rows[:limit]]
    following = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return json_response({"since": first, "until": last, "calls": shown, "next": following})


async def call(request: Request, call: Id, session: SignedIn, parts: TheParts) -> Response:
    """One call's whole story: the way through the menu, offers with their reasons, states, hand-ons, notes, what the caller said of it."""
    past, numbers = _past(request), parts.sees_numbers(session)
    row = await past.call(call)
    if row is None:
        raise Refused(HTTPStatus.NOT_FOUND, "unknown_call", "nobody knows of such a call")
    story = await past.story(call)
    return json_response({"call": _shown(row, numbers), "story": [_told(line, story[0].at, numbers) for line in story]})


def _past(request: Request) -> PastCalls:
    past: PastCalls | None = request.app.state.past_calls
    if past is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_past", "this hotline keeps no calls")
    return past


_TELLING = ("ani", "ani_name", "path", "handed_over_by")
"""What may have a caller's number in it: whatever he keyed, for one."""


def _shown(row: Mapping[str, Any], numbers: bool) -> dict[str, Any]:
    outcome = outcome_of(row["answered_at"], row["ended_at"], row["end_cause"])
    told = {"outcome": outcome, **{name: row[name] for name in _SHOWN}}
    return told if numbers else {**told, **masked_fields({name: told[name] for name in _TELLING})}


def _told(line: Line, start: datetime, numbers: bool) -> dict[str, Any]:
    fields, text = line.fields, list(line.text)
    return {
        "sequence": line.sequence, "at": line.at, "after_seconds": (line.at - start).total_seconds(), "decided": line.decided,
        "kind": line.kind, "fields": fields if numbers else masked_fields(fields),
        "text": text if numbers else [masked_text(one) for one in text],
    }  # fmt: skip


def _cursor(row: Mapping[str, Any]) -> str:
    arrived_at: datetime = row["arrived_at"]
    return cursor_of(LIST, arrived_at.isoformat(), row["id"])


ROUTES = (
    Route("GET", "/api/calls", REPORTING, calls, CallPage),
    Route("GET", "/api/calls/{call}", REPORTING, call, CallStory),
)
