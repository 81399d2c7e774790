"""The agents: one record each, and who is logged in, at work or free as bit masks.

Holds state and keeps the masks true to it; what an agent may do is in ``acd.tables``, who decides is ``acd.routing`` and
``acd.desk``. An agent is *free* when he is ready, his phone can be rung, and he is not being left alone after a miss. He is *at work*
when he is logged in, not "not ready", and his phone can be rung.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from acd.choice import FreeAgents, scarcities
from acd.model import AgentId, AgentState, CallId, MissCause, PhoneId, QueueId
from acd.plan import AgentPlan, Strategy
from skills.admission import Admission

if TYPE_CHECKING:
    from acd.offer import Offer

_AT_WORK = (AgentState.READY, AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP)


@dataclass(slots=True, eq=False)
class Agent:
    """One agent, logged in or not. ``since_us`` and ``state_since`` are the start of the present state."""

    id: AgentId
    plan: AgentPlan
    index: int
    bit: int
    scarcity: float
    state: AgentState
    state_since: datetime
    since_us: int
    cause: str = ""
    phone: PhoneId | None = None
    desk_connected: bool = False
    desk_left: bool = False
    """His desk was connected since he logged in, and is away now: one miss is enough."""
    ghost_us: int | None = None
    """When he counts as not there, unless his phone or his desk comes back."""
    planned: bool = True
    """False: no longer in the plan; he finishes what he is doing and is logged out."""

    offer: Offer | None = None
    call: CallId | None = None
    """Whom he talks to, or does after-call work for."""
    idle_since_us: int = 0
    """Since when he waits for a call. An offer that came to nothing through no fault of his doesn't set it back."""
    busy_us: int = 0
    """Reserved, talking and in wrap-up, today."""
    last_offer: int = 0
    """Number of his last offer, in the order of all offers."""
    calls_taken: int = 0
    rung: int = 0
    """Offers today whose phone rang and that were answered or missed …"""
    rung_in_time: int = 0
    """… and those that were answered within three rings."""
    misses: dict[MissCause, int] = field(default_factory=dict)
    """Misses in a row, by cause; answering a call or going ready himself clears them."""
    failures: int = 0
    """Offers in a row that failed through no fault of his."""
    rests_until_us: int | None = None
    wrap_ends_us: int | None = None
    wrap_extended_us: int = 0
    wrap_mandatory: bool = False
    talking_since_us: int | None = None
    talking_queue: QueueId | None = None
    """The queue of the call he handles, and since when: his handling time counts there."""
    next_reason: str | None = None
    """Not ready with this reason as soon as the present call allows."""
    next_home: str | None = None
    """Logged out with this cause as soon as the present call allows."""
    free: bool = False


class Roster:
    """All agents, and the masks over them."""

    def __init__(self, agents: Sequence[Agent], strategies: Iterable[Strategy]) -> None:
        self.agents = {agent.id: agent for agent in agents}
        self.company = agents
        self.strategies = tuple(dict.fromkeys(strategies))
        planned = [(agent.id, agent.plan.skills if agent.planned else {}) for agent in agents]
        self.admission = Admission(planned)
        self.planned = sum(agent.bit for agent in agents if agent.planned)
        self.in_state: dict[AgentState, int] = dict.fromkeys(AgentState, 0)
        self.unreachable = 0
        self.resting = 0
        self.at_phone: dict[PhoneId, Agent] = {}
        self.free = FreeAgents(agents, self.strategies)
        for agent, scarcity in zip(agents, scarcities([skills for _, skills in planned]), strict=True):
            agent.scarcity, agent.free = scarcity, False
            self.in_state[agent.state] |= agent.bit

    @property
    def logged_in(self) -> int:
        """Mask of those who are logged in, in whatever state; those who are only finishing what they do are not."""
        return self.planned & ~self.in_state[AgentState.LOGGED_OUT]

    @property
    def at_work(self) -> int:
        """Mask of those who take calls now or after what they are doing."""
        mask = 0
        for state in _AT_WORK:
            mask |= self.in_state[state]
        return mask & self.planned & ~self.unreachable

    def move(self, agent: Agent, state: AgentState) -> None:
        """The agent is in ``state`` from now on."""
        self.in_state[agent.state] ^= agent.bit
        self.in_state[state] ^= agent.bit
        agent.state = state
        self.refresh(agent)

    def mark(self, agent: Agent, *, unreachable: bool) -> None:
        """The agent's phone can or cannot be rung."""
        self.unreachable = self.unreachable | agent.bit if unreachable else self.unreachable & ~agent.bit
        self.refresh(agent)

    def rest(self, agent: Agent, until_us: int | None) -> None:
        """Leave the agent alone until then; None: no longer."""
        agent.rests_until_us = until_us
        self.resting = self.resting & ~agent.bit if until_us is None else self.resting | agent.bit
        self.refresh(agent)

    def refresh(self, agent: Agent) -> None:
        """Make his place among the free ones fit his state."""
        free = agent.state is AgentState.READY and not (self.unreachable | self.resting) & agent.bit
        if free != agent.free:
            agent.free = free
            (self.free.add if free else self.free.remove)(agent)

    def new_day(self) -> None:
        """Count occupancy from nothing again."""
        for agent in self.company:
            agent.busy_us = agent.rung = agent.rung_in_time = 0
        free = [agent for agent in self.company if agent.free]
        self.free = FreeAgents(self.company, self.strategies)
        for agent in free:
            self.free.add(agent)
