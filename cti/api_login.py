"""Signing in and out, with a second factor where there is one; setting one up; one's own password.

Every try of a password or code is counted (``cti.api_tries``). A session begins with a login, and anew with a change of what it rests on;
who is who, and which code is good, is decided by ``Users``.
"""

from __future__ import annotations

import math
from http import HTTPStatus

import segno
from fastapi import Request, Response
from pydantic import BaseModel, Field

from cti.api_desk import json_response
from cti.api_messages import UiConfig
from cti.api_parts import COOKIE, Body, Parts, SignedIn, TheParts, client_address
from cti.api_problems import Refused
from cti.api_routes import EVERYBODY, SIGNED_IN, WATCHING, Route
from cti.api_sessions import Session, User
from cti.api_socket import me

SHORTEST_PASSWORD = 8
"""Characters, of those that people choose here (NIST SP 800-63B)."""


class Password(Body):
    """A name and its password."""

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class Credentials(Password):
    """With the code of his authenticator app, or a recovery code, who has a second factor."""

    code: str = Field("", max_length=40)


class Confirmed(Password):
    """The secret that an app was given, and a code by which it shows that it has it."""

    secret: str = Field(pattern=r"^[A-Z2-7]{32}$")
    code: str = Field(min_length=6, max_length=10)


class NewPassword(Body):
    """One's own, from now on."""

    password: str = Field(min_length=1, max_length=256)
    new: str = Field(min_length=SHORTEST_PASSWORD, max_length=256)


class NewPin(Body):
    """What one keys after the number of one's usual phone to log in at another one. ``password``: one's own."""

    password: str = Field(min_length=1, max_length=256)
    pin: str = Field(pattern=r"^[0-9]{4,10}$")


class Me(BaseModel):
    """Who is signed in. ``teams``: whose calls and agents he sees; none: everybody's."""

    name: str
    role: str
    agent: str | None
    language: str
    supervises: bool
    teams: list[str]
    sees_numbers: bool


class Picture(BaseModel):
    """A QR code: so many units wide and high, its dark parts as the path of an SVG."""

    size: int
    path: str


class Enrolment(BaseModel):
    """What an authenticator app needs: as a picture, as a URI, and as letters that can be typed."""

    secret: str
    uri: str
    picture: Picture


class Enrolled(BaseModel):
    """The second factor is set up. Each recovery code stands in for a code once; they can't be had again."""

    me: Me
    recovery_codes: list[str]


async def login(body: Credentials, request: Request, parts: TheParts) -> Response:
    """Sign in; the answer sets the session cookie.

    401 ``code_needed``: the password is right, and so must a code be. 401 ``second_factor_needed``: he has to set one up first.
    """
    seen = await parts.users.version(body.name)
    user = await _known(body, request, parts)
    request.state.goes_on = not body.code
    if user.totp:
        await _require_code(user, body.code, parts)
    elif user.totp_required:
        raise Refused(HTTPStatus.UNAUTHORIZED, "second_factor_needed", "this user has to set up an authenticator app first")
    session, cookie = await _begin(user, request, parts, seen)
    return _with_cookie(json_response(me(session, parts.sees_numbers(session))), cookie, request, parts)


async def begin_second_factor(body: Password, request: Request, parts: TheParts) -> Response:
    """A secret for an authenticator app; nothing is kept until it is confirmed."""
    user = await _known(body, request, parts)
    _require_none(user)
    secret, uri = await parts.users.new_second_factor(user.name)
    return json_response(Enrolment(secret=secret, uri=uri, picture=picture_of(uri)))


async def confirm_second_factor(body: Confirmed, request: Request, parts: TheParts) -> Response:
    """From now on this user signs in with a code too. Signs in; sessions that began without a code are over."""
    user = await _known(body, request, parts)
    _require_none(user)
    codes = await parts.users.set_second_factor(user.name, body.secret, body.code)
    if codes is None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "wrong_code", "that is not the code of this moment")
    parts.sign_out(user.name)
    session, cookie = await _begin(user, request, parts)
    return _with_cookie(json_response({"me": me(session, parts.sees_numbers(session)), "recovery_codes": codes}), cookie, request, parts)


async def change_password(body: NewPassword, session: SignedIn, request: Request, parts: TheParts) -> Response:
    """Another password for oneself. Other sessions are over; this one goes on under another id."""
    accounts = parts.access.accounts
    if accounts is None or session.via != "session":
        raise Refused(HTTPStatus.FORBIDDEN, "no_password", "what signs in with a token has no password")
    user = await _known(Password(name=session.name, password=body.password), request, parts)
    await accounts.set_password(user.name, body.new)
    parts.sign_out(user.name)
    session, cookie = await _begin(user, request, parts)
    return _with_cookie(json_response(me(session, parts.sees_numbers(session))), cookie, request, parts)


async def set_pin(body: NewPin, session: SignedIn, request: Request, parts: TheParts) -> Response:
    """A PIN for oneself, by which an agent logs in at any phone without a page; it also ends a lock after wrong ones."""
    pins = parts.access.pins
    if pins is None or session.via != "session" or not session.agent:
        raise Refused(HTTPStatus.FORBIDDEN, "no_agent", "a PIN is for people who take calls")
    user = await _known(Password(name=session.name, password=body.password), request, parts)
    parts.tries.forgive(user.name, client_address(request))
    try:
        await pins.set(user.name, body.pin)
    except ValueError as full:  # its form is right already
        raise Refused(HTTPStatus.CONFLICT, "too_many_pins", str(full)) from None
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def logout(session: SignedIn, parts: TheParts) -> Response:
    """Sign out: the cookie is worth nothing any more, and this session's pages are closed. The agent's state stays as it is."""
    await parts.sessions.end(session, parts.users)
    parts.live.end_session(session)
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


async def who_am_i(session: SignedIn, parts: TheParts) -> Response:
    """Who is signed in."""
    return json_response(me(session, parts.sees_numbers(session)))


async def configuration(session: SignedIn, parts: TheParts) -> Response:
    """Reasons, dispositions, languages and product lines, as configured now, and which of them are the asker's matter."""
    return json_response(parts.ui_for(session))


async def _known(body: Password, request: Request, parts: Parts) -> User:
    """The user whose password it is; a try is counted."""
    wait_seconds = parts.tries.wait_seconds(body.name, client_address(request))
    if wait_seconds > 0:
        wait = str(math.ceil(wait_seconds))
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too_many_tries", f"too many tries; wait {wait} s", {"Retry-After": wait})
    async with parts.passwords_at_once:
        user = await parts.users.verify(body.name, body.password)
    if user is None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "wrong_password", "name or password is wrong")
    return user


async def _require_code(user: User, code: str, parts: Parts) -> None:
    if not code:
        raise Refused(HTTPStatus.UNAUTHORIZED, "code_needed", "this user signs in with a code too")
    if not await parts.users.take_code(user.name, code):
        raise Refused(HTTPStatus.UNAUTHORIZED, "wrong_code", "that is not the code of this moment")


def _require_none(user: User) -> None:
    """Else whoever knows a password could put his own app in the place of the user's."""
    if user.totp:
        raise Refused(HTTPStatus.CONFLICT, "has_second_factor", "there is a second factor; an administrator can take it away")


async def _begin(user: User, request: Request, parts: Parts, seen: str | None = None) -> tuple[Session, str]:
    begun = await parts.sessions.begin(user, parts.users, seen)
    if begun is None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "wrong_password", "name or password is wrong")
    cookie, session = begun
    request.state.session = session
    parts.tries.forgive(user.name, client_address(request))
    return session, cookie


def _with_cookie(response: Response, cookie: str, request: Request, parts: Parts) -> Response:
    response.set_cookie(COOKIE, cookie, max_age=parts.sessions.lasts_seconds, httponly=True, samesite="strict", secure=over_tls(request))
    return response


def over_tls(request: Request) -> bool:
    """By the browser's own word: what a proxy in front says of the request is not listened to."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def picture_of(text: str) -> Picture:
    """The QR code of a text, drawn here: what it holds is told to nobody."""
    rows = [bytes(row) for row in segno.make(text, error="m").matrix_iter(border=4)]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return Picture(size=len(rows), path=path)


ROUTES = (
    Route("POST", "/api/login", EVERYBODY, login, Me, takes_key=False),
    Route("POST", "/api/second-factor", EVERYBODY, begin_second_factor, Enrolment, takes_key=False),
    Route("POST", "/api/second-factor/confirm", EVERYBODY, confirm_second_factor, Enrolled, takes_key=False),
    Route("POST", "/api/logout", SIGNED_IN, logout, status=HTTPStatus.NO_CONTENT, takes_key=False),
    Route("GET", "/api/me", WATCHING, who_am_i, Me),
    Route("POST", "/api/me/password", SIGNED_IN, change_password, Me, takes_key=False),
    Route("POST", "/api/me/pin", SIGNED_IN, set_pin, status=HTTPStatus.NO_CONTENT, takes_key=False),
    Route("GET", "/api/config/ui", SIGNED_IN, configuration, UiConfig),
)
