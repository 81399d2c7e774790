"""Recorded conversations: which there are, their waveform, and the sound itself, in ranges as players ask for it. Translates.

For the roles that the row names, as far as the configuration's ``recordings_heard_by`` lets them too; each request for the sound is kept in
the audit log. Whoever keeps the files fits ``Recordings``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from acd.masking import masked
from acd.scope import Scope
from cti.api_audit import Moment
from cti.api_cursor import Cursor, Limit, cursor_of, moment_of
from cti.api_desk import json_response
from cti.api_parts import Id, Parts, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import REPORTING, Route
from cti.api_sessions import Session
from cti.byte_range import OutOfRange, wanted

LIST = "recordings"
WAV = "audio/wav"
PIECE = 1 << 18
"""Bytes that are read at a time."""
MOST_POINTS = 4000
Row = Mapping[str, Any]


class NoSound(Exception):
    """There are no files of that recording, or not any more."""


class Sound(Protocol):
    """One recording as a WAV file: the caller on the left, the agent on the right."""

    @property
    def seconds(self) -> float: ...
    @property
    def size(self) -> int: ...
    def read(self, start: int, end: int) -> bytes: ...
    def peaks(self, points: int) -> Mapping[str, Sequence[float]]: ...


class Recordings(Protocol):
    """Whoever keeps recordings."""

    async def page(
        self, scope: Scope, limit: int, before: tuple[datetime, str] | None, agent: str | None = None, queue: str | None = None,
        since: datetime | None = None, until: datetime | None = None,
    ) -> Sequence[Row]: ...  # fmt: skip
    async def one(self, recording: str) -> Row | None: ...
    def sound(self, recording: str) -> Sound:
        """Raises NoSound."""


class Pause(BaseModel):
    """A stretch in which nothing was recorded, and who said so."""

    begun: datetime
    ended: datetime | None
    by: str


class RecordingRow(BaseModel):
    """One recorded conversation; ``deleted_at`` says since when there is nothing to hear any more."""

    id: str
    call: str
    ani: str
    queue: str | None
    agent: str
    began_at: datetime
    ended_at: datetime | None
    pauses: list[Pause]
    deleted_at: datetime | None


class RecordingPage(BaseModel):
    """Some recordings, newest first; ``next`` is the cursor of the following page, null on the last one."""

    recordings: list[RecordingRow]
    next: str | None


class Waveform(BaseModel):
    """The loudest of each of so many equal pieces, 0 to 1, for either side."""

    seconds: float
    caller: list[float]
    agent: list[float]


async def recordings(
    request: Request,
    session: SignedIn,
    parts: TheParts,
    agent: Annotated[str | None, Query(max_length=64)] = None,
    queue: Annotated[str | None, Query(max_length=80)] = None,
    since: Moment = None,
    until: Moment = None,
    limit: Limit = 50,
    cursor: Cursor | None = None,
) -> Response:
    """Which conversations were recorded, the deleted ones too. A time without a zone is refused."""
    kept, before = _kept(request, session, parts), None if cursor is None else moment_of(LIST, cursor)
    rows = list(await kept.page(parts.scope(session), limit + 1, before, agent, queue, since, until))
    shown = [shown_row(row, parts.sees_numbers(session)) for row in rows[:limit]]
    following = cursor_of(LIST, rows[limit - 1]["began_at"].isoformat(), rows[limit - 1]["id"]) if len(rows) > limit else None
    return json_response({"recordings": shown, "next": following})


async def recording(request: Request, recording: Id, session: SignedIn, parts: TheParts) -> Response:
    """One recorded conversation."""
    return json_response(shown_row(await _one(request, recording, session, parts), parts.sees_numbers(session)))


async def waveform(
    request: Request, recording: Id, session: SignedIn, parts: TheParts, points: Annotated[int, Query(ge=10, le=MOST_POINTS)] = 800
) -> Response:
    """How loud either side is, from begin to end: a picture of the conversation, without a word of it."""
    sound = await _sound(request, recording, session, parts)
    return json_response({"seconds": sound.seconds, **await asyncio.to_thread(sound.peaks, points)})


async def play(
    request: Request, recording: Id, session: SignedIn, parts: TheParts, range: Annotated[str | None, Header(max_length=100)] = None
) -> Response:
    """The sound: stereo WAV, the caller on the left, the agent on the right; a part of it when the request has a ``Range``."""
    sound = await _sound(request, recording, session, parts)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    try:
        part = wanted(range, sound.size)
    except OutOfRange:
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{sound.size}"})
    start, end = part or (0, sound.size)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{sound.size}"
    status = HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK
    return StreamingResponse(_pieces(sound, start, end), status, headers, WAV)


def _pieces(sound: Sound, start: int, end: int) -> Iterator[bytes]:
    for first in range(start, end, PIECE):
        yield sound.read(first, min(first + PIECE, end))


def shown_row(row: Row, sees_numbers: bool) -> dict[str, Any]:
    """As it is shown to somebody."""
    ani = row["ani"] or ""
    pauses = [{"begun": one["from"], "ended": one["to"], "by": one["by"]} for one in row["pauses"]]
    return {**row, "ani": ani if sees_numbers else masked(ani), "pauses": pauses}


def _kept(request: Request, session: Session, parts: Parts) -> Recordings:
    kept: Recordings | None = request.app.state.recordings
    if session.role not in parts.access.rules().recordings_heard_by:
        raise Refused(HTTPStatus.FORBIDDEN, "recordings_not_for_you", f"recordings are not for the role {session.role}")
    if kept is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_recordings", "this hotline keeps no recordings")
    return kept


async def _one(request: Request, recording: str, session: Session, parts: Parts) -> Row:
    row, scope = await _kept(request, session, parts).one(recording), parts.scope(session)
    if row is None or not (scope.has_queue(row["queue"]) or scope.has_agent(row["agent"])):  # nobody else's business whether there is one
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_recording", f"there is no recording {recording}")
    return row


async def _sound(request: Request, recording: str, session: Session, parts: Parts) -> Sound:
    row = await _one(request, recording, session, parts)
    if row["deleted_at"] is not None:
        raise Refused(HTTPStatus.GONE, "recording_deleted", f"the recording {recording} was deleted")
    if row["ended_at"] is None:
        raise Refused(HTTPStatus.CONFLICT, "still_recorded", "the conversation goes on")
    try:
        return await asyncio.to_thread(_kept(request, session, parts).sound, recording)
    except NoSound as missing:
        raise Refused(HTTPStatus.NOT_FOUND, "no_sound", str(missing)) from None


ROUTES = (
    Route("GET", "/api/recordings", REPORTING, recordings, RecordingPage),
    Route("GET", "/api/recordings/{recording}", REPORTING, recording, RecordingRow),
    Route("GET", "/api/recordings/{recording}/waveform", REPORTING, waveform, Waveform),
    Route("GET", "/api/recordings/{recording}/sound", REPORTING, play, media=(WAV,), audited=True),
)
