"""What a decision of the router costs, at a hundred and at ten thousand waiting calls.

The company: 2,000 agents with 50 skills (30 product lines, 3 levels, 6 languages, 8 platforms, 3 segments); each agent serves two to four
product lines on one or two levels in one to three languages. Requirements have four steps: exact level in the caller's language, a
neighbouring level, any level, anybody of the product line. All agents are busy; the calls wait. Then the day goes on at that length of
queue: a talk ends, its agent wraps up and is offered the next call, who answers; a new caller arrives for each one served. Every event
is timed: after each one the router decides who gets whom. Those that made an offer, the dearest ones, are shown apart.

``python -m bench.router_bench`` prints the figures.
"""

from __future__ import annotations

import random
import sys
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

from acd.effects import Effect, RingAgent
from acd.events import (
    AgentLoggedIn,
    AgentWentReady,
    CallArrived,
    CallerLeft,
    CallQueued,
    Event,
    MenuChosen,
    OfferAnswered,
    OfferRinging,
    PlanLoaded,
    TalkEnded,
    Ticked,
    WrapUpEnded,
)
from acd.model import AgentId, CallId, Level, OfferId, PhoneId, queue_of
from acd.plan import AgentPlan, Plan, QueuePlan
from acd.router import Router
from skills.expression import All, AnyOf, Has
from skills.requirement import Requirement, Step

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PRODUCTS = tuple(f"p{n:02}" for n in range(30))
LANGUAGES = ("zh", "yue", "tw", "ja", "ko", "en")
PLATFORMS = tuple(f"os{n}" for n in range(8))
LEVELS = tuple(Level)
SEGMENTS = ("standard", "standard", "standard", "business", "key-account")

_PRODUCT = Has("product:{product_line}", 2)
_LANGUAGE = Has("language:{language}", 3)
_NEIGHBOURS = {Level.L1: ("L1", "L2"), Level.L2: ("L1", "L2", "L3"), Level.L3: ("L2", "L3")}


def requirement(level: Level) -> Requirement:
    """Exact level, neighbouring level, any level, anybody of the product line."""
    neighbours = AnyOf(tuple(Has(f"level:{name}") for name in _NEIGHBOURS[level]))
    return Requirement((
        Step("exact level", All((_PRODUCT, Has("level:{level}"), _LANGUAGE)), 60.0),
        Step("neighbouring level", All((_PRODUCT, neighbours, _LANGUAGE)), 180.0),
        Step("any level", All((Has("product:{product_line}"), _LANGUAGE)), 600.0),
        Step("anybody", Has("product:{product_line}")),
    ))  # fmt: skip


def plan(agents: int, chance: random.Random) -> Plan:
    """The company and its queues."""
    company = tuple(_agent(number, chance) for number in range(agents))
    queues = tuple(QueuePlan(queue_of(product, level), product, level, requirement(level)) for product in PRODUCTS for level in LEVELS)
    return Plan(queues, company, {"key-account": 120.0, "business": 30.0, "urgent": 300.0})


def _agent(number: int, chance: random.Random) -> AgentPlan:
    skills = {f"product:{name}": chance.randint(2, 5) for name in chance.sample(PRODUCTS, chance.randint(2, 4))}
    skills |= {f"level:{name}": chance.randint(1, 5) for name in chance.sample(LEVELS, chance.randint(1, 2))}
    skills |= {f"language:{name}": chance.randint(3, 5) for name in chance.sample(LANGUAGES, chance.randint(1, 3))}
    skills |= {f"platform:{name}": chance.randint(1, 5) for name in chance.sample(PLATFORMS, 2)}
    skills |= {f"segment:{chance.choice(SEGMENTS)}": 3}
    return AgentPlan(AgentId(f"a{number:04}"), f"Agent {number}", skills, PhoneId(str(10000 + number)))


class Day:
    """A day at the hotline, driven event by event; every event's time is kept."""

    def __init__(self, agents: int, seed: int = 7) -> None:
        self.chance = random.Random(seed)
        self.router = Router()
        self.now = START
        self.taken_ns: list[int] = []
        self.offered_ns: list[int] = []
        self.calls = 0
        self.plan = plan(agents, self.chance)
        self.talking: list[tuple[CallId, AgentId]] = []

    def say(self, event: Event) -> list[Effect]:
        """Hand an event to the router, 2 ms after the one before; deadlines are kept as the runner keeps them."""
        self.now += timedelta(milliseconds=2)
        while (due := self.router.next_deadline()) is not None and due <= self.now:
            self._timed(Ticked())
        return self._timed(event)

    def _timed(self, event: Event) -> list[Effect]:
        begun = time.perf_counter_ns()
        effects = self.router.handle(event, self.now)
        taken = time.perf_counter_ns() - begun
        self.taken_ns.append(taken)
        if any(isinstance(effect, RingAgent) for effect in effects):
            self.offered_ns.append(taken)
        return effects

    def begin(self) -> None:
        """Everybody logs in and is ready."""
        self.say(PlanLoaded(self.plan))
        for agent in self.plan.agents:
            self.say(AgentLoggedIn(agent.id, agent.phone))
            self.say(AgentWentReady(agent.id))

    def caller(self) -> None:
        """A new caller; is answered if somebody is free."""
        self.calls += 1
        call = CallId(f"main-{1_700_000_000 + self.calls}.{self.calls}")
        chance = self.chance
        self.say(CallArrived(call, f"1390000{self.calls:05}", f"caller {self.calls}", "4008001234", "unified"))
        self.say(MenuChosen(call, "product", "1", "servers"))
        about = (chance.choice(PRODUCTS), chance.choice(LEVELS), chance.choice(LANGUAGES), chance.choice(SEGMENTS))
        self.answer(self.say(CallQueued(call, *about, urgent=chance.random() < 0.02)))

    def answer(self, effects: list[Effect]) -> None:
        """Every phone that was rung is answered."""
        for effect in effects:
            if isinstance(effect, RingAgent):
                self.connect(effect.offer, effect.call, effect.agent)

    def connect(self, offer: OfferId, call: CallId, agent: AgentId) -> None:
        """An agent answers."""
        self.say(OfferRinging(offer))
        self.say(OfferAnswered(offer))
        self.talking.append((call, agent))

    def next_talk_ends(self) -> None:
        """Somebody's talk ends; he gets the next call."""
        call, agent = self.talking.pop(self.chance.randrange(len(self.talking)))
        self.say(TalkEnded(call, agent))
        self.say(CallerLeft(call))
        self.answer(self.say(WrapUpEnded(agent, "solved")))

    def go_on(self, rounds: int) -> None:
        """So many talks end, and so many callers come."""
        for _ in range(rounds):
            self.next_talk_ends()
            self.caller()


def waiting(day: Day) -> int:
    """How many calls wait."""
    return sum(call.state == "waiting" for call in day.router.calls().values())


def at_length(length: int, agents: int = 2000, rounds: int = 1500) -> dict[str, float]:
    """The cost of events with ``length`` calls waiting for ``agents`` busy agents."""
    day = Day(agents)
    day.begin()
    while waiting_at_most(day) < length:
        day.caller()
    day.go_on(rounds // 10)
    day.taken_ns.clear()
    day.offered_ns.clear()
    day.go_on(rounds)
    taken, offered = sorted(day.taken_ns), sorted(day.offered_ns)
    return {
        "waiting": waiting(day),
        "p50_us": taken[len(taken) // 2] / 1000,
        "p99_us": taken[len(taken) * 99 // 100] / 1000,
        "max_us": taken[-1] / 1000,
        "offer_p50_us": offered[len(offered) // 2] / 1000,
        "offer_p99_us": offered[len(offered) * 99 // 100] / 1000,
        "events_per_s": len(taken) / (sum(taken) / 1e9),
    }


def waiting_at_most(day: Day) -> int:
    """Calls that are not being talked to: in this day, the waiting ones."""
    return len(day.router.calls()) - len(day.talking)


def bytes_per_waiting_call(calls: int = 5000) -> float:
    """Memory of one waiting call, from the growth of what Python holds."""
    day = Day(agents=50)
    day.begin()
    while not waiting(day):
        day.caller()
    for _ in range(500):
        day.caller()
    day.taken_ns.clear()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(calls):
        day.caller()
    day.taken_ns.clear()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return grown / calls


def measure(quick: bool = False) -> dict[str, Any]:
    """The figures, in microseconds, events per second and bytes; from fewer rounds when ``quick``."""
    rounds = 300 if quick else 1500
    few, many = at_length(100, rounds=rounds), at_length(10_000, rounds=rounds)
    return {
        "router_decision_us": {"waiting_100": few, "waiting_10000": many},
        "router_decision_growth": many["p50_us"] / few["p50_us"],
        "router_offer_growth": many["offer_p50_us"] / few["offer_p50_us"],
        "router_events_per_s": many["events_per_s"],
        "bytes_per_waiting_call": bytes_per_waiting_call(1000 if quick else 5000),
    }


if __name__ == "__main__":
    import json

    json.dump(measure("--quick" in sys.argv), sys.stdout, indent=2)
    print()
