"""Which colleague an agent asks about his call: a certain one if he is free, or one of a queue.

Of a queue, decides for whom its strategy takes of those whom the first step of its requirement with somebody free admits. Nobody is
waited for: the caller has an agent, who can be told at once. It does not know what asking leads to (``acd.consulted``).
"""

from __future__ import annotations

from dataclasses import dataclass

from acd import desk
from acd.calls import Call
from acd.choice import RULES
from acd.model import AgentId, NobodyFree
from acd.plan import QueuePlan
from acd.roster import Agent
from acd.state import State


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is asked, of whom (a mask), and by which rule."""

    agent: Agent
    candidates: int
    rule: str


def certain(state: State, agent_id: AgentId) -> Chosen:
    """He himself; raises NobodyFree when he can't be rung now."""
    agent = desk.known(state, agent_id)
    if not agent.free:
        raise NobodyFree(f"{agent_id} can't be asked now: {agent.state.replace('_', ' ')}")
    return Chosen(agent, agent.bit, "by name")


def of_queue(state: State, call: Call, target: QueuePlan, but: tuple[AgentId, ...] = ()) -> Chosen:
    """A free one of the queue, ``but`` those; raises NobodyFree when there is none."""
    values = {**call.values(), "product_line": target.product_line, "level": str(target.level)}
    left = state.roster.free.mask
    for agent_id in but:
        if agent_id in state.roster.agents:
            left &= ~state.roster.agents[agent_id].bit
    for stage in state.stages.first(target, values).following():
        candidates = stage.admits & left
        if candidates:
            agent = state.roster.free.first(target.strategy, stage.need, candidates)
            count = candidates.bit_count()
            rule = f"{RULES[target.strategy]} of {count} free agents who match"
            return Chosen(agent, candidates, "the only free agent who matches" if count == 1 else rule)
    raise NobodyFree(f"nobody of {target.id} is free now")
