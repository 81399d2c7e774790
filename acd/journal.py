"""The journal in SQLite: events, append-only, in the order in which they were taken.

What was appended is durable against the death of the process when ``commit`` returns. Against the death of the machine it is with
``durability="full"`` (one fsync per turn of the loop); with ``"normal"``, the default, WAL mode may lose the last moments, and
Asterisk's callers are gone in that case too. Source: SQLite, "PRAGMA synchronous".

While the file can't be written (a full disk, somebody's lock), what is appended waits in memory for a commit that succeeds: SQLite rolls
the whole transaction back when a commit fails, and would forget it. Source: SQLite, "Response To Errors Within A Transaction".
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
_REFUSED = "INSERT OR IGNORE INTO refused VALUES (?)"
LOCKED_MILLISECONDS = 250
"""How long a commit waits for somebody else's lock: the engine's loop stands still meanwhile, and the next commit takes it along."""
Entry = tuple[int, datetime, Event]


class SqliteJournal:
    """Implements ``acd.ports.Journal``. ``path`` may be ``:memory:``."""

    def __init__(self, path: Path | str, durability: Literal["normal", "full"] = "normal") -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(f"PRAGMA synchronous={durability.upper()}")
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA busy_timeout={LOCKED_MILLISECONDS}")
        self._uncommitted: list[tuple[str, tuple[object, ...]]] = []
        """What was written since the last commit that succeeded, as statements with their parameters."""
        self._all_written = True
        """Whether the open transaction has all of that; else it waits in memory."""
        self._last: int = self._db.execute("SELECT coalesce(max(sequence), 0) FROM events").fetchone()[0]

    def append(self, events: Sequence[tuple[datetime, Event]]) -> int:
        """Take the events; return the last one's sequence number. Durable after ``commit``.

        Raises sqlite3.Error when they can't be entries of this journal; none of these events is taken then.
        """
        rows = [
            (self._last + place, at.isoformat(), kind_of(event), call_of(event), to_json(event))
            for place, (at, event) in enumerate(events, start=1)
        ]
        self._write([(_INSERT, row) for row in rows])
        self._last += len(rows)
        return self._last

    def note_refused(self, sequence: int) -> None:
        """The router refused this event: it changed nothing. For readers; a replay finds out by itself. Durable after ``commit``."""
        self._write([(_REFUSED, (sequence,))])

    def _write(self, statements: Sequence[tuple[str, tuple[object, ...]]]) -> None:
        if self._all_written:
            try:
                self._insert(statements)
            except sqlite3.OperationalError:  # full or locked: it waits for the next commit, which says so if it fails too
                self._roll_back()
        self._uncommitted += statements

    def _insert(self, statements: Sequence[tuple[str, tuple[object, ...]]]) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
        if len(statements) == 1:  # mostly: one statement is whole or not at all by itself
            self._db.execute(*statements[0])
            return
        self._db.execute("SAVEPOINT appending")
        try:
            for statement in statements:
                self._db.execute(*statement)
        except BaseException:
            if self._db.in_transaction:  # a full disk has rolled back all of it
                self._db.execute("ROLLBACK TO appending")
            raise
        finally:
            if self._db.in_transaction:
                self._db.execute("RELEASE appending")

    def _roll_back(self) -> None:
        self._all_written = False  # first: the next line may fail too
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    @property
    def last(self) -> int:
        """The last sequence number given."""
        return self._last

    @property
    def waiting(self) -> int:
        """How many entries no commit has made durable yet."""
        return len(self._uncommitted)

    def go_on_after(self, sequence: int) -> None:
        """Give no number up to ``sequence`` again: records have followed so far, of entries that are lost (a new or restored file)."""
        self._last = max(self._last, sequence)

    def commit(self) -> None:
        """Make durable what was appended. Raises sqlite3.Error when that can't be done now; the next commit tries all of it again."""
        try:
            if not self._all_written:
                self._insert(self._uncommitted)
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        except BaseException:  # not SQLite's only: an entry that can't be bound, for instance
            self._roll_back()
            raise
        self._uncommitted.clear()
        self._all_written = True

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
        """Make durable what was appended, and release the file. Raises sqlite3.Error when what was appended is lost."""
        try:
            self.commit()
        finally:
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
