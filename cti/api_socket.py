"""The WebSocket of a page: its session, what it is sent, what it says.

A page may say two things: that it shows a pop, and that it is there. Anything else closes its socket. What it is shown is
``cti.api_live``'s business.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from acd.model import OfferId
from cti import api_messages as messages
from cti import api_sessions
from cti.api_pages import CLOSE_SESSION_OVER, Page
from cti.api_parts import Parts, parts_of, session_of
from cti.api_routes import WATCHING, Route
from cti.api_sessions import Session

CLOSE_NOT_UNDERSTOOD = 1003
CLOSE_LIMIT_SECONDS = 2.0
"""A page that does not answer the closing is left to itself after this."""


class Ping(BaseModel):
    """The page is there."""

    kind: Literal["ping"]


class PopShown(BaseModel):
    """The page has painted the pop of this offer."""

    kind: Literal["pop_shown"]
    offer: str = Field(max_length=200)


Said = TypeAdapter[Ping | PopShown](Annotated[Ping | PopShown, Field(discriminator="kind")])


def me(session: Session, sees_numbers: bool) -> dict[str, object]:
    """Who is signed in, as the pages want it."""
    return {
        "name": session.name, "role": session.role, "agent": session.agent, "language": session.language,
        "supervises": session.supervises, "teams": list(session.teams), "sees_numbers": sees_numbers,
    }  # fmt: skip


async def talk_to_page(socket: WebSocket) -> None:
    """Serve one page until it leaves, its session ends, or it reads too slowly."""
    parts = parts_of(socket)
    session = await session_of(socket, parts)
    await socket.accept()
    if session is None:
        await socket.close(CLOSE_SESSION_OVER)
        return
    page = Page(session, parts.sees_numbers(session))
    ui = messages.wall_config(parts.ui()) if session.is_wall else parts.ui_for(session)
    page.put(messages.hello(datetime.now(UTC), me(session, parts.sees_numbers(session)), ui))
    try:
        await parts.live.join(page)
        await _converse(socket, page, parts)
    finally:
        await parts.live.leave(page)
    with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):  # RuntimeError: the page has closed the socket already
        async with asyncio.timeout(CLOSE_LIMIT_SECONDS):
            await socket.close(page.close_code or 1000)


async def _watch(socket: WebSocket, page: Page, parts: Parts) -> None:
    """Close the page when its session is over, even if it says nothing, and if the browser has another one besides: a wall's."""
    while page.close_code is None:
        await asyncio.sleep(api_sessions.USERS_ASKED_EVERY_SECONDS)
        now = await session_of(socket, parts)
        if now is None or now.id != page.session.id:
            page.close(CLOSE_SESSION_OVER)


async def _converse(socket: WebSocket, page: Page, parts: Parts) -> None:
    """Send and listen until either ends. A send that hangs on a page that does not read ends with the page's outbox."""
    parts_of_it = (_send(socket, page), _listen(socket, page, parts), _watch(socket, page, parts), page.closed())
    talks = [asyncio.create_task(part) for part in parts_of_it]
    try:
        done, _ = await asyncio.wait(talks, return_when=asyncio.FIRST_COMPLETED)
        for talk in done:
            with suppress(WebSocketDisconnect):
                talk.result()
    finally:
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def _send(socket: WebSocket, page: Page) -> None:
    while (text := await page.take()) is not None:
        await socket.send_text(text)


async def _listen(socket: WebSocket, page: Page, parts: Parts) -> None:
    while page.close_code is None:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            said = Said.validate_json(message.get("text") or "")  # a binary message has no text, and no meaning here
        except ValidationError:
            page.close(CLOSE_NOT_UNDERSTOOD)
            return
        if isinstance(said, PopShown):
            parts.live.pop_shown(page.agent, OfferId(said.offer))
        else:
            page.put(messages.pong(datetime.now(UTC)), replaces="pong")


ROUTES = (Route("WEBSOCKET", "/ws", WATCHING, talk_to_page),)
