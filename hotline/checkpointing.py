"""When the engine's checkpoints are made, and of what: by a child process every so many events, and by the engine itself at its end.

The child replays the journal from the last checkpoint on, as a start would, and stores what comes out. So the engine's loop is not held up
for as long as it takes to write ten thousand waiting calls down; and a child that is newer than the engine (the program was brought up to
date on the disk) makes the very checkpoint that the next start needs.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from pathlib import Path

import structlog

import acd
import skills
from acd.checkpoint import Checkpoints, fingerprint
from acd.journal import SqliteJournal
from acd.projection import Records
from acd.runner import Runner
from cti import api_cards

log = structlog.get_logger(__name__)

EVENTS_BETWEEN = 50_000
"""Between two checkpoints. So many are replayed in a second, and come in some hours of a busy day."""
LOOK_EVERY_SECONDS = 10.0
AGAIN_AFTER_SECONDS = 600.0
"""After one that failed."""

_SOURCES = tuple(Path(str(module.__file__)) for module in (acd, skills, api_cards))


def checkpoints(state_dir: Path) -> Checkpoints:
    """Those of the engine whose state directory this is, as today's code can use them."""
    sources = [path.parent if path.name == "__init__.py" else path for path in _SOURCES]
    return Checkpoints(state_dir / "checkpoints", (acd.__name__, skills.__name__, api_cards.__name__), fingerprint(sources))


class Checkpointing:
    """One engine's: brings back what was known at its start, has a child make checkpoints while it works, makes the last one itself."""

    def __init__(self, state_dir: Path, config_path: Path) -> None:
        self._made = checkpoints(state_dir)
        self._command: Sequence[str] = (sys.executable, "-m", "hotline.cli", "checkpoint", "--config", str(config_path))
        self._engine: tuple[Runner, SqliteJournal, Records] | None = None
        self._task: asyncio.Task[None] | None = None

    def recover(self, runner: Runner, journal: SqliteJournal, records: Records) -> int:
        """Bring back what was known; the number of events that had to be replayed for it."""
        replayed = runner.recover(self._made.newest(journal, records.written))
        self._engine = runner, journal, records
        if replayed >= EVENTS_BETWEEN:
            self.store()
        return replayed

    def store(self) -> None:
        """Make a checkpoint here and now, if something has happened since the last; nothing may happen meanwhile."""
        if self._engine is None:
            return
        runner, journal, _ = self._engine
        try:
            memory = runner.memory
            if memory is None or memory.sequence == self._made.last():
                return
            self._made.store(memory, journal)
        except Exception:  # a full disk, or a thing in the state that can't be written: the next start takes longer, and that is all
            log.exception("checkpoint_not_stored")

    def start(self) -> None:
        """Begin to look every so often whether it is time for one."""
        self._task = asyncio.get_running_loop().create_task(self._for_ever())

    async def stop(self) -> None:
        """Stop looking; a child under way is ended."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _for_ever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            if self._due() and not await self._make():
                await asyncio.sleep(AGAIN_AFTER_SECONDS)

    def _due(self) -> bool:
        """Whether the records have followed far enough beyond the last one."""
        return self._engine is not None and self._engine[2].written - self._made.last() >= EVENTS_BETWEEN

    async def _make(self) -> bool:
        child = await asyncio.create_subprocess_exec(*self._command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
        try:
            _, said = await child.communicate()
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode:
            log.error("checkpoint_not_made", status=child.returncode, said=said.decode(errors="replace")[-2000:])
        return child.returncode == 0
