"""Holds a person who is limited to teams to their agents, queues and calls, whatever route he asks.

By name: what a request calls ``agent``, ``queue``, ``product_line``, ``call``, ``incident`` or ``team`` (or has as a list of them), in its
path, query or body, is what it is about. What an answer shows is narrowed by the route itself (``Parts.scope``).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request

from acd.scope import Scope
from cti.api_parts import Parts, SignedIn, TheParts
from cti.api_problems import Refused

TEAM = "team"


async def within_teams(request: Request, session: SignedIn, parts: TheParts) -> None:
    """A dependency that refuses what is not his teams' matter."""
    if not session.teams:
        return
    scope = parts.scope(session)
    for key, name in [pair for source in await _asked(request) for pair in _named(source)]:
        if not (name in session.teams if key == TEAM else await CHECKS[key](name, scope, parts)):
            raise Refused(HTTPStatus.FORBIDDEN, "not_your_team", f"{key} {name} is not of {', '.join(session.teams)}")


async def _asked(request: Request) -> list[Mapping[str, Any]]:
    """What is said in each place by itself, so that no place hides what another one says."""
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:  # it is refused as what it is, elsewhere
        body = {}
    inner = body.get("to") if isinstance(body, dict) else None
    said = [part for part in (body, inner) if isinstance(part, dict)]
    return [*said, *({key: value} for key, value in request.query_params.multi_items()), request.path_params]


def _named(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in (*CHECKS, TEAM):
        many = asked.get(f"{key}s")
        for name in (asked.get(key), *(many if isinstance(many, list) else ())):
            if isinstance(name, str) and name:
                yield key, name


async def _agent(name: str, scope: Scope, _parts: Parts) -> bool:
    return scope.has_agent(name)


async def _queue(name: str, scope: Scope, _parts: Parts) -> bool:
    return scope.has_queue(name)


async def _product_line(name: str, scope: Scope, _parts: Parts) -> bool:
    return scope.has_product_line(name)


async def _call(name: str, scope: Scope, parts: Parts) -> bool:
    board = parts.engine.board()
    promised = [promise for promise in board.promises if promise.call == name]
    live = next((call for call in board.calls if call.call == name), None)
    if live is not None or promised:
        return (live is not None and scope.has_call(live)) or any(map(scope.has_promise, promised))
    past = await parts.access.past_call(name)
    return past is None or any(map(scope.has_queue, past[0])) or scope.has_agent(past[1])  # what nobody knows need not be hidden


async def _incident(name: str, scope: Scope, parts: Parts) -> bool:
    lines = [one.product_line for one in parts.engine.board().incidents if one.incident == name]
    return all(map(scope.has_product_line, lines))


CHECKS: dict[str, Callable[[str, Scope, Parts], Awaitable[bool]]] = {
    "agent": _agent, "queue": _queue, "product_line": _product_line, "call": _call, "incident": _incident,
}  # fmt: skip
