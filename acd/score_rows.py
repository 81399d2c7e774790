"""The scores in the records' database: kept as they are given, each in the place of its scorer's earlier one of the same recording.

Keeps and finds; who may give or see one is decided elsewhere, what it comes to by ``acd.scoring``. That no row is changed or deleted is
held by triggers of the database (migration 0016).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from acd.archive import Row
from acd.records import scores, scoring_forms
from acd.score_filter import Superseded, Wanted
from acd.scoring import Form

_later = scores.alias()
_STANDS = ~(
    select(_later.c.id)
    .where(_later.c.recording == scores.c.recording, _later.c.scorer == scores.c.scorer, _later.c.revision > scores.c.revision)
    .exists()
)
"""No later one is in its place."""


class ScoreRows:
    """What conversations were scored."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, form: Form, score: Mapping[str, Any], supersedes: int | None) -> Row:
        """Keep a score; durable when this returns. ``supersedes``: the scorer's own that it replaces, None for his first.

        Raises Superseded when he has another one by now, or has one already.
        """
        mine = (scores.c.recording == score["recording"]) & (scores.c.scorer == score["scorer"])
        try:
            async with self._engine.begin() as connection:
                found = await connection.execute(select(scores.c.id, scores.c.revision).where(mine).order_by(scores.c.revision.desc()))
                last = found.first()
                if supersedes != (last and last.id):
                    raise Superseded(f"the score that stands is {last and last.id}")
                await _keep_form(connection, form)
                values = {**score, "form": form.name, "version": form.version, "revision": last.revision + 1 if last else 1}
                added = await connection.execute(insert(scores).values(values).returning(scores.c.id))
                return {**values, "id": added.scalar_one()}
        except IntegrityError as reason:  # the same person, twice at once; or another engine keeps the form
            raise Superseded("another one came at the same time") from reason

    async def page(self, wanted: Wanted, limit: int, before: int | None = None) -> Sequence[Row]:
        """Scores that stand, the latest given first, older than the one whose id is ``before``."""
        query = select(scores).where(*_conditions(wanted)).order_by(scores.c.id.desc()).limit(limit)
        return await self._rows(query if before is None else query.where(scores.c.id < before))

    async def history(self, recording: str, scorer: str) -> Sequence[Row]:
        """All that somebody gave a recording, in order."""
        query = select(scores).where(scores.c.recording == recording, scores.c.scorer == scorer)
        return await self._rows(query.order_by(scores.c.revision))

    async def by_agent(self, wanted: Wanted) -> Sequence[Row]:
        """Agent, recordings scored, and the average of their totals: a recording that two have scored counts once, by their average."""
        of_each = select(scores.c.agent, func.avg(scores.c.total).label("total")).where(*_conditions(wanted))
        each = of_each.group_by(scores.c.agent, scores.c.recording).subquery()
        count, average = func.count().label("scored"), func.avg(each.c.total).label("average")
        query = select(each.c.agent, count, average, func.min(each.c.total).label("lowest")).group_by(each.c.agent)
        return await self._rows(query.order_by(each.c.agent))

    async def scorers(self, recordings: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Recording -> who has scored it."""
        rows = await self._rows(select(scores.c.recording, scores.c.scorer).where(scores.c.recording.in_(recordings)).distinct())
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row["recording"], set()).add(row["scorer"])
        return {recording: frozenset(names) for recording, names in found.items()}

    async def forms(self, versions: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        """Version -> the form's content."""
        rows = await self._rows(select(scoring_forms).where(scoring_forms.c.version.in_(sorted(versions))))
        return {row["version"]: row["content"] for row in rows}

    async def scored_twice(self, wanted: Wanted) -> Sequence[Row]:
        """What ``wanted`` says of recordings that several people have scored, in order of recording and scorer."""
        of_several = select(scores.c.recording).group_by(scores.c.recording).having(func.count(scores.c.scorer.distinct()) > 1)
        query = select(scores).where(*_conditions(wanted), scores.c.recording.in_(of_several))
        return await self._rows(query.order_by(scores.c.recording, scores.c.scorer))

    async def _rows(self, query: Select[Any]) -> list[Row]:
        async with self._engine.connect() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]


async def _keep_form(connection: AsyncConnection, form: Form) -> None:
    known = await connection.execute(select(scoring_forms.c.version).where(scoring_forms.c.version == form.version))
    if known.first() is None:
        await connection.execute(insert(scoring_forms).values(version=form.version, name=form.name, content=form.content))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    column, scope = scores.c, wanted.scope
    found: list[ColumnElement[bool]] = [column.revision == 1 if wanted.first else _STANDS]
    found += [column[name] == value for name in ("scorer", "agent", "call", "recording") if (value := getattr(wanted, name)) is not None]
    if wanted.since is not None:
        found.append(column.held_at >= wanted.since)
    if wanted.until is not None:
        found.append(column.held_at < wanted.until)
    if scope.limited:
        found.append(or_(column.agent.in_(sorted(scope.agents)), column.queue.in_(sorted(scope.queues))))
    return found
