"""A wall clock that is set while the engine runs: hours by the new time at once, what is under way by the time that really passes.

Decides when the router hears of it. It goes on by the steady clock, so that no wait, ring time or wrap-up is longer or shorter for it;
its plan's zones are shifted, so that queues open and close by the wall clock. What is written down has the steady clock's times: it
follows the wall clock at once when that is ahead and no call is alive, else, and when the wall clock was set back, by a tenth of the time.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

import structlog

from acd.hours import shifted
from acd.model import CallState
from acd.plan import Plan
from acd.router import Router

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 5.0
APART_SECONDS: Final = 30.0
"""Less is made up for within five minutes, and no caller sees the difference in a queue's hours."""


class Clock(Protocol):
    """``hotline.steady_clock.SteadyClock``."""

    @property
    def ahead_seconds(self) -> float:
        """How far the wall clock is ahead."""

    def leap(self) -> None:
        """Follow it, if it is ahead."""


class Keeper(Protocol):
    """``acd.runner.Runner``."""

    def keep_deadlines(self) -> None:
        """By the clock as it is now."""

    async def use_plan(self, plan: Plan) -> None:
        """Put it in force, unless it is."""


class ClockWatch:
    """Gives the router its plan, by the clock."""

    def __init__(self, clock: Clock, router: Router, runner: Keeper) -> None:
        self._clock = clock
        self._router = router
        self._runner = runner
        self._plan = Plan()

    async def use(self, plan: Plan) -> None:
        """``plan`` is the configuration's from now on."""
        self._plan = plan
        ahead, told = self._clock.ahead_seconds, self._router.plan.ahead_seconds
        if abs(ahead - told) > APART_SECONDS:
            told = 0.0 if abs(ahead) <= APART_SECONDS else float(round(ahead))
        await self._runner.use_plan(shifted(plan, told))

    async def look(self) -> None:
        """Was the wall clock set? Has the steady one come nearer?"""
        ahead, told = self._clock.ahead_seconds, self._router.plan.ahead_seconds
        if ahead > APART_SECONDS and self._nobody_is_here():
            self._clock.leap()
            self._runner.keep_deadlines()
            ahead = 0.0
        if abs(ahead - told) > APART_SECONDS:
            await self.use(self._plan)

    async def keep_looking(self) -> None:
        """For as long as the engine runs."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:  # whatever it is, the next look may do better
                log.exception("clock_not_looked_at")

    def _nobody_is_here(self) -> bool:
        """Nobody waits, talks or is in a menu; who is promised a callback has hung up long ago."""
        return all(call.state is CallState.PROMISED for call in self._router.calls().values())
