"""A small hotline for tests of the router: three agents, two product lines, and a clock that the test moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from acd.calls import Call
from acd.effects import Effect, OfferMade, RingAgent
from acd.events import (
    AgentLoggedIn,
    AgentWentReady,
    CallArrived,
    CallQueued,
    Event,
    OfferAnswered,
    OfferRinging,
    PlanLoaded,
)
from acd.model import AgentId, CallId, Level, MissCause, OfferId, PhoneId, QueueId
from acd.plan import AgentPlan, Plan, QueuePlan, Rona
from acd.roster import Agent
from acd.router import Router
from skills.expression import All, Has, IsAgent
from skills.requirement import Requirement, Step

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
T = TypeVar("T")

EXACT = All((Has("product:{product_line}"), Has("level:{level}"), Has("language:{language}")))
NEEDS = Requirement((
    Step("preferred agent", IsAgent("{preferred_agent}"), 10.0),
    Step("exact level", EXACT, 30.0),
    Step("any level", All((Has("product:{product_line}"), Has("language:{language}"))), 90.0),
    Step("anybody", Has("product:{product_line}")),
))  # fmt: skip


def agent(name: str, *skills: str, phone: str = "") -> AgentPlan:
    """An agent; a skill is ``name`` or ``name=proficiency``."""
    pairs = (skill.partition("=") for skill in skills)
    return AgentPlan(AgentId(name), name.title(), {skill: int(level or 3) for skill, _, level in pairs}, PhoneId(phone or f"10{name}"))


def queue(product_line: str, level: Level = Level.L1, **changes: Any) -> QueuePlan:
    """A queue with the four steps of ``NEEDS``."""
    plain = QueuePlan(QueueId(f"{product_line}.{level}"), product_line, level, NEEDS)
    return replace(plain, **changes)


AGENTS = (
    agent("ann", "product:printers", "level:L1", "language:zh", "language:en"),
    agent("bob", "product:printers", "level:L2", "language:zh"),
    agent("cat", "product:servers", "level:L1", "language:en"),
)
PLAN = Plan(
    queues=(queue("printers"), queue("printers", Level.L2), queue("servers")),
    agents=AGENTS,
    head_start_seconds={"key-account": 60.0, "urgent": 120.0},
    rona={MissCause.BUSY: Rona(retry_after_seconds=5.0, misses_to_not_ready=3)},
    calls_back=True,
)


class Scene:
    """One router, and shorthand for what happens to it. ``effects`` is what the last event led to."""

    def __init__(self, plan: Plan | None = PLAN) -> None:
        self.router = Router()
        self.now = NINE
        self.effects: list[Effect] = []
        self.story: list[tuple[datetime, Event]] = []
        if plan is not None:
            self(PlanLoaded(plan))

    def __call__(self, event: Event, after: float = 0.0) -> list[Effect]:
        self.now += timedelta(seconds=after)
        self.story.append((self.now, event))
        self.effects = self.router.handle(event, self.now)
        return self.effects

    def later(self, seconds: float) -> list[Effect]:
        """Time passes, with a tick at every deadline, as the runner does it. Returns what happened meanwhile."""
        from acd.events import Ticked

        end, happened = self.now + timedelta(seconds=seconds), []
        while (due := self.router.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            happened += self(Ticked())
        self.now = end
        self.effects = happened
        return happened

    def ready(self, *names: str) -> None:
        """These agents log in at their phones and are ready, a second apart."""
        for name in names:
            planned = next(one for one in self.router.plan.agents if one.id == name)
            self(AgentLoggedIn(planned.id, planned.phone))
            self(AgentWentReady(planned.id), after=1.0)

    def call(self, name: str, product_line: str = "printers", level: Level = Level.L1, language: str = "zh", **more: Any) -> CallId:
        """A caller arrives and is understood at once."""
        call = CallId(f"main-{name}")
        self(CallArrived(call, "13900001111", "", "4008001234", "unified"))
        self(CallQueued(call, product_line, level, language, **more))
        return call

    def talking(self, name: str, **about: Any) -> CallId:
        """A caller who is put through and answered."""
        call = self.call(name, **about)
        offer = self.first(RingAgent).offer
        self(OfferRinging(offer))
        self(OfferAnswered(offer))
        return call

    def of(self, kind: type[T]) -> list[T]:
        """The last effects of one kind."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def first(self, kind: type[T]) -> T:
        """The only one of the last effects of this kind."""
        found = self.of(kind)
        assert len(found) == 1, f"expected one {kind.__name__}, got {self.effects}"
        return found[0]

    def offered(self) -> list[tuple[CallId, AgentId]]:
        """Who was offered to whom by the last event."""
        return [(made.call, made.agent) for made in self.of(OfferMade)]

    def state_of(self, name: str) -> Agent:
        """The router's record of an agent."""
        return self.router._state.roster.agents[AgentId(name)]

    def live(self, call: CallId) -> Call:
        """The router's record of a live call."""
        return self.router.calls()[call]

    def offer(self, call: CallId) -> OfferId:
        """The open offer of a call."""
        offer = self.live(call).offer
        assert offer is not None, f"{call} is not offered"
        return offer.id
