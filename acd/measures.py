"""What reports show of a period and a group of calls: sums that can be added up, and the figures that are worked out of them.

Decides every figure's definition; those of service level, ASA, AHT and occupancy are ``acd.forecast``'s. A call counts in the period in
which it was offered, with all that became of it later, however late; agents' time counts in the period in which it passed. So the sums of
the parts of a day are the day's. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial

from acd.forecast import SERVICE_LEVELS, Outcomes, average_handling_time, average_speed_of_answer, occupancy, ratio
from acd.model import Word

Value = float | None


class Unit(Word):
    """What a figure is measured in."""

    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    """0 to 1."""


class ShortAbandons(Word):
    """Whether callers who left within a few seconds count as offered and abandoned."""

    COUNTED = "counted"
    LEFT_OUT = "left_out"


@dataclass(slots=True)
class Measures:
    """Sums. Durations in seconds."""

    calls: int = 0
    transferred_in: int = 0
    overflowed_in: int = 0
    answered_in_time: int = 0
    answered_late: int = 0
    abandoned_short: int = 0
    abandoned_in_time: int = 0
    abandoned_late: int = 0
    flowed_out: int = 0
    waiting: int = 0
    waits_seconds: float = 0.0
    handled: int = 0
    ring_seconds: float = 0.0
    talk_seconds: float = 0.0
    hold_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    transfers: int = 0
    bounces: int = 0
    offers: int = 0
    missed: int = 0
    ready_seconds: float = 0.0
    busy_seconds: float = 0.0
    not_ready_seconds: float = 0.0
    solved: int = 0
    unsolved: int = 0
    callbacks: int = 0
    callbacks_kept: int = 0
    callbacks_broken: int = 0
    self_served: int = 0

    def add(self, more: Mapping[str, float]) -> None:
        """Add sums by name."""
        for name, value in more.items():
            setattr(self, name, getattr(self, name) + value)

    def add_all(self, other: Measures) -> None:
        """Add another's sums."""
        self.add({name: getattr(other, name) for name in NAMES})

    def outcomes(self) -> Outcomes:
        """What became of those offered, as far as it is known."""
        return Outcomes(
            self.answered_in_time, self.answered_late, self.abandoned_short, self.abandoned_in_time, self.abandoned_late, self.flowed_out
        )


NAMES = tuple(field.name for field in fields(Measures))


@dataclass(frozen=True, slots=True)
class Figure:
    """One column: its definition as it is shown, and as it is computed."""

    unit: Unit
    definition: str
    of: Callable[[Measures, ShortAbandons], Value]


def figures(measures: Measures, short: ShortAbandons) -> dict[str, Value]:
    """Every figure; None where there is nothing to divide by."""
    return {name: figure.of(measures, short) for name, figure in FIGURES.items()}


def _left_out(measures: Measures, short: ShortAbandons) -> int:
    return measures.abandoned_short if short is ShortAbandons.LEFT_OUT else 0


def _offered(measures: Measures, short: ShortAbandons) -> int:
    return measures.outcomes().offered + measures.waiting - _left_out(measures, short)


def _abandoned(measures: Measures, short: ShortAbandons) -> int:
    return measures.outcomes().abandoned - _left_out(measures, short)


def _sum_of(name: str, measures: Measures, _short: ShortAbandons) -> Value:
    value: float = getattr(measures, name)
    return value


def _per_handled(name: str, measures: Measures, _short: ShortAbandons) -> Value:
    return ratio(getattr(measures, name), measures.handled)


def _service_level(name: str, measures: Measures, _short: ShortAbandons) -> Value:
    return SERVICE_LEVELS[name][1](measures.outcomes())


def _count(name: str, definition: str) -> Figure:
    return Figure(Unit.COUNT, definition, partial(_sum_of, name))


def _part(name: str, definition: str) -> Figure:
    return Figure(Unit.SECONDS, definition, partial(_per_handled, name))


FIGURES: Mapping[str, Figure] = {
    "offered": Figure(
        Unit.COUNT, "joined a queue: from the menu, handed on or overflowed from another, or back after the agent was lost", _offered
    ),
    "calls": _count("calls", "offered from the menu: the others are counted in their first queue already"),
    "transferred_in": _count("transferred_in", "offered because an agent handed the call on to this queue"),
    "overflowed_in": _count("overflowed_in", "offered because another queue's rule sent the call here"),
    "answered": Figure(Unit.COUNT, "offered and connected to an agent", lambda m, _: m.outcomes().answered),
    "abandoned": Figure(Unit.COUNT, "the caller left before he was connected", _abandoned),
    "short_abandons": _count("abandoned_short", "left within the plan's short_abandon_seconds: nobody could have answered"),
    "flowed_out": _count("flowed_out", "sent elsewhere before being connected: another queue, a destination, a promised callback"),
    "waiting": _count("waiting", "offered, and what became of it is not known yet"),
    "abandon_rate": Figure(
        Unit.SHARE, "abandoned / offered whose outcome is known", lambda m, s: ratio(_abandoned(m, s), _offered(m, s) - m.waiting)
    ),
    **{
        f"service_level_{name}": Figure(Unit.SHARE, definition, partial(_service_level, name))
        for name, (definition, _) in SERVICE_LEVELS.items()
    },
    "asa": Figure(
        Unit.SECONDS, "speed of answer: mean wait of those answered, from joining the queue",
        lambda m, _: average_speed_of_answer(m.waits_seconds, m.outcomes().answered),
    ),
    "handled": _count("handled", "conversations that are over, callbacks and calls given over after a consultation included"),
    "aht": Figure(
        Unit.SECONDS, "handling time: (talk + hold + wrap-up) / handled",
        lambda m, _: average_handling_time(m.talk_seconds + m.hold_seconds, m.wrap_up_seconds, m.handled),
    ),
    "ring": _part("ring_seconds", "from the phone's first ring to the answer, a call handled; not part of AHT"),
    "talk": _part("talk_seconds", "talk without hold, a call handled"),
    "hold": _part("hold_seconds", "the caller was held while the agent asked another one, a call handled"),
    "wrap_up": _part("wrap_up_seconds", "after-call work, a call handled"),
    "transfers": _count("transfers", "handed on by the agent"),
    "bounces": _count("bounces", "came back to a queue that had handed the call on"),
    "first_call_resolution": Figure(
        Unit.SHARE, "matters settled by one call / matters of which that is known", lambda m, _: ratio(m.solved, m.solved + m.unsolved)
    ),
    "self_served": _count("self_served", "callers who said by key that the menu has answered their question; they joined no queue"),
    "self_service": Figure(
        Unit.SHARE, "served by the menu / those and the calls offered from it", lambda m, _: ratio(m.self_served, m.self_served + m.calls)
    ),
    "callbacks": _count("callbacks", "callbacks promised"),
    "callbacks_kept": _count("callbacks_kept", "promised, and the customer was reached"),
    "callbacks_broken": _count("callbacks_broken", "promised, and given up: the customer was not reached in as many attempts as allowed"),
    "offers": _count("offers", "offers made to the agent, by when they were made"),
    "missed": _count("missed", "offers that the agent did not take (RONA)"),
    "occupancy": Figure(
        Unit.SHARE, "reserved, talking and wrap-up / those plus ready; not ready counts in neither",
        lambda m, _: occupancy(m.busy_seconds, m.ready_seconds),
    ),
    "ready_time": Figure(Unit.SECONDS, "time in which agents were ready, all together", partial(_sum_of, "ready_seconds")),
    "busy_time": Figure(Unit.SECONDS, "time reserved, talking and in wrap-up, all together", partial(_sum_of, "busy_seconds")),
    "not_ready_time": Figure(Unit.SECONDS, "time not ready, all together", partial(_sum_of, "not_ready_seconds")),
}  # fmt: skip
"""Name -> figure, in the order in which they are shown."""

OF_AGENTS = frozenset({"offers", "missed", "occupancy", "ready_time", "busy_time", "not_ready_time"})
"""Figures of agents' time, which belongs to no queue: an agent who is ready is so for all of his queues."""
OF_QUEUES = frozenset({
    "offered", "calls", "transferred_in", "overflowed_in", "abandoned", "short_abandons", "flowed_out", "waiting", "abandon_rate",
    "service_level_of_offered", "service_level_of_offered_without_short", "service_level_of_kept",
    "service_level_of_answered_and_late", "service_level_abandons_in_time_count_as_served", "callbacks", "callbacks_kept",
    "callbacks_broken",
})  # fmt: skip
"""Figures that no single agent has: who leaves unanswered, leaves a queue."""
OF_MENU = frozenset({"self_served", "self_service"})
"""Figures of callers who joined no queue, so that no queue, product line or agent has them."""


class By(Word):
    """What the groups of a report are."""

    ALL = "all"
    QUEUE = "queue"
    PRODUCT_LINE = "product_line"
    AGENT = "agent"
    ENTRY = "entry"


def shown(by: By) -> tuple[str, ...]:
    """The figures that such groups have."""
    without = _WITHOUT[by]
    return tuple(name for name in FIGURES if name not in without)


_WITHOUT: Mapping[By, frozenset[str]] = {
    By.ALL: frozenset(), By.QUEUE: OF_AGENTS | OF_MENU, By.PRODUCT_LINE: OF_AGENTS | OF_MENU, By.AGENT: OF_QUEUES | OF_MENU,
    By.ENTRY: OF_AGENTS,
}  # fmt: skip
