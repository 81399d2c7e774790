"""Sums over the records for reports: the database counts, and what it tells is added up period by period.

Decides nothing about what figures mean (``acd.measures``). What it holds in memory grows with the rows of the report, not with the calls:
stays and working time are summed up in the database, periods of one length at a time; callbacks and visits pass by one after the other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.measures import By, Measures
from acd.model import CallbackState
from acd.narrowing import own_callbacks, own_calls, own_matters, own_stays, own_time, threads_of
from acd.periods import Periods
from acd.records import callbacks, calls, stays, working_time
from acd.resolution import Visit, matters
from acd.scope import EVERYTHING, Scope
from acd.stays import OFFERED, Became, CameBy
from acd.working_time import quarter_of

_ROWS_AT_ONCE = 250
"""Calls are served between them."""


class TooManyRows(Exception):
    """The report would have more rows than it may; ask for longer periods, or fewer days."""


@dataclass(slots=True)
class Tally:
    """Sums by group and period."""

    periods: Periods
    most_rows: int
    rows: dict[tuple[str, int], Measures] = field(default_factory=dict)

    def add(self, group: str, place: int, sums: Mapping[str, float]) -> None:
        """Add to a group's period. Raises TooManyRows."""
        key = (group, place)
        row = self.rows.get(key)
        if row is None:
            if len(self.rows) >= self.most_rows:
                raise TooManyRows(f"more than {self.most_rows} rows")
            row = self.rows[key] = Measures()
        row.add(sums)

    def place(self, at: datetime) -> int:
        """Which period a moment lies in."""
        return self.periods.place(quarter_of(at))


class Tallies:
    """Sums over the records in ``engine``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def tally(
        self, by: By, periods: Periods, resolved_within: timedelta, now: datetime, most_rows: int, scope: Scope = EVERYTHING
    ) -> Tally:
        """Everything that is counted for him who sees ``scope``. Raises TooManyRows."""
        found = Tally(periods, most_rows)
        await self._count_stays(found, by, scope)
        await self._count_resolution(found, by, resolved_within, now, scope)
        if by is not By.AGENT:
            await self._count_callbacks(found, by, scope)
        if by in (By.ENTRY, By.ALL):
            await self._count_self_service(found, by, scope)
        if by in (By.AGENT, By.ALL):
            await self._count_working_time(found, by, scope)
        return found

    async def matters(
        self, by: By, since: datetime, until: datetime, within: timedelta, now: datetime, scope: Scope = EVERYTHING
    ) -> AsyncIterator[tuple[Visit, bool | None]]:
        """His matters that began in [``since``, ``until``), see ``acd.resolution.matters``; ``group`` is that of such groups."""
        arrived, own = calls.c.arrived_at, own_matters(scope, by)
        told = (calls.c.answered_at, calls.c.survey_solved, _GROUP_OF_CALL[by], own.label("own"))
        query = select(calls.c.ani, calls.c.product_line, arrived, *told).where(
            arrived >= since - within, arrived < until + within, calls.c.ended_at.is_not(None), calls.c.product_line.is_not(None),
            threads_of(scope, by, since, until),
        )  # fmt: skip
        visits = (_visit(row) async for row in self._stream(query.order_by(calls.c.ani, calls.c.product_line, arrived)))
        async for visit, solved in matters(visits, since, until, within, now):
            if visit.counted:
                yield visit, solved

    async def _count_stays(self, found: Tally, by: By, scope: Scope) -> None:
        group = _GROUP_OF_STAY[by]
        query = select(*_SUMS.values()).where(own_stays(scope, by))
        if by is By.AGENT:
            query = query.where(stays.c.agent.is_not(None))
        await self._sum_up(found, query, stays.c.quarter, group, tuple(_SUMS))

    async def _count_working_time(self, found: Tally, by: By, scope: Scope) -> None:
        group = working_time.c.agent if by is By.AGENT else _NOBODY
        query = select(*(func.sum(sums) for sums in _TIME_SUMS.values())).where(own_time(scope))
        await self._sum_up(found, query, working_time.c.quarter, group, tuple(_TIME_SUMS))

    async def _sum_up(
        self, found: Tally, sums: Select[Any], quarter: ColumnElement[int], group: ColumnElement[Any], names: Sequence[str]
    ) -> None:
        """Let the database sum up, group by group and period by period."""
        for run in found.periods.runs():
            period = ((quarter - run.first_quarter) // run.quarters).label("period")
            query = sums.add_columns(group.label("of"), period).where(quarter >= run.first_quarter, quarter < run.end_quarter)
            async for row in self._stream(query.group_by("of", "period")):
                found.add(row[-2], run.place + row[-1], dict(zip(names, row[:-2], strict=True)))

    async def _count_callbacks(self, found: Tally, by: By, scope: Scope) -> None:
        promised = callbacks.c.promised_at
        edges = found.periods.edges
        query = select(_GROUP_OF_CALLBACK[by], promised, callbacks.c.state).where(
            promised >= edges[0], promised < edges[-1], own_callbacks(scope)
        )
        async for row in self._stream(query.join(calls, calls.c.id == callbacks.c.call)):
            found.add(row[0] or "", found.place(row[1]), {"callbacks": 1, **_CALLBACK_BECAME.get(row[2], {})})

    async def _count_self_service(self, found: Tally, by: By, scope: Scope) -> None:
        arrived, edges = calls.c.arrived_at, found.periods.edges
        query = select(_GROUP_OF_CALL[by], arrived).where(
            calls.c.self_served, calls.c.ended_at.is_not(None), arrived >= edges[0], arrived < edges[-1], own_calls(scope)
        )
        async for row in self._stream(query):
            found.add(row[0] or "", found.place(row[1]), {"self_served": 1})

    async def _count_resolution(self, found: Tally, by: By, within: timedelta, now: datetime, scope: Scope) -> None:
        edges = found.periods.edges
        async for visit, solved in self.matters(by, edges[0], edges[-1], within, now, scope):
            if solved is not None and (by is not By.AGENT or visit.group):
                found.add(visit.group, found.place(visit.arrived_at), {"solved": 1} if solved else {"unsolved": 1})

    async def _stream(self, query: Select[Any]) -> AsyncIterator[Any]:
        async with self._engine.connect() as connection:
            result = await connection.stream(query.execution_options(yield_per=_ROWS_AT_ONCE))
            async for some in result.partitions():
                for row in some:
                    yield row


def _visit(row: Any) -> Visit:
    return Visit(row[0], row[1], row[2], row[3] is not None, row[4], row[5] or "", bool(row[6]))


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _seconds(column: ColumnElement[float]) -> ColumnElement[float]:
    return func.sum(case((stays.c.handled, column), else_=0.0))


def _became(*words: Became) -> ColumnElement[bool]:
    return stays.c.became.in_([str(word) for word in words])


def _came(*words: CameBy) -> ColumnElement[bool]:
    return stays.c.came_by.in_(sorted(str(word) for word in words))


_SUMS: dict[str, ColumnElement[Any]] = {
    "calls": _how_many(_came(CameBy.MENU)),
    "transferred_in": _how_many(_came(CameBy.TRANSFER)),
    "overflowed_in": _how_many(_came(CameBy.OVERFLOW)),
    **{str(word): _how_many(_became(word)) for word in Became if word not in (Became.OPEN, Became.TAKEN)},
    "waiting": _how_many(_became(Became.OPEN) & _came(*OFFERED)),
    "waits_seconds": func.sum(case((_became(Became.ANSWERED_IN_TIME, Became.ANSWERED_LATE), stays.c.waited_seconds), else_=0.0)),
    "handled": _how_many(stays.c.handled),
    "ring_seconds": _seconds(stays.c.ring_seconds),
    "talk_seconds": _seconds(stays.c.talk_seconds),
    "hold_seconds": _seconds(stays.c.hold_seconds),
    "wrap_up_seconds": _seconds(stays.c.wrap_up_seconds),
    "transfers": func.sum(cast(stays.c.handed_on, Integer)),
    "bounces": func.sum(cast(stays.c.bounced, Integer)),
}
_TIME_SUMS: dict[str, ColumnElement[Any]] = {
    "offers": working_time.c.offers, "missed": working_time.c.missed, "ready_seconds": working_time.c.ready_seconds,
    "busy_seconds": working_time.c.reserved_seconds + working_time.c.talking_seconds + working_time.c.wrap_up_seconds,
    "not_ready_seconds": working_time.c.not_ready_seconds,
}  # fmt: skip
_CALLBACK_BECAME: dict[str, dict[str, float]] = {
    CallbackState.REACHED.value: {"callbacks_kept": 1}, CallbackState.GIVEN_UP.value: {"callbacks_broken": 1},
}  # fmt: skip
_NOBODY: ColumnElement[str] = literal("")
_GROUP_OF_STAY: dict[By, ColumnElement[Any]] = {
    By.ALL: _NOBODY, By.QUEUE: stays.c.queue, By.PRODUCT_LINE: stays.c.product_line, By.AGENT: stays.c.agent, By.ENTRY: stays.c.entry,
}  # fmt: skip
_GROUP_OF_CALL: dict[By, ColumnElement[Any]] = {
    By.ALL: _NOBODY, By.QUEUE: calls.c.first_queue, By.PRODUCT_LINE: calls.c.product_line, By.AGENT: calls.c.resolver,
    By.ENTRY: calls.c.entry,
}  # fmt: skip
_GROUP_OF_CALLBACK: dict[By, ColumnElement[Any]] = {
    By.ALL: _NOBODY, By.QUEUE: callbacks.c.queue, By.PRODUCT_LINE: calls.c.product_line, By.ENTRY: calls.c.entry,
}  # fmt: skip
