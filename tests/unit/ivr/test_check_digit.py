"""Check digits, against published examples and against the mistakes that they are made to find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.check_digit import RULES, completed, keeps

numbers = st.text("0123456789", min_size=1, max_size=19)


@pytest.mark.parametrize("number", ["79927398713", "4539578763621486", "0"])
def test_luhns_usual_examples(number: str) -> None:
    assert keeps("luhn", number)


def test_iso_7064s_own_example() -> None:
    assert completed("mod_11_10", "0794") == "07945"


def test_a_number_without_a_rule_keeps_it() -> None:
    assert keeps("", "12345")


@pytest.mark.parametrize("rule", RULES)
@given(number=numbers, place=st.integers(0, 30), other=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(rule: str, number: str, place: int, other: str) -> None:
    right = completed(rule, number)
    place %= len(right)
    wrong = right[:place] + other + right[place + 1 :]
    assert keeps(rule, wrong) == (wrong == right)


@given(number=st.text("0123456789", min_size=2, max_size=19), place=st.integers(0, 30))
def test_luhn_finds_neighbours_that_changed_places_but_for_0_and_9(number: str, place: int) -> None:
    right = completed("luhn", number)
    place %= len(right) - 1
    pair = right[place : place + 2]
    swapped = right[:place] + pair[::-1] + right[place + 2 :]
    assert keeps("luhn", swapped) == (pair[0] == pair[1] or set(pair) == {"0", "9"})
