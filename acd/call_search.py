"""Past and live calls, looked up in the records: by what is known of them, newest first, page by page; and how after-call work ended.

The records are a second behind what happens. Decides what matches a filter, not who may look.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Row
from acd.call_filter import WITHOUT_ANSWER, CallFilter, Outcome
from acd.model import AgentState
from acd.narrowing import own_calls
from acd.records import UtcDateTime, agent_intervals, calls, offers, stays

Condition = ColumnElement[bool]


class CallSearch:
    """Looks calls up."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def calls(self, wanted: CallFilter, limit: int, before: tuple[datetime, str] | None = None) -> Sequence[Row]:
        """At most ``limit`` records, newest first; ``before``: older than the one that arrived then and has this id."""
        query = select(calls).where(*_conditions(wanted)).order_by(calls.c.arrived_at.desc(), calls.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(tuple_(calls.c.arrived_at, calls.c.id) < tuple_(literal(before[0], UtcDateTime), literal(before[1])))
        async with self._engine.connect() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]

    async def ends_of_wrap_ups(self, call: str) -> Sequence[int]:
        """By which entries of the journal the after-call work of this call may have ended: those that began the agents' next states."""
        own, following = agent_intervals.alias(), agent_intervals.alias()
        arrived = select(calls.c.arrived_at).where(calls.c.id == call).scalar_subquery()
        query = (
            select(following.c.id)
            .join(own, (following.c.agent == own.c.agent) & (following.c.started_at == own.c.ended_at))
            .where(own.c.agent.in_(select(offers.c.agent).where(offers.c.call == call)), own.c.started_at >= arrived)
            .where(own.c.call == call, own.c.state == AgentState.WRAP_UP)
        )
        async with self._engine.connect() as connection:
            ids = (await connection.execute(query)).scalars().all()
        return sorted({int(one.rpartition("@")[2].partition(".")[0]) for one in ids})


def _conditions(wanted: CallFilter) -> list[Condition]:
    found: list[Condition] = [calls.c.arrived_at >= wanted.since, calls.c.arrived_at < wanted.until, own_calls(wanted.scope)]
    found += [calls.c[name] == value for name in ("customer", "product_line") if (value := getattr(wanted, name)) is not None]
    if wanted.number_ending is not None:
        found.append(calls.c.ani.endswith(wanted.number_ending, autoescape=True))
    if wanted.agent is not None:
        talked = exists().where(offers.c.call == calls.c.id, offers.c.agent == wanted.agent, offers.c.answered_at.is_not(None))
        found.append(or_(calls.c.agent == wanted.agent, talked))
    if wanted.queue is not None:
        found.append(or_(calls.c.queue == wanted.queue, exists().where(stays.c.call == calls.c.id, stays.c.queue == wanted.queue)))
    if wanted.entry is not None:
        found.append(or_(calls.c.entry == wanted.entry, calls.c.dnis == wanted.entry))
    return found if wanted.outcome is None else [*found, *_became(wanted.outcome)]


def _became(outcome: Outcome) -> list[Condition]:
    """What ``acd.call_filter.outcome_of`` says, said to the database."""
    if outcome is Outcome.LIVE:
        return [calls.c.ended_at.is_(None)]
    if outcome is Outcome.ANSWERED:
        return [calls.c.ended_at.is_not(None), calls.c.answered_at.is_not(None)]
    over = [calls.c.ended_at.is_not(None), calls.c.answered_at.is_(None)]
    if outcome is Outcome.ENDED_OTHERWISE:
        return [*over, or_(calls.c.end_cause.is_(None), calls.c.end_cause.not_in([str(cause) for cause in WITHOUT_ANSWER]))]
    return [*over, calls.c.end_cause.in_([str(cause) for cause, its in WITHOUT_ANSWER.items() if its is outcome])]
