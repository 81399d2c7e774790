"""The audit log in the records' database: what people did, append-only.

Writes and reads; what is worth writing is decided elsewhere. That nothing is changed or deleted is held by triggers of the database
(migration 0009), so that it is true for whoever opens the file too, not for this class alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, String, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.deed import Deed, DeedFilter
from acd.records import audit, fitting

_FITTING = {column.name: fitting(column.type.length) for column in audit.columns if isinstance(column.type, String)}


class AuditLog:
    """What people did."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def note(self, deed: Deed) -> None:
        """Keep it; durable when this returns. Nobody's text keeps it from being kept. Raises SQLAlchemyError."""
        row = {name: _FITTING[name](value) if name in _FITTING else value for name, value in asdict(deed).items()}
        async with self._engine.begin() as connection:
            await connection.execute(audit.insert().values(**row))

    async def deeds(self, wanted: DeedFilter, limit: int, before: int | None = None) -> Sequence[dict[str, Any]]:
        """Newest first, older than the one whose id is ``before``."""
        query = select(audit).where(*_conditions(wanted)).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        async with self._engine.connect() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]


def _conditions(wanted: DeedFilter) -> list[ColumnElement[bool]]:
    table = audit.c
    found: list[ColumnElement[bool]] = []
    if wanted.who:
        found.append(table.who == wanted.who)
    if wanted.action:
        found.append(or_(table.action == wanted.action, table.action.startswith(f"{wanted.action}.", autoescape=True)))
    if wanted.target:
        found.append(table.target == wanted.target)
    if wanted.since:
        found.append(table.at >= wanted.since)
    if wanted.until:
        found.append(table.at < wanted.until)
    if wanted.concerning is not None:
        people, targets = wanted.concerning
        found.append(or_(table.who.in_(sorted(people)), table.target.in_(sorted(targets))))
    return found
