"""The recordings' rows: which there are, page by page, and that their files are gone.

Rows are made by ``acd.projection``. Who may see them is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Row
from acd.records import UtcDateTime, calls, recordings
from acd.scope import Scope


class RecordingRows:
    """What is known of recorded conversations."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(
        self, scope: Scope, limit: int, before: tuple[datetime, str] | None, agent: str | None = None, queue: str | None = None,
        since: datetime | None = None, until: datetime | None = None,
    ) -> Sequence[Row]:  # fmt: skip
        """Those that are over, newest first, older than ``before`` (begin, id), begun in [since, until), within the scope."""
        table = recordings.c
        query = _with_caller().where(table.ended_at.is_not(None)).order_by(table.began_at.desc(), table.id.desc()).limit(limit)
        if scope.limited:
            query = query.where(or_(table.agent.in_(sorted(scope.agents)), table.queue.in_(sorted(scope.queues))))
        if agent:
            query = query.where(table.agent == agent)
        if queue:
            query = query.where(table.queue == queue)
        if since:
            query = query.where(table.began_at >= since)
        if until:
            query = query.where(table.began_at < until)
        if before is not None:
            query = query.where(tuple_(table.began_at, table.id) < tuple_(literal(before[0], UtcDateTime), literal(before[1])))
        return await self._rows(query)

    async def one(self, recording: str) -> Row | None:
        """One of them; None for an unknown id."""
        rows = await self._rows(_with_caller().where(recordings.c.id == recording))
        return rows[0] if rows else None

    async def begun_before(self, queue: str | None, moment: datetime) -> Sequence[str]:
        """Ids of a queue's recordings (None: of no queue) that began earlier and are not deleted."""
        table = recordings.c
        query = select(table.id).where(table.deleted_at.is_(None), table.ended_at.is_not(None), table.began_at < moment)
        query = query.where(table.queue.is_(None) if queue is None else table.queue == queue)
        return [row["id"] for row in await self._rows(query.order_by(table.began_at))]

    async def queues(self) -> Sequence[str | None]:
        """Of which queues there are recordings, those that are not configured any more included."""
        found = await self._rows(select(recordings.c.queue).where(recordings.c.deleted_at.is_(None)).distinct())
        return [row["queue"] for row in found]

    async def deleted(self, ids: Collection[str], at: datetime) -> None:
        """Say of these that their files are gone."""
        async with self._engine.begin() as connection:
            for one in ids:
                await connection.execute(update(recordings).where(recordings.c.id == one).values(deleted_at=at))

    async def _rows(self, query: Select[Any]) -> Sequence[Row]:
        async with self._engine.connect() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]


def _with_caller() -> Select[Any]:
    return select(recordings, calls.c.ani).join(calls, calls.c.id == recordings.c.call, isouter=True)
