"""The journal in SQLite: events, append-only, in the order in which they were taken.

What was appended is durable against the death of the process when ``commit`` returns. Against the death of the machine it is with
``durability="full"`` (one fsync per turn of the loop); with ``"normal"``, the default, WAL mode may lose the last moments, and
Asterisk's callers are gone in that case too. Source: SQLite, "PRAGMA synchronous".
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog

from acd.encoding import event_from_json, kind_of, to_json
from acd.events import Event
from acd.model import CallId

log = structlog.get_logger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, call TEXT, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_call ON events (call) WHERE call IS NOT NULL;
CREATE TABLE IF NOT EXISTS refused (sequence INTEGER PRIMARY KEY);
CREATE TRIGGER IF NOT EXISTS events_are_final BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""

_INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?)"
Entry = tuple[int, datetime, Event]


class SqliteJournal:
    """Implements ``acd.ports.Journal``. ``path`` may be ``:memory:``."""

    def __init__(self, path: Path | str, durability: Literal["normal", "full"] = "normal") -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(f"PRAGMA synchronous={durability.upper()}")
        self._db.executescript(_SCHEMA)
        self._last: int = self._db.execute("SELECT coalesce(max(sequence), 0) FROM events").fetchone()[0]

    def append(self, events: Sequence[tuple[datetime, Event]]) -> int:
        """Write the events; return the last one's sequence number. Durable after ``commit``.

        Raises sqlite3.Error; none of these events is written then.
        """
        rows = [
            (self._last + place, at.isoformat(), kind_of(event), call_of(event), to_json(event))
            for place, (at, event) in enumerate(events, start=1)
        ]
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
        if len(rows) == 1:  # mostly: one statement is whole or not at all by itself
            self._db.execute(_INSERT, rows[0])
        else:
            self._insert_all(rows)
        self._last += len(rows)
        return self._last

    def note_refused(self, sequence: int) -> None:
        """The router refused this event: it changed nothing. For readers; a replay finds out by itself. Durable after ``commit``."""
        self._db.execute("INSERT OR IGNORE INTO refused VALUES (?)", (sequence,))

    def _insert_all(self, rows: Sequence[tuple[object, ...]]) -> None:
        self._db.execute("SAVEPOINT appending")
        try:
            self._db.executemany(_INSERT, rows)
        except BaseException:
            self._db.execute("ROLLBACK TO appending")
            raise
        finally:
            self._db.execute("RELEASE appending")

    @property
    def last(self) -> int:
        """The last sequence number given."""
        return self._last

    def go_on_after(self, sequence: int) -> None:
        """Give no number up to ``sequence`` again: records have followed so far, of entries that are lost (a new or restored file)."""
        self._last = max(self._last, sequence)

    def commit(self) -> None:
        """Make durable what was appended."""
        if self._db.in_transaction:
            self._db.execute("COMMIT")

    def read(self, after: int = 0) -> Iterator[Entry]:
        """Every event after ``after``, in order."""
        return self._entries("SELECT sequence, at, kind, body FROM events WHERE sequence > ? ORDER BY sequence", after)

    def of_call(self, call: CallId) -> Iterator[Entry]:
        """Every event about one call or its offers, in order."""
        return self._entries("SELECT sequence, at, kind, body FROM events WHERE call = ? ORDER BY sequence", call)

    def latest_call(self) -> CallId | None:
        """The call that arrived last."""
        row = self._db.execute("SELECT call FROM events WHERE kind = 'CallArrived' ORDER BY sequence DESC LIMIT 1").fetchone()
        return CallId(row[0]) if row else None

    def fingerprint(self, sequence: int) -> str | None:
        """Of one entry: another journal has another there; None when there is none."""
        row = self._db.execute("SELECT at, kind, body FROM events WHERE sequence = ?", (sequence,)).fetchone()
        return None if row is None else hashlib.sha256("\0".join(row).encode(errors="surrogatepass")).hexdigest()

    def close(self) -> None:
        """Make durable what was appended, and release the file."""
        self.commit()
        self._db.close()

    def _entries(self, query: str, parameter: int | str) -> Iterator[Entry]:
        return read_entries(self._db.execute(query, (parameter,)))


def read_entries(rows: Iterable[tuple[int, str, str, str]]) -> Iterator[Entry]:
    """Rows of sequence, at, kind and body, as the events they stand for."""
    for sequence, at, kind, body in rows:
        try:
            entry = sequence, datetime.fromisoformat(at), event_from_json(kind, body)
        except Exception:  # of an older or newer version: one that can't be read must not keep the engine from starting
            log.exception("journal_entry_unreadable", sequence=sequence, kind=kind)
            continue
        yield entry


def call_of(event: Event) -> str | None:
    """The call that an event is about, if any; an offer's id begins with its call's (see ``acd.model.OfferId``)."""
    call = getattr(event, "call", None)
    if call is None and (offer := getattr(event, "offer", None)) is not None:
        call = offer.rpartition("/")[0]
    return call
