"""The engine's clock: wall time that neither jumps nor runs backwards.

Deadlines, waits and the journal's order are kept by it, so a wall clock that is set (by hand, by NTP at boot, after a machine has slept)
must not freeze wrap-ups and ring times, nor let them all fall due at once, nor make a wait three hours long. It runs with the monotonic
clock and is drawn toward the wall clock by at most a tenth of the time that passes. How far the wall clock is ahead meanwhile is
``ahead_seconds``: the hours of queues are kept by that one (``hotline.clock_watch``), which also lets it ``leap`` when no durations are
under way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger(__name__)

SLEW = 0.1
"""Seconds of correction per second."""
JUMP_SECONDS = 2.0
"""A difference that is worth a line in the log."""


class SteadyClock:
    """Call it for the time, aware, in UTC."""

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        """``wall`` gives epoch seconds, ``steady`` seconds that never run backwards."""
        self._wall = wall
        self._steady = steady
        self._at = steady()
        self._now = wall()
        self._apart = False

    def __call__(self) -> datetime:
        """Now."""
        at = self._steady()
        passed, self._at = at - self._at, at
        self._now += passed
        difference = self._wall() - self._now
        self._now += max(-SLEW * passed, min(SLEW * passed, difference))
        self._say(difference)
        return datetime.fromtimestamp(self._now, UTC)

    @property
    def ahead_seconds(self) -> float:
        """How far the wall clock is ahead of this one; negative when it was set back."""
        return self._wall() - self().timestamp()

    def leap(self) -> None:
        """Follow the wall clock at once, if that is ahead."""
        self._now = max(self._now, self._wall())

    def not_before(self, moment: datetime | None) -> None:
        """Begin no earlier than ``moment``: the last one in the journal, after which the wall clock may have been set back."""
        if moment is not None and moment.timestamp() > self._now:
            log.warning("clock_behind_the_journal", by_seconds=round(moment.timestamp() - self._now, 3))
            self._now = (moment + timedelta(microseconds=1)).timestamp()

    def _say(self, difference: float) -> None:
        apart = abs(difference) > JUMP_SECONDS
        if apart and not self._apart:
            log.warning("wall_clock_was_set", by_seconds=round(difference, 3))
        self._apart = apart
