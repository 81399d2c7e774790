"""A person's part of the records, as conditions that the database looks at: what ``acd.scope`` says of the live view, said of the past.

Decides what of the past is whose. A team's calls are those that its queues had first or last, or that one of its agents talked to last.
Figures of queues, product lines and entries are those of its queues, whoever answered there, so that a queue's figures are the same for
all who may see them; figures of agents are those of its agents, in whatever queue. What never reached a queue is no team's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, or_, select, true, tuple_

from acd.measures import By
from acd.records import callbacks, calls, stays, working_time
from acd.scope import Scope

_EVERY = true()


def own_calls(scope: Scope) -> ColumnElement[bool]:
    """Calls that he may be told of."""
    if not scope.limited:
        return _EVERY
    return or_(_among(calls.c.first_queue, scope.queues), _among(calls.c.queue, scope.queues), _among(calls.c.agent, scope.agents))


def own_stays(scope: Scope, by: By) -> ColumnElement[bool]:
    """Stays that are counted for him in such groups."""
    if not scope.limited:
        return _EVERY
    return _among(stays.c.agent, scope.agents) if by is By.AGENT else _among(stays.c.queue, scope.queues)


def own_time(scope: Scope) -> ColumnElement[bool]:
    """His agents' quarters of an hour."""
    return _among(working_time.c.agent, scope.agents) if scope.limited else _EVERY


def own_callbacks(scope: Scope) -> ColumnElement[bool]:
    """What was promised to callers of his queues."""
    return _among(callbacks.c.queue, scope.queues) if scope.limited else _EVERY


def own_matters(scope: Scope, by: By, table: FromClause = calls) -> ColumnElement[bool]:
    """Calls whose matters, if they begin one, are counted for him in such groups."""
    if not scope.limited:
        return _EVERY
    return _among(table.c.resolver, scope.agents) if by is By.AGENT else _among(table.c.first_queue, scope.queues)


def threads_of(scope: Scope, by: By, since: datetime, until: datetime) -> ColumnElement[bool]:
    """All calls of those numbers about those product lines that have such a call in [``since``, ``until``).

    Whether a call begins a matter, and whether that is settled, is said by the number's other calls too, whosever they are.
    """
    if not scope.limited:
        return _EVERY
    other = calls.alias()
    arrived = other.c.arrived_at
    own = select(other.c.ani, other.c.product_line).where(own_matters(scope, by, other), arrived >= since, arrived < until)
    return tuple_(calls.c.ani, calls.c.product_line).in_(own)


def _among(column: ColumnElement[str | None], names: Collection[str]) -> ColumnElement[bool]:
    return column.in_(sorted(names))
