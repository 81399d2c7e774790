"""Which agents of a known company satisfy an expression, as a bit mask: bit ``n`` stands for the ``n``-th agent.

Decides the same as ``skills.expression.satisfies``, for all agents at once: an expression over thousands of agents costs a few
operations on whole numbers. It does not know who is free; that is another mask, and one ``&``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skills.expression import All, AnyOf, Expression, Has, IsAgent, Not, Proficiencies


class Admission:
    """Masks of a fixed, ordered company of agents."""

    def __init__(self, agents: Sequence[tuple[str, Proficiencies]]) -> None:
        self.everybody = (1 << len(agents)) - 1
        self._bit_of: dict[str, int] = {}
        self._having: dict[str, dict[int, int]] = {}
        self._masks: dict[Expression, int] = {}
        for index, (agent, skills) in enumerate(agents):
            self._bit_of[agent] = 1 << index
            for skill, proficiency in skills.items():
                by_proficiency = self._having.setdefault(skill, {})
                by_proficiency[proficiency] = by_proficiency.get(proficiency, 0) | 1 << index

    def mask(self, expression: Expression) -> int:
        """The agents who satisfy ``expression``."""
        known = self._masks.get(expression)
        if known is None:
            known = self._masks[expression] = self._computed(expression)
        return known

    def _computed(self, expression: Expression) -> int:
        match expression:
            case Has(skill, minimum):
                return self._with_at_least(skill, minimum)
            case IsAgent(agent):
                return self._bit_of.get(agent, 0)
            case All(parts):
                return self._all(parts)
            case AnyOf(parts):
                return self._any(parts)
            case Not(part):
                return self.everybody & ~self.mask(part)

    def _with_at_least(self, skill: str, minimum: int) -> int:
        mask = 0
        for proficiency, having in self._having.get(skill, {}).items():
            if proficiency >= minimum:
                mask |= having
        return mask

    def _all(self, parts: Sequence[Expression]) -> int:
        mask = self.everybody
        for part in parts:
            mask &= self.mask(part)
        return mask

    def _any(self, parts: Sequence[Expression]) -> int:
        mask = 0
        for part in parts:
            mask |= self.mask(part)
        return mask


def bits(mask: int) -> Iterator[int]:
    """The positions of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
