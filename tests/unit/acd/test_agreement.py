"""Agreement of two scorers: known values of Cohen's kappa, and what holds whatever they answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.agreement import FEWEST, agreement, equal_share, kappa

answers = st.none() | st.integers(0, 4)
pairs = st.lists(st.tuples(answers, answers), max_size=40)


def table(rows: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """So many conversations for each pair of answers."""
    cells = ((one, other, times) for one, row in enumerate(rows) for other, times in enumerate(row))
    return list(chain.from_iterable([(one, other)] * times for one, other, times in cells))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[20, 5], [10, 15]], 0.4),  # the usual example: p_o 0.7, p_e 0.5
        ([[45, 15], [25, 15]], 0.1304),  # equal shares of 0.60 both, and yet …
        ([[25, 35], [5, 35]], 0.2593),  # … a greater kappa, where chance would bring less
        ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.492),  # Cohen 1960, table 1 of proportions .44 .07 .09 / .05 .20 .05 / .01 .03 .06
        ([[0, 10], [10, 0]], -1.0),
        ([[7, 0], [0, 3]], 1.0),
    ],
)
def test_known_values(rows: Sequence[Sequence[int]], expected: float) -> None:
    assert kappa(table(rows)) == pytest.approx(expected, abs=0.0005)


def test_it_is_not_defined_of_nothing_nor_where_chance_alone_would_agree() -> None:
    assert kappa([]) is None and equal_share([]) is None
    assert kappa([(5, 5)] * 20) is None and equal_share([(5, 5)] * 20) == 1.0


@given(pairs)
def test_it_lies_between_minus_one_and_one_and_is_one_only_for_equals(found: list[tuple[int | None, int | None]]) -> None:
    value, share = kappa(found), equal_share(found)
    if value is not None:
        assert share is not None
        assert -1 <= value <= share <= 1
        assert (value == 1) == (share == 1)


@given(pairs)
def test_who_is_named_first_and_in_what_order_does_not_matter(found: list[tuple[int | None, int | None]]) -> None:
    turned = [(other, one) for one, other in reversed(found)]
    assert kappa(turned) == kappa(found)


def test_few_conversations_are_said_to_be_few() -> None:
    assert agreement([(1, 1)] * (FEWEST - 1)).too_few
    assert not agreement([(1, 1)] * FEWEST).too_few
