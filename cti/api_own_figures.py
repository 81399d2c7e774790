"""An agent's own figures of today, against what is aimed at: those of the report on performance. None is worked out here."""

from __future__ import annotations

from fastapi import Request, Response
from pydantic import BaseModel

from acd.measures import By
from acd.performance import Question
from acd.periods import Interval
from acd.scope import Scope
from cti.api_desk import json_response
from cti.api_parts import OwnAgent, TheParts
from cti.api_performance import Performances
from cti.api_routes import SIGNED_IN, Route

SHOWN = ("handled", "aht", "talk", "hold", "wrap_up", "occupancy", "first_call_resolution")


class OwnFigures(BaseModel):
    """Today's, by the names that the report on performance has, and ``within_three_rings``; null where there is nothing to divide by."""

    figures: dict[str, float | None]
    targets: dict[str, float]
    """What is aimed at, by the same names: ``aht`` in seconds at most, the others at least."""


async def own_figures(request: Request, agent: OwnAgent, parts: TheParts) -> Response:
    """How the agent's day goes: calls, handling time with its parts, answers within three rings, occupancy, matters solved by one call."""
    view = parts.agent_view(agent)
    found: dict[str, float | None] = {"within_three_rings": None if view is None or not view.rung else view.rung_in_time / view.rung}
    reports: Performances | None = request.app.state.reports
    if reports is not None:
        today = reports.question(None, None, None)
        question = Question(today.until, today.until, today.zone, By.AGENT, Interval.WHOLE)
        report = await reports.performance(question, 1, Scope(limited=True, agents=frozenset({agent})))
        mine = next((row.figures for row in report.rows if row.group == agent), {})
        found |= {name: mine.get(name) for name in SHOWN}
    targets = {name: aim for name, aim in parts.supervision().get("own_targets", {}).items() if aim is not None}
    return json_response(OwnFigures(figures=found, targets=targets))


ROUTES = (Route("GET", "/api/desk/figures", SIGNED_IN, own_figures, OwnFigures),)
