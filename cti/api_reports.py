"""Reports on the past for supervisors: the misroute ledger, calls round the hotline, first-call resolution. Translates.

Days are the hotline's own, first and last included. Whoever keeps the past works the figures out (``Reports``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal, Protocol

from fastapi import Query, Request, Response
from pydantic import BaseModel

from acd.misroutes import Bypasses, Misroutes
from acd.model import Level
from acd.resolution import Resolution
from acd.scope import Scope
from cti.api_cursor import Cursor, cursor_of, place_of, unknown_cursor
from cti.api_desk import json_response
from cti.api_parts import Day, SignedIn, TheParts
from cti.api_problems import Refused
from cti.api_routes import REPORTING, Route
from cti.api_spreadsheets import csv_of

PICTURE = "image/svg+xml"
LEDGER = "misroutes"
WAY = ("dnis", "entry", "choices", "first_queue", "queue", "resolver", "misrouted")
MOST_ROWS = 1000
"""Of the ledger, in one answer."""
MOST_DAYS = 92
"""A report on more days is refused: it would keep the records busy."""


class Reports(Protocol):
    """Whoever keeps the past. ``None`` for a day: the last seven days. ``scope``: of whose calls and agents."""

    def period(self, since: date | None, until: date | None) -> tuple[date, date]: ...
    async def misroutes(self, since: date, until: date, by_agent: bool, scope: Scope) -> Sequence[Misroutes]: ...
    async def bypasses(self, since: date, until: date, scope: Scope) -> Sequence[Bypasses]: ...
    async def resolution(self, since: date, until: date, scope: Scope) -> Resolution: ...
    async def menu(self, since: date, until: date, scope: Scope) -> str: ...


class MisrouteRow(BaseModel):
    """Calls with the same way through the house. ``queue``, ``level`` and ``resolver`` are empty for those that nobody solved."""

    dnis: str
    entry: str
    choices: str
    first_queue: str
    queue: str
    level: Level | None
    resolver: str
    calls: int
    transfers: int
    wasted_seconds: float
    misrouted: bool


class MisroutesReport(BaseModel):
    """The ledger, most wasted time first; ``next`` is the cursor of the following page, null on the last one."""

    since: date
    until: date
    rows: list[MisrouteRow]
    next: str | None


class BypassRow(BaseModel):
    """Calls to one direct number; ``answered`` by whomever."""

    dnis: str
    entry: str
    calls: int
    answered: int


class BypassReport(BaseModel):
    """Calls to engineers' direct numbers, ``calls`` in all."""

    since: date
    until: date
    calls: int
    rows: list[BypassRow]


class ResolutionReport(BaseModel):
    """First-call resolution; ``rate`` is solved / (solved + unsolved), null when nothing is known."""

    since: date
    until: date
    solved: int
    unsolved: int
    open: int
    rate: float | None


def _reports(request: Request) -> Reports:
    reports: Reports | None = request.app.state.reports
    if reports is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no_reports", "this hotline keeps no reports")
    return reports


def _period(reports: Reports, since: date | None, until: date | None) -> tuple[date, date]:
    first, last = reports.period(since, until)
    if first > last or (last - first).days >= MOST_DAYS:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_period", f"expected at most {MOST_DAYS} days, the first not after the last")
    return first, last


async def misroutes(
    request: Request,
    session: SignedIn,
    parts: TheParts,
    since: Day | None = None,
    until: Day | None = None,
    by_agent: bool = True,
    format: Literal["json", "csv"] = "json",
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = MOST_ROWS,
    cursor: Cursor | None = None,
) -> Response:
    """Which number and which choice send callers to the wrong queue, and what it costs. A table for spreadsheets has all the rows."""
    reports = _reports(request)
    first, last = _period(reports, since, until)
    rows = await reports.misroutes(first, last, by_agent, parts.scope(session))
    if format == "csv":
        name = f"misroutes-{first}-{last}.csv"
        return Response(misroutes_csv(rows), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})
    shown, following = _page(rows, limit, cursor)
    return json_response({"since": first, "until": last, "rows": shown, "next": following})


def _page(rows: Sequence[Misroutes], limit: int, cursor: str | None) -> tuple[Sequence[Misroutes], str | None]:
    """The rows after the one that the cursor names, whatever came into the ledger meanwhile."""
    start = 0
    if cursor is not None:
        (after,) = place_of(LEDGER, cursor, (str,))
        start = 1 + next((place for place, row in enumerate(rows) if _mark(row) == after), len(rows))
        if start > len(rows):
            raise unknown_cursor()
    shown = rows[start : start + limit]
    return shown, cursor_of(LEDGER, _mark(shown[-1])) if start + limit < len(rows) else None


def _mark(row: Misroutes) -> str:
    """What tells a row of the ledger from all the others, in few characters."""
    return hashlib.sha256("\0".join(str(getattr(row, name)) for name in WAY).encode(errors="surrogatepass")).hexdigest()[:16]


async def bypass(request: Request, session: SignedIn, parts: TheParts, since: Day | None = None, until: Day | None = None) -> Response:
    """How many went round the hotline by an engineer's direct number."""
    reports = _reports(request)
    first, last = _period(reports, since, until)
    rows = await reports.bypasses(first, last, parts.scope(session))
    return json_response({"since": first, "until": last, "calls": sum(row.calls for row in rows), "rows": rows})


async def resolution(request: Request, session: SignedIn, parts: TheParts, since: Day | None = None, until: Day | None = None) -> Response:
    """How many matters were settled by one call."""
    reports = _reports(request)
    first, last = _period(reports, since, until)
    found = await reports.resolution(first, last, parts.scope(session))
    figures = {"solved": found.solved, "unsolved": found.unsolved, "open": found.open, "rate": found.rate}
    return json_response({"since": first, "until": last, **figures})


async def menu(request: Request, session: SignedIn, parts: TheParts, since: Day | None = None, until: Day | None = None) -> Response:
    """The menu as a picture: how many took each branch, gave up where, and were handed on later."""
    reports = _reports(request)
    return Response(await reports.menu(*_period(reports, since, until), parts.scope(session)), media_type=PICTURE)


def misroutes_csv(rows: Sequence[Misroutes]) -> str:
    """The ledger as a table for spreadsheets."""
    names = list(MisrouteRow.model_fields)
    return csv_of(names, ([getattr(row, name) for name in names] for row in rows))


ROUTES = (
    Route("GET", "/api/reports/misroutes", REPORTING, misroutes, MisroutesReport, media=("text/csv",)),
    Route("GET", "/api/reports/bypass", REPORTING, bypass, BypassReport),
    Route("GET", "/api/reports/resolution", REPORTING, resolution, ResolutionReport),
    Route("GET", "/api/reports/menu", REPORTING, menu, media=(PICTURE,)),
)
