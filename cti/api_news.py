"""How far the journal has come, for those who follow it. Knows nothing of what happened."""

from __future__ import annotations

import asyncio


class News:
    """Use from the event loop's thread only."""

    def __init__(self) -> None:
        self.last = 0
        """The last sequence number that was taken; it may not be durable yet."""
        self._changed = asyncio.Event()

    def note(self, sequence: int) -> None:
        """An event was taken."""
        self.last = sequence
        self._changed.set()

    async def after(self, sequence: int) -> None:
        """Return when something came after ``sequence``."""
        while self.last <= sequence:
            self._changed.clear()
            await self._changed.wait()
