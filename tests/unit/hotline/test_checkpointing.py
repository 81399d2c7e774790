"""Checkpoints of a running engine: made by the command, by its child every so many events, and never to anybody's harm."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from acd.archive import open_database
from acd.journal import SqliteJournal
from acd.projection import Records
from acd.router import Router
from acd.runner import Runner
from cti.api_live import LiveDesks
from hotline import checkpointing
from hotline.checkpoint_command import NoPast, stored
from hotline.checkpointing import Checkpointing, checkpoints
from tests.unit.acd.scene import Scene

SHIPPED = Path(__file__).parents[3] / "config" / "hotline.yaml"


def some_calls() -> Scene:
    scene = Scene()
    scene.ready("ann")
    for number in range(6):
        scene.call(str(number))
    return scene


STORY = some_calls().story


class Engine:
    """A journal and records that have followed it, as an engine has them."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.journal = SqliteJournal(state / "journal.sqlite3")
        self.checkpointing = Checkpointing(state, SHIPPED)

    async def start(self) -> int:
        self.database = await open_database(f"sqlite+aiosqlite:///{self.state}/records.sqlite3")
        self.records = Records(self.database)
        await self.records.open()
        self.runner = Runner(Router(), self.journal, (self.records, LiveDesks(NoPast())), lambda: datetime.now(UTC))
        replayed = self.checkpointing.recover(self.runner, self.journal, self.records)
        await self.records.flush()
        return replayed

    async def stop(self) -> None:
        await self.checkpointing.stop()
        self.journal.close()
        await self.database.dispose()


@pytest.fixture
async def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    monkeypatch.setenv("HOTLINE_STATE_DIR", str(tmp_path))
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    journal.append(STORY)
    journal.close()
    engine = Engine(tmp_path)
    await engine.start()
    yield engine
    await engine.stop()


async def again(engine: Engine) -> int:
    """How many events another start has to replay."""
    other = Engine(engine.state)
    replayed = await other.start()
    await other.stop()
    return replayed


async def test_the_command_stores_what_the_next_start_goes_on_from(engine: Engine) -> None:
    assert await stored(engine.state) == (len(STORY), len(STORY))
    assert await stored(engine.state) == (len(STORY), 0)
    assert await again(engine) == 0


async def test_the_command_goes_no_further_than_the_records(engine: Engine) -> None:
    engine.journal.append(some_calls().story)
    engine.journal.commit()
    assert (await stored(engine.state))[0] == len(STORY)
    assert await again(engine) == len(STORY)


@pytest.mark.parametrize("there", [(), ("journal.sqlite3",)])
async def test_without_a_journal_and_records_it_is_refused(tmp_path: Path, there: tuple[str, ...]) -> None:
    for name in there:
        SqliteJournal(tmp_path / name).close()
    environment = {**os.environ, "HOTLINE_STATE_DIR": str(tmp_path)}
    environment.pop("HOTLINE_DATABASE_URL", None)
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "hotline.cli", "checkpoint", env=environment, stderr=PIPE)
    _, said = await child.communicate()
    assert child.returncode == 1
    assert said.decode().startswith(str(tmp_path))
    assert not (tmp_path / "checkpoints").exists()


async def test_a_child_makes_one_when_enough_has_happened(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointing, "LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(checkpointing, "EVENTS_BETWEEN", len(STORY))
    engine.checkpointing.start()
    async with asyncio.timeout(60):
        while checkpoints(engine.state).last() < len(STORY):
            await asyncio.sleep(0.05)
    assert await again(engine) == 0


async def test_one_that_fails_is_told_and_tried_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointing, "LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(checkpointing, "AGAIN_AFTER_SECONDS", 0.01)
    monkeypatch.setattr(checkpointing, "EVENTS_BETWEEN", 1)
    tries = engine.state / "tries"
    engine.checkpointing._command = (sys.executable, "-c", f"open({str(tries)!r}, 'a').write('x'); raise SystemExit('no room')")
    with capture_logs() as said:
        engine.checkpointing.start()
        async with asyncio.timeout(60):
            while not tries.exists() or len(tries.read_text()) < 2:
                await asyncio.sleep(0.05)
    assert said[0] == {"event": "checkpoint_not_made", "log_level": "error", "status": 1, "said": "no room\n"}


async def test_the_last_one_is_made_at_the_end_and_not_twice(engine: Engine) -> None:
    engine.checkpointing.store()
    [made] = [path for path in (engine.state / "checkpoints").iterdir() if path.name.isdecimal()]
    before = made.stat().st_mtime_ns
    engine.checkpointing.store()
    assert made.stat().st_mtime_ns == before
    assert await again(engine) == 0


async def test_a_disk_that_is_full_is_told_and_stops_nothing(engine: Engine) -> None:
    (engine.state / "checkpoints").write_text("in the way")
    with capture_logs() as said:
        engine.checkpointing.store()
    assert [line["event"] for line in said] == ["checkpoint_not_stored"]


async def test_a_long_replay_is_not_needed_twice(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a new version, say: the engine may be killed before its child has made one."""
    monkeypatch.setattr(checkpointing, "EVENTS_BETWEEN", len(STORY))
    assert await again(engine) == len(STORY)
    assert await again(engine) == 0
