"""The page that loads everything else, and the built files behind it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from cti.api_problems import problem
from cti.api_routes import EVERYBODY, Route


class Assets(StaticFiles):
    """Files whose names change with their content."""

    async def check_config(self) -> None:
        """Pages that are not built are not found; that is no fault."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, which a browser never needs to ask for again."""
        response = await super().get_response(path, scope)
        if response.status_code == HTTPStatus.OK:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


async def index(request: Request) -> Response:
    """Desk or console; at ``/wall`` the same page is the wallboard."""
    dist: Path = request.app.state.dist
    page = dist / "index.html"
    if not page.is_file():
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "not_built", "the pages are not built: run script/setup")
    return FileResponse(page, headers={"Cache-Control": "no-cache"})


ROUTES = tuple(Route("GET", path, EVERYBODY, index, hidden=True) for path in ("/", "/wall"))
