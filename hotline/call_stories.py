"""Calls of the records with their whole stories: what happened, from the journal; what was decided, from the records.

Fits ``cti.api_calls.PastCalls``; ``hotline explain`` tells the same stories. Decides nothing about who may read them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from acd.archive import Archive, Row
from acd.call_filter import CallFilter
from acd.call_search import CallSearch
from acd.effects import Effect
from acd.encoding import effect_from_json, kind_of, to_plain
from acd.events import Event, WrapUpEnded
from acd.journal_pages import JournalPages
from acd.narration import decided, said
from acd.numbers import LONGEST_SHORT_DIGITS, digits_of, e164, national
from config.schema import Config
from hotline.past_reports import PastReports


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a story. ``decided``: by the router; else it happened."""

    sequence: int
    at: datetime
    thing: Event | Effect
    decided: bool

    @property
    def kind(self) -> str:
        """The event's or notice's name."""
        return kind_of(self.thing)

    @property
    def fields(self) -> dict[str, object]:
        """What is known of it, but whose story it is."""
        return {name: value for name, value in to_plain(self.thing).items() if name != "call"}

    @property
    def text(self) -> Sequence[str]:
        """In English; empty when there is nothing to tell."""
        return decided(self.thing) if self.decided else said(self.thing)  # type: ignore[arg-type]  # as ``decided`` says


async def story_of(call: str, journal: JournalPages, database: AsyncEngine) -> list[Told]:
    """All that is known of a call, in order; empty for one that nobody knows."""
    lines = [
        (sequence, -1, Told(sequence, at, event, decided=False)) for sequence, at, event in await asyncio.to_thread(journal.of_call, call)
    ]
    lines += [
        (row["sequence"], row["ordinal"], Told(row["sequence"], row["at"], effect_from_json(row["kind"], row["body"]), decided=True))
        for row in await Archive(database).story(call)
    ]
    for sequence in await CallSearch(database).ends_of_wrap_ups(call):
        entry = await asyncio.to_thread(journal.entry, sequence)
        if entry is not None and isinstance(entry[2], WrapUpEnded):
            lines.append((sequence, -1, Told(*entry, decided=False)))
    return [line for _, _, line in sorted(lines, key=lambda one: one[:2]) if any(line.text)]


class CallStories:
    """Days are those of the hotline's zone, as ``config`` says it now."""

    def __init__(self, database: AsyncEngine, journal: JournalPages, reports: PastReports, config: Callable[[], Config]) -> None:
        self._database = database
        self._journal = journal
        self._reports = reports
        self._config = config

    def period(self, since: date | None, until: date | None) -> tuple[date, date]:
        """The days asked for; what was left out is today, and the week that ends then."""
        return self._reports.period(since, until)

    def moments(self, since: date, until: date) -> tuple[datetime, datetime]:
        """When these days, both included, begin and end."""
        return self._reports.moments(since, until)

    async def calls(self, wanted: CallFilter, limit: int, before: tuple[datetime, str] | None) -> Sequence[Row]:
        """Newest first; see ``CallSearch``. The number may be written in any way, whole or its end alone."""
        if wanted.number_ending is not None:
            wanted = replace(wanted, number_ending=self._ending(wanted.number_ending))
        return await CallSearch(self._database).calls(wanted, limit, before)

    async def call(self, call: str) -> Row | None:
        """Its record."""
        return await Archive(self._database).call(call)

    async def story(self, call: str) -> Sequence[Told]:
        """All that is known of a call, in order."""
        return await story_of(call, self._journal, self._database)

    def _ending(self, number: str) -> str:
        digits = digits_of(number)
        if len(digits) <= LONGEST_SHORT_DIGITS:
            return digits
        rows = self._config().customers
        country = rows.country_code if rows else "86"
        return national(e164(number, country), country) or digits
