"""The weekly draws in the records' database: the recorded conversations to draw from, the seeds, and what was drawn.

Keeps; which conversations are drawn is worked out by ``acd.sampling``, and when by whoever asks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Select, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import PIECE, Row
from acd.records import drawn, draws, recordings, stays
from acd.sampling import Conversation, Drawn, Sample
from acd.scope import Scope


class DrawRows:
    """What was drawn for scoring."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def recorded(self, start: datetime, end: datetime, shortest_seconds: float) -> list[Conversation]:
        """Conversations offered in [start, end) that are over, were not shorter, and were recorded, whether it is deleted by now or not.

        A recording is the conversation's that its agent had begun last before it in that call, also when that is none of those asked for:
        then it is nobody's here. Many are read, a piece at a time.
        """
        owners: dict[str, Row] = {}
        async with self._engine.connect() as connection:
            found = await connection.stream(_recorded(start, end).execution_options(yield_per=PIECE))
            async for rows in found.mappings().partitions():
                owners.update((row["recording"], dict(row)) for row in rows)  # the last row of each has the latest conversation
        first: dict[str, Conversation] = {}
        for row in sorted(owners.values(), key=lambda row: (row["began_at"], row["recording"])):
            del row["began_at"]
            if row.pop("handled") and row["at"] < end and row["talk_seconds"] >= shortest_seconds:
                first.setdefault(row["id"], Conversation(**row))
        return sorted(first.values(), key=lambda one: (one.at, one.id))

    async def throw(self, week: str, until: str, seed: str, at: datetime) -> Row:
        """Keep the week's seed, unless it has one; the week's row."""
        with suppress(IntegrityError):  # thrown before: that seed stands, whoever throws again
            async with self._engine.begin() as connection:
                await connection.execute(insert(draws).values(id=week, until=until, seed=seed, thrown_at=at))
        [row] = await self._rows(select(draws).where(draws.c.id == week))
        return row

    async def keep(self, week: str, sample: Sample, rules: Row, at: datetime) -> bool:
        """Keep what was drawn of a week that has a seed; False when it was drawn before. ``rules``: what it was drawn by.

        A conversation or recording that an earlier week's draw has is left out, so that nobody scores it twice.
        """
        async with self._engine.begin() as connection:
            values = {**rules, "drawn_at": at, "of": sample.of, "digest": sample.digest}
            changed = await connection.execute(update(draws).where(draws.c.id == week, draws.c.drawn_at.is_(None)).values(values))
            if changed.rowcount:
                rows = [_row(week, one) for one in sample.drawn]
                for name in ("conversation", "recording"):
                    known = await connection.scalars(select(drawn.c[name]).where(drawn.c[name].in_([row[name] for row in rows])))
                    earlier = set(known)
                    rows = [row for row in rows if row[name] not in earlier]
                if rows:
                    await connection.execute(insert(drawn), rows)
        return bool(changed.rowcount)

    async def draws(self, limit: int) -> Sequence[Row]:
        """The latest weeks, newest first."""
        return await self._rows(select(draws).order_by(draws.c.id.desc()).limit(limit))

    async def of_weeks(self, weeks: Collection[str], scope: Scope) -> Sequence[Row]:
        """What was drawn of these weeks within the scope, by agent and number, with the draw's seed, and whether the sound is gone."""
        query = select(drawn, draws.c.seed, recordings.c.deleted_at).join(draws, draws.c.id == drawn.c.draw)
        query = query.join(recordings, recordings.c.id == drawn.c.recording, isouter=True).where(drawn.c.draw.in_(sorted(weeks)))
        if scope.limited:
            query = query.where(or_(drawn.c.agent.in_(sorted(scope.agents)), drawn.c.queue.in_(sorted(scope.queues))))
        return await self._rows(query.order_by(drawn.c.draw, drawn.c.agent, drawn.c.number))

    async def _rows(self, query: Select[tuple[object, ...]]) -> list[Row]:
        async with self._engine.connect() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]


def _recorded(start: datetime, end: datetime) -> Select[tuple[object, ...]]:
    """All later conversations of these calls too, however short: the recording may be theirs."""
    of_it = and_(recordings.c.call == stays.c.call, recordings.c.agent == stays.c.agent, recordings.c.began_at >= stays.c.offered_at)
    columns = (
        stays.c.id, stays.c.call, stays.c.agent, stays.c.queue, stays.c.offered_at.label("at"), stays.c.talk_seconds,
        stays.c.handled, recordings.c.id.label("recording"), recordings.c.began_at,
    )  # fmt: skip
    of_calls = select(stays.c.call).where(stays.c.offered_at >= start, stays.c.offered_at < end)
    wanted = (stays.c.offered_at >= start, stays.c.call.in_(of_calls))
    return select(*columns).join(recordings, of_it).where(*wanted).order_by(stays.c.offered_at, stays.c.id)


def _row(week: str, one: Drawn) -> Row:
    what = one.conversation
    return {
        "conversation": what.id, "draw": week, "recording": what.recording, "call": what.call, "agent": what.agent, "queue": what.queue,
        "at": what.at, "talk_seconds": what.talk_seconds, "number": one.number, "of": one.of, "second_scorer": one.second_scorer,
    }  # fmt: skip
