"""One connected page: what waits to be sent to it, and why it has to go.

Bounded: a page that does not read is closed, and replayed to when it comes back. It knows no WebSocket; whoever owns one takes
the texts from here.
"""

from __future__ import annotations

import asyncio
from collections import deque

from acd.model import AgentId
from cti.api_sessions import Session

MOST_UNSENT = 64
"""So many unsent messages close a page: a board every 250 ms counts once, so these are some minutes of one agent's life."""

CLOSE_SESSION_OVER = 4401
"""The page must sign in again."""
CLOSE_TOO_SLOW = 1013
"""The page may come back at once."""


class Page:
    """A page's outbox. Use from the event loop's thread only."""

    def __init__(self, session: Session, sees_numbers: bool = True) -> None:
        self.session = session
        self.sees_numbers = sees_numbers
        """Whether callers' numbers are shown here in full."""
        self.close_code: int | None = None
        self._unsent: deque[tuple[str, str | None]] = deque()
        self._changed = asyncio.Event()

    @property
    def agent(self) -> AgentId | None:
        """The agent who sits at this page; None for people who take no calls."""
        return AgentId(self.session.agent) if self.session.agent else None

    @property
    def sees_board(self) -> bool:
        """Whether this page is shown what goes on, of all or of some teams."""
        return self.session.supervises or self.session.is_wall

    def put(self, text: str, replaces: str | None = None) -> None:
        """Send ``text`` when the page reads; it takes the place of an unsent one with the same ``replaces``."""
        if self.close_code is not None:
            return
        if replaces is not None:
            self._drop(replaces)
        if len(self._unsent) >= MOST_UNSENT:
            self.close(CLOSE_TOO_SLOW)
            return
        self._unsent.append((text, replaces))
        self._changed.set()

    def has_unsent(self, replaces: str) -> bool:
        """Whether a text that was put with this ``replaces`` waits to be read."""
        return any(item[1] == replaces for item in self._unsent)

    def _drop(self, replaced: str) -> None:
        for item in self._unsent:
            if item[1] == replaced:
                self._unsent.remove(item)
                return

    def close(self, code: int) -> None:
        """Send nothing more and hang up with ``code``."""
        if self.close_code is None:
            self.close_code = code
            self._unsent.clear()
            self._changed.set()

    async def take(self) -> str | None:
        """The next text to send; None when the page is to be closed."""
        while not self._unsent and self.close_code is None:
            self._changed.clear()
            await self._changed.wait()
        return self._unsent.popleft()[0] if self._unsent else None

    async def closed(self) -> None:
        """Return when the page is to be closed, even while nothing can be sent to it."""
        while self.close_code is None:
            self._changed.clear()
            await self._changed.wait()
