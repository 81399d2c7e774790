"""Where a running engine keeps things: its state directory, its database, its secrets; from the environment, with defaults."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


class Refused(Exception):
    """The answer is no; the message is one line for the person who asked."""


def state_dir() -> Path:
    """``$HOTLINE_STATE_DIR``, else ``var/`` here; made when absent, for the owner only."""
    path = Path(os.environ.get("HOTLINE_STATE_DIR", "var")).absolute()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def database_url() -> str:
    """``$HOTLINE_DATABASE_URL``, else SQLite in the state directory."""
    return os.environ.get("HOTLINE_DATABASE_URL") or f"sqlite+aiosqlite:///{state_dir()}/records.sqlite3"


def session_secret() -> bytes:
    """The key that signs the pages' sessions and seals second factors; made at the first start, kept with mode 0600."""
    path = state_dir() / "session.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


@contextlib.contextmanager
def only_engine() -> Iterator[None]:
    """Hold the state directory for one engine; Refused while another one holds it. The lock goes with the process."""
    path = state_dir() / "engine.lock"
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"{path}: another engine is running on this state directory") from None
        yield
