"""A simulated day can be repeated, uses every number, and is one that sipp can play."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.customer import Customer, OpenCase
from hotline.simulated_callers import MOST_KEYS, Visit, visits_csv
from hotline.simulated_day import WELCOME_SECONDS, Regular, random_visits
from ivr.menu import Branch, Entry, Menu, MenuPlan, Returning

NUMBERS = ("4001", "4002", "4003")
MENU = MenuPlan(
    entries={
        "4001": Entry("4001", "unified"),
        "4002": Entry("4002", "old", {"language": "zh"}),
        "4003": Entry("4003", "direct", {"language": "zh", "product_line": "pcs"}),
    },
    default_entry=Entry("", "unknown"),
    start="language",
    menus={
        "language": Menu(
            "language", "choose_language", ("language",),
            (Branch("1", "zh", {"language": "zh"}, "product"), Branch("2", "en", {"language": "en"}, "product")),
            Branch("", "none", {"language": "zh"}, "product"),
        ),
        "product": Menu(
            "product", "choose_product", ("product_line",),
            (Branch("3", "pcs", {"product_line": "pcs"}), Branch("4", "printers", {"product_line": "printers"})),
            Branch("", "none", {"product_line": "pcs"}),
        ),
    },
    defaults={"level": "L1"},
)  # fmt: skip


@given(seed=st.integers(), count=st.integers(0, 60))
def test_the_same_seed_gives_the_same_day(seed: int, count: int) -> None:
    one, other = (random_visits(MENU, count, random.Random(seed)) for _ in range(2))
    assert one == other
    assert len(one) == count


@given(st.integers())
def test_a_number_that_says_everything_needs_no_keys(seed: int) -> None:
    assert all(not visit.keys for visit in random_visits(MENU, 60, random.Random(seed)) if visit.dnis == "4003")


def test_a_day_uses_every_number_and_has_people_who_call_again_and_give_up() -> None:
    visits = random_visits(MENU, 400, random.Random(1))
    assert {visit.dnis for visit in visits} == set(NUMBERS)
    assert len({visit.ani for visit in visits}) < len(visits)
    assert min(visit.patience_seconds for visit in visits) < 2 < 60 < max(visit.patience_seconds for visit in visits)


@given(seed=st.integers())
def test_every_visit_is_one_line_of_as_many_columns_as_the_scenario_reads(seed: int) -> None:
    head, *lines = visits_csv(random_visits(MENU, 30, random.Random(seed))).splitlines()
    assert head == "SEQUENTIAL"
    assert {len(line.split(";")) for line in lines} == {4 + 2 * MOST_KEYS + 1}


@pytest.mark.parametrize("ani", ["1;2", "1\n2", "1\r"])
def test_text_that_would_break_the_file_is_refused(ani: str) -> None:
    with pytest.raises(ValueError, match="semicolons"):
        Visit("4001", ani)


def test_keys_that_no_telephone_has_are_refused() -> None:
    with pytest.raises(ValueError, match="keys"):
        Visit("4001", "1", keys=((1.0, "A"),))


def test_known_customers_hear_the_welcome_out_and_mostly_go_on_with_their_case() -> None:
    returning = Returning(frozenset({"printers.L1"}), frozenset({"standard"}), frozenset(), {"printers": "continue_printers"})
    ma = Regular("+8613800010001", (Customer("C-1", "Ma", language="zh", cases=(OpenCase("T-1", "printers"),)),))
    visits = random_visits(replace(MENU, returning=returning), 400, random.Random(1), [ma])
    known = [visit for visit in visits if visit.ani == ma.number]
    assert 30 < len(known) < 90
    assert {visit.dnis for visit in known} == {"4001"}
    assert all(visit.keys[0][0] >= WELCOME_SECONDS[0] for visit in known)
    assert sum([key for _, key in visit.keys] == ["1"] for visit in known) > len(known) / 2


@given(st.integers(0, 10_000))
def test_a_menu_that_has_a_branch_for_every_key_is_walked_too(seed: int) -> None:
    first = MENU.menus[MENU.start]
    branches = tuple(replace(first.branches[0], key=key) for key in "0123456789*#")
    every = replace(MENU, menus={**MENU.menus, MENU.start: replace(first, branches=branches)})
    assert len(random_visits(every, 60, random.Random(seed))) == 60
