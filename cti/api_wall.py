"""A screen on the wall, which nobody signs in at: it is opened once with a token made for it, which it keeps as a cookie.

The token comes in a request's body, from the part of the address that browsers send to nobody. What a wall is shown is decided where boards
are made (``cti.api_shown``); that it may ask for nothing else, by the table of routes.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request, Response
from pydantic import Field

from cti.api_desk import json_response
from cti.api_login import Me, over_tls
from cti.api_parts import WALL_COOKIE, Body, TheParts, wall_session
from cti.api_problems import Refused
from cti.api_routes import EVERYBODY, Route
from cti.api_socket import me

KEPT_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie at most; how long the token is good is kept with it."""


class WallToken(Body):
    """The token of a wall."""

    token: str = Field(min_length=1, max_length=128)


async def open_wall(body: WallToken, request: Request, parts: TheParts) -> Response:
    """Let a screen show the wall; the answer sets its cookie. 401 ``no_wall_token`` for whatever is no wall's token that is good."""
    session = await wall_session(body.token, parts)
    if session is None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "no_wall_token", "that is no token of a wall that is good")
    request.state.session = session
    response = json_response(me(session, parts.sees_numbers(session)))
    response.set_cookie(WALL_COOKIE, body.token, max_age=KEPT_SECONDS, httponly=True, samesite="strict", secure=over_tls(request))
    return response


ROUTES = (Route("POST", "/api/wall", EVERYBODY, open_wall, Me, takes_key=False),)
