"""A report on performance: which sums become which rows, and what is shown of them.

Decides that a report has a row for each group and period in which something happened, a line through all periods for charts, and a total;
all three are made of the same sums, so that they agree. It does not know where the sums come from. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from acd.measures import By, Measures, ShortAbandons, Value, figures, shown
from acd.periods import Interval, Periods


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for. Days are the zone's, both included."""

    since: date
    until: date
    zone: str
    by: By = By.QUEUE
    interval: Interval = Interval.WHOLE
    short_abandons: ShortAbandons = ShortAbandons.COUNTED


@dataclass(frozen=True, slots=True)
class Row:
    """A group in a period; ``group`` is a queue's, product line's or agent's id, an entry's label, or '' for all together."""

    group: str
    start: datetime
    end: datetime
    figures: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Performance:
    """The answer."""

    question: Question
    columns: tuple[str, ...]
    """Names of the figures that it has, in order; see ``acd.measures.FIGURES``."""
    rows: list[Row]
    """By period, then group."""
    line: list[Row]
    """All groups together, period by period, also those in which nothing happened."""
    total: Mapping[str, Value]


def performance(question: Question, periods: Periods, sums: Mapping[tuple[str, int], Measures]) -> Performance:
    """The report on ``sums`` by (group, place of the period)."""
    columns = shown(question.by)
    whole, line = Measures(), [Measures() for _ in range(len(periods))]
    for (_, place), measures in sums.items():
        whole.add_all(measures)
        line[place].add_all(measures)

    def row(group: str, place: int, measures: Measures) -> Row:
        return Row(group, periods.edges[place], periods.edges[place + 1], of(measures))

    def of(measures: Measures) -> dict[str, Value]:
        found = figures(measures, question.short_abandons)
        return {name: found[name] for name in columns}

    ordered = sorted(sums.items(), key=lambda item: (item[0][1], item[0][0]))
    return Performance(
        question, columns, [row(group, place, measures) for (group, place), measures in ordered],
        [row("", place, measures) for place, measures in enumerate(line)], of(whole),
    )  # fmt: skip
