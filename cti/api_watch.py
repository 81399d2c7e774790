"""What watches the engine from outside asks these: whether all is well, and the figures for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel

from cti.api_desk import json_response
from cti.api_parts import TheParts
from cti.api_routes import EVERYBODY, Route


@dataclass(frozen=True, slots=True)
class Watched:
    """What must be well, and where the figures are."""

    health: Callable[[], Mapping[str, bool]]
    registry: CollectorRegistry


class Health(BaseModel):
    """Whether all is well, and which part is."""

    ok: bool
    parts: dict[str, bool]


async def healthz(request: Request, parts: TheParts) -> Response:
    """Whether all is well; 503 when not."""
    well = dict(_watched(request).health())
    parts.engine.board()
    response = json_response({"ok": all(well.values()), "parts": well})
    response.status_code = HTTPStatus.OK if all(well.values()) else HTTPStatus.SERVICE_UNAVAILABLE
    return response


async def metrics(request: Request) -> Response:
    """Figures, in Prometheus' text format."""
    return Response(generate_latest(_watched(request).registry), media_type=CONTENT_TYPE_LATEST)


def _watched(request: Request) -> Watched:
    watched: Watched = request.app.state.watched
    return watched


ROUTES = (
    Route("GET", "/healthz", EVERYBODY, healthz, Health),
    Route("GET", "/metrics", EVERYBODY, metrics, hidden=True),
)
