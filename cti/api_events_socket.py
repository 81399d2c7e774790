"""The events as they happen, at a WebSocket: first what came after the reader's cursor, then whatever comes.

Nothing is kept for a reader: what he has not been sent yet is in the journal, and is read from there a page at a time, as fast as he
takes it. One who takes nothing for ``SEND_LIMIT_SECONDS`` is hung up on with a reason; with the last cursor that he has he comes back
and misses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import UTC, datetime

from fastapi import WebSocket, WebSocketDisconnect

from cti import api_sessions
from cti.api_cursor import LONGEST_CURSOR, cursor_of
from cti.api_events import LATEST, LIST, RecordedEvents, place, recorded, told
from cti.api_messages import encode
from cti.api_news import News
from cti.api_pages import CLOSE_SESSION_OVER, CLOSE_TOO_SLOW
from cti.api_parts import Parts, parts_of, session_of
from cti.api_problems import Refused
from cti.api_routes import SUPERVISING, Route
from cti.api_sessions import Session
from cti.api_socket import CLOSE_LIMIT_SECONDS, CLOSE_NOT_UNDERSTOOD

PAGE = 100
MOST_READERS = 32
SEND_LIMIT_SECONDS = 10.0
UNTIL_DURABLE_SECONDS = 0.05
"""What was taken is durable about so soon; until then it is not told."""

CLOSE_WRONG_ROLE = 4403
CLOSE_WRONG_CURSOR = 4422
READERS = SUPERVISING


class _Over(Exception):
    """The socket is to be closed with this code and these words."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def follow(socket: WebSocket) -> None:
    """What happens, from now on or after a cursor (`?after=`), until the reader leaves, his session ends, or he reads too slowly."""
    parts = parts_of(socket)
    await socket.accept()
    try:
        await _serve(socket, parts, socket.app.state.readers)
    except WebSocketDisconnect:
        return
    except _Over as over:
        # One who does not read at all will not read this either. RuntimeError: the reader has closed the socket already.
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
            async with asyncio.timeout(CLOSE_LIMIT_SECONDS):
                await socket.close(over.code, over.reason)


async def _serve(socket: WebSocket, parts: Parts, readers: set[WebSocket]) -> None:
    journal, sequence, numbers = await _begin(socket, parts, len(readers))
    readers.add(socket)
    try:
        await _first_of(_tell(socket, journal, sequence, parts.live.news, numbers), _listen(socket), _watch(socket, parts))
    finally:
        readers.discard(socket)


async def _begin(socket: WebSocket, parts: Parts, readers: int) -> tuple[RecordedEvents, int, bool]:
    """Where to read, after which sequence number, and whether callers' numbers are told."""
    session = await _require_reader(socket, parts)
    if readers >= MOST_READERS:
        raise _Over(CLOSE_TOO_SLOW, "too many readers: come back later")
    after = socket.query_params.get("after", LATEST)
    try:
        journal = recorded(socket)
        sequence = await place(journal, after[: LONGEST_CURSOR + 1])
    except Refused as refused:
        raise _Over(CLOSE_WRONG_CURSOR, f"{refused.code}: {refused.detail}"[:120]) from None
    await _send(socket, {"kind": "following", "now": datetime.now(UTC), "cursor": await _cursor(journal, sequence)})
    return journal, sequence, parts.sees_numbers(session)


async def _require_reader(socket: WebSocket, parts: Parts) -> Session:
    session = await session_of(socket, parts)
    if session is None:
        raise _Over(CLOSE_SESSION_OVER, "sign in first, or send a token that is good")
    if session.role not in READERS:
        raise _Over(CLOSE_WRONG_ROLE, f"only for {', '.join(sorted(READERS))}")
    if session.teams:
        raise _Over(CLOSE_WRONG_ROLE, "only for those who are not limited to teams")
    return session


async def _first_of(*parts: Awaitable[None]) -> None:
    """Return when one of them ends; raise what ended it."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _tell(socket: WebSocket, journal: RecordedEvents, sequence: int, news: News, numbers: bool) -> None:
    while True:
        found, sequence = await asyncio.to_thread(journal.page, sequence, PAGE)
        for event in found:
            past = told(event, numbers)
            await _send(socket, {
                "kind": "event", "now": datetime.now(UTC), "cursor": past.cursor, "at": past.at, "type": past.type, "call": past.call,
                "event": past.event,
            })  # fmt: skip
        if len(found) < PAGE:
            await news.after(sequence)
            await asyncio.sleep(UNTIL_DURABLE_SECONDS)


async def _send(socket: WebSocket, message: dict[str, object]) -> None:
    try:
        async with asyncio.timeout(SEND_LIMIT_SECONDS):
            await socket.send_text(encode(message))
    except TimeoutError:
        raise _Over(CLOSE_TOO_SLOW, "too slow: come back with the last cursor") from None


async def _listen(socket: WebSocket) -> None:
    """A reader says nothing but goodbye."""
    message = await socket.receive()
    if message["type"] != "websocket.disconnect":
        raise _Over(CLOSE_NOT_UNDERSTOOD, "there is nothing to say here")


async def _watch(socket: WebSocket, parts: Parts) -> None:
    while True:
        await asyncio.sleep(api_sessions.USERS_ASKED_EVERY_SECONDS)
        await _require_reader(socket, parts)


async def _cursor(journal: RecordedEvents, sequence: int) -> str:
    return cursor_of(LIST, sequence, await asyncio.to_thread(journal.mark, sequence))


ROUTES = (Route("WEBSOCKET", "/api/events/live", READERS, follow),)
