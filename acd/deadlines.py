"""What is due when: one heap of deadlines, each about one thing.

Decides the order in which things fall due: by time, then by kind, then by the thing's id; never by when it was asked for the next one, so
that a replay, which does not ask, goes the same way. What to do then is the router's. A deadline is alive as long as the thing itself
still says so in the attribute named by ``ATTRIBUTE``; so cancelling costs nothing, and a late one is recognised as stale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import Any

from acd.instants import span
from acd.model import Word


class Due(Word):
    """Kinds of deadlines."""

    OVERFLOW = "overflow"
    OPENING = "opening"
    STAGE_OVER = "stage over"
    CALL_RESTED = "call rested"
    PAIR_RESTED = "pair rested"
    COMMAND_AGAIN = "command again"
    ANNOUNCEMENT = "announcement"
    AGENT_RESTED = "agent rested"
    GHOST = "ghost"
    WRAP_UP_OVER = "wrap-up over"
    CALLBACK_OVERDUE = "callback overdue"
    OFFER_OVERDUE = "offer overdue"
    SWITCH_OVER = "switch over"
    OUTSIDE_OVERDUE = "outside overdue"
    PROMISE_DUE = "promise due"
    NEWS = "news"


ATTRIBUTE: Mapping[Due, str] = {
    Due.OVERFLOW: "overflow_us",
    Due.OPENING: "next_us",
    Due.STAGE_OVER: "stage_ends_us",
    Due.CALL_RESTED: "rests_until_us",
    Due.PAIR_RESTED: "rest_ends_us",
    Due.COMMAND_AGAIN: "redo_us",
    Due.ANNOUNCEMENT: "announce_us",
    Due.AGENT_RESTED: "rests_until_us",
    Due.GHOST: "ghost_us",
    Due.WRAP_UP_OVER: "wrap_ends_us",
    Due.CALLBACK_OVERDUE: "overdue_us",
    Due.OFFER_OVERDUE: "overdue_us",
    Due.SWITCH_OVER: "until_us",
    Due.OUTSIDE_OVERDUE: "overdue_us",
    Due.PROMISE_DUE: "due_us",
    Due.NEWS: "next_us",
}

AWAITS_NEWS: frozenset[Due] = frozenset({Due.OFFER_OVERDUE, Due.CALLBACK_OVERDUE, Due.OUTSIDE_OVERDUE})
"""What the exchange has not told of in time, unless it was the engine that did not listen."""
HELD_UP_US = span(2.0)
"""Later than this no deadline is looked at unless the engine was held up: a frozen machine, a stopped process."""
CATCH_UP_US = span(2.0)
"""So long it takes, at most, to hear what has come meanwhile."""

_Entry = tuple[int, str, str, int, Due, Any, bool]
"""When; kind and id, which order what is due at the same time; a count, so that things are never compared; kind; thing; whether it is over
then, or is only looked at."""


class Deadlines:
    """A heap with lazy deletion."""

    def __init__(self) -> None:
        self._heap: list[_Entry] = []
        self._count = 0

    def set(self, kind: Due, thing: Any, at_us: int) -> None:
        """Let ``kind`` fall due for ``thing`` at ``at_us``; an earlier setting of the same kind is void.

        What awaits news is looked at ``CATCH_UP_US`` before, too: who is not held up has heard all by the second look, and who was held up
        comes late to the first. So it is never over sooner than ``CATCH_UP_US`` from now.
        """
        if kind in AWAITS_NEWS:
            self._set(kind, thing, at_us - CATCH_UP_US, False)
        else:
            self._set(kind, thing, at_us, True)

    def _set(self, kind: Due, thing: Any, at_us: int, is_over: bool) -> None:
        setattr(thing, ATTRIBUTE[kind], at_us)
        self._count += 1
        heappush(self._heap, (at_us, kind.value, thing.id, self._count, kind, thing, is_over))

    def next(self) -> int | None:
        """When the next one falls due."""
        heap = self._heap
        while heap and not _alive(heap[0]):
            heappop(heap)
        return heap[0][0] if heap else None

    def forget_stale(self) -> None:
        """Let go of what will not fall due any more, and of the things that it was about; nothing else changes."""
        self._heap = [entry for entry in self._heap if _alive(entry)]
        heapify(self._heap)

    def take_due(self, now_us: int) -> Iterator[tuple[Due, Any]]:
        """Those due at ``now_us``, one after the other; each is over once taken. More may be set in between.

        Who was held up, and comes late to what waits for news, has yet to hear the news: they are waited for a little longer.
        """
        while (at_us := self.next()) is not None and at_us <= now_us:
            *_, kind, thing, is_over = heappop(self._heap)
            if not is_over or (kind in AWAITS_NEWS and now_us - at_us > HELD_UP_US):
                self._set(kind, thing, now_us + CATCH_UP_US, True)
                continue
            setattr(thing, ATTRIBUTE[kind], None)
            yield kind, thing


def _alive(entry: _Entry) -> bool:
    return bool(getattr(entry[5], ATTRIBUTE[entry[4]]) == entry[0])
