"""How each kind of node meets the caller: a menu is asked, a number is collected and confirmed, a notice is told.

Each is a walk of its own that returns the branch taken, and a key that was pressed too early for it. Which node comes next, and what its
branch means, is ``ivr.dialogue``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zlib import crc32

from acd.customer import OpenCase
from acd.hours import OpenHours
from ivr import returning, saying
from ivr.case_status import told_of_case
from ivr.check_digit import keeps
from ivr.menu import Branch, Finds, Input, Menu, MenuPlan, Node, Notice, Said, Saying, digit_prompt
from ivr.recognition import Callers
from ivr.steps import ALL_DIGITS, Ask, Collect, Say, Walk, WhoCalls, said

YES: Final = "1"
"""Key that confirms what was read back; every other one means: again."""
CONFIRM_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a node: the branch, the keys that chose it ('' for the default), the node's name as reported, and a key that was
    pressed after that, which answers what follows.
    """

    branch: Branch
    digits: str
    name: str
    keyed: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What is known because of it, besides what the branch sets."""


@dataclass(frozen=True, slots=True)
class Here:
    """Who meets a node, and what is known there."""

    ani: str
    """'' when withheld."""
    language: str
    known: Mapping[str, str]
    day: str
    """ISO; '' when it does not matter."""
    hours: Callable[[str], OpenHours]
    """A queue's, now."""
    callers: Callers
    """Who it may be that calls."""


def meet(plan: MenuPlan, node: Node, keyed: str, here: Here) -> Walk[Taken]:
    """Let the caller meet a node; ``keyed`` is a key that was pressed ahead of it."""
    return (yield from _MEETINGS[type(node)](plan, node, keyed, here))


# ---- menus -----------------------------------------------------------------------------------------------------------------------


def arm_of(menu: str, ani: str, share_percent: int) -> str:
    """Which order of a menu a number hears while two are on trial: ``b`` for its share of all numbers, else ``a``; withheld: ``a``."""
    return "b" if ani and crc32(f"{menu}:{ani}".encode()) % 100 < share_percent else "a"


def _ask_menu(plan: MenuPlan, menu: Menu, keyed: str, here: Here) -> Walk[Taken]:
    prompt, choices, name = menu.prompt, menu.branches, menu.id
    if menu.trial is not None:
        arm = arm_of(menu.id, here.ani, menu.trial.share_percent)
        name = f"{menu.id}/{arm}"
        if arm == "b":
            prompt, choices = menu.trial.prompt, menu.trial.branches
    branches = {branch.key: branch for branch in choices}
    for attempt in range(menu.attempts):
        digit = keyed or (yield Ask(prompt, ALL_DIGITS, menu.timeout_seconds))
        if digit in branches:
            return Taken(branches[digit], digit, name)
        if attempt + 1 < menu.attempts:
            keyed = yield from said(plan.invalid if digit else plan.missing)
    return Taken(menu.default, "", name)


# ---- inputs ----------------------------------------------------------------------------------------------------------------------


def _ask_input(plan: MenuPlan, node: Input, keyed: str, here: Here) -> Walk[Taken]:
    if node.finds is Finds.CASE and (own := returning.only_case(here.callers())) is not None:
        return _found(plan, node, "", own)
    ways_out = {branch.key: branch for branch in node.keys}
    for attempt in range(node.attempts):
        digits = yield from _collected(node, keyed)
        keyed = ""
        if _is_wanted(node, digits):
            if not node.confirm or (yield from _confirmed(plan, node, digits)):
                return (yield from _looked_up(plan, node, digits, here))
        elif digits in ways_out:
            return Taken(ways_out[digits], digits, node.id)
        elif attempt + 1 < node.attempts:
            keyed = yield from said(plan.invalid if digits else plan.missing)
    return Taken(node.default, "", node.id)


def _looked_up(plan: MenuPlan, node: Input, digits: str, here: Here) -> Walk[Taken]:
    if node.finds is not None:
        yield WhoCalls(digits)
    case = returning.case_of_number(here.callers(), digits) if node.finds is Finds.CASE else None
    return Taken(node.then, digits, node.id) if case is None else _found(plan, node, digits, case)


def _found(plan: MenuPlan, node: Input, digits: str, case: OpenCase) -> Taken:
    facts = {} if plan.returning is None else returning.facts_of_case(case, plan.returning)
    return Taken(node.found or node.then, digits, node.id, facts=facts)


def _collected(node: Input, keyed: str) -> Walk[str]:
    """What is keyed, beginning with a key that came ahead of the question, which is then not spoken."""
    if keyed in ("", "#"):
        return (yield Collect(node.prompt, node.longest, node.timeout_seconds))
    if node.longest == 1:
        return keyed
    return keyed + (yield Collect("", node.longest - 1, node.timeout_seconds))


def _is_wanted(node: Input, digits: str) -> bool:
    """``*`` is no digit of any number."""
    return node.shortest <= len(digits) <= node.longest and digits.isdecimal() and keeps(node.check, digits)


def _confirmed(plan: MenuPlan, node: Input, digits: str) -> Walk[bool]:
    """A key during the reading back answers the question after it. Silence is asked once more, and then means no."""
    answer = yield from said(plan.you_entered)
    for digit in digits:
        answer = answer or (yield Say(digit_prompt(digit)))
    for _ in range(CONFIRM_TRIES):
        answer = answer or (yield Ask(plan.confirm_entry, ALL_DIGITS, node.timeout_seconds))
    return answer == YES


# ---- notices ---------------------------------------------------------------------------------------------------------------------


def _tell(plan: MenuPlan, notice: Notice, keyed: str, here: Here) -> Walk[Taken]:
    """All of it, unless a key cuts it short. A key from before it is not taken for an answer to what comes after it."""
    keyed = ""
    for item in notice.prompts:
        for prompt in (item,) if isinstance(item, str) else _words_of(plan, item, here):
            keyed = keyed or (yield from said(prompt))
    return Taken(notice.then, "", notice.id, keyed)


def _words_of(plan: MenuPlan, item: Said, here: Here) -> tuple[str, ...]:
    value = here.known.get(item.value, item.value)
    match item.kind:
        case Saying.DIGITS:
            return saying.digits(value) if value.isdecimal() else ()
        case Saying.NUMBER:
            return saying.number(int(value), here.language) if value.isdecimal() else ()
        case Saying.DATE:
            return saying.day(value, here.language, here.day)
        case Saying.TIME:
            return saying.time(value, here.language)
        case Saying.HOURS:
            return saying.hours(here.hours(value), here.language)
        case Saying.CASE:
            case = returning.case_of_id(here.callers(), here.known.get(returning.CASE, ""))
            return () if case is None or plan.returning is None else told_of_case(case, plan.returning, here.language, here.day)


# Any: each function takes its own kind of node, which the table's key says.
_MEETINGS: Mapping[type[Node], Callable[[MenuPlan, Any, str, Here], Walk[Taken]]] = {Menu: _ask_menu, Input: _ask_input, Notice: _tell}
