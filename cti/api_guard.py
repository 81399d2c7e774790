"""What every request passes: same origin, bounded body, and the headers that keep a browser on its guard.

Decides by headers alone; knows neither routes nor sessions. A session cookie that is SameSite=Strict is the first wall against
forged requests, the check of the origin the second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cti.api_headers import HEADERS
from cti.api_problems import problem

LARGEST_BODY = 16 * 1024
"""Bytes. The longest honest body is a note of 2000 characters."""
HARMLESS_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, origins: Callable[[], Collection[str]] = tuple) -> None:
        """``origins`` gives the sites that may ask too."""
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._upgrade(scope, receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _upgrade(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_foreign(Headers(scope=scope)):
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: an HTTP 403
            return
        await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        guarded = _with_headers(send)
        if scope["method"] not in HARMLESS_METHODS and self._is_foreign(headers):
            refusal = problem(HTTPStatus.FORBIDDEN, "foreign_origin", "this request comes from another site")
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, _bounded(receive), guarded)

    def _is_foreign(self, headers: Headers) -> bool:
        """Whether a browser says that another site asks. What is no browser sends none of these headers, and no cookie unasked."""
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
        return origin not in self._origins() and urlsplit(origin).netloc != headers.get("host")


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return guarded


def _bounded(receive: Receive) -> Receive:
    """Counts what really comes; no trust in the length that a request announces, and a chunked one announces none."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body has at most {LARGEST_BODY} bytes")
        return message

    return counted
