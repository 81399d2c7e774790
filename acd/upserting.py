"""Rows that are written whether they are there already or not, in SQLite and in PostgreSQL.

It knows no table and decides nothing about rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Row = dict[str, Any]
_ROWS_PER_STATEMENT = 200


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Write the rows, which all have the same columns, by the table's primary key."""
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        await connection.execute(_statement(table, connection.dialect.name), rows[start : start + _ROWS_PER_STATEMENT])


@cache
def _statement(table: Table, dialect: str) -> Executable:
    """Building the statement costs more than running it, so it is built once."""
    insert = {"sqlite": sqlite, "postgresql": postgresql}[dialect].insert(table)
    keys = [column.name for column in table.primary_key]
    new = insert.excluded
    put: Executable = insert.on_conflict_do_update(
        index_elements=keys, set_={column.name: new[column.name] for column in table.columns if column.name not in keys}
    )
    return put
