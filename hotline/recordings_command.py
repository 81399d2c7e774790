"""``hotline recordings``: which conversations are on the disk, and deletion of those that were kept for long enough.

A recording is what the dialplan writes: ``<Uniqueid>-<epoch>-<side>.wav``, the epoch being when the agent's phone was dialled. Deletion is
meant to be run every day by the machine's own timer; each call whose recordings went is in the audit log, as long as that is kept.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from acd.archive import open_database
from acd.audit import AuditLog
from acd.deed import Deed
from config.loader import load
from hotline import places
from hotline.places import Refused

USUAL_FOLDER = Path("/var/spool/asterisk/hotline/recordings")
_NAME = re.compile(r"(?P<call>[\w.-]+)-(?P<epoch>\d{9,11})-(?P<side>caller|agent)\.wav")

Note = Callable[[Deed], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Recording:
    """One side of a conversation."""

    path: Path
    call: str
    """The call's id without the exchange's name."""
    at: datetime
    side: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--folder", type=Path, default=USUAL_FOLDER, help=f"where Asterisk writes them (default: {USUAL_FOLDER})")
    parser.add_argument("--delete-old", action="store_true", help="delete those older than the configuration's recording.keep_days")


def run(arguments: argparse.Namespace) -> int:
    """List, or delete."""
    if not arguments.folder.is_dir():
        raise Refused(f"there is no folder {arguments.folder}")
    found = recordings(arguments.folder)
    if arguments.delete_old:
        keep = timedelta(days=load(arguments.config).recording.keep_days)
        print(f"{asyncio.run(_delete(old(found, datetime.now(UTC), keep), keep))} recordings deleted")
        return 0
    for one in found:
        print(f"{one.at.isoformat()}  {one.call}  {one.side}  {one.path.stat().st_size}")
    return 0


def recordings(folder: Path) -> list[Recording]:
    """All in the folder, oldest first; files of other names are nobody's business here."""
    names = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir() if path.is_file())
    found = [Recording(path, name["call"], datetime.fromtimestamp(int(name["epoch"]), UTC), name["side"]) for path, name in names if name]
    return sorted(found, key=lambda one: (one.at, one.path.name))


def old(found: Iterable[Recording], now: datetime, keep: timedelta) -> Mapping[str, Sequence[Recording]]:
    """Call -> its recordings that are older than ``keep``."""
    by_call: dict[str, list[Recording]] = {}
    for one in found:
        if now - one.at > keep:
            by_call.setdefault(one.call, []).append(one)
    return by_call


async def _delete(by_call: Mapping[str, Sequence[Recording]], keep: timedelta) -> int:
    database = await open_database(places.database_url())
    try:
        return await delete(by_call, keep, AuditLog(database).note)
    finally:
        await database.dispose()


async def delete(by_call: Mapping[str, Sequence[Recording]], keep: timedelta, note: Note) -> int:
    """Delete, and note each call; how many files went. Raises OSError for one that can't be deleted."""
    for call, files in by_call.items():
        for one in files:
            one.path.unlink(missing_ok=True)
        detail = {"files": [one.path.name for one in files]}
        why = f"older than {keep.days} days"
        await note(Deed(datetime.now(UTC), "hotline", "recordings.delete", via="cli", target=call, why=why, detail=detail))
    return sum(map(len, by_call.values()))
