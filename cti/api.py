"""The HTTP side of the engine: desks, console, metrics, all in one ASGI application.

Puts the parts together and serves the built pages; what the routes do is in ``cti.api_desk``, ``cti.api_console`` and
``cti.api_socket``. It does not know where users and history are kept, nor who runs it (``cti.api_server`` can).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from acd.plan import Plan
from acd.ports import Engine
from cti import api_callbacks, api_console, api_consult, api_desk, api_incidents, api_problems, api_reports, api_socket, api_transfer
from cti.api_desk import json_response
from cti.api_guard import Guard
from cti.api_live import History, LiveDesks
from cti.api_metrics import BoardFigures
from cti.api_parts import Callbacks, NoCallbacks, Parts
from cti.api_reports import Reports
from cti.api_sessions import Attempts, Session, Sessions, User, Users

__all__ = ["DIST", "History", "LiveDesks", "Session", "User", "Users", "create_app"]

DIST = Path(__file__).parent / "web" / "dist"
"""The built pages."""

TRIES_OF_NAME = 5
TRIES_OF_ADDRESS = 50
PASSWORDS_AT_ONCE = 4
SECONDS_PER_TRY = 12.0
"""After so many wrong passwords, one more every 12 s for a name, and for all names of an address together."""


def create_app(
    engine: Engine,
    users: Users,
    live: LiveDesks,
    secret: bytes,
    plan: Callable[[], Plan],
    *,
    languages: tuple[str, ...] = ("zh", "en"),
    product_lines: Mapping[str, Mapping[str, str]] | None = None,
    destinations: Callable[[], tuple[str, ...]] = tuple,
    phones: Callable[[], Collection[str]] = tuple,
    origins: Iterable[str] = (),
    health: Callable[[], Mapping[str, bool]] = dict,
    callbacks: Callbacks = NoCallbacks(),
    reports: Reports | None = None,
    incident_texts: Callable[[], Mapping[str, Mapping[str, str]]] = dict,
    registry: CollectorRegistry | None = None,
    dist: Path = DIST,
) -> FastAPI:
    """The application. ``live`` is attached to ``engine`` here.

    ``secret`` signs the session cookies (16 bytes or more; ValueError otherwise). ``plan`` gives the plan in force.
    ``product_lines`` is product line -> language -> its name there. ``destinations`` gives the names of
    the ways out of the house, ``phones`` the extensions that agents may sit down at besides their own.
    ``callbacks`` keeps what was promised, ``reports`` works figures of the past out. ``incident_texts`` gives what callers can be let hear
    of an incident: text -> language -> what it says.
    ``origins`` may use the API besides its own pages.
    ``health`` names what must be well (``{"ami": True}``); one that is not makes ``/healthz`` answer 503.
    """
    live.attach(engine)
    registry = registry or CollectorRegistry()
    for figures in (BoardFigures(engine), *live.figures):
        registry.register(figures)
    app = FastAPI(title="Hotline", version="0.1.0", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.parts = Parts(
        engine, users, live, Sessions(secret), Attempts(TRIES_OF_NAME, SECONDS_PER_TRY), Attempts(TRIES_OF_ADDRESS, SECONDS_PER_TRY),
        asyncio.Semaphore(PASSWORDS_AT_ONCE), plan, languages, product_lines or {}, destinations, phones, callbacks, incident_texts,
    )  # fmt: skip
    app.state.reports = reports
    api_problems.install(app)
    parts = (api_desk, api_transfer, api_consult, api_console, api_callbacks, api_incidents, api_reports, api_socket)
    routers = tuple(part.router for part in parts)
    for router in (*routers, _watch(engine, health, registry), _pages(dist)):
        app.include_router(router)
    app.mount("/assets", _Assets(directory=dist / "assets", check_dir=False))
    app.add_middleware(Guard, origins=tuple(origins))
    return app


class _Assets(StaticFiles):
    """Files whose names change with their content."""

    async def check_config(self) -> None:
        """Pages that are not built are not found; that is no fault."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == HTTPStatus.OK:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _pages(dist: Path) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index() -> Response:
        page = dist / "index.html"
        if not page.is_file():
            return api_problems.problem(HTTPStatus.SERVICE_UNAVAILABLE, "not_built", "the pages are not built: run script/setup")
        return FileResponse(page, headers={"Cache-Control": "no-cache"})

    return router


def _watch(engine: Engine, health: Callable[[], Mapping[str, bool]], registry: CollectorRegistry) -> APIRouter:
    router = APIRouter()

    @router.get("/healthz")
    async def healthz() -> Response:
        """Whether all is well; 503 when not."""
        parts = dict(health())
        engine.board()
        response = json_response({"ok": all(parts.values()), "parts": parts})
        response.status_code = HTTPStatus.OK if all(parts.values()) else HTTPStatus.SERVICE_UNAVAILABLE
        return response

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """For Prometheus."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router
