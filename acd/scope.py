"""Whose calls and agents a person may see and set: those of his teams, or everybody's.

A team's queues are those whose calls some agent of it would take at the first step of their requirement, in some language: what others
hand to it when nobody else is there does not make them its own. A call that has no queue yet belongs to no team. Pure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from acd.board import Board, CallView, PromiseView
from acd.plan import Plan
from acd.replan import first_step, languages_of
from skills.admission import Admission


@dataclass(frozen=True, slots=True)
class Scope:
    """``agents``, ``queues`` and ``product_lines`` of some teams; ``limited`` is False for who sees everything."""

    limited: bool
    agents: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    product_lines: frozenset[str] = frozenset()

    def has_agent(self, agent: str | None) -> bool:
        """Whether the agent is one of his."""
        return not self.limited or agent in self.agents

    def has_queue(self, queue: str | None) -> bool:
        """Whether the queue is one of his."""
        return not self.limited or queue in self.queues

    def has_product_line(self, line: str | None) -> bool:
        """Whether some queue of the product line is one of his."""
        return not self.limited or line in self.product_lines

    def has_call(self, call: CallView) -> bool:
        """Whether the call is in one of his queues, or one of his agents has it or is asked about it."""
        return self.has_queue(call.queue) or self.has_agent(call.agent) or self.has_agent(call.consulted)

    def has_promise(self, promise: PromiseView) -> bool:
        """Whether the callback is one of his queues', or one of his agents makes it, or has promised it."""
        return self.has_queue(promise.queue) or self.has_agent(promise.agent) or self.has_agent(promise.promised_by)

    def of(self, board: Board) -> Board:
        """His part of the board."""
        if not self.limited:
            return board
        return replace(
            board,
            calls=tuple(call for call in board.calls if self.has_call(call)),
            agents=tuple(agent for agent in board.agents if self.has_agent(agent.agent)),
            queues=tuple(queue for queue in board.queues if self.has_queue(queue.queue)),
            promises=tuple(promise for promise in board.promises if self.has_promise(promise)),
            incidents=tuple(incident for incident in board.incidents if self.has_product_line(incident.product_line)),
            messages=tuple(message for message in board.messages if not self.agents.isdisjoint(message.to)),
        )


EVERYTHING = Scope(limited=False)


def scope_of(plan: Plan, teams: Collection[str]) -> Scope:
    """What people who are limited to these teams see; no teams: no limit."""
    if not teams:
        return EVERYTHING
    admission = Admission([(agent.id, agent.skills) for agent in plan.agents])
    own = sum(1 << index for index, agent in enumerate(plan.agents) if agent.team in teams)
    spoken = languages_of(plan)
    queues = [queue for queue in plan.queues if first_step(admission, queue, spoken) & own]
    return Scope(
        limited=True,
        agents=frozenset(agent.id for agent in plan.agents if agent.team in teams),
        queues=frozenset(queue.id for queue in queues),
        product_lines=frozenset(queue.product_line for queue in queues),
    )
