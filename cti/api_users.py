"""The administrator's part: who may sign in and as what, and the tokens of other programs.

What is changed about a user ends his sessions at once, deactivating above all. The last administrator stays one. Passwords and tokens are
told once, by whoever makes them; nothing here can show them again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Response
from pydantic import BaseModel, Field

from cti.api_access import Accounts, Row, Tokens
from cti.api_bearer import TOKEN_NAME, session_id
from cti.api_desk import json_response, require_known
from cti.api_login import SHORTEST_PASSWORD
from cti.api_parts import Body, Id, Parts, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import ADMINISTERING, Route

LONGEST_DAYS = 3650

RoleName = Literal["agent", "supervisor", "quality", "admin"]
TokenRole = Literal["agent", "supervisor", "quality", "admin", "wall"]
Name = Annotated[str, Field(min_length=1, max_length=64)]
NewPassword = Annotated[str, Field(min_length=SHORTEST_PASSWORD, max_length=256)]
Teams = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=50)]


class Rights(Body):
    """What a user is. ``teams``: whose calls and agents he sees and sets; none: everybody's."""

    role: RoleName
    agent: str | None = Field(None, max_length=64)
    language: Literal["zh", "en"] = "zh"
    teams: Teams = Field(default=[])
    totp_required: bool = False
    """He has to set up an authenticator app before he can sign in."""


class NewUser(Rights):
    """Somebody who may sign in from now on."""

    name: Name
    password: NewPassword


class Reset(Body):
    """The password he signs in with next."""

    password: NewPassword


class Active(Body):
    """Whether he may sign in."""

    active: bool


class UserRow(BaseModel):
    """Who may sign in. ``totp``: he has a second factor, and so many ``recovery_codes`` that he has not used."""

    name: str
    role: str
    agent: str | None
    language: str
    teams: list[str]
    totp_required: bool
    active: bool
    totp: bool
    recovery_codes: int


class UserList(BaseModel):
    """Everybody, by name, and the teams that there are."""

    users: list[UserRow]
    all_teams: list[str]


class NewToken(Body):
    """What another program may do: as much as a user of this role and these teams; a ``wall`` is shown their figures, and nothing else."""

    name: Name
    role: TokenRole = "supervisor"
    teams: Teams = Field(default=[])
    days: Annotated[int, Field(strict=False, ge=1, le=LONGEST_DAYS)] | None = 365
    """How long it is good; null: until it is revoked."""


class TokenRow(BaseModel):
    """A token, without what makes it one."""

    id: str
    name: str
    role: str
    teams: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str


class TokenList(BaseModel):
    """All tokens, newest first."""

    tokens: list[TokenRow]


class MadeToken(BaseModel):
    """The token itself; it can't be had again."""

    id: str
    token: str


# ---- users -------------------------------------------------------------------------------------------------------------------


async def users(parts: TheParts) -> Response:
    """Everybody who may sign in, and who may no more."""
    rows = await _accounts(parts).all()
    return json_response({"users": rows, "all_teams": sorted(_teams(parts))})


async def add(body: NewUser, parts: TheParts) -> Response:
    """Let somebody sign in; 409 when there is one of that name."""
    accounts = _accounts(parts)
    _require_readable(body.name)
    _require_possible(body, parts)
    if await accounts.one(body.name) is not None:
        raise Refused(HTTPStatus.CONFLICT, "user_exists", f"there is a user {body.name} already")
    await accounts.put(body.name, body.password, body.role, body.agent, body.language, body.teams, body.totp_required)
    return json_response(await accounts.one(body.name))


async def change(user: Id, body: Rights, parts: TheParts) -> Response:
    """Give a user other rights; his sessions are over."""
    row = await _found(user, parts)
    _require_possible(body, parts)
    if body.role != "admin":
        await _require_another_admin(row, parts)
    return await _changed(user, body.model_dump(), parts)


async def set_active(user: Id, body: Active, session: SignedIn, parts: TheParts) -> Response:
    """Let a user in no more, or again. Whoever is let in no more is signed out at once."""
    row = await _found(user, parts)
    if not body.active:
        if user == session.name:
            raise Refused(HTTPStatus.CONFLICT, "yourself", "nobody shuts himself out")
        await _require_another_admin(row, parts)
    return await _changed(user, {"active": body.active}, parts)


async def reset_password(user: Id, body: Reset, parts: TheParts) -> Response:
    """Give a user another password; his sessions are over."""
    await _found(user, parts)
    await _accounts(parts).set_password(user, body.password)
    return await _changed(user, {}, parts)


async def reset_second_factor(user: Id, parts: TheParts) -> Response:
    """Take a user's second factor away: his telephone is lost. His sessions are over."""
    await _found(user, parts)
    await _accounts(parts).reset_second_factor(user)
    return await _changed(user, {}, parts)


async def _changed(user: Id, fields: dict[str, object], parts: Parts) -> Response:
    accounts = _accounts(parts)
    if fields:
        await accounts.change(user, **fields)
    parts.sign_out(user)
    return json_response(await accounts.one(user))


def _accounts(parts: Parts) -> Accounts:
    if parts.access.accounts is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_accounts", "users are kept elsewhere")
    return parts.access.accounts


async def _found(user: str, parts: Parts) -> Row:
    row = await _accounts(parts).one(user)
    if row is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_user", "there is no such user")
    return row


async def _require_another_admin(row: Row, parts: Parts) -> None:
    others = [one for one in await _accounts(parts).all() if one["role"] == "admin" and one["active"] and one["name"] != row["name"]]
    if row["role"] == "admin" and not others:
        raise Refused(HTTPStatus.CONFLICT, "last_admin", "nobody else could let him in again")


def _require_readable(name: str) -> None:
    """It stands in lists, in logs and beside the names of tokens."""
    if not name.isprintable() or name != name.strip() or name.startswith(TOKEN_NAME):
        told = f"expected one line of readable text, without spaces around it, that doesn't begin with {TOKEN_NAME}"
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable_name", told)


def _require_possible(rights: Rights, parts: Parts) -> None:
    if rights.agent is not None:
        require_known("agent", rights.agent, tuple(agent.id for agent in parts.plan().agents))
    _require_teams(rights.teams, parts)


def _require_teams(teams: list[str], parts: Parts) -> None:
    for team in teams:
        require_known("team", team, tuple(sorted(_teams(parts))))


def _teams(parts: Parts) -> set[str]:
    return {agent.team for agent in parts.plan().agents if agent.team}


# ---- tokens ------------------------------------------------------------------------------------------------------------------


async def tokens(parts: TheParts) -> Response:
    """All tokens, those that were revoked included."""
    return json_response({"tokens": await _tokens(parts).all()})


async def create_token(body: NewToken, session: SignedIn, parts: TheParts) -> Response:
    """Make a token; the answer is the only place where it ever stands."""
    _require_readable(body.name)
    _require_teams(body.teams, parts)
    now = datetime.now(UTC)
    expires_at = None if body.days is None else now + timedelta(days=body.days)
    identity, token = await _tokens(parts).create(body.name, body.role, body.teams, session.name, now, expires_at)
    return json_response({"id": identity, "token": token})


async def revoke_token(token: Id, session: SignedIn, parts: TheParts) -> Response:
    """From now on a token is worth nothing, and what is connected with it is cut off."""
    if not await _tokens(parts).revoke(token, session.name, datetime.now(UTC)):
        raise Refused(HTTPStatus.NOT_FOUND, "no_such_token", "there is no such token that is good")
    parts.bearers.forget(token)
    parts.live.end_session_id(session_id(token))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _tokens(parts: Parts) -> Tokens:
    if parts.access.tokens is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_tokens", "this hotline has no tokens")
    return parts.access.tokens


ROUTES = (
    Route("GET", "/api/users", ADMINISTERING, users, UserList),
    Route("POST", "/api/users", ADMINISTERING, add, UserRow, takes_key=False),
    Route("POST", "/api/users/{user}", ADMINISTERING, change, UserRow),
    Route("POST", "/api/users/{user}/active", ADMINISTERING, set_active, UserRow),
    Route("POST", "/api/users/{user}/password", ADMINISTERING, reset_password, UserRow, takes_key=False),
    Route("POST", "/api/users/{user}/second-factor/reset", ADMINISTERING, reset_second_factor, UserRow),
    Route("GET", "/api/tokens", ADMINISTERING, tokens, TokenList),
    Route("POST", "/api/tokens", ADMINISTERING, create_token, MadeToken, takes_key=False),
    Route("POST", "/api/tokens/{token}/revoke", ADMINISTERING, revoke_token, status=HTTPStatus.NO_CONTENT),
)
