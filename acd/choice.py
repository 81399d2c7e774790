"""Which of the free agents gets the call: the strategies, each an order of agents.

Decides by an agent's figures only; who is free and whom a step admits are masks given to it. Every order ends in longest idle and
then the agent's place in the alphabet of ids, so that equal inputs give equal choices.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from acd.plan import Strategy
from skills.admission import bits
from skills.expression import All, AnyOf, Expression, Has, Proficiencies

if TYPE_CHECKING:
    from acd.roster import Agent

Key = tuple[float, int, int]
"""What the strategy looks at; idle since, in microseconds; the agent's index."""

FEW = 24
"""So many candidates are compared one by one; more are found by walking the order."""

_LOOKS_AT: Mapping[Strategy, Callable[[Agent], float]] = {
    Strategy.LONGEST_IDLE: lambda agent: 0,
    Strategy.LEAST_OCCUPIED: lambda agent: agent.busy_us,
    Strategy.LEAST_SCARCE: lambda agent: agent.scarcity,
    Strategy.ROUND_ROBIN: lambda agent: agent.last_offer,
}

RULES: Mapping[Strategy, str] = {
    Strategy.LONGEST_IDLE: "longest idle",
    Strategy.LEAST_OCCUPIED: "least occupied today",
    Strategy.BEST_PROFICIENCY: "best proficiency in what the step asks for",
    Strategy.LEAST_SCARCE: "skills least scarce",
    Strategy.ROUND_ROBIN: "longest without an offer",
}


def key_of(strategy: Strategy, agent: Agent) -> Key:
    """The agent's place in the order of ``strategy``; the least is taken."""
    return (_LOOKS_AT[strategy](agent), agent.idle_since_us, agent.index)


class FreeAgents:
    """The agents who can take a call right now, in the order of each strategy in use."""

    def __init__(self, agents: Sequence[Agent], strategies: Iterable[Strategy]) -> None:
        self.mask = 0
        self._agents = agents
        self._orders: dict[Strategy, list[Key]] = {Strategy.LONGEST_IDLE: []}
        self._orders.update({strategy: [] for strategy in strategies if strategy in _LOOKS_AT})
        self._keys: dict[int, list[Key]] = {}

    def add(self, agent: Agent) -> None:
        """The agent is free from now on."""
        self.mask |= agent.bit
        keys = self._keys[agent.index] = []
        for strategy, order in self._orders.items():
            key = key_of(strategy, agent)
            keys.append(key)
            insort(order, key)

    def remove(self, agent: Agent) -> None:
        """The agent is free no longer."""
        self.mask ^= agent.bit
        keys = iter(self._keys.pop(agent.index))
        for order in self._orders.values():
            del order[bisect_left(order, next(keys))]

    def first(self, strategy: Strategy, need: Expression, among: int) -> Agent:
        """The choice of ``strategy`` among the free agents of the mask ``among``, which is not empty."""
        if not among & (among - 1):
            return self._agents[among.bit_length() - 1]
        if strategy is Strategy.BEST_PROFICIENCY:
            strategy, among = Strategy.LONGEST_IDLE, self._most_proficient(need, among)
        if among.bit_count() <= FEW:
            return min((self._agents[index] for index in bits(among)), key=lambda agent: key_of(strategy, agent))
        return next(agent for agent in (self._agents[key[2]] for key in self._orders[strategy]) if agent.bit & among)

    def _most_proficient(self, need: Expression, among: int) -> int:
        asked = asked_skills(need)
        best, mask = -1, 0
        for index in bits(among):
            agent = self._agents[index]
            total = proficiency_in(asked, agent.plan.skills)
            if total > best:
                best, mask = total, agent.bit
            elif total == best:
                mask |= agent.bit
        return mask


def asked_skills(need: Expression) -> tuple[str, ...]:
    """The skills that an expression asks for; what it forbids is left out."""
    match need:
        case Has(skill, _):
            return (skill,)
        case All(parts) | AnyOf(parts):
            return tuple(dict.fromkeys(skill for part in parts for skill in asked_skills(part)))
        case _:
            return ()


def proficiency_in(asked: Sequence[str], skills: Proficiencies) -> int:
    """The sum of an agent's proficiencies in the skills asked for; one he lacks adds nothing."""
    return sum(skills.get(skill, 0) for skill in asked)


def scarcities(company: Sequence[Proficiencies]) -> list[float]:
    """How much would be missing without each agent: each of his skills counts 1 over the number of agents who have it."""
    holders: dict[str, int] = {}
    for skills in company:
        for skill in skills:
            holders[skill] = holders.get(skill, 0) + 1
    return [sum(1.0 / holders[skill] for skill in sorted(skills)) for skills in company]
