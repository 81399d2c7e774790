"""What happened, as it was written down: page by page, and as it goes on, from wherever a reader was.

A reader keeps the cursor of the last event that it has dealt with, and asks for what comes after it, here or at the socket
(``cti.api_events_socket``). Translates; the journal is somebody else's (``RecordedEvents``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

from fastapi import Request, Response
from fastapi.requests import HTTPConnection

from acd.masking import masked_fields
from cti.api_cursor import Cursor, Limit, cursor_of, place_of, unknown_cursor
from cti.api_desk import json_response
from cti.api_parts import TheParts, Unlimited
from cti.api_problems import Refused
from cti.api_routes import SUPERVISING, Route

LIST = "events"
LATEST = "latest"
WITHOUT_BODY = frozenset({"PlanLoaded"})
"""These say that it happened and no more: a plan is as long as the configuration."""
LARGEST_SEQUENCE = 2**62


class Recorded(Protocol):
    """One event of the journal; see ``acd.journal_pages``."""

    @property
    def sequence(self) -> int: ...
    @property
    def mark(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def call(self) -> str | None: ...
    @property
    def body(self) -> str: ...


class RecordedEvents(Protocol):
    """Whoever has the journal. Asked in threads."""

    def page(self, after: int, limit: int) -> tuple[Sequence[Recorded], int]: ...
    def last(self) -> int: ...
    def mark(self, sequence: int) -> str: ...


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One event. ``event`` has its fields; ``call`` is the call that it is about, if any; ``cursor`` stands behind it."""

    cursor: str
    at: datetime
    type: str
    call: str | None
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, the oldest first. ``next`` is the cursor to go on from, also when there is nothing more yet (``more`` is false)."""

    events: tuple[PastEvent, ...]
    next: str
    more: bool


def recorded(connection: HTTPConnection) -> RecordedEvents:
    """Whoever has the journal."""
    events: RecordedEvents | None = connection.app.state.recorded
    if events is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_events", "this hotline keeps no events")
    return events


async def events(session: Unlimited, parts: TheParts, request: Request, after: Cursor | None = None, limit: Limit = 100) -> Response:
    """What happened, the oldest first: from the beginning, after a cursor, or `latest`, which gives no events and the cursor of now.

    Events are as they were taken down, and durable. An event whose action was refused is not among them.
    """
    journal = recorded(request)
    sequence = await place(journal, after)
    found, reached = await asyncio.to_thread(journal.page, sequence, limit)
    mark = await asyncio.to_thread(journal.mark, reached)
    numbers = parts.sees_numbers(session)
    return json_response(EventPage(tuple(told(event, numbers) for event in found), cursor_of(LIST, reached, mark), len(found) == limit))


async def place(journal: RecordedEvents, after: str | None) -> int:
    """The sequence number that a reader was at. Refuses a cursor that is no event's of this journal, or not any more."""
    if after is None:
        return 0
    if after == LATEST:
        return await asyncio.to_thread(journal.last)
    sequence, mark = place_of(LIST, after, (int, str))
    assert isinstance(sequence, int)
    if not 0 <= sequence < LARGEST_SEQUENCE:
        raise unknown_cursor("after")
    if await asyncio.to_thread(journal.mark, sequence) != mark:
        raise Refused(HTTPStatus.GONE, "events_lost", "the journal is not the one that this cursor is of: begin anew")
    return sequence


def told(event: Recorded, numbers: bool) -> PastEvent:
    """As readers are told of it; without ``numbers``, whatever looks like one is masked."""
    body = {} if event.kind in WITHOUT_BODY else json.loads(event.body)
    if not numbers:
        body = masked_fields(body)
    return PastEvent(cursor_of(LIST, event.sequence, event.mark), event.at, event.kind, event.call, body)


ROUTES = (Route("GET", "/api/events", SUPERVISING, events, EventPage),)
