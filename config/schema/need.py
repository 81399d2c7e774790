"""What an agent must have, as it is written in YAML, and as an expression of ``skills.expression``.

A need is one line of text, or a combination of needs::

    need: "product:{product_line} >= 3"
    need: {all: ["product:{product_line} >= 3", {any: ["level:L2", "level:L3"]}, {not: "team:trainee"}]}
    need: {agent: "{preferred_agent}"}
    need: anybody

It does not know which skills exist, nor what the placeholders stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from config.schema.words import Strict, exactly_one_of
from skills.expression import EVERYBODY, All, AnyOf, Expression, Has, IsAgent, Not

ANYBODY = "anybody"
PLACEHOLDERS = ("product_line", "level", "neighbour_level", "language", "segment", "preferred_agent")
"""What may stand in braces. ``{neighbour_level}`` is filled in per queue: the levels next to the queue's own, any of them."""
SKILL_PLACEHOLDERS = tuple(name for name in PLACEHOLDERS if name != "preferred_agent")

_TERM = re.compile(r"(?P<skill>[a-z][a-z0-9_]*:(?:\{[a-z_]+\}|[A-Za-z0-9][A-Za-z0-9_.+-]*))(?:\s*>=\s*(?P<minimum>[0-9]+))?")
_AGENT = re.compile(r"\{preferred_agent\}|[a-z][a-z0-9._-]*")
_IN_BRACES = re.compile(r"\{([a-z_]+)\}")


def term(text: str) -> Expression:
    """The expression that one line of text stands for; raises ValueError saying what was expected."""
    if text == ANYBODY:
        return EVERYBODY
    match = _TERM.fullmatch(text.strip())
    if match is None:
        raise ValueError("expected a skill such as 'product:printers >= 3', 'level:{level}', or 'anybody'")
    for name in _IN_BRACES.findall(text):
        if name not in SKILL_PLACEHOLDERS:
            raise ValueError(f"expected one of {', '.join('{' + known + '}' for known in SKILL_PLACEHOLDERS)} in braces")
    minimum = int(match["minimum"] or 1)
    if not 1 <= minimum <= 5:
        raise ValueError("expected a proficiency from 1 to 5 after >=")
    return Has(match["skill"], minimum)


def _checked_term(text: str) -> str:
    term(text)
    return text


def _checked_agent(text: str) -> str:
    if not _AGENT.fullmatch(text):
        raise ValueError("expected an agent's id or '{preferred_agent}'")
    return text


class Combination(Strict):
    """Needs joined together, or one agent by name. Exactly one key."""

    all: list[Need] | None = Field(default=None, min_length=1, description="Every one of these must hold.")
    any: list[Need] | None = Field(default=None, min_length=1, description="At least one of these must hold.")
    not_: Need | None = Field(default=None, alias="not", description="This must not hold. A skill that an agent lacks does not hold.")
    agent: Annotated[str, AfterValidator(_checked_agent)] | None = Field(
        default=None, description="This very agent, by id; `{preferred_agent}` is the one the caller is promised to."
    )

    @model_validator(mode="after")
    def _one_key(self) -> Combination:
        exactly_one_of(self, "all", "any", "not_", "agent")
        return self


def _kind(value: Any) -> str:
    return "combination" if isinstance(value, (dict, Combination)) else "text"


Need = Annotated[
    Annotated[Annotated[str, AfterValidator(_checked_term)], Tag("text")] | Annotated[Combination, Tag("combination")],
    Discriminator(_kind),
]

Combination.model_rebuild()


def expression_of(need: str | Combination) -> Expression:
    """The need as an expression; placeholders stay in it."""
    if isinstance(need, str):
        return term(need)
    if need.agent is not None:
        return IsAgent(need.agent)
    if need.not_ is not None:
        return Not(expression_of(need.not_))
    if need.all is not None:
        return All(tuple(expression_of(part) for part in need.all))
    return AnyOf(tuple(expression_of(part) for part in need.any or ()))


def leaves(expression: Expression) -> Iterator[Has | IsAgent]:
    """Every skill and agent that the expression names."""
    match expression:
        case Has() | IsAgent():
            yield expression
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
