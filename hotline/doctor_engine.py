"""What ``hotline doctor`` says of the engine itself: whether it runs, how its parts are, and its state directory, keys and records.

Looks from outside, as the engine's user: at ``/healthz``, at files, at the database. Changes nothing, and knows no Asterisk.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from acd.projection import Records
from config.schema import Config
from hotline import places
from hotline.finding import Finding
from hotline.recordings_spool import name_of
from hotline.records_database import file_of, said, shown

ANSWER_SECONDS = 5.0
AS_WHOM = "run this as the engine's user"
LEAST_FREE_MEGABYTES = 500
"""Some weeks of calls; a full disk comes less suddenly then."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # an address to ask at, not to listen on
_OF_THE_PART = {
    "journal": "is the state directory's disk full? callers are served; all is written when there is room: don't stop the engine before",
    "new callers": "more than fits in memory waits for the journal: they are with Asterisk's own queues until there is room on its disk",
    "records": "is the database there, and room on its disk? callers are served; all is written when it is back, or else at the next start",
}
_OF_AN_EXCHANGE = "see what is said of it here; its log says why (ami_disconnected)"


def findings(config: Config) -> Iterator[Finding]:
    """All of it, in an order in which one thing explains the next."""
    state = places.state_path()
    runs = False
    for finding in _engine(config):
        runs = runs or finding.well
        yield finding
    url = places.database_url(state)
    locked = _locked(f"state directory {state}", state)
    if locked is not None:
        yield locked
    else:
        yield from _state(state, runs)
    if locked is None or file_of(url) is None:
        yield from _records(url)


def _engine(config: Config) -> Iterator[Finding]:
    """What it says of itself; that it does not answer, when nothing does."""
    host = _ANYWHERE.get(config.web.host, config.web.host)
    place = f"engine at http://{f'[{host}]' if ':' in host else host}:{config.web.port}"
    try:
        # Plain HTTP: there are no certificates to look at, and who asks may perhaps not read those that httpx brings along.
        answer = httpx.get(f"{place.removeprefix('engine at ')}/healthz", timeout=ANSWER_SECONDS, trust_env=False, verify=False)
        parts = dict(answer.json()["parts"])
    except httpx.TransportError as problem:
        advice = "is it started? callers are with Asterisk's own queues meanwhile; the end of its log says why it ended"
        yield Finding(False, f"{place} does not answer ({problem or type(problem).__name__})", advice)
        return
    except (ValueError, KeyError, TypeError):
        yield Finding(False, f"{place}: something else answers there", "which program has this port? give the pages another one (web.port)")
        return
    yield Finding(True, f"{place} answers")
    for part, well in parts.items():
        name = part if part in _OF_THE_PART else f"connection to {part}"
        yield Finding(well, f"engine: {name}: {'well' if well else 'not well'}", _OF_THE_PART.get(part, _OF_AN_EXCHANGE))


def _locked(what: str, path: Path) -> Finding | None:
    """That this user can't read it or write to it, and whose it is; None when he can, and when there is nothing."""
    try:
        found = path.stat()
    except PermissionError:
        return Finding(False, f"{what}: this user may not look there", AS_WHOM)
    except OSError:
        return None
    if os.access(path, os.R_OK | os.W_OK | (os.X_OK if stat.S_ISDIR(found.st_mode) else 0)):
        return None
    owner = f"it is {name_of(found.st_uid)}'s, with mode {stat.S_IMODE(found.st_mode):04o}"
    return Finding(False, f"{what}: this user can't read it or can't write to it; {owner}", f"{AS_WHOM}; {places.STATE_ADVICE}")


def _state(state: Path, runs: bool) -> Iterator[Finding]:
    if not state.is_dir():
        yield Finding(False, f"state directory {state} is not there", "is HOTLINE_STATE_DIR the engine's?")
        return
    yield Finding(True, f"state directory {state} can be written to")
    yield from _private(state, 0o700)
    if (key := state / "session.key").exists():
        yield from _private(key, 0o600)
    free = shutil.disk_usage(state).free // 1_000_000
    yield Finding(free >= LEAST_FREE_MEGABYTES, f"disk of the state directory has {free} MB free", "make room")
    if runs and not _held(state / "engine.lock"):
        yield Finding(False, f"an engine runs, but not with the state directory {state}", "is HOTLINE_STATE_DIR the engine's?")


def _private(path: Path, mode: int) -> Iterator[Finding]:
    """Only something that others may read is worth a line."""
    found = stat.S_IMODE(path.stat().st_mode)
    if found & 0o077:
        yield Finding(False, f"{path} has mode {found:04o}: others may read it", f"chmod {mode:o} {path}")


def _held(lock: Path) -> bool:
    """Whether an engine has it."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # another user's: nothing is known
        return lock.exists()
    return False


def _records(url: str) -> Iterator[Finding]:
    path = file_of(url)
    if path is not None and (locked := _locked(f"records in {path}", path)) is not None:
        yield locked
        return
    if path is not None and not path.exists():
        yield Finding(False, f"records: no file {path}", "the engine makes it at its first start; is HOTLINE_STATE_DIR the engine's?")
        return
    try:
        event = asyncio.run(_followed(url))
    except (SQLAlchemyError, ImportError, OSError) as problem:
        advice = "does the database run, is HOTLINE_DATABASE_URL right, is the disk full?"
        yield Finding(False, f"records in {shown(url)}: {said(problem)}", advice)
    else:
        yield Finding(True, f"records in {shown(url)}: followed to event {event}")


async def _followed(url: str) -> int:
    database = create_async_engine(url)
    try:
        records = Records(database)
        await records.open()
        return records.written
    finally:
        await database.dispose()
