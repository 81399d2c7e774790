"""When a source that keeps failing is left alone: a circuit breaker.

After so many failures in a row nobody is asked for a while; then one question is a try, and its answer decides. It knows no clock: ``now``
is any clock that only goes forward, in seconds.
"""

from __future__ import annotations


class Breaker:
    """Closed at first: everything may be asked."""

    def __init__(self, failures_to_pause: int, pause_seconds: float) -> None:
        self._failures_to_pause = failures_to_pause
        self._pause_seconds = pause_seconds
        self._failures = 0
        self._paused_until = 0.0

    @property
    def failures(self) -> int:
        """How often in a row it failed."""
        return self._failures

    @property
    def is_closed(self) -> bool:
        """Whether it is not being left alone."""
        return self._failures < self._failures_to_pause

    def allows(self, now: float) -> bool:
        """Whether the source may be asked now. The first question after a pause prolongs it, so that it stays the only one."""
        if self._failures < self._failures_to_pause:
            return True
        if now < self._paused_until:
            return False
        self._paused_until = now + self._pause_seconds
        return True

    def failed(self, now: float) -> None:
        """The source did not answer."""
        self._failures += 1
        self._paused_until = now + self._pause_seconds

    def answered(self) -> None:
        """The source is well."""
        self._failures = 0
