"""Self-service by number: a case that is looked up, what is told of it, and where its caller goes from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from acd.customer import Customer, OpenCase
from acd.model import AgentId, Level
from ivr.case_status import told_of_case
from ivr.dialogue import Ask, Collect, Facts, Say, Step, WhoCalls, walk
from ivr.menu import Branch, Finds, Go, Input, Menu, MenuPlan, Notice, Returning, Said, Saying
from tests.unit.ivr.hotline_menu import LEVEL, PRODUCT, RETURNING, branch, plan

RETURNING_HERE = replace(
    RETURNING, case_states={"parts": "waits-for-parts"}, engineers={"sun": "engineer_sun"}, zone=ZoneInfo("Asia/Shanghai"),
    queues=RETURNING.queues | {"printers.L3"},
)  # fmt: skip
STREAKS = OpenCase("T-18", "printers", "L3", AgentId("sun"), "streaks", "parts", datetime(2026, 12, 1, 6, 50, tzinfo=UTC))
OTHER = OpenCase("T-26", "servers")
MA = Customer("C-1", "Ma", cases=(STREAKS,))
LIU = Customer("C-2", "Liu", cases=(STREAKS, OTHER))
BACK = Branch("*", "back", go=Go.BACK)
NUMBER = Input(
    "case_no", "enter-case", 2, 2, branch("", "entered", "product"), branch("", "no_case", "product"), keys=(BACK,),
    check="luhn", confirm=False, finds=Finds.CASE, found=branch("", "found", "status"),
)  # fmt: skip
ABOUT = Menu(
    "about", "about-case", (), (branch("1", "engineer"), Branch("9", "bye", to="goodbye"), BACK), branch("", "quiet"),
)  # fmt: skip
WHAT = Menu("what", "ask-what", (), (branch("3", "has_case", "case_no"), branch("4", "has_serial", "serial")), branch("", "nothing"))
SERIAL = replace(NUMBER, id="serial", shortest=2, longest=6, check="", finds=Finds.CUSTOMER, found=None)
HERE = plan(
    start="what", welcome="", returning=replace(RETURNING_HERE, prompts={"printers": "continue-printers", "servers": "continue-servers"}),
    menus={one.id: one for one in (WHAT, ABOUT, PRODUCT, LEVEL)}, inputs={"case_no": NUMBER, "serial": SERIAL},
    notices={"status": Notice("status", (Said(Saying.CASE, "status"),), branch("", "heard", "about"))},
)  # fmt: skip


def play(
    keys: Sequence[str], by_number: Sequence[Customer] = (), by_keys: Sequence[Customer] = (), menu: MenuPlan = HERE
) -> tuple[list[str], Facts]:
    """What a caller hears whose number has ``by_number``, and ``by_keys`` what he keys; one of ``keys`` for each thing said or asked."""
    left, heard, people = list(keys), [], list(by_number)
    steps = walk(menu, "4001", day="2026-12-01", callers=lambda: people)
    step: Step = next(steps)
    while True:
        answer = ""
        if isinstance(step, WhoCalls) and step.keyed and by_keys:
            people = list(by_keys)
        if isinstance(step, (Say, Ask, Collect)):
            heard.append(step.prompt)
            answer = left.pop(0) if left else ""
        try:
            step = steps.send(answer)
        except StopIteration as end:
            return heard, end.value


def path(facts: Facts) -> list[tuple[str, str, str]]:
    return [(step.menu, step.digits, step.choice) for step in facts.path]


TOLD = ["case_number", "digit_1", "digit_8", "waits-for-parts", "case_engineer", "engineer_sun", "case_due", "day_today"]
TOLD_OF_OTHER = ("case_number", "digit_2", "digit_6", "case_open")
TIME = ["time_pm", "hour_3"]


def test_a_case_that_is_keyed_is_told_and_leads_to_its_engineer() -> None:
    heard, facts = play(["3", "18", *[""] * len(TOLD + TIME), "1"], by_keys=[MA])

    assert heard == ["ask-what", "enter-case", *TOLD, *TIME, "about-case"]
    assert path(facts)[1:] == [("case_no", "18", "found"), ("status", "", "heard"), ("about", "1", "engineer")]
    assert (facts.product_line, facts.level, facts.known["case"], facts.known["case_no"]) == ("printers", Level.L3, "T-18", "18")


def test_a_key_cuts_what_is_told_short_and_answers_what_follows() -> None:
    heard, facts = play(["3", "18", "", "9"], by_keys=[MA])

    assert heard == ["ask-what", "enter-case", "case_number", "digit_1"]
    assert facts.destination == "goodbye"


@pytest.mark.parametrize("people", [[], [replace(MA, cases=(OTHER,))]])
def test_a_case_that_nobody_knows_or_that_can_not_be_looked_up_goes_on_to_a_person(people: list[Customer]) -> None:
    heard, facts = play(["3", "18", "3", "1"], by_keys=people)

    assert heard == ["ask-what", "enter-case", "ask-product", "ask-level"]
    assert (path(facts)[1], facts.known["case_no"], "case" in facts.known) == (("case_no", "18", "entered"), "18", False)


def test_who_is_recognised_and_has_one_open_case_need_not_key_it() -> None:
    heard, facts = play(["2", "3", *[""] * len(TOLD + TIME), "1"], by_number=[MA])

    assert heard == ["continue-printers", "ask-what", *TOLD, *TIME, "about-case"]
    assert ("case_no", "", "found") in path(facts) and facts.known["case"] == "T-18" and "case_no" not in facts.known


def test_and_who_goes_back_from_it_is_asked_what_he_was_asked() -> None:
    heard, facts = play(["2", "3", *[""] * len(TOLD + TIME), "*"], by_number=[MA])

    assert heard[-1] == "ask-what" and "case" not in facts.known


def test_who_has_several_keys_which() -> None:
    heard, facts = play(["2", "2", "3", "26", "1"], by_number=[LIU], by_keys=[LIU])

    assert heard[:4] == ["continue-printers", "continue-servers", "ask-what", "enter-case"]
    assert (facts.product_line, facts.known["case"]) == ("servers", "T-26")


def test_a_case_of_a_line_that_is_not_ours_does_not_choose_the_line() -> None:
    strange = replace(MA, cases=(replace(STREAKS, product_line="ploughs"),))
    _, facts = play(["3", "18", "1"], by_keys=[strange])

    assert (facts.product_line, facts.known["case"]) == ("pcs", "T-18")


def test_a_devices_number_makes_its_owner_the_customer() -> None:
    steps = walk(HERE, "4001")
    answers = {"ask-what": "4", "enter-case": "7781"}
    step, looked_up = next(steps), []
    while not (isinstance(step, Ask) and step.prompt == "ask-product"):
        looked_up += [step.keyed] if isinstance(step, WhoCalls) else []
        step = steps.send(answers.get(step.prompt, "") if isinstance(step, (Ask, Collect)) else "")
    assert looked_up == ["", "7781"]


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (OTHER, TOLD_OF_OTHER),
        (replace(OTHER, state="??", engineer=AgentId("gone")), TOLD_OF_OTHER),
        (replace(OTHER, due_at=datetime(2026, 12, 1, 15, 59, tzinfo=UTC)), (*TOLD_OF_OTHER, "case_due", "day_today", "midnight")),
        (replace(OTHER, due_at=datetime(2026, 11, 30, 15, 59, tzinfo=UTC)), TOLD_OF_OTHER),
        (replace(OTHER, due_at=datetime(2026, 12, 3, 1, 30, tzinfo=UTC)),
         (*TOLD_OF_OTHER, "case_due", "month_12", "day_3", "weekday_3", "time_am", "hour_9", "minute_30")),
    ],
)  # fmt: skip
def test_what_is_not_known_or_is_late_already_is_not_told(case: OpenCase, told: tuple[str, ...]) -> None:
    here: Returning = RETURNING_HERE
    assert told_of_case(case, here, "zh", "2026-12-01") == told
