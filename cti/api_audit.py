"""The audit log: what people do is kept as they do it, and read page by page.

Every request that changes something, takes a table out of the house, or was refused for its asker's role, is a deed; which ones are not
is said in the table of routes. Kept when the answer is known, before it is sent. The log has no route that changes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

import structlog
from fastapi import Query, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acd.deed import Deed, DeedFilter
from acd.masking import masked_fields, masked_text
from cti.api_access import Audit
from cti.api_desk import json_response
from cti.api_parts import Parts, SignedIn, TheParts, client_address
from cti.api_problems import Refused
from cti.api_routes import ASKING, SUPERVISING, Role, Route
from cti.api_sessions import Session

log = structlog.get_logger(__name__)

SECRETS = frozenset({"password", "new", "code", "secret", "token", "pin"})
"""Fields that are never kept."""
REASONS = ("why", "reason")
"""Fields that say why."""
LONGEST_TEXT = 200
MOST = 200


# ---- writing -----------------------------------------------------------------------------------------------------------------


class Audited:
    """ASGI middleware; ``request.state`` has the row and the session, once they are known."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        audit = self._parts.access.audit
        if scope["type"] != "http" or audit is None:
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})  # before anybody copies the scope
        body = bytearray()

        async def heard() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                deed = _deed(Request(scope), bytes(body), message["status"])
                if deed is not None:
                    await _keep(audit, deed)
            await send(message)

        await self._app(scope, heard, noted)


async def _keep(audit: Audit, deed: Deed) -> None:
    try:
        await audit.note(deed)
    except Exception:  # it is done already; that nothing says so must at least be said
        log.exception("deed_not_kept", who=deed.who, action=deed.action, target=deed.target)


def _deed(request: Request, body: bytes, status: int) -> Deed | None:
    """What was done by a request; None when it is nothing that is kept."""
    row: Route | None = getattr(request.state, "row", None)
    session: Session | None = getattr(request.state, "session", None)
    outcome = _outcome(status)
    if outcome == "failed" and getattr(request.state, "goes_on", False):  # the password was right, and the code is asked for
        return None
    if row is None or outcome is None or not (outcome == "refused" or _is_kept(row, request)):
        return None
    asked = _asked(body)
    who = session.name if session else str(asked.get("name", "")) if Role.NOBODY in row.roles else ""  # who tries to sign in has a name too
    if not who:
        return None
    targets = [*request.path_params.values(), *(asked[key] for key in ("name", "agent", "queue", "product_line") if asked.get(key))]
    return Deed(
        datetime.now(UTC), who, action_of(row), session.role if session else "", session.via if session else "session",
        client_address(request), str(targets[0]) if targets else "", _why(asked), outcome, _detail(request, asked),
    )  # fmt: skip


def _is_kept(row: Route, request: Request) -> bool:
    if row.audited is not None:
        return row.audited
    return row.method not in ASKING or request.query_params.get("format", "json") != "json"


def _outcome(status: int) -> str | None:
    if status < HTTPStatus.BAD_REQUEST:
        return "done"
    return {HTTPStatus.UNAUTHORIZED: "failed", HTTPStatus.FORBIDDEN: "refused"}.get(HTTPStatus(status))


def action_of(row: Route) -> str:
    """Its name in the log: the part of the API and what is done there, ``console.force_state``."""
    return f"{row.serve.__module__.rpartition('.')[2].removeprefix('api_')}.{row.serve.__name__}"


def _why(asked: Mapping[str, Any]) -> str:
    return masked_text(next((str(asked[key]) for key in REASONS if asked.get(key)), ""))


def _asked(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body or b"{}")
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _detail(request: Request, asked: Mapping[str, Any]) -> dict[str, object]:
    told = {**request.path_params, **request.query_params, **asked}
    kept = {key: value for key, value in told.items() if key not in SECRETS and key not in REASONS}
    return {key: _shortened(value) for key, value in kept.items()}


def _shortened(value: object) -> object:
    plain = masked_fields(value)
    return plain if len(json.dumps(plain)) <= LONGEST_TEXT else f"{json.dumps(plain, ensure_ascii=False)[:LONGEST_TEXT]}…"


# ---- reading -----------------------------------------------------------------------------------------------------------------


class DeedRow(BaseModel):
    """One thing that somebody did. ``outcome``: done, failed (a login) or refused (it was not his to do)."""

    id: int
    at: datetime
    who: str
    role: str
    via: str
    address: str
    action: str
    target: str
    why: str
    outcome: str
    detail: dict[str, Any]


class DeedPage(BaseModel):
    """Some deeds, newest first; ``next`` is the cursor of the following page, null on the last one."""

    deeds: list[DeedRow]
    next: int | None


Name = Annotated[str | None, Query(max_length=160)]
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.{5,30}")


def _iso(value: object) -> object:
    """Refuse whatever else can be read as a time, such as seconds since 1970."""
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise ValueError("expected a time with its zone such as 2026-03-31T08:30:00Z")
    return value


Moment = Annotated[AwareDatetime | None, BeforeValidator(_iso), Query()]


async def deeds(
    session: SignedIn,
    parts: TheParts,
    who: Name = None,
    action: Name = None,
    target: Name = None,
    since: Moment = None,
    until: Moment = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    cursor: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    """What people did. Who is limited to teams sees what their people did, and what was done to them.

    ``action`` is one, or the begin of several (``users``). A time without a zone is refused.
    """
    audit = parts.access.audit
    if audit is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_audit", "this hotline keeps no audit log")
    wanted = DeedFilter(who, action, target, since, until, await _concerning(session, parts))
    rows = list(await audit.deeds(wanted, limit + 1, cursor))
    return json_response({"deeds": rows[:limit], "next": rows[limit - 1]["id"] if len(rows) > limit else None})


async def _concerning(session: Session, parts: Parts) -> tuple[frozenset[str], frozenset[str]] | None:
    if not session.teams:
        return None
    agents = parts.scope(session).agents
    users = await parts.access.accounts.all() if parts.access.accounts else ()
    people = {session.name, *(user["name"] for user in users if user["agent"] in agents)}
    return frozenset(people), agents | people


ROUTES = (Route("GET", "/api/audit", SUPERVISING, deeds, DeedPage),)
