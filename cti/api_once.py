"""The answer to an action: given when what was done is durable, and given again to who sends the action again (``Idempotency-Key``).

Nobody is told that something is done which an engine that is killed in the same moment would not know of. (While the disk is full, people
work on and are told so all the same: ``/healthz`` says that the journal is not well.)

Who does not hear the answer to an action sends it again with the same key, and gets the answer that was given. A key belongs to a user,
and stands for one request, body and all. A refusal changes nothing, so it is not kept: the action is looked at anew. An action of which
nobody knows how it ended (a fault, or the engine died over it) is not done again either; the answer says so. Who may no longer ask for
the action is not told its answer either.

What is kept outlives the engine (``Answers``), for ``KEPT_SECONDS``. It is kept in memory too, and there alone while it can't be kept or
asked for there (a full disk, a database that is away): people go on working. Knows no action and no journal.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from acd.model import IllegalTransition
from cti.api_parts import Parts, parts_of, signed_in
from cti.api_problems import InvalidPart, Refused
from cti.api_sessions import Session

log = structlog.get_logger(__name__)

HEADER: Final = "Idempotency-Key"
KEY_PATTERN: Final = "^[!-~]{1,128}$"
KEPT_SECONDS: Final = 24 * 3600
MOST_KEPT: Final = 10_000
"""Answers; then the oldest are forgotten before their time."""

SAYS_NO: Final = (Refused, IllegalTransition, RequestValidationError, HTTPException)
"""Nothing was done."""


Kept = tuple[str, int | None, str | None, bytes]
"""A request that came before: its fingerprint, and status, media type and body of the answer; no status while nobody knows how it ended."""


class Answers(Protocol):
    """Whoever keeps the answers. ``who`` and ``key`` name a request."""

    async def begin(self, who: str, key: str, fingerprint: str, at: datetime, forget_before: datetime, most: int) -> Kept | None:
        """What is kept of the request; None when it is new, and is kept from now on as one that has begun."""

    async def finish(self, who: str, key: str, status: int, media_type: str | None, body: bytes) -> None:
        """Keep how it ended."""

    async def forget(self, who: str, key: str) -> None:
        """It was refused."""


@dataclass(slots=True)
class Keys:
    """Where the answers are kept, and which requests are being answered right now."""

    answers: Answers
    make_durable: Callable[[], bool] = lambda: True
    """Makes durable what was done, before its answer is kept or given: one that outlives its action would be a lie. Whether it is."""
    running: dict[tuple[str, str], asyncio.Event] = field(default_factory=dict)
    spare: AnswersInMemory = field(default_factory=lambda: AnswersInMemory())
    """Beside ``answers``, and in their place while they can't be asked: it knows whatever this engine was asked."""


class ActionRoute(APIRoute):
    """A route of an action."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, whose answer waits for what was done to be durable."""
        serve = super().get_route_handler()

        async def durably(request: Request) -> Response:
            response = await serve(request)
            _keys_of(request).make_durable()
            return response

        return durably


Allowed = Callable[[Request, Session, Parts], Awaitable[None]]
"""Refuses who may not ask this of the route."""


def keyed_route(allowed: Allowed) -> type[APIRoute]:
    """A route of an action that may come with a key, for those whom it allows."""

    class KeyedRoute(ActionRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """The handler, behind the look at the key."""
            serve = super().get_route_handler()

            async def once(request: Request) -> Response:
                key = request.headers.get(HEADER)
                return await serve(request) if key is None else await _once(request, key, allowed, serve)

            return once

    return KeyedRoute


def _keys_of(request: Request) -> Keys:
    keys = request.app.state.keys
    assert isinstance(keys, Keys)
    return keys


async def _once(request: Request, key: str, allowed: Allowed, serve: Callable[[Request], Awaitable[Response]]) -> Response:
    parts = parts_of(request)
    session = await signed_in(request, parts)
    await allowed(request, session, parts)
    if not re.fullmatch(KEY_PATTERN, key):
        wrong = InvalidPart(detail=f"expected {KEY_PATTERN}", parameter=HEADER)
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "the request is not as the API describes it", errors=(wrong,))
    keys = _keys_of(request)
    name = (session.name, key)
    while (other := keys.running.get(name)) is not None:
        await other.wait()
    done = keys.running[name] = asyncio.Event()
    try:
        return await _answered(request, name, serve, keys)
    finally:
        del keys.running[name]
        done.set()


async def _answered(
    request: Request, name: tuple[str, str], serve: Callable[[Request], Awaitable[Response]], keys: Keys
) -> Response:
    fingerprint = await _fingerprint(request)
    now = datetime.now(UTC)
    keepers, kept = await _begun(keys, name, fingerprint, now)
    if kept is not None:
        return _again(kept, fingerprint)
    try:
        response = await serve(request)
    except SAYS_NO:
        for keeper in keepers:
            await _if_it_can(keeper.forget(*name))
        raise
    if keys.make_durable():
        for keeper in keepers:
            await _if_it_can(keeper.finish(*name, response.status_code, response.media_type, bytes(response.body)))
    return response


async def _begun(keys: Keys, name: tuple[str, str], fingerprint: str, now: datetime) -> tuple[tuple[Answers, ...], Kept | None]:
    """What is kept of the request, and by whom from now on."""
    asked = (*name, fingerprint, now, now - timedelta(seconds=KEPT_SECONDS), MOST_KEPT)
    keepers: tuple[Answers, ...] = (keys.spare,)
    try:
        kept = await keys.answers.begin(*asked)
        keepers = (keys.spare, keys.answers)
    except Exception:  # whatever it is, nobody's work waits for the disk or the database
        kept = None
        log.exception("answer_not_kept", who=name[0])
    if kept is None or name in keys.spare:  # which also knows how it ended when the other could not be told
        kept = await keys.spare.begin(*asked)
    return keepers, kept


async def _if_it_can(keeping: Coroutine[Any, Any, None]) -> None:
    """Keep how it ended. When that fails the action is still done, or refused, and its asker is to hear so."""
    try:
        await keeping
    except Exception:  # as above
        log.exception("answer_not_kept")


def _again(kept: Kept, fingerprint: str) -> Response:
    asked, status, media_type, body = kept
    if asked != fingerprint:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "key_used", "this key stands for another request: take a new one")
    if status is None:
        raise Refused(HTTPStatus.CONFLICT, "outcome_unknown", "nobody knows how it ended: look how things are, then take a new key")
    return Response(body, status, {"Idempotency-Replayed": "true"}, media_type)


async def _fingerprint(request: Request) -> str:
    parts = (request.method.encode(), request.url.path.encode(), request.url.query.encode(), await request.body())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


class AnswersInMemory:
    """Implements ``Answers`` for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[datetime, Kept]] = {}

    def __contains__(self, name: tuple[str, str]) -> bool:
        """Whether something is kept of this user's request with this key."""
        return name in self._kept

    async def begin(self, who: str, key: str, fingerprint: str, at: datetime, forget_before: datetime, most: int) -> Kept | None:
        """See ``Answers``."""
        for name in [name for name, (begun_at, _) in self._kept.items() if begun_at < forget_before]:
            del self._kept[name]
        found = self._kept.get((who, key))
        if found is not None:
            return found[1]
        while len(self._kept) >= most:
            del self._kept[next(iter(self._kept))]
        self._kept[who, key] = (at, (fingerprint, None, None, b""))
        return None

    async def finish(self, who: str, key: str, status: int, media_type: str | None, body: bytes) -> None:
        """See ``Answers``."""
        found = self._kept.get((who, key))
        if found is not None:
            self._kept[who, key] = (found[0], (found[1][0], status, media_type, body))

    async def forget(self, who: str, key: str) -> None:
        """See ``Answers``."""
        self._kept.pop((who, key), None)
