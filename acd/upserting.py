"""Rows that are written whether they are there already or not, in SQLite and in PostgreSQL.

It knows no table and decides nothing about rows. Statements are compiled once, and rows are made into the driver's parameters here: left to
the toolkit, that costs ten times what SQLite needs to write them.

What somebody typed must not keep the rows of everybody else from being written: texts are fitted (``acd.records.fitting``). The journal has
them as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, String, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from acd.records import fitting

Row = dict[str, Any]
Parameters = tuple[Any, ...] | Row
_ROWS_PER_STATEMENT = 200
_MOST_STATEMENTS = 64
"""That are kept: a process writes some ten tables of one database."""


async def upsert(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Write the rows, which all have the table's columns, by its primary key."""
    if not rows:
        return
    statement, parameters = _statement(table, connection.dialect)
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        await connection.exec_driver_sql(statement, [parameters(row) for row in rows[start : start + _ROWS_PER_STATEMENT]])


@lru_cache(_MOST_STATEMENTS)
def _statement(table: Table, dialect: Dialect) -> tuple[str, Callable[[Row], Parameters]]:
    """The statement as the driver takes it, and what makes a row into its parameters: by place, or by name where the driver wants that."""
    insert = {"sqlite": sqlite, "postgresql": postgresql}[dialect.name].insert(table)
    keys = [column.name for column in table.primary_key]
    put = insert.on_conflict_do_update(
        index_elements=keys, set_={column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    ).compile(dialect=dialect)
    names = put.positiontup or list(put.params)
    in_order = itemgetter(*names)
    converted = [
        (place, convert) for place, name in enumerate(names)
        if (convert := _conversion(table.columns[name].type, dialect)) is not None
    ]  # fmt: skip

    def parameters(row: Row) -> Parameters:
        values = list(in_order(row))
        for place, convert in converted:
            values[place] = convert(values[place])
        return tuple(values) if put.positional else dict(zip(names, values, strict=True))

    return str(put), parameters


def _conversion(column: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value into what the driver takes; None where it is that already."""
    if isinstance(column, String):
        return fitting(column.length)
    return column.dialect_impl(dialect).bind_processor(dialect)
