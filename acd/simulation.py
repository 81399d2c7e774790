"""A day, simulated: the live router in virtual time, against given callers.

Decides what callers and agents do (arrive, lose patience, answer, talk); what the hotline does is the very router that serves live
calls. It knows no clock and no chance: callers come with their talk and patience times, drawn by whoever makes them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from acd.effects import CallChanged, Effect, OfferChanged, RingAgent
from acd.events import (
    AgentLoggedIn,
    AgentWentReady,
    CallArrived,
    CallerLeft,
    CallQueued,
    Event,
    OfferAnswered,
    OfferRinging,
    PlanLoaded,
    TalkEnded,
    Ticked,
)
from acd.model import AgentId, CallId, CallState, EndCause, Level, OfferState
from acd.plan import Plan
from acd.router import Router


@dataclass(frozen=True, slots=True)
class Visitor:
    """One caller of the simulated day. ``patience_seconds`` counts from the first arrival."""

    at: datetime
    product_line: str
    level: Level
    language: str
    talk_seconds: float
    patience_seconds: float
    segment: str = "standard"
    urgent: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of the day."""

    offered: int = 0
    answered: int = 0
    answered_in_time: int = 0
    abandoned: int = 0
    waits_seconds: list[float] = field(default_factory=list)
    """Of those answered, from arrival to answer."""
    talk_seconds_by_agent: dict[AgentId, float] = field(default_factory=dict)
    unserved: list[CallId] = field(default_factory=list)
    """Neither answered nor gone when the simulation ended; the router must have served them, so this is empty."""

    @property
    def service_level(self) -> float | None:
        """Answered in time over offered; None when nobody called."""
        return self.answered_in_time / self.offered if self.offered else None


class Day:
    """One run. The agents of the plan (or those named) are ready from the start on."""

    def __init__(self, plan: Plan, start: datetime, answer_seconds: float = 4.0, agents: Sequence[AgentId] | None = None) -> None:
        self._router = Router()
        self._threshold = {queue.id: queue.service_level_seconds for queue in plan.queues}
        self._answer_seconds = answer_seconds
        self._agenda: list[tuple[datetime, int, Event]] = []
        self._numbered = 0
        self._visitors: dict[CallId, Visitor] = {}
        self._agent_of: dict[CallId, AgentId] = {}
        self.outcome = Outcome()
        self._add(start, PlanLoaded(plan))
        wanted = None if agents is None else set(agents)
        for agent in plan.agents:
            if wanted is None or agent.id in wanted:
                self._add(start, AgentLoggedIn(agent.id, agent.phone))
                self._add(start, AgentWentReady(agent.id))

    def run(self, visitors: Iterable[Visitor]) -> Outcome:
        """Let them all call; return when the last one is gone."""
        for number, visitor in enumerate(visitors, start=1):
            call = CallId(f"simulated-{number}")
            self._visitors[call] = visitor
            self._add(visitor.at, CallArrived(call, "", "", "", ""))
            self._add(visitor.at, CallQueued(call, visitor.product_line, visitor.level, visitor.language, visitor.segment, visitor.urgent))
            self._add(visitor.at + timedelta(seconds=visitor.patience_seconds), CallerLeft(call))
            self.outcome.offered += 1
        while self._visitors and (moment := self._next()) is not None:
            now, event = moment
            for effect in self._router.handle(event, now):
                self._follow(effect, now)
        self.outcome.unserved = list(self._visitors)
        return self.outcome

    def _add(self, at: datetime, event: Event) -> None:
        self._numbered += 1
        heapq.heappush(self._agenda, (at, self._numbered, event))

    def _next(self) -> tuple[datetime, Event] | None:
        deadline = self._router.next_deadline()
        while self._agenda and (deadline is None or self._agenda[0][0] <= deadline):
            at, _, event = heapq.heappop(self._agenda)
            if not self._is_in_vain(event):
                return at, event
        return (deadline, Ticked()) if deadline is not None else None

    def _is_in_vain(self, event: Event) -> bool:
        """Whether patience runs out of a caller whom an agent has answered."""
        return isinstance(event, CallerLeft) and event.cause is EndCause.CALLER_HUNG_UP and event.call in self._agent_of

    def _follow(self, effect: Effect, now: datetime) -> None:
        handler: Any = _FOLLOWED.get(type(effect))
        if handler is not None:
            handler(self, effect, now)

    def _rung(self, effect: RingAgent, now: datetime) -> None:
        self._add(now, OfferRinging(effect.offer))
        self._add(now + timedelta(seconds=self._answer_seconds), OfferAnswered(effect.offer))

    def _offer_changed(self, effect: OfferChanged, now: datetime) -> None:
        if effect.state is not OfferState.ACCEPTED or effect.call not in self._visitors:
            return
        visitor = self._visitors[effect.call]
        self._agent_of[effect.call] = effect.agent
        waited = (now - visitor.at).total_seconds()
        self.outcome.answered += 1
        self.outcome.waits_seconds.append(waited)
        talked = self.outcome.talk_seconds_by_agent
        talked[effect.agent] = talked.get(effect.agent, 0.0) + visitor.talk_seconds
        if waited <= self._threshold.get(_queue(visitor), 20.0):
            self.outcome.answered_in_time += 1
        over = now + timedelta(seconds=visitor.talk_seconds)
        self._add(over, TalkEnded(effect.call, effect.agent))
        self._add(over, CallerLeft(effect.call, EndCause.AGENT_HUNG_UP))

    def _call_changed(self, effect: CallChanged, _: datetime) -> None:
        if effect.state is CallState.ENDED and self._visitors.pop(effect.call, None) is not None and effect.call not in self._agent_of:
            self.outcome.abandoned += 1


def _queue(visitor: Visitor) -> Any:
    return f"{visitor.product_line}.{visitor.level}"


_FOLLOWED = {RingAgent: Day._rung, OfferChanged: Day._offer_changed, CallChanged: Day._call_changed}
