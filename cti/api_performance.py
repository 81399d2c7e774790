"""The report on performance over HTTP: per queue, product line, agent, entry and period, as JSON, CSV and XLSX. Translates.

Whoever keeps the past works it out (``Performances``); what the figures mean is in ``acd.measures``.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from typing import Annotated, Literal, Protocol
from zoneinfo import available_timezones

from fastapi import Query, Request, Response
from pydantic import BaseModel

from acd.measures import FIGURES, By, ShortAbandons, Unit
from acd.performance import Performance, Question, Row
from acd.periods import MINUTES, Interval
from acd.scope import Scope
from cti.api_desk import json_response
from cti.api_parts import Day, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import REPORTING, Route
from cti.api_spreadsheets import CSV_TYPE, XLSX_TYPE, performance_csv, performance_xlsx

MOST_DAYS = 400
MOST_DAYS_OF_MINUTES = 92
"""A report in periods of minutes is on at most so many days."""
MOST_ROWS = 50_000


class TooLarge(Exception):
    """The report would have more rows than were asked for at most."""


class Performances(Protocol):
    """Whoever keeps the past. ``None``: the last seven days; the hotline's own zone."""

    def question(self, since: date | None, until: date | None, zone: str | None) -> Question: ...
    async def performance(self, question: Question, most_rows: int, scope: Scope) -> Performance:
        """Of the calls and agents in ``scope``. Raises TooLarge."""


class FigureColumn(BaseModel):
    """One figure; ``share`` is 0 to 1."""

    name: str
    unit: Unit
    definition: str


class PerformanceRow(BaseModel):
    """A group in a period, [``start``, ``end``) in the report's zone; null where there is nothing to divide by."""

    group: str
    start: datetime
    end: datetime
    figures: dict[str, float | None]


class PerformanceReport(BaseModel):
    """``rows`` by period and group, where something happened; ``line``: all groups together, every period."""

    since: date
    until: date
    zone: str
    by: By
    interval: Interval
    short_abandons: ShortAbandons
    columns: list[FigureColumn]
    rows: list[PerformanceRow]
    line: list[PerformanceRow]
    total: dict[str, float | None]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _require(holds: bool, code: str, otherwise: str) -> None:
    if not holds:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, code, otherwise)


def _checked(question: Question) -> Question:
    days = (question.until - question.since).days + 1
    most = MOST_DAYS_OF_MINUTES if question.interval in MINUTES else MOST_DAYS
    _require(0 < days <= most, "unknown_period", f"expected at most {most} days, the first not after the last")
    return question


async def performance(
    request: Request,
    session: SignedIn,
    parts: TheParts,
    since: Day | None = None,
    until: Day | None = None,
    zone: Annotated[str | None, Query(max_length=64)] = None,
    by: By = By.QUEUE,
    interval: Interval = Interval.WHOLE,
    short_abandons: ShortAbandons = ShortAbandons.COUNTED,
    format: Literal["json", "csv", "xlsx"] = "json",
) -> Response:
    """How calls were served and agents were busy. A call counts in the period in which it was offered, in the zone's own days."""
    reports: Performances | None = request.app.state.reports
    if reports is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_reports", "this hotline keeps no reports")
    _require(zone is None or zone in _zones(), "unknown_zone", f"there is no time zone {zone}")
    asked = reports.question(since, until, zone)
    question = _checked(Question(asked.since, asked.until, asked.zone, by, interval, short_abandons))
    try:
        report = await reports.performance(question, MOST_ROWS, parts.scope(session))
    except TooLarge as reason:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "too_many_rows", str(reason)) from None
    if format == "csv":
        return _file(report, "csv", CSV_TYPE, await asyncio.to_thread(performance_csv, report))
    if format == "xlsx":
        return _file(report, "xlsx", XLSX_TYPE, await asyncio.to_thread(performance_xlsx, report))
    return json_response(await asyncio.to_thread(_as_json, report))


def _file(report: Performance, ending: str, media_type: str, content: str | bytes) -> Response:
    question = report.question
    name = f"{question.by}-{question.interval}-{question.since}-{question.until}.{ending}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _as_json(report: Performance) -> dict[str, object]:
    question = report.question
    return {
        "since": question.since, "until": question.until, "zone": question.zone, "by": question.by, "interval": question.interval,
        "short_abandons": question.short_abandons,
        "columns": [{"name": name, "unit": FIGURES[name].unit, "definition": FIGURES[name].definition} for name in report.columns],
        "rows": [_row(row) for row in report.rows], "line": [_row(row) for row in report.line], "total": report.total,
    }  # fmt: skip


def _row(row: Row) -> dict[str, object]:
    return {"group": row.group, "start": row.start.isoformat(), "end": row.end.isoformat(), "figures": row.figures}


ROUTES = (Route("GET", "/api/reports/performance", REPORTING, performance, PerformanceReport, media=(CSV_TYPE, XLSX_TYPE)),)
