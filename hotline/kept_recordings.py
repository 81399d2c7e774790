"""Recordings as the pages want them: their rows in the database, their files in the configured folder. Deletes the old ones.

Decides by the configuration's days what is old. That there is one engine at a time that deletes is not needed: what is gone is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.audit import AuditLog
from acd.deed import Deed
from acd.recording_rows import RecordingRows
from config.queue_switches import kept_days, queue_zones
from config.schema import Config
from cti.api_recordings import NoSound
from hotline.recording_files import NoFiles, Stereo, recordings, stereo

log = structlog.get_logger(__name__)

AT = time(3)
"""When old ones are deleted, by the hotline's clock: nobody listens then."""


class KeptRecordings(RecordingRows):
    """Implements ``cti.api_recordings.Recordings``."""

    def __init__(self, engine: AsyncEngine, folder: Callable[[], Path]) -> None:
        super().__init__(engine)
        self._folder = folder

    def sound(self, recording: str) -> Stereo:
        """Raises ``cti.api_recordings.NoSound``."""
        try:
            return stereo(self._folder(), recording)
        except NoFiles as missing:
            raise NoSound(str(missing)) from None


async def delete_old(rows: RecordingRows, config: Config, audit: AuditLog, now: datetime, via: str) -> Sequence[str]:
    """Delete what was kept for long enough; the ids of those that went. Each is in the audit log, and its row says so.

    Raises OSError for a file that can't be deleted: what was deleted before it is noted.
    """
    gone, days, zones = [], kept_days(config), queue_zones(config)
    for queue in await rows.queues():
        keep = days.get(queue or "", config.recording.keep_days)
        zone = ZoneInfo(zones.get(queue or "", config.hotline.time_zone))
        for one in await rows.begun_before(queue, first_kept(now, keep, zone)):
            await asyncio.to_thread(_unlink, Path(config.recording.folder), one)
            await rows.deleted([one], now)
            why = f"older than {keep} days"
            await audit.note(Deed(now, "hotline", "recordings.delete", via=via, target=one, why=why, detail={"queue": queue or ""}))
            gone.append(one)
    longest = max([config.recording.keep_days, *days.values()])
    before = min(first_kept(now, longest, ZoneInfo(zone)) for zone in {config.hotline.time_zone, *zones.values()})
    for stem in await asyncio.to_thread(_unlink_unknown, Path(config.recording.folder), before):
        await audit.note(Deed(now, "hotline", "recordings.delete", via=via, target=stem, why=f"older than {longest} days, of no call"))
        gone.append(stem)
    return gone


def first_kept(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The begin of the first day of which everything is still kept: so many whole days before today, by the clocks of ``zone``."""
    return datetime.combine(now.astimezone(zone).date() - timedelta(days=days), time(), zone)


def _unlink_unknown(folder: Path, before: datetime) -> list[str]:
    """Files that nobody knew of: Asterisk said so while nobody listened. They go when the longest time is over."""
    old = [one for one in recordings(folder) if one.at < before] if folder.is_dir() else []
    for one in old:
        one.path.unlink(missing_ok=True)
    return sorted({one.stem for one in old})


def _unlink(folder: Path, recording: str) -> None:
    for side in ("caller", "agent"):
        (folder / f"{recording.partition('-')[2]}-{side}.wav").unlink(missing_ok=True)


def next_night(now: datetime, zone: ZoneInfo) -> datetime:
    """When the next deletion is due, after ``now``; right over the days on which clocks are changed."""
    local = now.astimezone(zone)
    tonight = datetime.combine(local.date(), AT, zone)
    return tonight if tonight > local else datetime.combine(local.date() + timedelta(days=1), AT, zone)


async def delete_every_night(
    rows: RecordingRows, config: Callable[[], Config], audit: AuditLog, clock: Callable[[], datetime]
) -> None:  # fmt: skip
    """For ever: at once what fell due while the engine was away, then every night. Whatever goes wrong is said, and tried again."""
    while True:
        try:
            gone = await delete_old(rows, config(), audit, clock(), "engine")
            if gone:
                log.info("recordings_deleted", recordings=len(gone))
        except Exception:  # a full disk, a database that is away: the next night is another chance
            log.exception("recordings_not_deleted")
        due = next_night(clock(), ZoneInfo(config().hotline.time_zone))
        await asyncio.sleep((due - clock()).total_seconds() + 1)
