"""Recordings are found by their names, put together as stereo, and deleted when they were kept for long enough, with a note of each."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import open_database
from acd.audit import AuditLog
from acd.deed import DeedFilter
from acd.recording_rows import RecordingRows
from acd.records import recordings as table
from config.loader import load
from config.queue_switches import queue_zones
from config.schema import Config
from config.schema.relief import CalendarRow
from hotline.kept_recordings import delete_old, first_kept, next_night
from hotline.recording_files import NoFiles, recordings, stereo
from tests.e2e.conftest import CONFIG

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DAYS = timedelta(days=1)


def write(path: Path, samples: list[int]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "recordings"
    folder.mkdir()
    for call, age in (("1795332945.0", 1), ("1795332945.7", 40), ("1795300000.12", 91)):
        for side in ("caller", "agent"):
            write(folder / f"{call}-{int((NOON - age * DAYS).timestamp())}-{side}.wav", [1, 2, 3])
    (folder / "notes.txt").write_text("mine")
    return folder


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(f"sqlite+aiosqlite:///{tmp_path}/records.sqlite3")
    yield engine
    await engine.dispose()


def test_they_are_found_by_their_names_oldest_first(folder: Path) -> None:
    found = recordings(folder)
    assert [one.call for one in found] == ["1795300000.12"] * 2 + ["1795332945.7"] * 2 + ["1795332945.0"] * 2
    assert {one.side for one in found} == {"caller", "agent"}
    assert found[-1].at == NOON - DAYS


def kept(folder: Path, queue_days: int | None) -> Config:
    config = load(CONFIG)
    rules = config.queues.defaults.model_copy(update={"keep_days": queue_days})
    return config.model_copy(update={
        "recording": config.recording.model_copy(update={"folder": str(folder)}),
        "queues": config.queues.model_copy(update={"defaults": rules}),
    })  # fmt: skip


async def remember(database: AsyncEngine, folder: Path, call: str) -> str:
    one = next(one for one in recordings(folder) if one.call == call)
    row = {"id": f"main-{one.stem}", "call": f"main-{call}", "queue": "printers.L1", "agent": "li.wei", "began_at": one.at,
           "ended_at": one.at + timedelta(seconds=60), "pauses": [], "deleted_at": None}  # fmt: skip
    async with database.begin() as connection:
        await connection.execute(insert(table).values(**row))
    return f"main-{one.stem}"


@pytest.mark.parametrize(("queue_days", "left"), [(30, {"1795332945.0"}), (None, {"1795332945.0", "1795332945.7"})])
async def test_each_queue_says_how_long_and_what_nobody_knows_of_goes_last(
    database: AsyncEngine, folder: Path, queue_days: int | None, left: set[str]
) -> None:
    known = [await remember(database, folder, call) for call in ("1795332945.0", "1795332945.7")]
    gone = await delete_old(RecordingRows(database), kept(folder, queue_days), AuditLog(database), NOON, "engine")
    assert {one.call for one in recordings(folder)} == left
    assert (folder / "notes.txt").exists()
    async with database.connect() as connection:
        deleted = {row.id: row.deleted_at for row in await connection.execute(select(table.c.id, table.c.deleted_at))}
    assert deleted == {known[0]: None, known[1]: NOON if queue_days else None}
    deeds = await AuditLog(database).deeds(DeedFilter(action="recordings.delete"), 10)
    assert sorted(deed["target"] for deed in deeds) == sorted(gone)
    assert len(gone) == (2 if queue_days else 1)
    assert await delete_old(RecordingRows(database), kept(folder, queue_days), AuditLog(database), NOON, "engine") == []


@pytest.mark.parametrize(
    ("zone", "now", "first"),
    [
        ("Asia/Shanghai", "2026-11-02T12:00+00:00", "2026-10-31T16:00+00:00"),
        ("Asia/Shanghai", "2026-11-02T16:30+00:00", "2026-11-01T16:00+00:00"),
        ("America/New_York", "2026-11-02T04:30+00:00", "2026-10-31T04:00+00:00"),
        ("America/New_York", "2026-11-02T05:30+00:00", "2026-11-01T04:00+00:00"),
    ],
)
def test_days_are_counted_by_the_queues_clocks(zone: str, now: str, first: str) -> None:
    """In New York clocks were put back on November 1st: that day had 25 hours."""
    assert first_kept(datetime.fromisoformat(now), 1, ZoneInfo(zone)) == datetime.fromisoformat(first)


async def test_the_same_moment_is_another_day_for_a_queue_elsewhere(database: AsyncEngine, tmp_path: Path) -> None:
    """It began on October 2nd in Shanghai, where that was at two in the night, and on the 1st in New York."""
    write(tmp_path / f"17.1-{int(datetime(2026, 10, 1, 18, 0, tzinfo=UTC).timestamp())}-caller.wav", [1])
    recording = await remember(database, tmp_path, "17.1")
    rows, log, here = RecordingRows(database), AuditLog(database), kept(tmp_path, 30)
    there = here.model_copy(update={
        "calendars": {"new-york": CalendarRow(time_zone="America/New_York")},
        "queues": here.queues.model_copy(update={"defaults": here.queues.defaults.model_copy(update={"calendar": "new-york"})}),
    })  # fmt: skip
    assert (queue_zones(here)["printers.L1"], queue_zones(there)["printers.L1"]) == ("Asia/Shanghai", "America/New_York")
    at = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
    assert await delete_old(rows, here, log, at, "engine") == []
    assert await delete_old(rows, there, log, at - timedelta(hours=7), "engine") == []
    assert await delete_old(rows, there, log, at, "engine") == [recording]


def test_the_night_is_the_hotlines_and_stays_at_three_when_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert next_night(datetime(2026, 3, 28, 1, 30, tzinfo=UTC), zone) == datetime(2026, 3, 28, 2, 0, tzinfo=UTC)
    assert next_night(datetime(2026, 3, 28, 12, 0, tzinfo=UTC), zone) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert next_night(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), zone) == datetime(2026, 3, 30, 1, 0, tzinfo=UTC)


def test_both_sides_are_one_stereo_sound_and_any_part_of_it_is_that_part(tmp_path: Path) -> None:
    write(tmp_path / "17.5-1795306620-caller.wav", [1, 2, 3, 4])
    write(tmp_path / "17.5-1795306620-agent.wav", [-1, -2])
    sound = stereo(tmp_path, "main-17.5-1795306620")
    whole = sound.read(0, sound.size)
    assert len(whole) == sound.size
    with wave.open(io.BytesIO(whole)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth(), file.getnframes()) == (2, 8000, 2, 4)
        assert struct.unpack("<8h", file.readframes(4)) == (1, -1, 2, -2, 3, 0, 4, 0)
    for start in range(sound.size):
        for end in range(start, sound.size + 1):
            assert sound.read(start, end) == whole[start:end]
    with pytest.raises(NoFiles):
        stereo(tmp_path, "main-17.6-1795306620")


def test_peaks_are_the_loudest_of_each_piece(tmp_path: Path) -> None:
    write(tmp_path / "17.5-1795306620-caller.wav", [0, -32768, 16384, 0])
    assert stereo(tmp_path, "main-17.5-1795306620").peaks(2) == {"caller": [1.0, 0.5], "agent": [0.0, 0.0]}
