"""What a call needs of an agent, as an expression over skills.

Decides whether one agent satisfies one expression. It does not know what the call is, how long it has waited (see
``skills.requirement``), nor whether the agent is free.

A skill is a name of the form ``kind:value`` (``product:printers``, ``level:L2``, ``language:zh``, ``platform:linux``,
``segment:key-account``) with a proficiency from 1 to 5. A skill that an agent does not have is *no match*: it is never read
as proficiency 0, so ``Not(Has(...))`` is the only way in which lacking a skill can help.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Union

LOWEST_PROFICIENCY = 1
HIGHEST_PROFICIENCY = 5

Proficiencies = Mapping[str, int]
"""An agent's skills: skill name -> proficiency, 1 (least) to 5 (most)."""


@dataclass(frozen=True, slots=True)
class Has:
    """The agent has ``skill`` at ``minimum`` proficiency or better."""

    skill: str
    minimum: int = LOWEST_PROFICIENCY


@dataclass(frozen=True, slots=True)
class IsAgent:
    """The agent is this very one (sticky agent, personal callback)."""

    agent: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with no parts, it holds for everybody."""

    parts: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; with no parts, it holds for nobody."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression


Expression = Union[Has, IsAgent, All, AnyOf, Not]

EVERYBODY = All(())


def satisfies(expression: Expression, agent: str, skills: Proficiencies) -> bool:
    """Whether the agent named ``agent``, with ``skills``, satisfies ``expression``."""
    match expression:
        case Has(skill, minimum):
            return skill in skills and skills[skill] >= minimum
        case IsAgent(wanted):
            return agent == wanted
        case All(parts):
            return all(satisfies(part, agent, skills) for part in parts)
        case AnyOf(parts):
            return any(satisfies(part, agent, skills) for part in parts)
        case Not(part):
            return not satisfies(part, agent, skills)


def bind(expression: Expression, values: Mapping[str, str]) -> Expression | None:
    """The template ``expression`` with ``{name}`` in skill and agent names replaced from ``values``.

    A part that names a value which is absent (``{preferred_agent}`` of a call that has none) can't be asked for: it binds to
    nothing. ``None`` is returned when the whole expression does.
    """
    match expression:
        case Has(skill, minimum):
            bound = _filled(skill, values)
            return None if bound is None else Has(bound, minimum)
        case IsAgent(agent):
            bound = _filled(agent, values)
            return None if bound is None else IsAgent(bound)
        case All(parts):
            all_parts = [bind(part, values) for part in parts]
            return None if None in all_parts else All(tuple(part for part in all_parts if part is not None))
        case AnyOf(parts):
            some = tuple(part for part in (bind(part, values) for part in parts) if part is not None)
            return AnyOf(some) if some else None
        case Not(part):
            inner = bind(part, values)
            return EVERYBODY if inner is None else Not(inner)  # nobody can be what can't be asked for


def _filled(template: str, values: Mapping[str, str]) -> str | None:
    if "{" not in template:
        return template
    try:
        return template.format_map(values)
    except KeyError:
        return None


def describe(expression: Expression) -> str:
    """The expression as a person reads it: ``product:printers>=3 and (level:L2 or level:L3)``."""
    match expression:
        case Has(skill, minimum):
            return skill if minimum <= LOWEST_PROFICIENCY else f"{skill}>={minimum}"
        case IsAgent(agent):
            return f"agent {agent}"
        case All(()):
            return "anybody"
        case AnyOf(()):
            return "nobody"
        case All(parts):
            return " and ".join(_grouped(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_grouped(part) for part in parts)
        case Not(part):
            return f"not {_grouped(part)}"


def _grouped(part: Expression) -> str:
    text = describe(part)
    return f"({text})" if isinstance(part, (All, AnyOf)) and len(part.parts) > 1 else text
