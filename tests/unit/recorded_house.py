"""Two recorded conversations, one of each team, with their files; a third one that was deleted."""

from __future__ import annotations

import math
import struct
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.projection import _new_call
from acd.records import calls, recordings
from hotline.kept_recordings import KeptRecordings
from tests.unit.cti_api_house import LI, WANG

BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECONDS = 20
PRINTERS, SERVERS, GONE = "main-17.5-1795306620", "main-17.6-1795306620", "main-17.7-1795306620"
ANI = "13800138000"


async def record(database: AsyncEngine, folder: Path) -> KeptRecordings:
    """The rows and files; in the first one, seconds 8 to 11 were not recorded."""
    pause = {"from": (BEGUN + timedelta(seconds=8)).isoformat(), "to": (BEGUN + timedelta(seconds=11)).isoformat(), "by": LI}
    for number, (recording, agent, queue, pauses, deleted_at) in enumerate(
        (
            (PRINTERS, LI, "printers.L1", [pause], None),
            (SERVERS, WANG, "servers.L1", [], None),
            (GONE, LI, "printers.L1", [], BEGUN + timedelta(days=90)),
        )
    ):
        call, began = recording.rpartition("-")[0], BEGUN - timedelta(hours=number)
        row = {"id": recording, "call": call, "queue": queue, "agent": agent, "began_at": began,
               "ended_at": began + timedelta(seconds=SECONDS), "pauses": pauses, "deleted_at": deleted_at}  # fmt: skip
        async with database.begin() as connection:
            await connection.execute(insert(recordings).values(**row))
            await connection.execute(insert(calls).values(**{**_new_call(call, began), "ani": ANI}))
        if deleted_at is None:
            for side, hertz, turn in (("caller", 440.0, 0), ("agent", 330.0, 1)):
                speak(folder / f"{recording.partition('-')[2]}-{side}.wav", hertz, turn, bool(pauses))
    return KeptRecordings(database, lambda: folder)


def speak(path: Path, hertz: float, turn: int, paused: bool) -> None:
    """They take turns, some seconds each, as people do."""

    def sample(number: int) -> int:
        second = number / 8000
        speaks = int(second / 2.5) % 2 == turn and not (paused and 8 <= second < 11)
        swell = 0.55 + 0.45 * math.sin(second * 7.3 + turn) * math.sin(second * 2.1)
        return int(20_000 * swell * math.sin(2 * math.pi * hertz * second)) if speaks else 0

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        samples = [sample(number) for number in range(8000 * SECONDS)]
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
