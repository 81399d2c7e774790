"""Checkpoints: what the engine holds in memory as the journal left it, so that a start need not replay the whole of it.

Decides where they are kept and which one can be trusted. A checkpoint is no more than a shorter way to the same state: one that is
damaged, of another version of the code, of another journal, or further than the records have followed, is told of in the log and
ignored, and the journal is replayed from the one before it or from its beginning.

One file each, ``<state>/checkpoints/<sequence>``: a line of JSON that says what it is, then ``acd.packing``'s bytes. A file appears whole
or not at all. It is beside the journal, not in it, because writing megabytes into that database would keep the engine from appending.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from acd.journal import SqliteJournal
from acd.packing import pack, unpack
from acd.runner import Memory

log = structlog.get_logger(__name__)

KEPT: Final = 2
"""The newest, and one in case that cannot be used."""


class Checkpoints:
    """The checkpoints in ``directory`` of states that code of this ``fingerprint`` has made; ``rooms``: see ``acd.packing``."""

    def __init__(self, directory: Path, rooms: Collection[str], fingerprint: str) -> None:
        self._directory = directory
        self._rooms = rooms
        self._fingerprint = fingerprint

    def newest(self, journal: SqliteJournal, not_after: int) -> Memory | None:
        """The newest that can be trusted, and goes no further in ``journal`` than the sequence number ``not_after``."""
        for sequence, path in self._all():
            try:
                return self._read(path, journal, sequence, not_after)
            except Useless as reason:
                log.warning("checkpoint_ignored", file=path.name, reason=str(reason))
            except Exception:  # it can't be read, whatever the reason: that must not keep the engine from starting
                log.exception("checkpoint_unreadable", file=path.name)
        return None

    def store(self, memory: Memory, journal: SqliteJournal) -> Path:
        """Keep ``memory``; older ones go but for one. Raises OSError, and what ``acd.packing.pack`` raises."""
        with _no_collections():
            body = pack(memory.parts, self._rooms)
        head = {
            "fingerprint": self._fingerprint, "sequence": memory.sequence, "at": memory.at.isoformat(),
            "entry": journal.fingerprint(memory.sequence), "sha256": hashlib.sha256(body).hexdigest(),
        }  # fmt: skip
        self._directory.mkdir(mode=0o700, exist_ok=True)
        path = self._directory / str(memory.sequence)
        with self._alone():
            _write_whole(path, json.dumps(head).encode() + b"\n" + body)
            for _, old in self._all()[KEPT:]:
                old.unlink(missing_ok=True)
        return path

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The engine at its end, its child and a person at the command line don't write at the same time."""
        with (self._directory / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def last(self) -> int:
        """The sequence number of the newest, of whatever version; 0 when there is none."""
        return max((sequence for sequence, _ in self._all()), default=0)

    def _all(self) -> list[tuple[int, Path]]:
        found = self._directory.iterdir() if self._directory.is_dir() else ()
        return sorted(((int(path.name), path) for path in found if path.name.isdecimal()), reverse=True)

    def _read(self, path: Path, journal: SqliteJournal, sequence: int, not_after: int) -> Memory:
        line, _, body = path.read_bytes().partition(b"\n")
        head = json.loads(line)
        _require(hashlib.sha256(body).hexdigest() == head["sha256"], "it is damaged")
        _require(head["fingerprint"] == self._fingerprint, "it was made by another version")
        entry = journal.fingerprint(sequence)
        _require(head["sequence"] == sequence and entry is not None and head["entry"] == entry, "it belongs to another journal")
        _require(sequence <= not_after, "the records have not followed so far")
        with _no_collections():
            return Memory(sequence, datetime.fromisoformat(head["at"]), unpack(body, self._rooms))


class Useless(Exception):
    """This checkpoint can't be used; the message says why."""


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Useless(otherwise)


@contextmanager
def _no_collections() -> Iterator[None]:
    """Half of the time would go into looking for garbage among a million objects that all stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _write_whole(path: Path, data: bytes) -> None:
    draft = path.with_name("draft")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def fingerprint(sources: Iterable[Path]) -> str:
    """Of the code whose state is stored: any change of it, or of Python's version, makes another. ``sources``: files or directories."""
    digest = hashlib.sha256(repr(sys.version_info[:3]).encode())
    files: set[Path] = set()
    for source in sources:
        files |= set(source.glob("*.py")) if source.is_dir() else {source}
    for path in sorted(files):
        digest.update(f"\0{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()
