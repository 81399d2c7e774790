"""Who is there for a queue, hour by hour of an ordinary week: by the queue's hours and the agents' usual ones.

Decides who counts: an agent who satisfies some step *could* take a call; one who satisfies a step that asks for the queue's product line
*knows* it. Whether that is enough is ``config.check``'s. Pure; a week has no date, so summer time, holidays and illness are not in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from acd.model import AgentId
from acd.plan import AgentPlan, Hours, Plan, QueuePlan
from skills.expression import All, AnyOf, Expression, Has, Not, satisfies
from skills.requirement import Requirement

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY = 86_400
WEEK = 7 * DAY
Span = tuple[float, float]
"""Begin and end in seconds after Monday's midnight, in the plan's zone; within one day."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Some time in the week in which a queue is open, and who is there then."""

    spans: tuple[Span, ...]
    could: frozenset[AgentId]
    knows: frozenset[AgentId]


def covers(plan: Plan, usual: Mapping[AgentId, tuple[Hours, ...]], queue: QueuePlan, requirement: Requirement) -> list[Cover]:
    """The queue's week, the times with the same people put together. ``requirement`` is the queue's, bound to a language; ``usual`` has
    the hours of each agent, in the plan's zone; none: whenever he is needed.
    """
    own = [step.need for step in requirement.steps if _names(step.need, f"product:{queue.product_line}")]
    needs = [step.need for step in requirement.steps]
    could, knows = _able(plan.agents, needs), _able(plan.agents, own or needs)
    shifts = {agent.id: _spans(usual.get(agent.id, ())) for agent in plan.agents}
    found: dict[tuple[frozenset[AgentId], frozenset[AgentId]], list[Span]] = {}
    for span in _pieces(_open(plan, queue), [edge for spans in shifts.values() for one in spans for edge in one]):
        there = {agent for agent, spans in shifts.items() if not spans or any(begin <= span[0] < end for begin, end in spans)}
        found.setdefault((could & there, knows & there), []).append(span)
    return [Cover(tuple(_joined(spans)), *people) for people, spans in found.items()]


def in_words(spans: Sequence[Span], most: int = 4) -> str:
    """``on Friday 17:00-18:00``; the first few of many."""
    if _is_whole_week(spans):
        return "at all times"
    named = [f"{DAYS[int(begin // DAY)]} {_clock(begin)}-{_clock(end) if end % DAY else '24:00'}" for begin, end in spans[:most]]
    return "on " + ", ".join(named) + (" …" if len(spans) > most else "")


def _is_whole_week(spans: Sequence[Span]) -> bool:
    return sum(end - begin for begin, end in spans) == WEEK


def _clock(second: float) -> str:
    minutes = int(second % DAY // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _able(agents: Iterable[AgentPlan], needs: Sequence[Expression]) -> frozenset[AgentId]:
    return frozenset(agent.id for agent in agents if any(satisfies(need, agent.id, agent.skills) for need in needs))


def _names(need: Expression, skill: str) -> bool:
    match need:
        case Has(named, _):
            return named == skill
        case All(parts) | AnyOf(parts):
            return any(_names(part, skill) for part in parts)
        case Not(_):
            return False
        case _:
            return False


# ---- the week --------------------------------------------------------------------------------------------------------------------


def _open(plan: Plan, queue: QueuePlan) -> list[Span]:
    """The queue's hours, by the plan's clock, cut at midnight."""
    if not queue.hours:
        return [(day * DAY, (day + 1) * DAY) for day in range(7)]
    calendar = plan.calendars.get(queue.calendar)
    ahead = calendar.zone_offset_seconds - plan.zone_offset_seconds if calendar is not None else 0.0
    return [piece for begin, end in _spans(queue.hours) for piece in _in_week(begin - ahead, end - ahead)]


def _spans(hours: tuple[Hours, ...]) -> list[Span]:
    return [(one.weekday * DAY + one.opens_seconds, one.weekday * DAY + one.closes_seconds) for one in hours]


def _in_week(begin: float, end: float) -> Iterator[Span]:
    while begin < end:
        midnight = (begin // DAY + 1) * DAY
        until = min(end, midnight)
        yield begin % WEEK, begin % WEEK + until - begin
        begin = until


def _pieces(spans: Iterable[Span], edges: Iterable[float]) -> Iterator[Span]:
    cuts = sorted(set(edges))
    for begin, end in sorted(set(spans)):
        inner = [begin, *(cut for cut in cuts if begin < cut < end), end]
        yield from itertools.pairwise(inner)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Those that follow each other on the same day as one."""
    open_span: Span | None = None
    for begin, end in spans:
        if open_span is not None and open_span[1] == begin and open_span[0] // DAY == begin // DAY:
            open_span = (open_span[0], end)
            continue
        if open_span is not None:
            yield open_span
        open_span = (begin, end)
    if open_span is not None:
        yield open_span
