"""The misroute ledger: which number and which menu choice send callers to the wrong queue, and what that costs.

Decides what is counted of a call that somebody solved: where it was sent first, who solved it where, how often it was handed on, and
how much time was *wasted*: from joining the first queue until it came to the queue, or the person, that solved it. A call that nobody
had to hand on wasted nothing; where it overflowed to another queue by itself, that is no fault of number or menu. Calls that nobody
solved (abandoned, sent out, handed on and then left) are counted apart: they have no resolver. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from acd.model import Level


@dataclass(frozen=True, slots=True)
class Routed:
    """An ended call as the records have it. Times are aware."""

    dnis: str
    entry: str
    path: Sequence[tuple[str, str, str]]
    """(menu, digits, choice) each."""
    first_queue: str | None
    queue: str | None
    resolver: str | None
    transfers: int
    queued_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Misroutes:
    """One row of the ledger: calls with the same way through the house."""

    dnis: str
    entry: str
    choices: str
    """What was chosen in the menus, in order: ``english / printers / fault``."""
    first_queue: str
    queue: str
    """Where it was solved; '' when nobody did."""
    level: Level | None
    resolver: str
    """The agent who solved it; '' when nobody did."""
    calls: int
    transfers: int
    wasted_seconds: float
    misrouted: bool
    """Not solved by the first who took them: they had to be handed on."""


Key = tuple[str, str, str, str, str, str, bool]


@dataclass(slots=True)
class _Sums:
    calls: int = 0
    transfers: int = 0
    wasted_seconds: float = 0.0


class Ledger:
    """Counts calls as they are added, in any order, and keeps none; without ``by_agent`` resolvers are not told apart."""

    def __init__(self, *, by_agent: bool = True) -> None:
        self._by_agent = by_agent
        self._sums: dict[Key, _Sums] = {}

    def add(self, calls: Iterable[Routed]) -> None:
        """Count these, those of them that reached a queue."""
        for call in calls:
            if call.first_queue is not None:
                sums = self._sums.setdefault(_key(call, self._by_agent), _Sums())
                sums.calls += 1
                sums.transfers += call.transfers
                sums.wasted_seconds += wasted_seconds(call)

    def rows(self) -> list[Misroutes]:
        """Most wasted time first."""
        found = [_row(key, sums) for key, sums in self._sums.items()]
        return sorted(found, key=lambda row: (-row.wasted_seconds, -row.calls, *_named(row)))


def ledger(calls: Iterable[Routed], *, by_agent: bool = True) -> list[Misroutes]:
    """The rows for these calls."""
    counted = Ledger(by_agent=by_agent)
    counted.add(calls)
    return counted.rows()


def wasted_seconds(call: Routed) -> float:
    """Time until the call came to where it was solved; 0 when that is where it was sent first, or when nobody solved it."""
    if call.resolver is None or call.queued_at is None or call.settled_at is None or not _misrouted(call):
        return 0.0
    return max(0.0, (call.settled_at - call.queued_at).total_seconds())


def choices_of(path: Sequence[tuple[str, str, str]]) -> str:
    """A way through the menus as text."""
    return " / ".join(choice for _, _, choice in path)


def _misrouted(call: Routed) -> bool:
    return call.resolver is not None and call.transfers > 0


def _key(call: Routed, by_agent: bool) -> Key:
    solved = call.resolver is not None
    resolver = (call.resolver or "") if by_agent else ""
    queue = (call.queue or "") if solved else ""
    return call.dnis, call.entry, choices_of(call.path), call.first_queue or "", queue, resolver, _misrouted(call)


def _row(key: Key, sums: _Sums) -> Misroutes:
    dnis, entry, choices, first_queue, queue, resolver, misrouted = key
    level = Level(queue.rpartition(".")[2]) if queue else None
    return Misroutes(
        dnis, entry, choices, first_queue, queue, level, resolver, sums.calls, sums.transfers, sums.wasted_seconds, misrouted
    )


def _named(row: Misroutes) -> tuple[str, ...]:
    return row.dnis, row.entry, row.choices, row.first_queue, row.queue, row.resolver


@dataclass(frozen=True, slots=True)
class Bypasses:
    """Calls that went round the hotline, by an engineer's direct number."""

    dnis: str
    entry: str
    calls: int
    answered: int
