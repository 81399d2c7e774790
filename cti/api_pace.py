"""Does a thing when it is due, but no more often than so many times a second. Knows nothing of the thing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Pace:
    """At once when the last time is long enough ago, else as soon as it is; calls in between count as one."""

    def __init__(self, action: Callable[[], None], every_seconds: float) -> None:
        self._action = action
        self._every_seconds = every_seconds
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def due(self) -> None:
        """There is something to do. Call it on the event loop."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._last + self._every_seconds), self._act)

    def _act(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        self._action()
