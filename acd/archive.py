"""The records' database: opening it, and what is asked of it.

Answers questions about the past: earlier calls of a number, one call's record and story, the day's figures. The live picture is
``acd.board``; who may log in, ``acd.people``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import ColumnElement, Connection, and_, event, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from acd.narrowing import own_calls
from acd.records import UtcDateTime, agent_intervals, callbacks, calls, offers, stays, story
from acd.scope import EVERYTHING, Scope

Row = dict[str, Any]
PIECE = 2000
"""Rows that are in memory at once where a whole period is read."""


class DatabaseTooNew(Exception):
    """A newer version of the program has made its tables, which this one doesn't know."""


class DatabaseTooOld(Exception):
    """An older version of the program has made its tables, and may be working with them, or nobody has made any."""


class Tables(Enum):
    """What opening a database may do to its tables."""

    UPDATED = "updated"
    """Made, or brought to the newest revision: the engine's right."""
    MADE = "made"
    """Made where there are none; older ones are left as they are."""
    AS_FOUND = "as found"


async def open_database(url: str, tables: Tables = Tables.UPDATED) -> AsyncEngine:
    """Connect; the tables are of the newest revision then.

    Raises SQLAlchemyError or OSError when the database can't be reached, ModuleNotFoundError without its driver, DatabaseTooNew, and, where
    the tables may not be brought up to date, DatabaseTooOld.
    """
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate, tables)
    except BaseException:
        await engine.dispose()  # a connection of SQLite's is a thread, and the process would not end
        raise
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def _migrate(connection: Connection, tables: Tables) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    try:
        if _may_upgrade(connection, ScriptDirectory.from_config(config), tables):
            command.upgrade(config, "head")
    except CommandError as problem:  # it has one head, so nothing else can be wrong
        raise DatabaseTooNew(f"a newer version of the program has made its tables ({problem})") from problem


def _may_upgrade(connection: Connection, versions: ScriptDirectory, tables: Tables) -> bool:
    """Raises DatabaseTooOld where it would have to, and may not; CommandError for a revision that is not known."""
    found = MigrationContext.configure(connection).get_current_revision()
    if tables is Tables.UPDATED or (found is None and tables is Tables.MADE):
        return True
    if found is None:
        raise DatabaseTooOld("it has no tables yet")
    versions.get_revision(found)
    if found != versions.get_current_head():
        raise DatabaseTooOld(f"an older version of the program has made its tables ({found})")
    return False


def _ended_between(start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    return calls.c.arrived_at >= start, calls.c.arrived_at < end, calls.c.ended_at.is_not(None)


class Archive:
    """Questions about the past."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def earlier_calls(self, ani: str, limit: int, before: datetime | None = None) -> Sequence[Row]:
        """The latest ended calls of a number, newest first; none for a withheld number."""
        if not ani:
            return []
        query = select(calls).where(calls.c.ani == ani, calls.c.ended_at.is_not(None)).order_by(calls.c.arrived_at.desc()).limit(limit)
        if before is not None:
            query = query.where(calls.c.arrived_at < before)
        return await self._rows(query)

    async def became(self, rows: Sequence[Row], dispositions: Collection[str]) -> Mapping[str, str]:
        """Call -> what became of it by the word of who talked to the caller last; only where he gave one of the ``dispositions``."""
        after_work = [
            and_(
                agent_intervals.c.agent == row["resolver"], agent_intervals.c.started_at >= row["talk_ended_at"],
                agent_intervals.c.call == row["id"],
            )
            for row in rows if row["resolver"] and row["talk_ended_at"]
        ]  # fmt: skip
        if not after_work:
            return {}
        said = select(agent_intervals.c.call, agent_intervals.c.cause).where(or_(*after_work), agent_intervals.c.cause.in_(dispositions))
        return {row["call"]: row["cause"] for row in await self._rows(said)}

    async def call(self, call: str) -> Row | None:
        """One call's record."""
        rows = await self._rows(select(calls).where(calls.c.id == call))
        return rows[0] if rows else None

    async def story(self, call: str) -> Sequence[Row]:
        """What the router decided about a call, in order."""
        return await self._rows(select(story).where(story.c.call == call).order_by(story.c.sequence, story.c.ordinal))

    async def callbacks(
        self, open_only: bool, limit: int, before: tuple[datetime, str] | None = None, queues: Sequence[str] | None = None
    ) -> Sequence[Row]:
        """Promised callbacks, newest first; ``before``: those older than the one with this moment of its promise and this id.

        ``queues``: of these alone.
        """
        query = select(callbacks).order_by(callbacks.c.promised_at.desc(), callbacks.c.id.desc()).limit(limit)
        if open_only:
            query = query.where(callbacks.c.ended_at.is_(None))
        if queues is not None:
            query = query.where(callbacks.c.queue.in_(queues))
        if before is not None:
            query = query.where(
                tuple_(callbacks.c.promised_at, callbacks.c.id) < tuple_(literal(before[0], UtcDateTime), literal(before[1]))
            )
        return await self._rows(query)

    async def calls_between(self, start: datetime, end: datetime) -> Sequence[Row]:
        """Calls that arrived in [start, end)."""
        return await self._rows(select(calls).where(calls.c.arrived_at >= start, calls.c.arrived_at < end).order_by(calls.c.arrived_at))

    async def pieces_of_calls(
        self, columns: Sequence[str], start: datetime, end: datetime, scope: Scope = EVERYTHING
    ) -> AsyncIterator[list[Row]]:
        """These columns alone, of the ended calls of ``scope`` that arrived in [start, end), as many at a time as fit into memory."""
        query = select(*(calls.c[name] for name in columns)).where(*_ended_between(start, end), own_calls(scope))
        async with self._engine.connect() as connection:
            found = await connection.stream(query.order_by(calls.c.arrived_at).execution_options(yield_per=PIECE))
            async for rows in found.mappings().partitions():
                yield [dict(row) for row in rows]

    async def bypasses(self, start: datetime, end: datetime, scope: Scope = EVERYTHING) -> Sequence[Row]:
        """Ended calls of ``scope`` to direct numbers that arrived in [start, end), by number, most first, and how many were answered."""
        count = func.count()
        answered = func.count(calls.c.answered_at).label("answered")
        wanted = (calls.c.bypass, *_ended_between(start, end), own_calls(scope))
        query = select(calls.c.dnis, calls.c.entry, count.label("calls"), answered).where(*wanted)
        return await self._rows(query.group_by(calls.c.dnis, calls.c.entry).order_by(count.desc(), calls.c.dnis, calls.c.entry))

    async def conversations(self, start: datetime, end: datetime, shortest_seconds: float) -> Sequence[Row]:
        """Stays offered in [start, end) whose conversation is over and was not shorter, in order."""
        wanted = (stays.c.offered_at >= start, stays.c.offered_at < end, stays.c.handled, stays.c.talk_seconds >= shortest_seconds)
        return await self._rows(select(stays).where(*wanted, stays.c.agent.is_not(None)).order_by(stays.c.offered_at, stays.c.id))

    async def offers_between(self, start: datetime, end: datetime) -> Sequence[Row]:
        """Offers made in [start, end)."""
        return await self._rows(select(offers).where(offers.c.made_at >= start, offers.c.made_at < end).order_by(offers.c.made_at))

    async def intervals_of(self, agent: str, start: datetime, end: datetime) -> Sequence[Row]:
        """An agent's states that began in [start, end)."""
        table = agent_intervals
        query = select(table).where(table.c.agent == agent, table.c.started_at >= start, table.c.started_at < end)
        return await self._rows(query.order_by(table.c.started_at))

    async def _rows(self, query: Any) -> Sequence[Row]:
        async with self._engine.connect() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]
