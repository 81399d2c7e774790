"""The menu's walk, played by a caller who keys what the test says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.model import Level
from ivr.dialogue import ALL_DIGITS, MENUS_PER_CALL, Ask, Facts, MenuError, MenuTaken, Say, SetLanguage, Step, entry_of, unasked, walk
from ivr.menu import Entry, Menu, MenuPlan
from tests.unit.ivr.hotline_menu import LANGUAGE, LEVEL, PLAN, PRODUCT, branch, plan


def play(plan: MenuPlan, keys: Sequence[str], dnis: str = "4001") -> tuple[list[Step], Facts]:
    """Key these, one for each prompt ('' is silence, and what follows the last one)."""
    left, steps, walking = list(keys), [], walk(plan, dnis)
    step = next(walking)
    while True:
        steps.append(step)
        answer = left.pop(0) if left and isinstance(step, (Say, Ask)) else ""
        try:
            step = walking.send(answer)
        except StopIteration as end:
            return steps, end.value


def heard(steps: Sequence[Step]) -> list[str]:
    """What the caller heard, with its language."""
    language, prompts = "", []
    for step in steps:
        match step:
            case SetLanguage(chosen):
                language = chosen
            case Say(prompt) | Ask(prompt):
                prompts.append(f"{language}:{prompt}")
    return prompts


def taken(facts: Facts) -> list[tuple[str, str, str]]:
    return [(step.menu, step.digits, step.choice) for step in facts.path]


def test_every_key_in_its_turn() -> None:
    steps, facts = play(PLAN, ["", "2", "3", "9"])
    assert heard(steps) == ["zh:welcome", "zh:ask-language", "en:ask-product", "en:ask-level"]
    assert (facts.language, facts.product_line, facts.level, facts.urgent) == ("en", "printers", Level.L2, True)
    assert taken(facts) == [("language", "2", "english"), ("product", "3", "printers"), ("level", "9", "emergency")]


def test_each_branch_is_reported_before_the_next_prompt() -> None:
    steps, facts = play(PLAN, ["", "2", "3", "9"])
    assert [step for step in steps if isinstance(step, MenuTaken)] == list(facts.path)
    assert steps.index(MenuTaken("language", "2", "english")) < steps.index(Ask("ask-product", ALL_DIGITS, 4.0))


def test_a_question_waits_as_long_as_its_menu_says() -> None:
    steps, _ = play(PLAN, ["", "2", "3", "9"])
    assert steps[-2] == Ask("ask-level", ALL_DIGITS, 2.5)


def test_a_key_during_the_welcome_answers_the_first_menu_which_is_not_spoken() -> None:
    steps, facts = play(PLAN, ["2", "1", "1"])
    assert heard(steps) == ["zh:welcome", "en:ask-product", "en:ask-level"]
    assert facts.path[0] == MenuTaken("language", "2", "english")


def test_a_wrong_key_is_told_and_the_menu_is_repeated() -> None:
    steps, facts = play(PLAN, ["", "7", "", "2", "1", "1"])
    assert heard(steps)[1:4] == ["zh:ask-language", "zh:invalid", "zh:ask-language"]
    assert facts.path[0].choice == "english"


def test_a_wrong_key_during_the_welcome_counts_as_the_first_attempt() -> None:
    steps, _ = play(PLAN, ["7", "", "7", "", "7"])
    assert heard(steps)[:5] == ["zh:welcome", "zh:invalid", "zh:ask-language", "zh:invalid", "zh:ask-language"]


def test_silence_is_told_otherwise_than_a_wrong_key() -> None:
    steps, _ = play(PLAN, ["", "", "", "2", "1", "1"])
    assert heard(steps)[1:4] == ["zh:ask-language", "zh:missing", "zh:ask-language"]


def test_a_key_during_the_reproach_is_the_answer() -> None:
    steps, facts = play(PLAN, ["", "7", "2", "1", "1"])
    assert heard(steps)[1:4] == ["zh:ask-language", "zh:invalid", "en:ask-product"]
    assert facts.path[0] == MenuTaken("language", "2", "english")


def test_after_three_attempts_the_default_is_taken_without_another_word() -> None:
    steps, facts = play(PLAN, ["", "7", "", "", "", "#"])
    asked = "zh:ask-language"
    assert heard(steps)[:7] == ["zh:welcome", asked, "zh:invalid", asked, "zh:missing", asked, "zh:ask-product"]
    assert facts.path[0] == MenuTaken("language", "", "mandarin")


def test_nobody_who_says_nothing_is_lost() -> None:
    _, facts = play(PLAN, [])
    assert (facts.language, facts.product_line, facts.level, facts.urgent) == ("zh", "pcs", Level.L1, False)
    assert [step.digits for step in facts.path] == ["", "", ""]


def test_a_known_number_spares_its_menus() -> None:
    steps, facts = play(PLAN, ["", "1"], dnis="4002")
    assert heard(steps) == ["en:welcome-printers", "en:ask-level"]
    assert (facts.language, facts.product_line) == ("en", "printers")
    assert taken(facts) == [("level", "1", "ordinary")]


def test_a_key_during_the_welcome_answers_the_first_menu_that_is_asked() -> None:
    steps, facts = play(PLAN, ["9"], dnis="4002")
    assert heard(steps) == ["en:welcome-printers"]
    assert facts.urgent


def test_a_spared_menu_adds_what_its_branch_implies_but_never_overrules() -> None:
    product = replace(PRODUCT, branches=(branch("1", "servers", None, product_line="servers", level="L3", language="en"),))
    entry = Entry("5", "servers", {"product_line": "servers", "language": "zh"})
    _, facts = play(plan(menus={**PLAN.menus, "product": product}, entries={"5": entry}), [], dnis="5")
    assert (facts.level, facts.language) == (Level.L3, "zh")


def test_a_known_value_that_no_branch_sets_goes_on_as_the_default_does() -> None:
    _, facts = play(plan(entries={"6": Entry("6", "scanners", {"product_line": "scanners"})}), ["1", "9"], dnis="6")
    assert (facts.product_line, taken(facts)[-1]) == ("scanners", ("level", "9", "emergency"))


def test_defaults_are_no_answers() -> None:
    steps, _ = play(plan(defaults={**PLAN.defaults, "language": "en"}), [])
    assert "en:ask-language" in heard(steps)


def test_nothing_is_said_after_the_last_key() -> None:
    steps, _ = play(PLAN, ["2", "1", "1"])
    assert heard(steps)[-1] == "en:ask-level"


def test_silent_prompts_are_left_out() -> None:
    steps, _ = play(plan(welcome="", invalid="", missing=""), ["7"])
    assert heard(steps) == ["zh:ask-language"] * 3 + ["zh:ask-product"] * 3 + ["zh:ask-level"] * 3


FIRST = Menu(
    "first", "ask-first", ("language", "product_line"),
    (branch("3", "printers", "language", language="zh", product_line="printers"),
     branch("7", "printers_in_english", "language", language="en", product_line="printers"),
     branch("*", "english", "language", language="en"), branch("0", "operator", product_line="printers", level="L1")),
    branch("", "nothing"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("hints", "digits", "path"),
    [
        ({}, ["", "7", "1"], [("first", "7", "printers_in_english"), ("level", "1", "ordinary")]),
        ({"product_line": "printers"}, ["", "2", "1"], [("language", "2", "english"), ("level", "1", "ordinary")]),
        ({"language": "en"}, ["", "3", "1"], [("product", "3", "printers"), ("level", "1", "ordinary")]),
        ({"language": "en", "product_line": "printers"}, ["", "1"], [("level", "1", "ordinary")]),
    ],
)
def test_a_key_may_say_two_things_and_who_said_one_of_them_is_asked_for_the_other(
    hints: dict[str, str], digits: list[str], path: list[tuple[str, str, str]]
) -> None:
    menus = {**PLAN.menus, "first": FIRST}
    _, facts = play(plan(start="first", menus=menus, default_entry=Entry("", "x", hints)), digits)
    assert taken(facts) == path
    assert (facts.product_line, facts.language) == ("printers", "en")


def test_menus_that_lead_to_each_other_for_ever_keep_nobody_for_ever() -> None:
    back = branch("9", "back", "language")
    looping = replace(LEVEL, asks=("nothing",), branches=(back,), default=back)
    steps, facts = play(plan(menus={**PLAN.menus, "level": looping}), ["1", "1"] + ["9"] * 1000)
    assert len(facts.path) <= MENUS_PER_CALL
    assert facts.product_line == "servers"
    assert len(heard(steps)) <= MENUS_PER_CALL + 1


def test_menus_that_skip_each_other_for_ever_end_as_well() -> None:
    around = replace(LANGUAGE, branches=(branch("1", "a", "language", language="zh"),))
    _, facts = play(plan(menus={"language": around}, entries={"1": Entry("1", "x", {"language": "zh"})}), [], dnis="1")
    assert facts.path == ()


def test_a_plan_that_leads_nowhere_says_so() -> None:
    with pytest.raises(MenuError, match="nowhere"):
        play(plan(start="nowhere"), ["1"])


def test_a_plan_that_does_not_say_where_a_call_belongs_says_so() -> None:
    with pytest.raises(MenuError, match="product_line"):
        play(plan(defaults={"level": "L1"}, menus={"language": replace(LANGUAGE, branches=(branch("1", "x"),))}), ["1"])


def test_a_level_that_does_not_exist_says_so() -> None:
    with pytest.raises(MenuError, match="L9"):
        play(plan(defaults={**PLAN.defaults, "level": "L9"}, menus={"language": replace(LANGUAGE, default=branch("", "x"))}), [])


@given(st.lists(st.sampled_from(["", *ALL_DIGITS]), max_size=20), st.sampled_from(["4001", "4002", ""]))
def test_whatever_is_keyed_the_call_gets_somewhere_within_bounds(keys: list[str], dnis: str) -> None:
    steps, facts = play(PLAN, keys, dnis)
    prompts = heard(steps)
    assert len(prompts) <= 1 + 3 * (3 + 2)
    assert facts.product_line in {"servers", "printers", "pcs"}
    assert facts.language in PLAN.languages
    assert {taken.menu for taken in facts.path} <= set(PLAN.menus)
    assert all(step.digits == "" or step.digits in ALL_DIGITS for step in facts.path)
    spoken = [prompt.partition(":")[0] for prompt in prompts]
    assert all(language in PLAN.languages for language in spoken)


# ---- rows that count on some days, and short codes

PROMOTION = Entry("4003", "promotion", {"product_line": "servers"}, "welcome-promotion", valid_from="2026-11-01", valid_to="2026-11-30")


@pytest.mark.parametrize(
    ("day", "counts"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-11-30", True), ("2026-12-01", False)],
)
def test_a_row_counts_on_its_first_and_last_day_and_between(day: str, counts: bool) -> None:
    assert PROMOTION.counts_on(day) is counts
    assert Entry("4004", "no days").counts_on(day)


def test_outside_its_days_a_number_leads_to_the_menu_under_its_own_name_and_with_no_hints() -> None:
    days = plan(entries={"4003": PROMOTION})
    outside = entry_of(days, "4003", "2026-12-01")
    assert (outside.dnis, outside.label, outside.hints, outside.welcome) == ("4003", "promotion", {}, None)
    assert entry_of(days, "4003", "2026-11-15") is PROMOTION
    assert entry_of(days, "4003") is PROMOTION


def test_outside_its_days_a_number_with_a_destination_stays_itself() -> None:
    closed = replace(PROMOTION, outside="closed")
    assert entry_of(plan(entries={"4003": closed}), "4003", "2026-12-01") is closed


@pytest.mark.parametrize(
    ("so_far", "hinted", "spoken"), [("en", {}, "en"), ("", {}, "zh"), ("xx", {}, "zh"), ("en", {"language": "zh"}, "zh")]
)
def test_a_short_code_says_everything_but_the_language_that_the_caller_has_already(
    so_far: str, hinted: dict[str, str], spoken: str
) -> None:
    code = Entry("8803", "printers", {"product_line": "printers", "level": "L2", **hinted}, straight=True)
    facts = unasked(PLAN, code, so_far)
    assert facts is not None
    assert (facts.product_line, facts.level, facts.language, facts.path) == ("printers", "L2", spoken, ())
