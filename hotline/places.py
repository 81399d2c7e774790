"""Where a running engine keeps things: its state directory, its database, its secrets; from the environment, with defaults."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

STATE_ADVICE = "HOTLINE_STATE_DIR must be a directory that the engine's user may write to, on a disk that is neither full nor read-only"
KEY_BYTES = 32


class Refused(Exception):
    """The answer is no; the message is one line for the person who asked."""


def state_path() -> Path:
    """``$HOTLINE_STATE_DIR``, else ``var/`` here; perhaps it is not there."""
    return Path(os.environ.get("HOTLINE_STATE_DIR", "var")).absolute()


def readable(path: Path) -> bool:
    """Whether the file is there. Refused when this user may not read it, or not even know: "not there" would send him astray."""
    try:
        path.stat()
    except PermissionError:
        may = False
    except OSError:
        return False
    else:
        may = os.access(path, os.R_OK)
    if not may:
        raise Refused(f"{path}: may not be read; run this as the engine's user")
    return True


def state_dir() -> Path:
    """``$HOTLINE_STATE_DIR``, else ``var/`` here; made when absent, for the owner only. Refused when it can't be made."""
    path = state_path()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror}; {STATE_ADVICE}") from None
    return path


def database_url(state: Path | None = None) -> str:
    """``$HOTLINE_DATABASE_URL``, else SQLite in the state directory, which is made unless ``state`` says where it would be."""
    return os.environ.get("HOTLINE_DATABASE_URL") or f"sqlite+aiosqlite:///{state or state_dir()}/records.sqlite3"


def session_secret() -> bytes:
    """The key that signs the pages' sessions and seals second factors; made at the first start, kept with mode 0600.

    Refused when it can't be made or read, and when it is no whole key: with an empty one anybody could sign a session.
    """
    path = state_dir() / "session.key"
    try:
        if not path.exists():
            _write_key(path)
        key = path.read_bytes()
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror}; {STATE_ADVICE}") from None
    if len(key) < KEY_BYTES:
        advice = "restore it from a backup, or remove it: then everybody signs in anew, and sets up his second factor anew"
        raise Refused(f"{path}: found {len(key)} bytes, expected {KEY_BYTES}; {advice}")
    return key


def _write_key(path: Path) -> None:
    """Whole or not at all: a disk may be full."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    draft.replace(path)


@contextlib.contextmanager
def only_engine() -> Iterator[None]:
    """Hold the state directory for one engine; Refused while another one holds it. The lock goes with the process."""
    path = state_dir() / "engine.lock"
    try:
        lock = path.open("w")
    except OSError as problem:
        raise Refused(f"{path}: {problem.strerror}; {STATE_ADVICE}") from None
    with lock as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"{path}: another engine is running on this state directory") from None
        yield
