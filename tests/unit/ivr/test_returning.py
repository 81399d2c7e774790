"""A known caller: what he is asked, how he is served, and what the engine is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from acd.customer import Customer, DuePromise, OpenCase
from acd.events import CallArrived, CallerLeft, CallerRecognised, CallQueued, MenuChosen
from acd.model import AgentId, Level
from ivr.dialogue import Ask, Collect, Facts, Say, SetLanguage, Step, WhoCalls, walk
from ivr.menu import Entry, MenuPlan
from ivr.returning import Standing, cases_to_offer, facts_of_case, language_of, standing
from tests.unit.ivr.agi_rig import CALL, ENVIRONMENT, Rig, settle
from tests.unit.ivr.hotline_menu import RETURNING, plan

PRINTER = OpenCase("T-7", "printers", "L2", AgentId("sun"), "streaks")
SERVER = OpenCase("T-8", "servers", "L1", AgentId("li"))
MA = Customer("C-1", "Ma", "key-account", "zh", cases=(PRINTER,), promises=(DuePromise("a visit", datetime(2026, 3, 1, tzinfo=UTC)),))
LIU = Customer("C-2", "Liu", cases=(SERVER,))
TAYLOR = Customer("C-3", "Taylor", "key-account", "en", cases=(PRINTER, SERVER))
NEWCOMER = Customer("C-4", "New")
KNOWS = plan(returning=RETURNING)
HINTED = replace(KNOWS, entries={"4001": Entry("4001", "servers", {"product_line": "servers"})})


def play(customers: Sequence[Customer], keys: Sequence[str], menu: MenuPlan = KNOWS) -> tuple[list[str], Facts]:
    """What the caller hears, each with its language, when he keys these, and what is understood."""
    left, heard, language = list(keys), [], ""
    steps = walk(menu, "4001", callers=lambda: customers)
    step: Step = next(steps)
    while True:
        answer = ""
        if isinstance(step, SetLanguage):
            language = step.language
        if isinstance(step, (Say, Ask)):
            heard.append(f"{language}:{step.prompt}")
            answer = left.pop(0) if left else ""
        try:
            step = steps.send(answer)
        except StopIteration as end:
            return heard, end.value


def path(facts: Facts) -> list[tuple[str, str, str]]:
    return [(step.menu, step.digits, step.choice) for step in facts.path]


# ---- what he is asked


def test_one_key_leads_back_to_the_case() -> None:
    heard, facts = play([MA], ["", "1"])
    assert heard == ["zh:welcome", "zh:continue-printers"]
    assert (facts.product_line, facts.level, facts.language, facts.known["case"]) == ("printers", Level.L2, "zh", "T-7")
    assert path(facts) == [("continue_case", "1", "case_printers")]


@pytest.mark.parametrize(("keys", "answered"), [(("", "2", "1", "9"), "2"), (("", "", "1", "9"), "")])
def test_for_another_matter_the_menus_follow(keys: Sequence[str], answered: str) -> None:
    heard, facts = play([MA], keys)
    assert heard == ["zh:welcome", "zh:continue-printers", "zh:ask-product", "zh:ask-level"]
    assert (facts.product_line, facts.level) == ("servers", Level.L2)
    assert path(facts)[0] == ("continue_case", answered, "another_matter")
    assert "case" not in facts.known


def test_a_key_that_is_no_answer_is_one_to_the_menu_that_follows() -> None:
    heard, facts = play([MA], ["", "3", "1"])
    assert heard == ["zh:welcome", "zh:continue-printers", "zh:ask-level"]
    assert path(facts) == [("continue_case", "", "another_matter"), ("product", "3", "printers"), ("level", "1", "ordinary")]


def test_several_cases_are_asked_about_one_after_the_other() -> None:
    heard, facts = play([TAYLOR], ["", "2", "1"])
    assert heard == ["zh:welcome", "en:continue-printers", "en:continue-servers"]
    assert facts.known["case"] == "T-8"


def test_in_which_language_is_asked_first_when_it_is_not_known() -> None:
    heard, facts = play([LIU], ["", "2", "1"])
    assert heard == ["zh:welcome", "zh:ask-language", "en:continue-servers"]
    assert facts.language == "en"


def test_who_keys_ahead_knows_his_way_and_is_not_asked() -> None:
    heard, facts = play([MA], ["2", "3", "1"])
    assert heard == ["zh:welcome", "en:ask-product", "en:ask-level"]
    assert path(facts)[0] == ("language", "2", "english")


@pytest.mark.parametrize("customers", [(), (NEWCOMER,)])
def test_who_has_no_open_case_meets_the_menus(customers: Sequence[Customer]) -> None:
    assert play(customers, ["", "1", "1", "1"])[0] == ["zh:welcome", "zh:ask-language", "zh:ask-product", "zh:ask-level"]


def test_the_dialled_number_says_which_line_he_means() -> None:
    assert play([MA], ["", "1"], HINTED)[0][1] == "zh:ask-level"
    assert play([TAYLOR], ["", "1"], HINTED)[0][1] == "en:continue-servers"


def test_a_number_that_leads_straight_to_a_queue_asks_nothing() -> None:
    hints = {"language": "en", "product_line": "printers", "urgent": "no", "level": "L1"}
    heard, facts = play([MA], [], replace(KNOWS, entries={"4001": Entry("4001", "straight", hints)}))
    assert heard == ["en:welcome"]
    assert facts.level is Level.L1


def test_the_language_is_his_even_where_no_menu_asks_for_it() -> None:
    assert play([TAYLOR], ["", "1"], replace(KNOWS, start="product"))[0] == ["zh:welcome", "en:continue-printers"]


def test_a_plan_that_makes_nothing_of_it_does_not_ask_who_calls() -> None:
    assert play([MA], ["", "1", "3", "1"], plan())[0][1] == "zh:ask-language"


# ---- whose number nobody has

ASKS = plan(returning=replace(RETURNING, ask_number="ask-number"))


def keyed(keys: Sequence[str], by_keys: dict[str, tuple[Customer, ...]]) -> tuple[list[Step], Facts]:
    """The steps of a stranger who keys these, where what is keyed tells who he is."""
    left, met, steps = list(keys), [], walk(ASKS, "4001", callers=lambda: people)
    people: tuple[Customer, ...] = ()
    step: Step = next(steps)
    while True:
        met.append(step)
        if isinstance(step, WhoCalls):
            people = by_keys.get(step.keyed, ())
        try:
            step = steps.send(left.pop(0) if left and isinstance(step, (Say, Ask, Collect)) else "")
        except StopIteration as end:
            return met, end.value


def test_a_stranger_may_key_his_number_and_goes_on_with_his_case() -> None:
    met, facts = keyed(["", "1", "1001", "1"], {"1001": (MA,)})
    assert [step.prompt for step in met if isinstance(step, (Collect, Ask))] == ["ask-language", "ask-number", "continue-printers"]
    assert path(facts)[1:] == [("who_calls", "1001", "known"), ("continue_case", "1", "case_printers")]


def test_a_number_that_nobody_has_is_asked_for_once_more() -> None:
    met, facts = keyed(["", "1", "404", "", "1001", "2", "1", "1"], {"1001": (MA,)})
    assert [step.prompt for step in met if isinstance(step, (Collect, Say))] == ["welcome", "ask-number", "invalid", "ask-number"]
    assert ("who_calls", "1001", "known") in path(facts)


@pytest.mark.parametrize("keys", [("", "1", ""), ("", "1", "*"), ("", "1", "12", "", "1"), ("", "1", "404", "", "405")])
def test_who_has_no_number_to_key_meets_the_menus(keys: Sequence[str]) -> None:
    met, facts = keyed(keys, {})
    assert path(facts)[1] == ("who_calls", "", "stranger")
    assert any(isinstance(step, Ask) and step.prompt == "ask-product" for step in met)


def test_who_is_known_is_not_asked_for_a_number() -> None:
    assert play([NEWCOMER], ["", "1"], ASKS)[0][2] == "zh:ask-product"


# ---- what it means


@pytest.mark.parametrize(
    ("customers", "language"),
    [((), None), ((MA,), "zh"), ((MA, TAYLOR), None), ((MA, LIU), None), ((replace(MA, language="ja"),), None)],
)
def test_the_language_that_all_of_them_speak(customers: Sequence[Customer], language: str | None) -> None:
    assert language_of(customers, ("zh", "en")) == language


def test_a_line_that_is_not_configured_is_not_asked_about() -> None:
    strange = replace(MA, cases=(replace(PRINTER, product_line="toasters"), SERVER))
    assert cases_to_offer([strange], RETURNING, {}) == [SERVER]


@pytest.mark.parametrize("level", ["", "L3", "deep"])
def test_a_level_that_the_line_does_not_have_is_not_taken(level: str) -> None:
    assert facts_of_case(replace(PRINTER, level=level), RETURNING) == {"product_line": "printers", "case": "T-7"}


GUEST = replace(LIU, tier="standard")
GONE = replace(MA, cases=(replace(PRINTER, engineer=AgentId("gone")),))
STANDINGS = [
    ((), {}, Standing("standard", None, "", "")),
    ((MA,), {"product_line": "printers", "case": "T-7"}, Standing("key-account", AgentId("sun"), "C-1", "T-7")),
    ((MA,), {"product_line": "printers"}, Standing("key-account", AgentId("sun"), "C-1", "")),
    ((MA,), {"product_line": "servers"}, Standing("key-account", None, "C-1", "")),
    ((MA,), {"segment": "vip", "preferred_agent": "wang", "product_line": "printers"}, Standing("vip", AgentId("wang"), "C-1", "")),
    ((MA,), {"segment": "standard"}, Standing("key-account", None, "C-1", "")),
    ((MA, GUEST), {"product_line": "pcs"}, Standing("standard", None, "", "")),
    ((MA, GUEST), {"product_line": "printers", "case": "T-7"}, Standing("key-account", AgentId("sun"), "C-1", "T-7")),
    ((MA, replace(GUEST, tier="key-account")), {}, Standing("key-account", None, "", "")),
    ((replace(MA, tier="gold"),), {}, Standing("standard", None, "C-1", "")),
    ((GONE,), {"product_line": "printers"}, Standing("key-account", None, "C-1", "")),
]  # fmt: skip


@pytest.mark.parametrize(("customers", "known", "served"), STANDINGS)
def test_how_he_is_served(customers: Sequence[Customer], known: dict[str, str], served: Standing) -> None:
    assert standing(customers, RETURNING, known) == served


def test_without_such_a_plan_the_menu_alone_says_how() -> None:
    assert standing((), None, {"segment": "vip", "preferred_agent": "li"}) == Standing("vip", AgentId("li"), "", "")


# ---- the session


class Known:
    """A lookup that answers when it is told to."""

    def __init__(self, *customers: Customer, at_once: bool = True) -> None:
        self.found = customers
        self.asked: list[str] = []
        self.answered = asyncio.Event()
        if at_once:
            self.answered.set()

    def of_number(self, ani: str) -> Known:
        self.asked.append(ani)
        return self

    def of_keys(self, keyed: str) -> Known:
        self.asked.append(f"#{keyed}")
        return self

    async def customers(self) -> tuple[Customer, ...]:
        await self.answered.wait()
        return self.found


def asked_about(product_line: str, language: str = "zh") -> str:
    return f'GET OPTION "{language}/hotline/continue-{product_line}" "0123456789*#" "3000"\n'


async def test_a_returning_caller_presses_1_and_is_queued_for_his_engineer() -> None:
    rig = Rig(plan=KNOWS, directory=Known(MA))
    asterisk = await rig.call()
    assert await asterisk.answers("0 endpos=100") == asked_about("printers")
    assert await asterisk.answers("49 endpos=1") == ""
    assert rig.engine.events == [
        CallArrived(CALL, "55", "Bob", "4001", "unknown number"),
        CallerRecognised(CALL, (MA,)),
        MenuChosen(CALL, "continue_case", "1", "case_printers"),
        CallQueued(CALL, "printers", Level.L2, "zh", "key-account", False, AgentId("sun"), customer="C-1", case="T-7"),
    ]


async def test_the_lookup_begins_before_the_welcome_and_is_not_waited_for_while_it_plays() -> None:
    known = Known(MA, at_once=False)
    rig = Rig(plan=KNOWS, directory=known)
    asterisk = rig.connect()
    rig.engine.gate.clear()
    assert await asterisk.says(ENVIRONMENT) == ""
    assert known.asked == ["55"], "before the call's arrival is journalled"
    rig.engine.gate.set()
    await settle()
    assert "welcome" in asterisk.hears()
    assert await asterisk.answers("0 endpos=100") == ""
    known.answered.set()
    await settle()
    assert asterisk.hears() == asked_about("printers")


async def test_a_stranger_meets_the_menu_and_nothing_is_said_of_him() -> None:
    rig = Rig(plan=KNOWS, directory=Known())
    asterisk = await rig.call()
    assert "ask-language" in await asterisk.answers("0 endpos=100")
    assert rig.engine.names() == ["CallArrived"]


async def test_who_hangs_up_during_the_welcome_was_recognised_all_the_same() -> None:
    rig = Rig(plan=KNOWS, directory=Known(MA))
    asterisk = await rig.call()
    await asterisk.says(b"HANGUP\n")
    await asterisk.answers("-1 endpos=5")
    await asterisk.answers("1 (hotline-entry,4001,2)")
    assert rig.engine.events[1:] == [CallerRecognised(CALL, (MA,)), CallerLeft(CALL)]


async def test_what_is_keyed_is_looked_up_too() -> None:
    known = Known()
    rig = Rig(plan=ASKS, directory=known)
    asterisk = await rig.call()
    await asterisk.answers("0 endpos=100", "49 endpos=1")
    known.found = (MA,)
    assert await asterisk.answers("1001") == asked_about("printers")
    assert known.asked == ["55", "#1001"]
    assert CallerRecognised(CALL, (MA,)) in rig.engine.events


async def test_where_nobody_is_known_nobody_is_looked_up() -> None:
    known = Known(MA)
    rig = Rig(directory=known)
    asterisk = await rig.call()
    assert "ask-language" in await asterisk.answers("0 endpos=100")
    assert known.asked == []
