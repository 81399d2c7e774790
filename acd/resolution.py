"""First-call resolution: which matters were settled by one call.

Decides by two witnesses, the caller's own word after the call and whether the number calls again about the same product line. Pure: it is
given the visits, how many days count, and until when the past is known.

* A *matter* begins with an answered call of a number about a product line that has not called about it within so many days before.
* It is *solved* when the caller said so; *unsolved* when he said the contrary; without a word, *unsolved* when the number called about the
  same product line again within so many days, else *solved*.
* Without a word, and before those days are over, it is *open*, also when the number has called again already: else a period would begin
  with nothing but those that failed. Of a withheld number, it stays so for ever. Open ones count nowhere.
* The rate is solved / (solved + unsolved).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Visit:
    """A call, as far as it matters here. Times are aware."""

    ani: str
    """'' when withheld."""
    product_line: str
    arrived_at: datetime
    answered: bool
    solved: bool | None = None
    """What the caller said; None: nothing."""
    group: str = ""
    """What its matter is counted under; nothing here looks at it."""
    counted: bool = True
    """Whether its matter is counted for who asks; nothing here looks at it."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How many matters ended how."""

    solved: int = 0
    unsolved: int = 0
    open: int = 0

    @property
    def rate(self) -> float | None:
        """Share of those settled by one call; None when none is known yet."""
        known = self.solved + self.unsolved
        return self.solved / known if known else None


def first_call_resolution(visits: Iterable[Visit], since: datetime, until: datetime, within: timedelta, now: datetime) -> Resolution:
    """Of the matters that began in [``since``, ``until``).

    ``visits`` must reach back to ``since - within``, so that beginnings are known, and go on to ``now``.
    """
    in_threads = sorted(visits, key=lambda one: (one.ani, one.product_line, one.arrived_at))
    found = [
        solved for _, thread in groupby(in_threads, _thread) for _, solved in _of_thread(list(thread), since, until, within, now)
    ]
    return Resolution(found.count(True), found.count(False), found.count(None))


async def matters(
    visits: AsyncIterator[Visit], since: datetime, until: datetime, within: timedelta, now: datetime
) -> AsyncIterator[tuple[Visit, bool | None]]:
    """Each matter that began in [``since``, ``until``): its first answered visit, and whether that settled it; None: not known (yet).

    ``visits`` come by ``ani``, product line and arrival, and must reach back to ``since - within`` and on to ``until + within``, as far as
    that has passed; only those of one number about one product line are kept in memory.
    """
    thread: list[Visit] = []
    async for visit in visits:
        if thread and _thread(visit) != _thread(thread[0]):
            for found in _of_thread(thread, since, until, within, now):
                yield found
            thread = []
        thread.append(visit)
        if not visit.ani:  # a withheld number has no past and no future
            for found in _of_thread(thread, since, until, within, now):
                yield found
            thread = []
    for found in _of_thread(thread, since, until, within, now):
        yield found


def _thread(visit: Visit) -> tuple[str, str]:
    return visit.ani, visit.product_line


def _of_thread(
    visits: list[Visit], since: datetime, until: datetime, within: timedelta, now: datetime
) -> Iterator[tuple[Visit, bool | None]]:
    """In order of arrival, so that the last answered one before and the next one after say all that there is to know."""
    alone = bool(visits) and not visits[0].ani
    answered: list[Visit] = []
    for place, visit in enumerate(visits):
        after = [] if alone else visits[place + 1 : place + 2]
        if since <= visit.arrived_at < until and begins_matter(visit, answered, within):
            yield visit, solved_by(visit, after, now, within)
        if visit.answered and not alone:
            answered = [visit]


def begins_matter(visit: Visit, before: Sequence[Visit], within: timedelta) -> bool:
    """Whether an answered call is the first about its matter; ``before`` are the number's earlier ones about the product line."""
    return visit.answered and not any(earlier.answered and visit.arrived_at - earlier.arrived_at <= within for earlier in before)


def solved_by(visit: Visit, after: Sequence[Visit], now: datetime, within: timedelta) -> bool | None:
    """Whether this call settled its matter; None when that is not known (yet). ``after`` are the number's later ones about it."""
    if visit.solved is not None:
        return visit.solved
    if not visit.ani or now - visit.arrived_at <= within:
        return None
    return not any(later.arrived_at - visit.arrived_at <= within for later in after)
