"""``hotline checkpoint``: store what the engine will need to know when it starts, beside the engine that works, which is not asked.

It reads the journal as the records have followed it. Run with a newly installed version before the engine is restarted, it does the
replay that a new version needs once, so that the restart need not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from acd.journal import SqliteJournal
from acd.projection import Records
from acd.router import Router
from acd.runner import Runner
from cti.api_live import LiveDesks
from hotline import places
from hotline.checkpointing import checkpoints
from hotline.logs import log_as_json
from hotline.places import Refused

LEAST_URGENT = 19
"""Of nice(2): callers come first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes: nothing of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Replay and store. Refused when there is no journal, or the records can't be asked how far they are."""
    log_as_json("warning")
    os.nice(LEAST_URGENT)
    state = places.state_dir()
    if not places.readable(state / "journal.sqlite3"):
        raise Refused(f"{state}: no journal here; is HOTLINE_STATE_DIR the engine's?")
    started = time.monotonic()
    try:
        sequence, replayed = asyncio.run(stored(state))
    except (SQLAlchemyError, OSError) as problem:
        raise Refused(f"{state}: {problem}") from problem
    print(f"stored what follows from event {sequence} and all before it; {replayed} replayed in {time.monotonic() - started:.1f} s")
    return 0


async def stored(state: Path) -> tuple[int, int]:
    """Store it; the last event's sequence number in the checkpoint, and how many were replayed for it. Raises SQLAlchemyError, OSError."""
    database = create_async_engine(places.database_url())
    journal = SqliteJournal(state / "journal.sqlite3")
    try:
        records = Records(database)
        await records.open()
        made = checkpoints(state)
        runner = Runner(Router(), journal, (records, LiveDesks(NoPast())), lambda: datetime.now(UTC))
        replayed = runner.recover(made.newest(journal, records.written), until=records.written)
        memory = runner.memory
        if memory is None:
            return 0, 0
        if replayed:
            made.store(memory, journal)
        return memory.sequence, replayed
    finally:
        journal.close()
        await database.dispose()


class NoPast:
    """Stands for the records, which no page asks here."""

    async def earlier_calls(self, ani: str, limit: int) -> Sequence[tuple[datetime, str | None, str | None, str]]:
        return []
