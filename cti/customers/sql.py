"""Customers from an SQL database: one query of the administrator's own, whose columns are those of ``cti.customers.rows``.

The query's parameters: ``:number`` (E.164, as ``+8613800138000``), ``:national`` (``13800138000``, what every spelling of the number ends
in) and ``:keyed`` (digits that a caller keyed); those that are not asked for are ''. Each may be used, or not.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from acd.customer import Customer
from acd.numbers import e164, national
from cti.customers.rows import RowError, known_of
from cti.customers.wanted import SourceFailed, Wanted

MOST_ROWS: Final = 200


class SqlSource:
    """Implements ``CustomerSource``. Connects when it is first asked."""

    def __init__(self, url: str, query: str, zone: tzinfo) -> None:
        """Raises SourceFailed for a URL that names no database."""
        try:
            self._engine = create_async_engine(url, pool_size=4, max_overflow=4) if "sqlite" not in url else create_async_engine(url)
        except (SQLAlchemyError, ImportError) as problem:
            raise SourceFailed(_line(problem)) from None
        self._query = text(query)
        self._parameters = set(self._query.compile().params)
        self._zone = zone

    async def find(self, wanted: Wanted) -> tuple[Customer, ...]:
        """What the query answers. Raises SourceFailed."""
        number = wanted.number or e164(wanted.keyed, wanted.country_code)
        values = {"number": number, "national": national(number, wanted.country_code), "keyed": wanted.keyed}
        asked = {name: value for name, value in values.items() if name in self._parameters}
        try:
            async with self._engine.connect() as connection:
                answer = await connection.execute(self._query, asked)
                rows = [dict(row) for row in answer.mappings().fetchmany(MOST_ROWS)]
            return tuple(one.customer for one in known_of(rows, self._zone).values())
        except (SQLAlchemyError, OSError) as problem:
            raise SourceFailed(_line(problem)) from None
        except RowError as problem:
            raise SourceFailed(f"row {problem.place + 1} of the answer: {problem}") from None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._engine.dispose()


def _line(problem: Exception) -> str:
    """Without SQLAlchemy's further lines, in which the values asked for stand."""
    return next(iter(str(problem).splitlines()), "") or repr(problem)
