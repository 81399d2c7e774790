"""What a known caller's past means for this call: which cases he is asked about, how he is served, and by whom first.

Pure: it knows customers and what the menu has gathered, but neither sources nor prompts' wording. What the dialled number and the menu say
goes before what is known from before; a name that the configuration does not have means nothing.

Several people may call from one number. They are asked about the cases of all of them, by product line and without a name; who goes on
with a case is its customer. Otherwise the number's people are served as what they all are: a hotel's guest is no key account because
another guest is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from acd.customer import STANDARD_TIER, Customer, OpenCase
from acd.model import AgentId
from acd.numbers import digits_of
from ivr.menu import Returning

YES, NO = "1", "2"
MENU: Final = "continue_case"
"""The question's name in the records."""
MOST_OFFERS: Final = 2
"""So many cases a caller is asked about before the menus."""
CASE: Final = "case"
"""The fact that holds the id of the case that the caller goes on with."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a call is served because of who calls."""

    segment: str
    preferred_agent: AgentId | None
    customer: str
    """The customer's id, '' when nobody is known or it may be one of several."""
    case: str
    """The id of the case that the caller goes on with, or ''."""


def language_of(customers: Sequence[Customer], languages: Sequence[str]) -> str | None:
    """The language of all of them, if it is known, and the hotline speaks it."""
    return _common([customer.language if customer.language in languages else "" for customer in customers]) or None


def cases_to_offer(customers: Sequence[Customer], plan: Returning, known: Mapping[str, str]) -> list[OpenCase]:
    """What the caller is asked about, one case for each product line; only of the line that the dialled number says, if it says one."""
    lines: dict[str, OpenCase] = {}
    wanted = known.get("product_line")
    for customer in customers:
        for case in customer.cases:
            if case.product_line in plan.prompts and wanted in (None, case.product_line):
                lines.setdefault(case.product_line, case)
    return list(lines.values())[:MOST_OFFERS]


def only_case(customers: Sequence[Customer]) -> OpenCase | None:
    """The one open case that all of them have together, if they have one."""
    cases = [case for customer in customers for case in customer.cases]
    return cases[0] if len(cases) == 1 else None


def case_of_number(customers: Sequence[Customer], keyed: str) -> OpenCase | None:
    """The open case whose digits were keyed."""
    return next((case for customer in customers for case in customer.cases if digits_of(case.id) == keyed), None)


def case_of_id(customers: Sequence[Customer], case_id: str) -> OpenCase | None:
    """The open case of this id."""
    return next((case for customer in customers for case in customer.cases if case.id == case_id), None)


def facts_of_case(case: OpenCase, plan: Returning) -> dict[str, str]:
    """What is known when the caller goes on with a case. Its line and level only if there is such a queue."""
    if case.product_line not in plan.prompts:
        return {CASE: case.id}
    facts = {"product_line": case.product_line, CASE: case.id}
    if f"{case.product_line}.{case.level}" in plan.queues:
        facts["level"] = case.level
    return facts


def standing(customers: Sequence[Customer], plan: Returning | None, known: Mapping[str, str]) -> Standing:
    """How to serve the call, given all that the menu has gathered."""
    people = [customer for customer in customers if any(case.id == known.get(CASE) for case in customer.cases)] or customers
    segment = known.get("segment", STANDARD_TIER)
    agent = known.get("preferred_agent") or (plan and _engineer(people, plan, known))
    if segment == STANDARD_TIER and plan is not None:
        segment = _common([customer.tier if customer.tier in plan.segments else STANDARD_TIER for customer in people]) or STANDARD_TIER
    customer = people[0].id if len(people) == 1 else ""
    return Standing(segment, AgentId(agent) if agent else None, customer, known.get(CASE, ""))


def _engineer(people: Sequence[Customer], plan: Returning, known: Mapping[str, str]) -> str | None:
    """Who works on the case that the caller goes on with; else on an open case of the product line that he chose."""
    cases = [case for customer in people for case in customer.cases if case.product_line == known.get("product_line")]
    cases = [case for case in cases if case.id == known.get(CASE)] or cases
    return next((case.engineer for case in cases if case.engineer in plan.agents), None)


def _common(words: Sequence[str]) -> str | None:
    """The word that all of them are."""
    return words[0] if len(set(words)) == 1 else None
