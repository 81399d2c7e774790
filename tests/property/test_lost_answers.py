"""Orders whose answers are lost, events that come late, connections that break: in the end engine and exchange are of one mind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from acd import callbacks
from acd.effects import DialBack, Effect, RingAgent
from acd.events import (
    AgentLoggedIn,
    AgentWentNotReady,
    AgentWentReady,
    CallArrived,
    CallHandedOn,
    CallQueued,
    CommandFailed,
    Event,
    OfferFailed,
    PlanLoaded,
    Ticked,
)
from acd.model import AgentId, AgentState, CallbackOrder, CallId, CallState, IllegalTransition, Level
from acd.plan import CallbackRules
from acd.ports import EffectFailed
from acd.router import Router
from acd.supervision import CallDropped
from tests.property.effort import EFFORT
from tests.property.pretended_asterisk import PretendedAsterisk, Visit
from tests.unit.acd.scene import AGENTS, NINE, PLAN, queue

PATIENCE_SECONDS = 200.0
"""So long nothing happens but time, before the two are compared."""
STATES = {
    "hotline-hold": (CallState.WAITING, CallState.OFFERED), "hotline-connect": (CallState.TALKING,),
    "hotline-after": (CallState.AFTER,), "hotline-out": (CallState.DIVERTED,), "hotline-callback": (CallState.TALKING,),
}  # fmt: skip
ORDERS = {"printers": CallbackOrder.CUSTOMER_FIRST, "servers": CallbackOrder.AGENT_FIRST}
WITH_CALLBACKS = replace(PLAN, queues=tuple(
    replace(one, callback=CallbackRules(order=ORDERS[one.product_line], most_attempts=2, retry_after_seconds=20.0)) for one in PLAN.queues
))  # fmt: skip


class LostAnswers(RuleBasedStateMachine):
    """Callers, phones, and a connection that is not to be relied on."""

    def __init__(self) -> None:
        super().__init__()
        self.router = Router()
        self.now = NINE
        self.arrived = 0
        self.lost_answers = 0
        """So many of the next orders are done, and nothing is heard of that."""

    @initialize()
    def begin(self) -> None:
        self.asterisk = PretendedAsterisk(self.router, tuple(agent.phone for agent in AGENTS))
        self.take(PlanLoaded(WITH_CALLBACKS))
        for agent in AGENTS:
            self.take(AgentLoggedIn(agent.id, agent.phone))
            self.take(AgentWentReady(agent.id))

    # ---- the runner ----------------------------------------------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        try:
            effects = self.router.handle(event, self.now)
        except IllegalTransition:
            return
        for effect in effects:
            if (failed := self.outcome(effect)) is not None:
                self.take(failed)

    def outcome(self, command: Effect) -> Event | None:
        """What follows from carrying an order out, as ``acd.runner`` tells it."""
        call = getattr(command, "call", None)
        if type(command).__name__ not in ("HoldCall", "RingAgent", "DialBack", "StopRinging", "SendCall", "HangUpCall"):
            return None
        if isinstance(command, (RingAgent, DialBack)) and not self.router.offer_is_open(command.offer):
            return None
        in_session = call in self.asterisk.visits and self.asterisk.visits[call].context == "hotline-entry"
        try:
            if not self.asterisk.connected and not in_session:
                return failure(command, "not connected", unsure=True)
            self.asterisk.does(command)
        except EffectFailed as refused:
            return failure(command, str(refused))
        if self.lost_answers and not in_session:
            self.lost_answers -= 1
            return failure(command, "no answer", unsure=True)
        return None

    def hear(self) -> None:
        for event in self.asterisk.next_news():
            self.take(event)

    def hear_all(self) -> None:
        while self.asterisk.unheard:
            self.hear()

    # ---- what happens --------------------------------------------------------------------------------------------------------------

    @rule(line=st.sampled_from(["printers", "servers"]), language=st.sampled_from(["zh", "en"]))
    def a_caller_comes(self, line: str, language: str) -> None:
        self.arrived += 1
        call = CallId(f"main-1.{self.arrived}")
        self.asterisk.visits[call] = Visit(f"1.{self.arrived}")
        self.take(CallArrived(call, f"139{self.arrived:08}", "", "400", "unified"))
        self.take(CallQueued(call, line, Level.L1, language))

    @rule(data=st.data(), what=st.sampled_from(["answers", "answers", "does_not_answer"]))
    def a_phone_that_rings(self, data: st.DataObject, what: str) -> None:
        self.somebody(data, what, [call for call, visit in self.asterisk.visits.items() if visit.leg and not visit.up])

    @rule(data=st.data())
    def an_agent_hangs_up(self, data: st.DataObject) -> None:
        self.somebody(data, "agent_hangs_up", [call for call, visit in self.asterisk.visits.items() if visit.up])

    @rule(data=st.data())
    def a_caller_leaves(self, data: st.DataObject) -> None:
        self.somebody(data, "leaves", list(self.asterisk.visits))

    @rule(data=st.data(), hangs_up=st.booleans())
    def a_caller_wants_to_be_called_back(self, data: st.DataObject, hangs_up: bool) -> None:
        held = [call for call, visit in self.asterisk.visits.items() if visit.context == "hotline-hold"]
        if held:
            call = data.draw(st.sampled_from(held), label="call")
            self.asterisk.wants_callback(call)
            if hangs_up:
                self.asterisk.leaves(call)

    @rule(line=st.sampled_from(["printers", "servers"]))
    def who_is_promised_a_callback_is_dialled(self, line: str) -> None:
        """Somebody who comes while nobody is free, and before the others leave; then all the agents are free."""
        for agent in AGENTS:
            self.take(AgentWentNotReady(agent.id, "break"))
        self.a_caller_comes(line, "zh" if line == "printers" else "en")
        call = list(self.asterisk.visits)[-1]
        if self.asterisk.visits[call].context == "hotline-hold":
            self.asterisk.wants_callback(call)
            self.asterisk.leaves(call)
        self.time_passes(1.0)
        for agent in AGENTS:
            self.take(AgentWentReady(agent.id))

    @rule(data=st.data(), what=st.sampled_from(["customer_answers", "customer_answers", "customer_does_not_answer"]))
    def a_customer_who_is_dialled(self, data: st.DataObject, what: str) -> None:
        self.somebody(data, what, list(self.asterisk.dialled))

    @rule(data=st.data(), answers=st.sampled_from([True, True, False]))
    def an_agent_who_is_alone(self, data: st.DataObject, answers: bool) -> None:
        """His phone rings, or he waits for the customer."""
        if self.asterisk.alone:
            uniqueid = data.draw(st.sampled_from(list(self.asterisk.alone)), label="alone")
            if answers and not self.asterisk.alone[uniqueid].up:
                self.asterisk.alone_answers(uniqueid)
            else:
                self.asterisk.alone_is_over(uniqueid)

    def somebody(self, data: st.DataObject, what: str, whom: list[CallId]) -> None:
        if whom:
            getattr(self.asterisk, what)(data.draw(st.sampled_from(whom), label="call"))

    @rule(data=st.data())
    def a_supervisor_hangs_up_on_somebody(self, data: st.DataObject) -> None:
        if calls := list(self.router.calls()):
            self.take(CallDropped(data.draw(st.sampled_from(calls), label="call"), "chief"))

    @rule(data=st.data(), level=st.sampled_from([Level.L1, Level.L2]))
    def an_agent_hands_his_call_on(self, data: st.DataObject, level: Level) -> None:
        talking = [(call.id, call.agent) for call in self.router.calls().values() if call.state is CallState.TALKING and call.agent]
        if talking:
            call, agent = data.draw(st.sampled_from(talking), label="talk")
            self.take(CallHandedOn(call, agent, queue("printers", level).id))

    @rule(agent=st.sampled_from([agent.id for agent in AGENTS]))
    def an_agent_is_ready_again(self, agent: AgentId) -> None:
        self.take(AgentWentReady(agent))

    @rule()
    def the_next_order_gets_no_answer(self) -> None:
        self.lost_answers = 1

    @rule(count=st.integers(1, 4))
    def some_news_come(self, count: int) -> None:
        for _ in range(count):
            self.hear()

    @rule()
    def the_connection_breaks(self) -> None:
        self.asterisk.is_cut()

    @rule()
    def the_connection_is_back(self) -> None:
        if not self.asterisk.connected:
            self.take(self.asterisk.is_back())

    @rule(data=st.data(), pause=st.sampled_from([1.0, 10.0, 30.0, 100.0]), answered=st.booleans())
    def the_engine_is_held_up(self, data: st.DataObject, pause: float, answered: bool) -> None:
        """It neither looks at its clock nor hears anything; what it does first afterwards is chance."""
        if answered:
            self.a_phone_that_rings(data, "answers")
        self.now += timedelta(seconds=pause)
        self.asterisk.it_is(self.now)

    @rule(pause=st.floats(0.0, 40.0))
    def time_passes(self, pause: float) -> None:
        """Whoever is not held up hears at once what there is to hear."""
        self.hear_all()
        end = self.now + timedelta(seconds=pause)
        while (due := self.router.next_deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            self.asterisk.it_is(self.now)
            self.hear_all()
            self.take(Ticked())
        self.now = end
        self.asterisk.it_is(end)

    # ---- the end -------------------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Nothing is lost any more, and nobody answers any more: what each of the two has then is what the other one has."""
        self.lost_answers = 0
        self.the_connection_is_back()
        for _ in range(round(PATIENCE_SECONDS / 5.0)):
            self.hear_all()
            for call in [call for call, visit in self.asterisk.visits.items() if visit.leg and not visit.up]:
                self.asterisk.does_not_answer(call)
            for call in list(self.asterisk.dialled):
                self.asterisk.customer_does_not_answer(call)
            for uniqueid in list(self.asterisk.alone):
                self.asterisk.alone_is_over(uniqueid, "19")
            for call in self.told_of_a_callback():
                self.asterisk.leaves(call)
            self.time_passes(5.0)
        self.hear_all()
        self.agree()

    def told_of_a_callback(self) -> list[CallId]:
        """Who hears that he will be called back, and hangs up when he has."""
        told = (callbacks.PROMISED, callbacks.PROMISED_WHEN_OPEN)
        return [call for call, visit in self.asterisk.visits.items() if visit.context == "hotline-out" and visit.exten in told]

    def agree(self) -> None:
        calls = self.router.calls()
        away = {call: live for call, live in calls.items() if call not in self.asterisk.visits}
        rung = {*self.asterisk.dialled, *(one.call for one in self.asterisk.alone.values())}
        for call, live in away.items():
            assert live.promised, f"{call} is {live.state}, and nowhere"
            assert (live.state is CallState.PROMISED) == (call not in rung), f"{call} is {live.state}, and rung: {call in rung}"
        assert sorted({*calls} - {*away}) == sorted(self.asterisk.visits)
        for call, visit in self.asterisk.visits.items():
            live = calls[call]
            assert live.state in STATES[visit.context], f"{call} is {live.state}, and is at {visit}"
            if visit.up:
                assert live.offer is not None and live.offer.phone == visit.phone, f"{call} talks at {visit.phone}"
        talking = {visit.phone for visit in self.asterisk.visits.values() if visit.up}
        talking |= {one.phone for one in self.asterisk.alone.values() if one.up}
        for agent in self.router._state.roster.company:
            assert (agent.state is AgentState.TALKING) == (agent.phone in talking), f"{agent.id} is {agent.state}"


def failure(command: Effect, detail: str, *, unsure: bool = False) -> Event:
    if isinstance(command, (RingAgent, DialBack)):
        return OfferFailed(command.offer, detail, unsure)
    return CommandFailed(command.call, type(command).__name__, detail, unsure)  # type: ignore[union-attr]  # those that are carried out have one


LostAnswers.TestCase.settings = settings(
    max_examples=60 * EFFORT,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLostAnswers = LostAnswers.TestCase
