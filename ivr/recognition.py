"""How a caller is asked who he is and what he goes on with: the part of the walk that comes before the menus about the matter.

Decides the questions; ``ivr.returning`` says what the answers mean. It does not know where customers come from: ``callers`` tells who it
may be, after the step ``WhoCalls``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from acd.customer import Customer, OpenCase
from ivr import returning
from ivr.menu import Menu, MenuPlan, Node, Returning
from ivr.steps import ALL_DIGITS, Ask, Collect, MenuTaken, Say, Walk, WhoCalls

ASK_TRIES: Final = 2
SHORTEST_NUMBER: Final = 3
"""Fewer digits are nobody's number."""
LONGEST_NUMBER: Final = 20
ASKED: Final = "who_calls"
"""The question for a number, in the records."""

Callers = Callable[[], Sequence[Customer]]


def nobody() -> Sequence[Customer]:
    """A stranger calls."""
    return ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of the questions: what is known from them, whether that is all there is to know, how they were answered, and a key that
    was pressed instead of an answer: it answers what follows.
    """

    facts: Mapping[str, str]
    goes_on: bool
    """He goes on with an open case."""
    taken: tuple[MenuTaken, ...]
    keyed: str


class Recognition:
    """The questions of one call."""

    def __init__(self, plan: MenuPlan, callers: Callers) -> None:
        self._plan = plan
        self._callers = callers
        self._open = False

    def begin(self, keyed: str, known: Mapping[str, str]) -> Walk[dict[str, str]]:
        """After the welcome: his language becomes known. Who ``keyed`` during it knows his way, and is asked nothing."""
        if self._plan.returning is None:
            return {}
        yield WhoCalls()
        self._open = not keyed
        language = returning.language_of(self._callers(), self._plan.languages)
        return {"language": language} if self._open and language is not None and "language" not in known else {}

    def is_due(self, node: Node, known: Mapping[str, str]) -> bool:
        """Whether the questions come before this node: the first that is about the matter, and not the language alone. A stranger, who may
        have to key a number, is asked when his language is known.
        """
        if not self._open:
            return False
        if not isinstance(node, Menu) or not node.asks:
            return True
        if node.answered(known) is not None:
            return False
        return "language" not in node.asks or (node.asks != ("language",) and bool(self._callers()))

    def ask(self, known: Mapping[str, str]) -> Walk[Answered]:
        """Put the questions, once."""
        plan, self._open = self._plan.returning, False
        if plan is None:
            return Answered({}, False, (), "")
        taken: list[MenuTaken] = []
        if plan.ask_number is not None and not self._callers():
            taken.append((yield from self._asked_for_number(plan.ask_number, plan)))
        case, keyed = None, ""
        if cases := returning.cases_to_offer(self._callers(), plan, known):
            case, answer, keyed = yield from _continued(plan, cases)
            taken.append(answer)
        return Answered({} if case is None else returning.facts_of_case(case, plan), case is not None, tuple(taken), keyed)

    def _asked_for_number(self, prompt: str, plan: Returning) -> Walk[MenuTaken]:
        """A customer's, a case's or a telephone number; # alone, or silence, is none."""
        for attempt in range(ASK_TRIES):
            keyed = yield Collect(prompt, LONGEST_NUMBER, plan.timeout_seconds)
            if not keyed.strip("*"):
                break
            if len(keyed) >= SHORTEST_NUMBER:
                yield WhoCalls(keyed)
                if self._callers():
                    return MenuTaken(ASKED, keyed, "known")
            if attempt + 1 < ASK_TRIES:
                yield Say(self._plan.invalid, "")
        return MenuTaken(ASKED, "", "stranger")


def _continued(plan: Returning, cases: Sequence[OpenCase]) -> Walk[tuple[OpenCase | None, MenuTaken, str]]:
    """The case that the caller goes on with; how he answered; and a key that answers another question than this."""
    digit = ""
    for case in cases:
        digit = yield Ask(plan.prompts[case.product_line], ALL_DIGITS, plan.timeout_seconds)
        if digit == returning.YES:
            return case, MenuTaken(returning.MENU, digit, f"case_{case.product_line}"), ""
        if digit != returning.NO:
            break
    declined = digit if digit == returning.NO else ""
    return None, MenuTaken(returning.MENU, declined, "another_matter"), digit if not declined else ""
