"""Rows reach every table of the records as SQLAlchemy itself would write them; statements suit drivers that bind by place and by name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Dialect, Float, Integer, String, Table, Text, select
from sqlalchemy.dialects.postgresql import asyncpg, psycopg2
from sqlalchemy.dialects.sqlite import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from acd.archive import open_database
from acd.records import UtcDateTime, agent_intervals, callbacks, calls, incidents, offers, progress, recordings, stays, story, working_time
from acd.upserting import _statement, upsert

TABLES = [calls, offers, agent_intervals, callbacks, incidents, stays, working_time, recordings, story, progress]
SHANGHAI = timezone(timedelta(hours=8))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path / 'records.sqlite3'}")
    yield engine
    await engine.dispose()


def value(column: Column[Any], version: int) -> Any:
    """Something that the column may hold; another for each version."""
    if isinstance(column.type, UtcDateTime):
        return datetime(2026, 1, 31, 7, 0, version, 7, tzinfo=SHANGHAI if version % 2 else UTC)
    by_type = {Boolean: version % 2 == 0, Float: 1.5 + version, Integer: version, JSON: [["first", "王", f'"%$1{version}']]}
    held = next((found for kind, found in by_type.items() if isinstance(column.type, kind)), f"{version} 王 'x' %s")
    return held[: column.type.length] if isinstance(column.type, String) else held


def full(table: Table, version: int) -> dict[str, Any]:
    return {column.name: value(column, 0 if column.primary_key else version) for column in table.columns}


def empty(table: Table) -> dict[str, Any]:
    """As little as the table allows."""
    return {name: None if table.columns[name].nullable else held for name, held in full(table, 1).items()}


async def in_table(connection: AsyncConnection, table: Table) -> list[tuple[Any, ...]]:
    """As the file has it, without the types' way back."""
    return [tuple(row) for row in await connection.exec_driver_sql(f"SELECT * FROM {table.name}")]


async def by_toolkit(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What SQLAlchemy's own insert makes of it; the table is empty before and after."""
    await connection.execute(table.insert(), [row])
    rows = await in_table(connection, table)
    await connection.execute(table.delete())
    return rows


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_a_row_is_written_as_the_toolkit_would_write_it(database: AsyncEngine, table: Table) -> None:
    async with database.connect() as connection:
        for row in (full(table, 2), empty(table)):
            wanted = await by_toolkit(connection, table, row)
            await upsert(connection, table, [row])
            assert await in_table(connection, table) == wanted, "a new row"
            await connection.execute(table.delete())
            await upsert(connection, table, [full(table, 3), row])
            assert await in_table(connection, table) == wanted, "over another in every column"
            await connection.execute(table.delete())


async def test_a_text_that_no_database_can_hold_does_not_keep_others_from_being_written(database: AsyncEngine) -> None:
    length = callbacks.c.number.type.length  # type: ignore[attr-defined]  # a String's
    typed = {"reason": "half a pair: \ud83d, a whole one: 🖨, NUL: \0.", "number": "1" * (length + 1), "state": ""}
    async with database.connect() as connection:
        await upsert(connection, callbacks, [full(callbacks, 2) | typed])
        row = (await connection.execute(select(callbacks))).mappings().one()
    assert {name: row[name] for name in typed} == {"reason": "half a pair: ?, a whole one: 🖨, NUL: .", "number": "1" * length, "state": ""}


@pytest.mark.parametrize("dialect", [aiosqlite.dialect(), asyncpg.dialect(), psycopg2.dialect()], ids=lambda dialect: dialect.driver)
def test_parameters_are_what_the_driver_takes(dialect: Dialect) -> None:
    """psycopg binds by name as psycopg2 does, but can't be asked without being installed."""
    for table in TABLES:
        names = [column.name for column in table.columns]
        row = {name: f"{name} \0\ud83d" if isinstance(table.columns[name].type, Text) else place for place, name in enumerate(names)}
        row |= {name: value(table.columns[name], 2) for name in names if not isinstance(table.columns[name].type, Text | Integer)}
        statement, parameters = _statement(table, dialect)
        made = parameters(row)
        wanted = {name: in_driver(table.columns[name], row[name], dialect) for name in names}
        assert statement.replace('"', "").startswith(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES (")
        assert made == (tuple(wanted.values()) if dialect.positional else wanted), table.name


def in_driver(column: Column[Any], held: Any, dialect: Dialect) -> Any:
    """The value as SQLAlchemy would hand it to the driver; a text without what no database holds."""
    if isinstance(column.type, Text):
        return f"{column.name} ?"
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    return held if convert is None else convert(held)
