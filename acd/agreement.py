"""How far two people who scored the same conversations agree: the share of equal answers, and Cohen's kappa. Pure.

It does not know who they are, nor what was asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

FEWEST = 10
"""Conversations that both have scored; of fewer, kappa says little, and is told with that warning."""
Pairs = Sequence[tuple[Hashable, Hashable]]
"""For each conversation, what the one and what the other answered."""
Row = Mapping[str, Any]
"""A score: ``recording``, ``scorer``, ``version`` of the form, ``answers``."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """``share``: of equal answers, 0 to 1, None of no conversation; ``kappa``: None where it is not defined."""

    conversations: int
    share: float | None
    kappa: float | None

    @property
    def too_few(self) -> bool:
        """Whether it says little."""
        return self.conversations < FEWEST


def agreement(pairs: Pairs) -> Agreement:
    """How far two people agree on one criterion."""
    return Agreement(len(pairs), equal_share(pairs), kappa(pairs))


def equal_share(pairs: Pairs) -> float | None:
    """The share of conversations with equal answers; None when there is no conversation."""
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None


def kappa(pairs: Pairs) -> float | None:
    """Cohen's kappa, (p_o - p_e) / (1 - p_e): the agreement beyond what chance would bring. 1: always; 0: as by chance; below: less.

    p_o is the share of equal answers; p_e the one to expect if each answered as often as he did, but without a look at the conversation:
    the sum over all answers of the products of both people's shares. Not defined (None) when both gave one and the same answer
    throughout (p_e = 1), nor without conversations. Answers are taken as names: that 4 points are nearer to 5 than 1 is not counted.
    Source: J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960), 37-46.
    """
    if not pairs:
        return None
    count = len(pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    equal = sum(one == other for one, other in pairs)
    by_chance = sum(times * others[answer] for answer, times in ones.items())
    if by_chance == count * count:
        return None
    return (count * equal - by_chance) / (count * count - by_chance)


def by_pair(rows: Iterable[Row]) -> dict[tuple[str, str], list[tuple[Row, Row]]]:
    """For each two scorers, by name, what the one and what the other gave the recordings that both scored by the same form's version.

    Of a scorer's several scores of a recording the last one given here counts.
    """
    of_each: dict[str, dict[str, Row]] = {}
    for row in rows:
        of_each.setdefault(row["recording"], {})[row["scorer"]] = row
    found: dict[tuple[str, str], list[tuple[Row, Row]]] = {}
    for given in of_each.values():
        for first, second in combinations(sorted(given), 2):
            if given[first]["version"] == given[second]["version"]:
                found.setdefault((first, second), []).append((given[first], given[second]))
    return dict(sorted(found.items()))
