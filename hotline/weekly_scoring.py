"""Draws each week's conversations for scoring, and says who scores which; the kept rows, the configuration and the users put together.

A week's seed is thrown while the week runs, and only its digest is told until the week is over: so nobody can know in it which
conversations will be drawn, and nobody can throw again until the draw suits him. The draw is made on the night after the week's end, when
its last conversations are over. Which are drawn is said by ``acd.sampling``, whose turn it is by ``acd.scoring_turns``.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from acd.draw_rows import DrawRows
from acd.people import UserDirectory
from acd.plan import Plan
from acd.sampling import draw
from acd.scope import Scope, scope_of
from acd.score_rows import ScoreRows
from acd.scoring import Form
from acd.scoring_turns import Scorer, is_turn_of, place_on_list
from config.schema import Config
from config.scoring_forms import form_of, forms
from hotline.kept_recordings import AT, next_night

log = structlog.get_logger(__name__)

WEEK = timedelta(days=7)
WEEKS_LISTED = 4
"""What was drawn earlier than so many draws ago is on nobody's list any more."""
Row = Mapping[str, Any]


class WeeklyScoring:
    """Implements ``cti.api_quality.Quality``."""

    def __init__(
        self, database: AsyncEngine, config: Callable[[], Config], plan: Callable[[], Plan],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC), throw: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:  # fmt: skip
        self._rows = DrawRows(database)
        self._people = UserDirectory(database)
        self._config = config
        self._plan = plan
        self._clock = clock
        self._throw = throw
        self.scores = ScoreRows(database)

    # ---- drawing ---------------------------------------------------------------------------------------------------------

    async def draw_every_night(self, write: Callable[[], Awaitable[None]]) -> None:
        """For ever: what is due at once, then every night. Whatever goes wrong is said, and tried again the next night.

        ``write`` brings the records up to date first, so that who draws again later draws from the same ones.
        """
        while True:
            try:
                await write()
                await self.draw_due()
            except Exception:  # a full disk, a database that is away
                log.exception("conversations_not_drawn")
            due = next_night(self._clock(), self._zone)
            await asyncio.sleep((due - self._clock()).total_seconds() + 1)

    async def draw_due(self) -> None:
        """Throw this week's seed, and draw from the last week when that is over since three at night; what was done is not done again."""
        if self._config().quality is None:
            return
        now = self._clock().astimezone(self._zone)
        this = now.date() - timedelta(days=now.weekday())
        await self._thrown(this)
        if now >= datetime.combine(this, AT, self._zone):
            await self._draw(this - WEEK)

    async def _thrown(self, first: date) -> Row:
        last = first + WEEK - timedelta(days=1)
        return await self._rows.throw(first.isoformat(), last.isoformat(), self._throw(), self._clock())

    async def _draw(self, first: date) -> None:
        row, rules = await self._thrown(first), self._config().quality
        if row["drawn_at"] is not None or rules is None:
            return
        start, end = self.moments(first, first + WEEK - timedelta(days=1))
        found = await self._rows.recorded(start, end, rules.shortest_seconds)
        sample = await asyncio.to_thread(draw, found, row["seed"], rules.per_agent, rules.second_share)
        used = {"per_agent": rules.per_agent, "shortest_seconds": rules.shortest_seconds, "second_share": rules.second_share}
        if await self._rows.keep(row["id"], sample, used, self._clock()):
            log.info("conversations_drawn", week=row["id"], drawn=len(sample.drawn), of=sample.of)

    # ---- whose turn it is --------------------------------------------------------------------------------------------------

    def form_of(self, queue: str) -> Form | None:
        """The form in force for a queue's conversations."""
        config = self._config()
        name = form_of(config, queue)
        return None if name is None else forms(config)[name]

    async def to_score(self, scorer: str) -> Sequence[Row]:
        """What is on his list, in the order of chance."""
        rows, scorers, latest = await self._listed()
        by = await self.scores.scorers([row["recording"] for row in rows])
        his = [row for row in rows if is_turn_of(scorer, row, scorers, by.get(row["recording"], ()), row["draw"] == latest)]
        return sorted(his, key=lambda row: place_on_list(scorer, row))

    async def drawn_one(self, scorer: str, recording: str) -> Row | None:
        """A drawn conversation that is on his list, or that he has scored already; None for any other."""
        rows, scorers, latest = await self._listed()
        row = next((row for row in rows if row["recording"] == recording), None)
        if row is None:
            return None
        by = (await self.scores.scorers([recording])).get(recording, frozenset())
        able = any(one.name == scorer and one.may_score(row) for one in scorers)
        return row if able and (scorer in by or is_turn_of(scorer, row, scorers, by, row["draw"] == latest)) else None

    async def scorers(self) -> int:
        """How many people score."""
        return len(await self._scorers())

    async def _listed(self) -> tuple[Sequence[Row], Sequence[Scorer], str]:
        """What of the last draws can be heard, who scores, and which draw is the latest."""
        weeks = [row["id"] for row in await self._rows.draws(WEEKS_LISTED + 1) if row["drawn_at"] is not None]
        rows = await self._rows.of_weeks(weeks, Scope(limited=False))
        heard = [row for row in rows if row["deleted_at"] is None]
        return heard, await self._scorers(), max(weeks, default="")

    async def _scorers(self) -> Sequence[Scorer]:
        people = [row for row in await self._people.all() if row["role"] == "quality" and row["active"]]
        plan = self._plan()
        return [Scorer(row["name"], row["agent"], scope_of(plan, row["teams"])) for row in people]

    # ---- what is told ------------------------------------------------------------------------------------------------------

    async def draws(self, limit: int) -> Sequence[Row]:
        """The latest weeks, newest first."""
        return await self._rows.draws(limit)

    async def drawn(self, week: str, scope: Scope) -> Sequence[Row]:
        """What was drawn in the week that begins on that day, within the scope."""
        return await self._rows.of_weeks([week], scope)

    def days(self, since: date | None, until: date | None, usual: int) -> tuple[date, date]:
        """The days asked for; what was left out is today, and as many days as usual that end then."""
        last = until or self._clock().astimezone(self._zone).date()
        return since or last - timedelta(days=usual - 1), last

    def moments(self, since: date, until: date) -> tuple[datetime, datetime]:
        """When these days, both included, begin and end by the hotline's clock."""
        return datetime.combine(since, time.min, self._zone), datetime.combine(until + timedelta(days=1), time.min, self._zone)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._config().hotline.time_zone)
