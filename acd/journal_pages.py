"""The journal as others than the engine read it: page by page, only what is durable, and nothing that was refused.

A connection of its own sees what is committed and nothing else. What a reader has seen may still be lost with the machine (see
``acd.journal``), and its number be given again: ``mark`` tells by which entry a reader went. Decides nothing about who may read.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from acd.journal import Entry, read_entries

_MARK_LENGTH: Final = 12

_PAGE: Final = """
SELECT sequence, at, kind, call, body FROM events
WHERE sequence > ? AND kind NOT IN ('Ticked') AND sequence NOT IN (SELECT sequence FROM refused) ORDER BY sequence LIMIT ?
"""
"""``Ticked``: nothing happened but time."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event as it was written down. ``body`` is JSON: the event's fields by name."""

    sequence: int
    mark: str
    at: datetime
    kind: str
    call: str | None
    body: str


class JournalPages:
    """Pages of one journal. Any thread may ask; each question takes milliseconds, and is no business of an event loop's thread."""

    def __init__(self, path: Path) -> None:
        """The journal must exist. Raises sqlite3.Error."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA query_only=1")
        self._lock = threading.Lock()

    def page(self, after: int, limit: int) -> tuple[Sequence[Recorded], int]:
        """The events after ``after``, at most ``limit``, and up to which sequence number there is nothing more than these."""
        with self._lock:
            self._db.execute("BEGIN")
            try:
                rows = self._db.execute(_PAGE, (after, limit)).fetchall()
                last = self._last()
            finally:
                self._db.execute("COMMIT")
        found = [
            Recorded(sequence, _mark(at, kind, body), datetime.fromisoformat(at), kind, call, body)
            for sequence, at, kind, call, body in rows
        ]  # fmt: skip
        return found, found[-1].sequence if len(found) == limit else max(last, after)

    def of_call(self, call: str) -> Sequence[Entry]:
        """Every event about one call or its offers, in order."""
        return self._entries("call = ?", call)

    def entry(self, sequence: int) -> Entry | None:
        """One event; None when there is none, or nothing came of it."""
        return next(iter(self._entries("sequence = ?", sequence)), None)

    def _entries(self, condition: str, value: str | int) -> Sequence[Entry]:
        query = f"SELECT sequence, at, kind, body FROM events WHERE {condition} AND sequence NOT IN (SELECT sequence FROM refused)"
        with self._lock:
            rows = self._db.execute(f"{query} ORDER BY sequence", (value,)).fetchall()
        return list(read_entries(rows))

    def last(self) -> int:
        """The last sequence number; 0 when nothing happened yet."""
        with self._lock:
            return self._last()

    def mark(self, sequence: int) -> str:
        """What tells the entry of this number from another one with the same number; '' when there is none."""
        with self._lock:
            row = self._db.execute("SELECT at, kind, body FROM events WHERE sequence = ?", (sequence,)).fetchone()
        return "" if row is None else _mark(*row)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()

    def _last(self) -> int:
        last: int = self._db.execute("SELECT coalesce(max(sequence), 0) FROM events").fetchone()[0]
        return last


def _mark(at: str, kind: str, body: str) -> str:
    return hashlib.sha256("\0".join((at, kind, body)).encode(errors="surrogatepass")).hexdigest()[:_MARK_LENGTH]
