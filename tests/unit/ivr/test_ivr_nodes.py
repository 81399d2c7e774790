"""Numbers to key in, notices, ways back and orders on trial, played by a caller who keys what the test says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue import MENUS_PER_CALL, Ask, Collect, Facts, MenuTaken, Say, Step, StillHere, walk
from ivr.menu import Branch, Go, Input, Menu, MenuPlan, Notice, Trial
from ivr.questions import arm_of
from tests.unit.ivr.hotline_menu import LEVEL, PRODUCT, branch, plan

BACK = Branch("*", "back", go=Go.BACK)
AGAIN = Branch("#", "again", go=Go.REPEAT)
OPERATOR = branch("0", "operator", product_line="pcs")
SERIAL = Input("serial", "enter-serial", 4, 6, branch("", "entered"), branch("", "none"), keys=(OPERATOR, BACK), check="luhn")
HOURS = Notice("hours", ("our-hours", "on-holidays"), branch("", "heard", "what"))
WHAT = Menu(
    "what", "ask-what", (),
    (branch("1", "product", "product"), branch("2", "serial", "serial"), branch("3", "hours", "hours"),
     Branch("4", "message", to="voicemail"), branch("5", "call_me", callback="yes"), BACK, AGAIN, OPERATOR),
    branch("", "nothing"),
)  # fmt: skip


def services(**changes: Any) -> MenuPlan:
    product = replace(PRODUCT, branches=(*PRODUCT.branches, BACK, AGAIN))
    given = {"start": "what", "menus": {one.id: one for one in (WHAT, product, LEVEL)}, "welcome": "", **changes}
    return plan(**{"inputs": {"serial": SERIAL}, "notices": {"hours": HOURS}, **given})


def play(menus: MenuPlan, keys: Sequence[str], ani: str = "") -> tuple[list[Step], Facts]:
    """Key these, one for each thing that is said or asked."""
    left, steps, walking = list(keys), [], walk(menus, "4001", ani)
    step = next(walking)
    while True:
        steps.append(step)
        answer = left.pop(0) if left and isinstance(step, (Say, Ask, Collect)) else ""
        try:
            step = walking.send(answer)
        except StopIteration as end:
            return steps, end.value


def spoken(steps: Sequence[Step]) -> list[str]:
    return [step.prompt for step in steps if isinstance(step, (Say, Ask, Collect))]


def taken(facts: Facts) -> list[tuple[str, str, str]]:
    return [(step.menu, step.digits, step.choice) for step in facts.path]


# ---- numbers to key in


def test_a_number_is_read_back_and_counts_when_it_is_confirmed() -> None:
    steps, facts = play(services(), ["2", "18226", "", "", "", "", "", "", "1"])

    assert spoken(steps)[1:] == ["enter-serial", "you_entered", "digit_1", "digit_8", "digit_2", "digit_2", "digit_6", "confirm_entry"]
    assert taken(facts) == [("what", "2", "serial"), ("serial", "18226", "entered")]
    assert facts.known["serial"] == "18226"


def test_who_knows_his_number_need_not_hear_it_to_the_end() -> None:
    steps, facts = play(services(), ["2", "18226", "", "1"])

    assert spoken(steps)[1:] == ["enter-serial", "you_entered", "digit_1"]
    assert facts.known["serial"] == "18226"


def test_a_number_that_is_not_confirmed_is_asked_again() -> None:
    steps, facts = play(services(), ["2", "18226", "2", "18234", "1"])

    assert spoken(steps)[1:] == ["enter-serial", "you_entered", "enter-serial", "you_entered"]
    assert facts.known["serial"] == "18234"


@pytest.mark.parametrize(
    ("keyed", "said"),
    [("18227", "invalid"), ("182", "invalid"), ("1*226", "invalid"), ("", "missing")],
    ids=["a wrong check digit", "too short", "a star in it", "silence"],
)
def test_what_is_no_such_number_is_told_and_asked_again(keyed: str, said: str) -> None:
    steps, facts = play(services(), ["2", keyed, "", "18226", "1"])

    assert spoken(steps)[1:4] == ["enter-serial", said, "enter-serial"]
    assert facts.known["serial"] == "18226"


def test_a_digit_during_invalid_is_the_numbers_first() -> None:
    steps, facts = play(services(), ["2", "999", "1", "8226", "1"])

    assert Collect("", 5, 5.0) in steps, "one digit is there already, and the question is not spoken again"
    assert facts.known["serial"] == "18226"


def test_after_the_last_attempt_the_default_is_taken_without_a_number() -> None:
    _, facts = play(services(), ["2", "1", "", "2", "", "3", ""])

    assert taken(facts)[-1] == ("serial", "", "none")
    assert "serial" not in facts.known


def test_0_alone_asks_for_the_operator_instead() -> None:
    _, facts = play(services(), ["2", "0"])

    assert taken(facts)[-1] == ("serial", "0", "operator")


def test_a_star_alone_goes_back() -> None:
    steps, facts = play(services(), ["2", "*", "0"])

    assert spoken(steps) == ["ask-what", "enter-serial", "ask-what"]
    assert taken(facts) == [("what", "2", "serial"), ("serial", "*", "back"), ("what", "0", "operator")]


def test_one_that_need_not_be_confirmed_is_not_read_back() -> None:
    steps, facts = play(services(inputs={"serial": replace(SERIAL, confirm=False)}), ["2", "18226"])

    assert spoken(steps) == ["ask-what", "enter-serial"]
    assert facts.known["serial"] == "18226"


# ---- notices, ways back and out


def test_a_notice_is_told_whole_and_goes_on() -> None:
    steps, facts = play(services(), ["3", "", "", "0"])

    assert spoken(steps) == ["ask-what", "our-hours", "on-holidays", "ask-what"]
    assert taken(facts) == [("what", "3", "hours"), ("hours", "", "heard"), ("what", "0", "operator")]


def test_a_key_cuts_a_notice_short_and_answers_what_follows() -> None:
    steps, facts = play(services(), ["3", "0"])

    assert spoken(steps) == ["ask-what", "our-hours"]
    assert taken(facts)[-1] == ("what", "0", "operator")


def test_back_asks_what_was_asked_before_and_forgets_its_answer() -> None:
    steps, facts = play(services(), ["1", "3", "9"])
    assert facts.product_line == "printers"

    steps, facts = play(services(), ["1", "*", "1", "1", "1"])
    assert spoken(steps) == ["ask-what", "ask-product", "ask-what", "ask-product", "ask-level"]
    assert facts.product_line == "servers"


def test_back_over_two_questions() -> None:
    level = replace(LEVEL, branches=(*LEVEL.branches, BACK))
    menus = {one.id: one for one in (WHAT, replace(PRODUCT, branches=(*PRODUCT.branches, BACK)), level)}

    steps, facts = play(services(menus=menus), ["1", "3", "*", "*", "1", "1", "1"])

    assert spoken(steps) == ["ask-what", "ask-product", "ask-level", "ask-product", "ask-what", "ask-product", "ask-level"]
    assert facts.product_line == "servers"


def test_back_at_the_first_question_and_repeat_ask_it_again() -> None:
    steps, _ = play(services(), ["*", "#", "0"])

    assert spoken(steps) == ["ask-what"] * 3


def test_a_branch_out_of_the_menu_says_where() -> None:
    _, facts = play(services(), ["4"])

    assert facts.destination == "voicemail"


def test_a_branch_can_ask_for_a_callback() -> None:
    _, facts = play(services(), ["5"])

    assert facts.callback and facts.destination is None


def test_who_stays_long_is_said_to_be_well() -> None:
    steps, _ = play(services(), ["#"] * 9 + ["0"])

    assert [steps[place - 1] for place, step in enumerate(steps) if isinstance(step, StillHere)] == [MenuTaken("what", "#", "again")] * 2


# ---- two orders on trial


TRIAL = replace(WHAT, trial=Trial("ask-what-b", (branch("1", "serial", "serial"), OPERATOR), 50))


def test_both_orders_are_heard_and_told_apart_in_the_path() -> None:
    menus = services(menus={"what": TRIAL})
    heard = Counter()
    for number in range(200):
        steps, facts = play(menus, ["0"], ani=f"139{number:08d}")
        heard[spoken(steps)[0], facts.path[0].menu] += 1

    assert set(heard) == {("ask-what", "what/a"), ("ask-what-b", "what/b")}
    assert min(heard.values()) > 70


@given(ani=st.text("0123456789+", max_size=15), share=st.integers(1, 99))
def test_a_number_always_hears_the_same_order(ani: str, share: int) -> None:
    assert arm_of("what", ani, share) == arm_of("what", ani, share) in ("a", "b")


def test_a_withheld_number_hears_the_first_order() -> None:
    assert arm_of("what", "", 99) == "a"


# ---- whatever is keyed


@given(keys=st.lists(st.sampled_from(["", *"0123456789*#", "18226", "1822", "99999"]), max_size=80), ani=st.text("0123456789", max_size=3))
def test_every_walk_comes_to_an_end_with_a_place_to_go(keys: list[str], ani: str) -> None:
    steps, facts = play(services(), keys, ani)

    assert facts.destination == "voicemail" or facts.product_line in {"pcs", "servers", "printers"}
    assert len([step for step in steps if isinstance(step, MenuTaken)]) <= MENUS_PER_CALL
