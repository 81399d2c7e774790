"""Orders whose answers are lost, events that come late, connections that break: in the end engine and exchange are of one mind."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from acd.effects import Effect, RingAgent
from acd.events import (
    AgentLoggedIn,
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
from acd.model import AgentId, AgentState, CallId, CallState, IllegalTransition, Level
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
    "hotline-after": (CallState.AFTER,), "hotline-out": (CallState.DIVERTED,),
}  # fmt: skip


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
        self.take(PlanLoaded(PLAN))
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
        if type(command).__name__ not in ("HoldCall", "RingAgent", "StopRinging", "SendCall", "HangUpCall"):
            return None
        if isinstance(command, RingAgent) and not self.router.offer_is_open(command.offer):
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

    # ---- what happens --------------------------------------------------------------------------------------------------------------

    @rule(line=st.sampled_from(["printers", "servers"]), language=st.sampled_from(["zh", "en"]))
    def a_caller_comes(self, line: str, language: str) -> None:
        self.arrived += 1
        call = CallId(f"main-1.{self.arrived}")
        self.asterisk.visits[call] = Visit(f"1.{self.arrived}")
        self.take(CallArrived(call, "139", "", "400", "unified"))
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

    @rule(pause=st.floats(0.0, 40.0))
    def time_passes(self, pause: float) -> None:
        """Whoever is not held up hears at once what there is to hear."""
        while self.asterisk.unheard:
            self.hear()
        end = self.now + timedelta(seconds=pause)
        while (due := self.router.next_deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            self.take(Ticked())
        self.now = end

    # ---- the end -------------------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Nothing is lost any more, and nobody answers any more: what each of the two has then is what the other one has."""
        self.lost_answers = 0
        self.the_connection_is_back()
        for _ in range(round(PATIENCE_SECONDS / 5.0)):
            while self.asterisk.unheard:
                self.hear()
            for call in [call for call, visit in self.asterisk.visits.items() if visit.leg and not visit.up]:
                self.asterisk.does_not_answer(call)
            self.time_passes(5.0)
        while self.asterisk.unheard:
            self.hear()
        self.agree()

    def agree(self) -> None:
        calls = self.router.calls()
        assert sorted(calls) == sorted(self.asterisk.visits)
        for call, visit in self.asterisk.visits.items():
            live = calls[call]
            assert live.state in STATES[visit.context], f"{call} is {live.state}, and is at {visit}"
            if visit.up:
                assert live.offer is not None and live.offer.phone == visit.phone, f"{call} talks at {visit.phone}"
        talking = {visit.phone for visit in self.asterisk.visits.values() if visit.up}
        for agent in self.router._state.roster.company:
            assert (agent.state is AgentState.TALKING) == (agent.phone in talking), f"{agent.id} is {agent.state}"


def failure(command: Effect, detail: str, *, unsure: bool = False) -> Event:
    if isinstance(command, RingAgent):
        return OfferFailed(command.offer, detail, unsure)
    return CommandFailed(command.call, type(command).__name__, detail, unsure)  # type: ignore[union-attr]  # those that are carried out have one


LostAnswers.TestCase.settings = settings(
    max_examples=60 * EFFORT,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLostAnswers = LostAnswers.TestCase
