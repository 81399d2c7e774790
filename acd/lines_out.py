"""Which telephones outside the house a call can be taken to: destinations of the plan that are one, and numbers that agents key.

Decides whether a number may be dialled at all. It knows no trunk. No name of a destination can be taken for a number.
"""

from __future__ import annotations

from acd.model import IllegalTransition
from acd.numbers import is_dialable
from acd.plan import Plan


def allows(plan: Plan, number: str) -> bool:
    """Whether an agent may have this number dialled, digits with at most a ``+`` before them."""
    return plan.outside_numbers is not None and is_dialable(number) and plan.outside_numbers.allow(number)


def require(plan: Plan, number: str) -> str:
    """The number. Raises IllegalTransition when an agent may not have it dialled."""
    if not allows(plan, number):
        raise IllegalTransition("this number may not be dialled")
    return number


def leads_out(plan: Plan, destination: str | None) -> bool:
    """Whether a call at ``destination`` is with a telephone outside the house, or was to be: one that may not be dialled any more too."""
    return destination is not None and (destination in plan.outside_lines or is_dialable(destination))
