"""The misroute ledger: which number and which menu choice send callers to the wrong queue, and what that costs.

Decides what is counted of a call that somebody solved: where it was sent first, who solved it where, how often it was handed on, and
how much time was *wasted*: from joining the first queue until it came to the queue, or the person, that solved it. A call that was
solved where it was sent first, without a transfer, wasted nothing. Calls that nobody solved (abandoned, sent out, handed on and then
left) are counted apart: they have no resolver. Pure.
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
    """Solved elsewhere than where the menu sent them, or not by the first who took them."""


Key = tuple[str, str, str, str, str, str]


def ledger(calls: Iterable[Routed], *, by_agent: bool = True) -> list[Misroutes]:
    """The rows, most wasted time first, of the calls that reached a queue. Without ``by_agent`` resolvers are not told apart."""
    rows: dict[Key, list[Routed]] = {}
    for call in calls:
        if call.first_queue is not None:
            rows.setdefault(_key(call, by_agent), []).append(call)
    found = [_row(key, group) for key, group in rows.items()]
    return sorted(found, key=lambda row: (-row.wasted_seconds, -row.calls, row.dnis, row.choices, row.first_queue, row.queue, row.resolver))


def wasted_seconds(call: Routed) -> float:
    """Time until the call came to where it was solved; 0 when that is where it was sent first, or when nobody solved it."""
    if call.resolver is None or call.queued_at is None or call.settled_at is None or not _misrouted(call):
        return 0.0
    return max(0.0, (call.settled_at - call.queued_at).total_seconds())


def choices_of(path: Sequence[tuple[str, str, str]]) -> str:
    """A way through the menus as text."""
    return " / ".join(choice for _, _, choice in path)


def _misrouted(call: Routed) -> bool:
    return call.resolver is not None and (call.transfers > 0 or call.queue != call.first_queue)


def _key(call: Routed, by_agent: bool) -> Key:
    solved = call.resolver is not None
    resolver = (call.resolver or "") if by_agent else ""
    return (call.dnis, call.entry, choices_of(call.path), call.first_queue or "", (call.queue or "") if solved else "", resolver)


def _row(key: Key, calls: list[Routed]) -> Misroutes:
    dnis, entry, choices, first_queue, queue, resolver = key
    level = Level(queue.rpartition(".")[2]) if queue else None
    return Misroutes(
        dnis, entry, choices, first_queue, queue, level, resolver, len(calls), sum(call.transfers for call in calls),
        sum(map(wasted_seconds, calls)), any(map(_misrouted, calls)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bypasses:
    """Calls that went round the hotline, by an engineer's direct number."""

    dnis: str
    entry: str
    calls: int
    answered: int
