"""The HTTP side of the engine: desks, console, metrics, all in one ASGI application.

Puts the parts together; which routes there are is said in ``cti.api_table``, and what they do in the modules named there. It does not
know where users and history are kept, nor who runs it (``cti.api_server`` can).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from acd.plan import Plan
from acd.ports import Engine, InTalk
from cti import api_problems, api_routes
from cti.api_access import Access
from cti.api_audit import Audited
from cti.api_bearer import Bearers
from cti.api_calls import PastCalls
from cti.api_events import RecordedEvents
from cti.api_guard import Guard
from cti.api_index import Assets
from cti.api_live import History, LiveDesks
from cti.api_metrics import BoardFigures
from cti.api_once import AnswersInMemory, Keys
from cti.api_openapi import describe
from cti.api_parts import Callbacks, NoCallbacks, NoPhones, Parts
from cti.api_quality import Quality
from cti.api_recordings import Recordings
from cti.api_reports import Reports
from cti.api_sessions import Session, Sessions, User, Users
from cti.api_table import ROUTES
from cti.api_tries import Tries
from cti.api_watch import Watched
from cti.pop_news import Delivery

__all__ = ["DIST", "History", "LiveDesks", "Session", "User", "Users", "create_app"]

DIST = Path(__file__).parent / "web" / "dist"
"""The built pages."""

PASSWORDS_AT_ONCE = 4


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
    health: Callable[[], Mapping[str, bool]] = dict,
    callbacks: Callbacks = NoCallbacks(),
    reports: Reports | None = None,
    past_calls: PastCalls | None = None,
    recordings: Recordings | None = None,
    quality: Quality | None = None,
    recorded: RecordedEvents | None = None,
    keys: Keys | None = None,
    incident_texts: Callable[[], Mapping[str, Mapping[str, str]]] = dict,
    in_talk: InTalk = NoPhones(),
    delivery: Callable[[], Delivery | None] = lambda: None,
    supervision: Callable[[], Mapping[str, Any]] = dict,
    access: Access = Access(),
    also_called: Callable[[], Mapping[str, Sequence[str]]] = dict,
    registry: CollectorRegistry | None = None,
    dist: Path = DIST,
) -> FastAPI:
    """The application. ``live`` is attached to ``engine`` here.

    ``secret`` signs the session cookies (16 bytes or more; ValueError otherwise). ``plan`` gives the plan in force.
    ``product_lines`` is product line -> language -> its name there. ``destinations`` gives the names of the ways out of the house,
    ``phones`` the extensions that agents may sit down at besides their own.
    ``callbacks`` keeps what was promised, ``reports`` works figures of the past out, ``past_calls`` finds calls and tells their stories,
    ``recorded`` has the journal, ``keys`` the answers to actions that may be sent again; without it they are kept in memory.
    ``incident_texts`` gives what callers can be let hear of an incident: text -> language -> what it says.
    ``supervision`` gives the configuration's section of that name, ``recordings`` the conversations that were recorded, ``quality`` draws
    those that are scored. ``in_talk`` does what agents do by click, ``also_called`` gives other words for a product line, to find it
    by. ``delivery`` tells how pops are sent to the company's own service; None without one. ``access`` keeps users, tokens and deeds.
    ``health`` names what must be well (``{"ami": True}``); one that is not makes ``/healthz`` answer 503.
    """
    registry = _counting(registry or CollectorRegistry(), engine, live)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.parts = Parts(
        engine, users, live, Sessions(secret, idle_seconds=lambda: access.rules().idle_seconds), Bearers(access.tokens), access, Tries(),
        asyncio.Semaphore(PASSWORDS_AT_ONCE), plan, languages, product_lines or {}, destinations, phones, callbacks, incident_texts,
        supervision, in_talk, also_called,
    )  # fmt: skip
    _keep(
        app, reports=reports, past_calls=past_calls, recordings=recordings, quality=quality, delivery=delivery, recorded=recorded,
        readers=set(), keys=keys or Keys(AnswersInMemory()), watched=Watched(health, registry), dist=dist,
    )  # fmt: skip
    live.attach(engine, in_talk.in_talk, app.state.parts.scope)
    api_problems.install(app)
    api_routes.install(app, ROUTES)
    app.openapi = cache(lambda: describe("Hotline", app, ROUTES))  # type: ignore[method-assign]  # as FastAPI's own documentation does it
    app.mount("/assets", Assets(directory=dist / "assets", check_dir=False))
    app.add_middleware(Audited, parts=app.state.parts)
    app.add_middleware(Guard, origins=lambda: access.rules().origins)
    return app


def _counting(registry: CollectorRegistry, engine: Engine, live: LiveDesks) -> CollectorRegistry:
    for figures in (BoardFigures(engine), *live.figures):
        registry.register(figures)
    return registry


def _keep(app: FastAPI, **parts: object) -> None:
    """What single routes ask for."""
    for name, part in parts.items():
        setattr(app.state, name, part)
