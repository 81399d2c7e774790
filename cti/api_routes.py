"""What a row of the table of routes says, and how the application, its checks and its description are made of rows.

Every ``cti/api_*.py`` that serves something has its rows at its end, as ``ROUTES``; ``cti.api_table`` puts them together. Who may ask
is decided here, by the row; what the answer is, the row's function decides. What is asked with (path, query, body) is what
that function takes: its annotations are the schema by which requests are checked and described. Knows no route.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Literal

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from cti.api_once import ActionRoute, Allowed, keyed_route
from cti.api_parts import COOKIE, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_scoped import within_teams
from cti.api_sessions import WALL_ROLE, Session


class Role(StrEnum):
    """What a user is; ``NOBODY`` is who has not signed in."""

    NOBODY = "nobody"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    QUALITY = "quality"
    ADMIN = "admin"
    WALL = WALL_ROLE
    """A screen on the wall: a token, never a user."""


EVERYBODY = frozenset(Role)
SIGNED_IN = EVERYBODY - {Role.NOBODY, Role.WALL}
WATCHING = EVERYBODY - {Role.NOBODY}
"""Who is shown something live; a wall nothing but its figures."""
SUPERVISING = frozenset({Role.SUPERVISOR, Role.ADMIN})
REPORTING = SUPERVISING | {Role.QUALITY}
"""Who looks at what was: figures, recordings."""
SCORING = frozenset({Role.QUALITY})
"""Who scores conversations: nobody who sees the others' scores."""
ADMINISTERING = frozenset({Role.ADMIN})

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "WEBSOCKET"]
ASKING: frozenset[Method] = frozenset({"GET", "WEBSOCKET"})
"""These change nothing."""


BY_KEY = "by key"


@dataclass(frozen=True, slots=True)
class Route:
    """One row. ``serve`` takes path, query and body as FastAPI reads them; its docstring is the description."""

    method: Method
    path: str
    roles: frozenset[Role]
    serve: Callable[..., Awaitable[Response | None]]
    answer: Any = None
    """Type of the JSON that a good answer has; None when it has none."""
    status: int = HTTPStatus.OK
    """Of a good answer."""
    media: tuple[str, ...] = ()
    """What a good answer can be besides, or instead of, JSON."""
    takes_key: bool = True
    """Whether an action may come with an ``Idempotency-Key`` (see ``cti.api_once``)."""
    audited: bool | None = None
    """Whether asking is kept in the audit log; None: if it changes something, or takes a table out of the house (``format``)."""
    hidden: bool = False
    """Not part of the API: a page or a picture of one."""

    @property
    def summary(self) -> str:
        """The docstring's first paragraph."""
        return " ".join((self.serve.__doc__ or "").strip().partition("\n\n")[0].split())

    @property
    def idempotency(self) -> str:
        """Whether the request may be sent again: ``yes``, ``by key`` or ``no``."""
        if self.method in ASKING:
            return "yes"
        return BY_KEY if self.takes_key else "no"


def install(app: FastAPI, rows: Iterable[Route]) -> None:
    """Serve the rows, each to the roles that it names."""
    for row in rows:
        allowed = _allowed(row)
        checks = [Depends(_known(row)), *([] if Role.NOBODY in row.roles else [Depends(allowed)])]
        if row.method == "WEBSOCKET":
            app.add_api_websocket_route(row.path, row.serve)  # the socket tells a page itself why it may not stay
            continue
        app.router.add_api_route(
            row.path, row.serve, methods=[row.method], dependencies=checks, status_code=row.status, summary=row.summary,
            response_model=row.answer, response_class=Response if row.answer is None else JSONResponse,
            responses={row.status: {"content": {media: {"schema": {"type": "string"}} for media in row.media}}} if row.media else None,
            include_in_schema=not row.hidden, route_class_override=_kind(row, allowed),
        )  # fmt: skip


def _kind(row: Route, allowed: Allowed) -> type[APIRoute] | None:
    """How it is served, by whether it may be sent again; None: as any other."""
    if row.method in ASKING:
        return None
    return keyed_route(allowed) if row.takes_key else ActionRoute


def _known(row: Route) -> Callable[[Request], None]:
    """A dependency that says which row it is."""

    def know(request: Request) -> None:
        request.state.row = row

    return know


def _allowed(row: Route) -> Allowed:
    """A dependency that refuses whom the row does not name, and what is not his teams' matter."""

    async def check(request: Request, session: SignedIn, parts: TheParts) -> None:
        if session.is_wall and session.role not in row.roles and COOKIE in request.cookies:
            raise Refused(HTTPStatus.UNAUTHORIZED, "signed_out", "sign in again: what is left in this browser is a wall's token")
        try:
            _require_role(row, session)
            if Role.AGENT not in row.roles:
                await within_teams(request, session, parts)
        except Refused:
            request.state.row = row  # the audit log tells what was refused
            raise

    return check


def _require_role(row: Route, session: Session) -> None:
    if session.role not in row.roles:
        raise Refused(HTTPStatus.FORBIDDEN, "not_your_role", f"only for {', '.join(sorted(row.roles))}")
