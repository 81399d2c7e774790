"""The same random days with a supervisor who meddles in them: what must always hold of the router still does."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from acd.events import CommandFailed
from acd.model import AgentId, Level, PhoneId, queue_of
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
from tests.property.test_router_machine import COMPANY, LINES, Hotline, calls_drawn, names_drawn

OWN = PhoneId("1900")
phones_drawn = st.sampled_from([OWN, COMPANY[0].phone])
queues_drawn = st.builds(queue_of, st.sampled_from(LINES), st.sampled_from(Level))


class Supervised(Hotline):
    """A hotline and its supervisor."""

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

    @rule(agent=names_drawn)
    def write_and_read(self, agent: AgentId) -> None:
        self.deliver(MessageSent("hello", "chief"))
        self.deliver(MessageRead("m1", agent))


def _parts(queue: str) -> tuple[str, Level]:
    line, _, level = queue.partition(".")
    return line, Level(level)


Supervised.TestCase.settings = settings(
    max_examples=30, stateful_step_count=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
TestSupervised = Supervised.TestCase
