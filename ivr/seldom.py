"""A log for what strangers can provoke: each kind of warning is said a few times a minute, and the rest are counted.

Decides what is left out; it does not know what is logged, nor where to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ivr.session import Log

PERIOD_SECONDS: Final = 60.0
MOST_A_PERIOD: Final = 10


class SeldomLog:
    """Warnings, by their event's name; ``seconds`` gives the time on any steady clock."""

    def __init__(self, log: Log, seconds: Callable[[], float]) -> None:
        self._log = log
        self._seconds = seconds
        self._said: dict[str, tuple[float, int]] = {}
        """Event -> when its period began, and how often it came in it."""

    def warning(self, event: str, **fields: object) -> None:
        """Say it, unless it was said often enough; the first one of a new period says how many were left out."""
        now = self._seconds()
        begun, count = self._said.get(event, (now, 0))
        if now - begun >= PERIOD_SECONDS:
            left_out = max(0, count - MOST_A_PERIOD)
            begun, count = now, 0
            fields = {**fields, "left_out": left_out} if left_out else fields
        self._said[event] = (begun, count + 1)
        if count < MOST_A_PERIOD:
            self._log.warning(event, **fields)
