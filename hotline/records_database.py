"""The records' database of the commands and of the engine: opened, or refused in words that say which one it is and what to do.

Knows what people do wrong with it: another directory than the engine's, a driver that is not installed, a version that is too old. It
knows no table.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import DatabaseTooNew, DatabaseTooOld, Tables, open_database
from hotline import places
from hotline.places import Refused


@asynccontextmanager
async def records_database(*, must_exist: bool = True) -> AsyncIterator[AsyncEngine]:
    """The database of ``$HOTLINE_STATE_DIR`` or ``$HOTLINE_DATABASE_URL`` for a block. Refused when it can't be used.

    ``must_exist``: what is not there is not made, for an empty one would answer every question, and wrongly. Tables of an older version are
    never changed: its engine may be working with them.
    """
    url = places.database_url()
    path = file_of(url)
    if path is not None and not places.readable(path) and must_exist:
        raise Refused(f"{path}: no records here; is HOTLINE_STATE_DIR the engine's?")
    database = await opened(url, Tables.AS_FOUND if must_exist else Tables.MADE)
    try:
        yield database
    except SQLAlchemyError as problem:
        raise Refused(f"{shown(url)}: {said(problem)}") from problem
    finally:
        await database.dispose()


async def opened(url: str, tables: Tables = Tables.UPDATED) -> AsyncEngine:
    """The database, with its tables brought up to date unless told otherwise; whoever gets it must dispose of it. Refused when it can't be
    used.
    """
    try:
        return await open_database(url, tables)
    except (ArgumentError, NoSuchModuleError):
        raise Refused("HOTLINE_DATABASE_URL is no database's address as SQLAlchemy writes it, such as postgresql+asyncpg://…") from None
    except ModuleNotFoundError as missing:
        advice = f"install the Python package {missing.name} beside the engine's"
        raise Refused(f"{shown(url)}: the driver {missing.name} is not installed; {advice}") from None
    except DatabaseTooNew as problem:
        advice = "install that version again, or restore the backup from before it was brought up to date"
        raise Refused(f"{shown(url)}: {problem}; {advice}") from None
    except DatabaseTooOld as problem:
        advice = "the start of this version's engine brings them up to date; beside an engine of the older version use that one's commands"
        raise Refused(f"{shown(url)}: {problem}; {advice}") from None
    except (SQLAlchemyError, OSError) as problem:
        raise Refused(f"{shown(url)}: {said(problem)}; {_advice(url)}") from problem


def file_of(url: str) -> Path | None:
    """Where the file of an SQLite database is; None for any other."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def shown(url: str) -> str:
    """The address without its password; of SQLite's databases the file."""
    return str(file_of(url) or make_url(url).render_as_string(hide_password=True))


def said(problem: Exception) -> str:
    """What the driver says, in one line."""
    words = problem.orig if isinstance(problem, DBAPIError) and problem.orig is not None else problem
    return " ".join(str(words).split())


def _advice(url: str) -> str:
    path = file_of(url)
    if path is None:
        return "does the database run, and may the engine's user and password in?"
    nearest = path if os.path.exists(path) else path.parent  # unlike Path's, these never raise where nobody may look
    if os.path.exists(nearest) and not os.access(nearest, os.W_OK):
        return "run this as the engine's user"
    return (
        "is the disk full, or the file damaged? then restore it from a backup; without one move it away: the next start makes all anew "
        "but users, tokens, scores and the audit log"
    )
