"""``cti.api_reports.Reports`` over the records: fetches what the pure figures need, and has them worked out beside the event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from acd.archive import Archive, Row
from acd.measures import By
from acd.misroutes import Bypasses, Ledger, Misroutes, Routed
from acd.model import EndCause
from acd.performance import Performance, Question, performance
from acd.periods import periods
from acd.resolution import Resolution
from acd.scope import EVERYTHING, Scope
from acd.tallies import Tallies, TooManyRows
from config.compile import compile_menu
from config.picture import picture
from config.schema import Config
from cti.api_performance import TooLarge
from ivr.traffic import Traffic, Way, traffic_of

USUAL_DAYS = 7
_ROUTED = ("dnis", "entry", "path", "first_queue", "queue", "resolver", "transfers", "queued_at", "settled_at")
_WAY = ("path", "end_cause", "transfers")


class PastReports:
    """Days are those of the hotline's zone, as ``config`` says it now. ``scope``: of whose calls and agents who asks is told."""

    def __init__(self, archive: Archive, tallies: Tallies, config: Callable[[], Config]) -> None:
        self._archive = archive
        self._tallies = tallies
        self._config = config

    def period(self, since: date | None, until: date | None) -> tuple[date, date]:
        """The days asked for; what was left out is today, and the week that ends then."""
        last = until or datetime.now(self._zone()).date()
        return since or last - timedelta(days=USUAL_DAYS - 1), last

    async def misroutes(self, since: date, until: date, by_agent: bool, scope: Scope = EVERYTHING) -> Sequence[Misroutes]:
        """The misroute ledger."""
        counted = Ledger(by_agent=by_agent)
        async for rows in self._archive.pieces_of_calls(_ROUTED, *self.moments(since, until), scope):
            await asyncio.to_thread(counted.add, [Routed(**row) for row in rows])
        return counted.rows()

    async def bypasses(self, since: date, until: date, scope: Scope = EVERYTHING) -> Sequence[Bypasses]:
        """Calls to engineers' direct numbers, most first."""
        return [Bypasses(**row) for row in await self._archive.bypasses(*self.moments(since, until), scope)]

    async def resolution(self, since: date, until: date, scope: Scope = EVERYTHING) -> Resolution:
        """First-call resolution of the matters that began in these days, by what is known until now."""
        start, end = self.moments(since, until)
        within = timedelta(days=self._config().survey.returns_within_days)
        now = datetime.now(self._zone())
        found = Counter([solved async for _, solved in self._tallies.matters(By.ALL, start, end, within, now, scope)])
        return Resolution(found[True], found[False], found[None])

    def question(self, since: date | None, until: date | None, zone: str | None) -> Question:
        """The days asked for in the zone asked for; what was left out is the hotline's zone, today, and the week that ends then."""
        name = zone or self._config().hotline.time_zone
        last = until or datetime.now(ZoneInfo(name)).date()
        return Question(since or last - timedelta(days=USUAL_DAYS - 1), last, name)

    async def performance(self, question: Question, most_rows: int, scope: Scope = EVERYTHING) -> Performance:
        """How calls were served and agents were busy. Raises ``cti.api_performance.TooLarge``."""
        cut = await asyncio.to_thread(periods, question.since, question.until, ZoneInfo(question.zone), question.interval)
        within = timedelta(days=self._config().survey.returns_within_days)
        try:
            found = await self._tallies.tally(question.by, cut, within, datetime.now(UTC), most_rows, scope)
        except TooManyRows as reason:
            raise TooLarge(str(reason)) from None
        return await asyncio.to_thread(performance, question, cut, found.rows)

    async def menu(self, since: date, until: date, scope: Scope = EVERYTHING) -> str:
        """The menu's picture (SVG) with what callers did in it."""
        config, traffic = self._config(), Traffic()
        menu = compile_menu(config)
        async for rows in self._archive.pieces_of_calls(_WAY, *self.moments(since, until), scope):
            await asyncio.to_thread(traffic_of, menu, map(_way, rows), traffic)
        return await asyncio.to_thread(picture, menu, config.prompts, traffic)

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._config().hotline.time_zone)

    def moments(self, since: date, until: date) -> tuple[datetime, datetime]:
        """When these days, both included, begin and end."""
        zone = self._zone()
        return datetime.combine(since, time.min, zone), datetime.combine(until + timedelta(days=1), time.min, zone)


def _way(row: Row) -> Way:
    return Way(row["path"], row["end_cause"] == EndCause.ABANDONED_IN_MENU, row["transfers"] > 0)
