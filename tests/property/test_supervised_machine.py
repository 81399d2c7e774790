"""The same random days with a supervisor who meddles in them: what must always hold of the router still does."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from acd.effects import Effect
from acd.events import CallArrived, CommandFailed, IncidentDeclared, IncidentHeard, IncidentSolved, NewsWanted
from acd.model import AgentId, CallId, Level, PhoneId, queue_of
from acd.news import EngineerWanted, NewsChanged, NewsState, NewsTold, NewsUntold, TellSolved
from acd.supervision import (
    CallAssigned,
    CallDropped,
    CallMoved,
    CallRaised,
    CallTakenOver,
    MessageRead,
    MessageSent,
    QueueSwitched,
    TakeOverFailed,
    WatchAsked,
    WatchBegan,
    WatchEnded,
    WatchMode,
    WatchStopped,
)
from acd.telling import AT_ONCE
from tests.property.effort import EFFORT
from tests.property.promising_machine import Promising
from tests.property.test_router_machine import COMPANY, LINES, calls_drawn, names_drawn

OWN = PhoneId("1900")
phones_drawn = st.sampled_from([OWN, COMPANY[0].phone])
queues_drawn = st.builds(queue_of, st.sampled_from(LINES), st.sampled_from(Level))


class Supervised(Promising):
    """A hotline whose agents promise callbacks, and its supervisor."""

    def __init__(self) -> None:
        super().__init__()
        self.knows: set[tuple[str, str]] = set()
        """Who has been told of which incident."""

    @rule(number=calls_drawn, agent=st.none() | names_drawn)
    def assign(self, number: int, agent: AgentId | None) -> None:
        self.deliver(CallAssigned(self.call(number), agent, "chief"))

    @rule(number=calls_drawn, line=st.sampled_from(LINES), level=st.sampled_from(Level))
    def move(self, number: int, line: str, level: Level) -> None:
        self.deliver(CallMoved(self.call(number), queue_of(line, level), "chief"))

    @rule(number=calls_drawn, seconds=st.sampled_from([-4000.0, -300.0, 0.0, 300.0]))
    def raise_or_lower(self, number: int, seconds: float) -> None:
        self.deliver(CallRaised(self.call(number), seconds, "chief"))

    @rule(number=calls_drawn)
    def hang_up(self, number: int) -> None:
        self.deliver(CallDropped(self.call(number), "chief"))

    @rule(number=calls_drawn, phone=phones_drawn)
    def take_over(self, number: int, phone: PhoneId) -> None:
        self.deliver(CallTakenOver(self.call(number), phone, "chief"))

    @rule(number=calls_drawn, failed=st.booleans())
    def not_taken_over(self, number: int, failed: bool) -> None:
        call = self.call(number)
        self.deliver(CommandFailed(call, "TakeOver", "away") if failed else TakeOverFailed(call))

    @rule(number=calls_drawn, phone=phones_drawn, mode=st.sampled_from(WatchMode))
    def listen(self, number: int, phone: PhoneId, mode: WatchMode) -> None:
        self.deliver(WatchAsked(self.call(number), phone, mode, "chief"))

    @rule(number=calls_drawn, watch=st.integers(1, 3), ends=st.booleans())
    def hear_of_his_phone(self, number: int, watch: int, ends: bool) -> None:
        call = self.call(number)
        self.deliver((WatchEnded if ends else WatchBegan)(call, f"{call}/w{watch}"))

    @rule(number=calls_drawn)
    def stop_listening(self, number: int) -> None:
        self.deliver(WatchStopped(self.call(number), OWN, "chief"))

    @rule(queue=queues_drawn, opened=st.sampled_from([None, True, False]), lasts=st.none() | st.integers(-10, 400))
    def open_or_close_against_the_hours(self, queue: str, opened: bool | None, lasts: int | None) -> None:
        until = None if lasts is None else self.now + timedelta(seconds=lasts)
        self.deliver(QueueSwitched(queue_of(*_parts(queue)), opened, until, "chief"))

    @rule(line=st.sampled_from(LINES))
    def declare_an_incident(self, line: str) -> None:
        self.deliver(IncidentDeclared(line, "outage", "chief"))

    @rule(data=st.data(), tell=st.booleans())
    def solve_an_incident(self, data: st.DataObject, tell: bool) -> None:
        incidents = list(self.router._state.incidents)
        if incidents:
            self.deliver(IncidentSolved(data.draw(st.sampled_from(incidents), label="incident"), "chief", tell))

    @rule(number=calls_drawn, wants=st.booleans())
    def hear_of_an_incident(self, number: int, wants: bool) -> None:
        self.deliver(IncidentHeard(self.call(number)))
        if wants:
            self.deliver(NewsWanted(self.call(number)))

    @rule(data=st.data(), what=st.sampled_from(["told", "told", "not told", "engineer", "no answer"]))
    def news_of_a_telling(self, data: st.DataObject, what: str) -> None:
        rung = [effect for effects in self.effects_told for effect in effects or () if isinstance(effect, TellSolved)]
        if not rung:
            return
        command = data.draw(st.sampled_from(rung[-4:]), label="attempt")
        call = CallId(f"main-n{command.key.partition('/n')[2]}.{command.call.partition('-')[2]}")
        if what == "engineer":
            self.deliver(CallArrived(call, command.number, "", "", ""))
            if call in self.router.calls():
                self.arrived.append(call)
        self.deliver({
            "told": NewsTold(command.call, command.key), "not told": NewsUntold(command.call, command.key, "busy"),
            "engineer": EngineerWanted(call, command.key), "no answer": CommandFailed(command.call, "TellSolved", "no answer", unsure=True),
        }[what])  # fmt: skip

    def follow(self, effect: Effect) -> None:
        super().follow(effect)
        if isinstance(effect, NewsChanged):
            who = (effect.incident, effect.number)
            assert who not in self.knows, f"{effect.number} knows of {effect.incident} already"
            if effect.state in (NewsState.TOLD, NewsState.ENGINEER):
                self.knows.add(who)

    @invariant()
    def who_is_to_be_told_is_not_forgotten(self) -> None:
        state = self.router._state
        now = [news.state for one in state.incidents.values() for news in one.news.values()]
        assert state.teller.next_us is not None or not {NewsState.DUE, NewsState.RINGING} & set(now)
        assert all(news.state is not NewsState.NOTED for one in state.incidents.values() if one.tells for news in one.news.values())
        assert now.count(NewsState.RINGING) <= AT_ONCE

    @rule(agent=names_drawn)
    def write_and_read(self, agent: AgentId) -> None:
        self.deliver(MessageSent("hello", "chief"))
        self.deliver(MessageRead("m1", agent))


def _parts(queue: str) -> tuple[str, Level]:
    line, _, level = queue.partition(".")
    return line, Level(level)


Supervised.TestCase.settings = settings(
    max_examples=30 * EFFORT,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestSupervised = Supervised.TestCase
