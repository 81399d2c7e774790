"""``hotline recordings``: which conversations are on the disk, and deletion of those that were kept for long enough.

What is old is decided where the engine decides it every night (``hotline.kept_recordings``); this is for whoever can't wait.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

from acd.audit import AuditLog
from acd.recording_rows import RecordingRows
from config.loader import load
from config.schema import Config
from hotline import places
from hotline.kept_recordings import delete_old
from hotline.places import Refused
from hotline.recording_files import recordings
from hotline.records_database import records_database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--folder", type=Path, help="where Asterisk writes them (default: the configuration's recording.folder)")
    parser.add_argument("--delete-old", action="store_true", help="delete those that were kept for long enough, as the engine does")


def run(arguments: argparse.Namespace) -> int:
    """List, or delete."""
    folder = arguments.folder or Path(load(arguments.config).recording.folder)
    if not places.readable(folder):
        raise Refused(f"there is no folder {folder}")
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder")
    if not os.access(folder, os.X_OK | (os.W_OK if arguments.delete_old else 0)):
        raise Refused(f"{folder}: its files may not be {'deleted' if arguments.delete_old else 'looked at'}; run this as the engine's user")
    if arguments.delete_old:
        print(f"{asyncio.run(_delete(load(arguments.config), folder))} recordings deleted")
        return 0
    for one in recordings(folder):
        print(f"{one.at.isoformat()}  {one.call}  {one.side}  {one.path.stat().st_size}")
    return 0


async def _delete(config: Config, folder: Path) -> int:
    there = config.model_copy(update={"recording": config.recording.model_copy(update={"folder": str(folder)})})
    async with records_database() as database:
        return len(await delete_old(RecordingRows(database), there, AuditLog(database), datetime.now(UTC), "cli"))
