"""How long a start takes to know again what was known: by replaying the whole journal, and from a checkpoint.

The journal is that of a day of ``router_bench``: 2,000 agents, ten thousand calls waiting, a million events. Measured is what a start does
before it looks at the exchanges: reading, handling, telling the records and the pages. And how long a checkpoint takes
to write down, which the engine does at its end and a child process while it works.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import insert

from acd.archive import open_database
from acd.effects import Effect
from acd.events import Event
from acd.journal import SqliteJournal
from acd.projection import Records
from acd.records import progress
from acd.router import Router
from acd.runner import Memory, Runner
from bench.router_bench import Day, waiting_at_most
from cti.api_live import LiveDesks
from hotline.checkpoint_command import NoPast
from hotline.checkpointing import checkpoints

Result = TypeVar("Result")


class JournalledDay(Day):
    """A day whose events are kept."""

    def __init__(self, agents: int, journal: SqliteJournal) -> None:
        super().__init__(agents)
        self.journal = journal

    def _timed(self, event: Event) -> list[Effect]:
        self.journal.append([(self.now, event)])
        return self.router.handle(event, self.now)


def measure(quick: bool = False) -> dict[str, Any]:
    """The figures, in seconds and megabytes; of fewer events when ``quick``."""
    return asyncio.run(_measure(quick))


async def _measure(quick: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        journal = SqliteJournal(state / "journal.sqlite3")
        fill(journal, events=100_000 if quick else 1_000_000, waiting=1_000 if quick else 10_000)
        records = await followed(state, journal.last)
        made = checkpoints(state)
        replayed_seconds, memory = timed(lambda: recovered(journal, records, None))
        stored_seconds, path = timed(lambda: made.store(memory, journal))
        known_seconds, again = timed(lambda: recovered(journal, records, made.newest(journal, journal.last)))
        assert again.sequence == memory.sequence == journal.last
        figures = {
            "events": journal.last, "whole_replay": replayed_seconds, "from_checkpoint": known_seconds,
            "checkpoint_written": stored_seconds, "checkpoint_megabytes": path.stat().st_size / 1e6,
        }  # fmt: skip
        journal.close()
    return {"start_seconds": figures}


def fill(journal: SqliteJournal, events: int, waiting: int) -> None:
    """Journal a day of so many events, at whose end so many calls wait."""
    day = JournalledDay(2000, journal)
    day.begin()
    while waiting_at_most(day) < waiting:
        day.caller()
    while journal.last < events:
        day.go_on(1)
    journal.commit()


async def followed(state: Path, sequence: int) -> Records:
    """Records that have followed so far."""
    database = await open_database(f"sqlite+aiosqlite:///{state}/records.sqlite3")
    async with database.begin() as connection:
        await connection.execute(insert(progress).values(name="records", sequence=sequence))
    records = Records(database)
    await records.open()
    await database.dispose()
    return records


def recovered(journal: SqliteJournal, records: Records, since: Memory | None) -> Memory:
    """What a start knows."""
    runner = Runner(Router(), journal, (records, LiveDesks(NoPast())), lambda: datetime.now(UTC))
    runner.recover(since)
    memory = runner.memory
    assert memory is not None
    return memory


def timed(act: Callable[[], Result]) -> tuple[float, Result]:
    """Its seconds, and what it gave."""
    begun = time.perf_counter()
    result = act()
    return time.perf_counter() - begun, result


if __name__ == "__main__":
    import json

    json.dump(measure("--quick" in sys.argv), sys.stdout, indent=2)
    print()
