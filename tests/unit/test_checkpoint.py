"""A checkpoint and what followed it is the whole journal; one that can't be trusted is no checkpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from acd.archive import open_database
from acd.checkpoint import Checkpoints, fingerprint
from acd.events import CallerLeft, OfferMissed, WrapUpEnded
from acd.journal import SqliteJournal
from acd.model import AgentId, CallId, MissCause
from acd.projection import Records
from acd.records import agent_intervals, calls, offers, story
from acd.router import Router
from acd.runner import Memory, Runner
from cti.api_live import LiveDesks
from hotline.checkpoint_command import NoPast
from tests.unit.acd.scene import Scene

ROOMS = ("acd", "skills", "cti.api_cards")


def a_morning() -> Scene:
    """Calls that end, one that is being talked to, one that is offered, one that waits; and somebody who missed one."""
    scene = Scene()
    scene.ready("ann", "bob")
    first = scene.talking("1")
    scene(CallerLeft(first), after=60)
    scene(WrapUpEnded(AgentId("ann"), "solved"), after=10)
    scene.talking("2")
    third = scene.call("3", preferred_agent=AgentId("bob"))
    scene.later(35)
    scene(OfferMissed(scene.offer(third), MissCause.NO_ANSWER))
    scene.call("4")
    scene.call("5", "servers", language="en")
    scene(CallerLeft(third), after=5)
    scene.ready("cat")
    scene.later(5)
    scene(CallerLeft(CallId("main-2")))
    return scene


STORY = a_morning().story


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    journal.append(STORY)
    journal.commit()
    return journal


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    yield engine
    await engine.dispose()


class Engine:
    """What replays a journal, with records and pages."""

    def __init__(self, journal: SqliteJournal, database: AsyncEngine) -> None:
        self.router, self.records, self.desks = Router(), Records(database), LiveDesks(NoPast())
        self.runner = Runner(self.router, journal, (self.records, self.desks), lambda: datetime.now(UTC))

    @property
    def memory(self) -> Memory:
        memory = self.runner.memory
        assert memory is not None
        return memory


async def written(database: AsyncEngine) -> list[list[Any]]:
    async with database.connect() as connection:
        return [sorted(map(repr, await connection.execute(select(table)))) for table in (calls, offers, agent_intervals, story)]


def made_in(folder: Path, version: str = "1") -> Checkpoints:
    return Checkpoints(folder / "checkpoints", ROOMS, version)


@pytest.mark.parametrize("place", range(1, len(STORY) + 1))
async def test_wherever_it_was_made_a_start_from_it_ends_as_a_whole_replay(
    tmp_path: Path, journal: SqliteJournal, database: AsyncEngine, place: int
) -> None:
    """The same state, cards and rows; the records had been written so far when the engine died."""
    whole = Engine(journal, await open_database(f"sqlite+aiosqlite:///{tmp_path}/whole.sqlite3"))
    assert whole.runner.recover() == len(STORY)
    await whole.records.flush()

    died = Engine(journal, database)
    died.runner.recover(until=place)
    await died.records.flush()
    made_in(tmp_path).store(died.memory, journal)

    started = Engine(journal, database)
    await started.records.open()
    since = made_in(tmp_path).newest(journal, started.records.written)
    assert started.runner.recover(since) == len(STORY) - place
    await started.records.flush()
    assert started.router.state() == whole.router.state()
    assert started.memory.parts[1:2] == whole.memory.parts[1:2], "the rows that are still open"
    assert started.desks.memory._open == whole.desks.memory._open
    assert started.runner.last_time == whole.runner.last_time
    assert await written(database) == await written(whole.records._engine)
    await whole.records._engine.dispose()


@pytest.fixture(autouse=True)
def said() -> Iterator[list[Any]]:
    """What was logged."""
    with capture_logs() as said:
        yield said


@pytest.fixture
def kept(tmp_path: Path, journal: SqliteJournal, database: AsyncEngine) -> Path:
    """Two checkpoints, at the fifth event and at the tenth."""
    for place in (5, 10):
        engine = Engine(journal, database)
        engine.runner.recover(until=place)
        made_in(tmp_path).store(engine.memory, journal)
    return tmp_path


def newest(folder: Path, journal: SqliteJournal, not_after: int = 100, version: str = "1") -> int | None:
    found = made_in(folder, version).newest(journal, not_after)
    return None if found is None else found.sequence


def test_the_newest_is_taken_and_of_older_ones_one_is_kept(kept: Path, journal: SqliteJournal, database: AsyncEngine) -> None:
    assert newest(kept, journal) == 10
    engine = Engine(journal, database)
    engine.runner.recover()
    made_in(kept).store(engine.memory, journal)
    assert newest(kept, journal) == len(STORY)
    assert {path.name for path in (kept / "checkpoints").iterdir()} == {"10", str(len(STORY)), "lock"}


def test_one_that_is_damaged_gives_way_to_the_one_before_it(kept: Path, journal: SqliteJournal) -> None:
    path = kept / "checkpoints" / "10"
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    assert newest(kept, journal) == 5


@pytest.mark.parametrize("length", [0, 1, 50, 300])
def test_one_that_was_cut_off_gives_way_to_the_one_before_it(kept: Path, journal: SqliteJournal, length: int) -> None:
    path = kept / "checkpoints" / "10"
    path.write_bytes(path.read_bytes()[:length])
    assert newest(kept, journal) == 5


def test_another_version_of_the_code_takes_none(kept: Path, journal: SqliteJournal, said: list[Any]) -> None:
    assert newest(kept, journal, version="2") is None
    assert [line["reason"] for line in said] == ["it was made by another version"] * 2


def test_one_that_is_ahead_of_the_records_is_not_taken(kept: Path, journal: SqliteJournal) -> None:
    """What the records lack would never come into them."""
    assert newest(kept, journal, not_after=9) == 5
    assert newest(kept, journal, not_after=4) is None


def test_another_journal_takes_none(kept: Path, tmp_path: Path) -> None:
    other = SqliteJournal(tmp_path / "other.sqlite3")
    assert newest(kept, other) is None
    other.append([(at.replace(year=2027), event) for at, event in STORY])
    assert newest(kept, other) is None


def test_one_with_what_no_longer_exists_in_it_is_told_of_and_left(kept: Path, journal: SqliteJournal, monkeypatch: Any) -> None:
    monkeypatch.delattr("acd.roster.Agent")
    assert newest(kept, journal) is None


def test_any_change_of_the_code_is_another_version(tmp_path: Path) -> None:
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    first.write_text("a = 1\n")
    second.write_text("b = 1\n")
    before = fingerprint([tmp_path])
    assert fingerprint([first, second]) == before
    second.write_text("b = 2\n")
    assert fingerprint([tmp_path]) != before
