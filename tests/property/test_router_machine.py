"""Whatever happens, in whatever order, twice or too late: what must always hold of the router."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pytest import approx

from acd.effects import AskOutside, CallbackChanged, CallChanged, DialBack, Effect, OfferMade, SendCall
from acd.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentStateForced,
    AgentWentNotReady,
    AgentWentReady,
    CallArrived,
    CallbackCancelled,
    CallbackReached,
    CallbackUnreached,
    CallbackWanted,
    CallDiverted,
    CallerLeft,
    CallHandedOn,
    CallQueued,
    CommandFailed,
    ConferenceWanted,
    ConsultAsked,
    ConsultCompleted,
    ConsultTakenBack,
    DeskSeen,
    Event,
    ExchangeSeen,
    HandoverAcknowledged,
    JoinFailed,
    MenuChosen,
    OfferAnswered,
    OfferFailed,
    OfferMissed,
    OfferRinging,
    PhoneSeen,
    PlanLoaded,
    SeenCall,
    TalkEnded,
    Ticked,
    WrapUpEnded,
    WrapUpExtended,
)
from acd.expectation import of_newcomer
from acd.instants import micros, seconds
from acd.model import (
    AgentId,
    AgentState,
    CallbackOrder,
    CallbackState,
    CallId,
    CallState,
    ConsultState,
    Handover,
    IllegalTransition,
    Level,
    MissCause,
    OfferState,
    PhoneId,
    QueueId,
)
from acd.opening import open_now
from acd.outsiders import OutsideAnswered, OutsideFailed, OutsideLeft, OutsideMissed
from acd.packing import pack, unpack
from acd.plan import CALLED_BACK, RETURNING, CallbackRules, Hours, NumberGuard, Overflow, Plan, Rona, Strategy
from acd.router import Router
from acd.stages import PERSONAL
from acd.tables import JOINT, JOINT_OF_CONSULT
from acd.view import LiveView
from skills.expression import satisfies
from skills.requirement import bind_requirement, step_at
from tests.property.effort import EFFORT
from tests.unit.acd.scene import NINE, agent, queue

ROOMS = ("acd", "skills")
LINES = ("printers", "servers")
LANGUAGES = ("zh", "en")
COMPANY = (
    agent("ann", "product:printers=4", "level:L1", "language:zh"),
    agent("bob", "product:printers", "product:servers", "level:L1", "level:L2", "language:zh", "language:en"),
    agent("cat", "product:servers=5", "level:L1", "language:en"),
    agent("dan", "product:printers=2", "level:L2", "level:L3", "language:zh"),
    agent("eve", "product:servers=2", "level:L3", "language:en", "language:zh"),
)
NAMES = tuple(one.id for one in COMPANY)
KEYED = "13800138000"
NUMBERS = ("139", "138", "137")
HEAD_STARTS = {"key-account": 40.0, "urgent": 75.0, RETURNING: 60.0, CALLED_BACK: 50.0}
PHONES = (*(one.phone for one in COMPANY), PhoneId("2000"))
TELEPHONY = (
    CallArrived, MenuChosen, CallQueued, CallerLeft, CallDiverted, OfferRinging, OfferAnswered, OfferMissed, OfferFailed, TalkEnded,
    PhoneSeen, CallbackWanted, CallbackReached, CallbackUnreached, HandoverAcknowledged, JoinFailed,
)  # fmt: skip
RULES = (
    Overflow("closed", to_destination="closed", when_closed=True, also_waiting=True),
    Overflow("called back", to_callback=True, when_expected_seconds=200.0),
    Overflow("full", to_queue=queue("printers", Level.L2).id, when_waiting=2),
    Overflow("late", to_queue=queue("printers", Level.L3).id, after_seconds=70.0),
)
ORDERS = {Level.L1: CallbackOrder.CUSTOMER_FIRST, Level.L2: CallbackOrder.AGENT_FIRST}
"""How callbacks are made in the queues that make any."""
EVENINGS = tuple(Hours(weekday, 0.0, 33_000.0) for weekday in range(7))


def plan(strategy: Strategy, mandatory: bool, agents: tuple[Any, ...] = COMPANY) -> Plan:
    queues = tuple(
        queue(
            line,
            level,
            strategy=strategy,
            wrap_up_mandatory=mandatory and level is Level.L2,
            wrap_up_seconds=0.0 if level is Level.L3 else 20.0,
            callback=CallbackRules(order=ORDERS[level], most_attempts=2, retry_after_seconds=20.0) if level in ORDERS else None,
        )
        for line in LINES
        for level in Level
    )
    queues = (replace(queues[0], overflow=RULES, hours=EVENINGS), *queues[1:])
    rona = {MissCause.BUSY: Rona(5.0, 3), MissCause.REJECTED: Rona(0.0, 4), MissCause.PHONE_LOST: Rona(2.0, 2)}
    numbers = NumberGuard(emergency=("110",))
    return Plan(
        queues, agents, HEAD_STARTS, rona, outside_lines=("partner",), outside_numbers=numbers, incident_texts=("outage",), calls_back=True
    )  # fmt: skip


calls_drawn = st.integers(0, 7)
names_drawn = st.sampled_from(NAMES)
PLACES_OUTSIDE: tuple[dict[str, str], ...] = (
    {"to_destination": "partner"}, {"to_destination": "nowhere"}, {"to_number": KEYED}, {"to_number": "+86110"},
)  # fmt: skip
"""A telephone that is configured, one that isn't, a number that may be dialled, and one that may not."""


class Hotline(RuleBasedStateMachine):
    """Random days at a small hotline. Every rule delivers one event; ``deliver`` checks what each event must satisfy."""

    def __init__(self) -> None:
        super().__init__()
        self.router, self.twin = Router(), Router()
        self.now = NINE
        self.story: list[tuple[Any, Event]] = []
        self.effects_told: list[list[Effect] | None] = []
        self.arrived: list[CallId] = []
        self.ended: list[CallId] = []
        self.generation = 0
        self.dialled: list[str] = []
        """Attempts at callbacks, by their keys."""
        self.checkpoints: set[int] = set()

    # ---- delivery ----------------------------------------------------------------------------------------------------------------

    def deliver(self, event: Event) -> list[Effect]:
        before = self.router.state()
        self.story.append((self.now, event))
        try:
            effects = self.router.handle(event, self.now)
        except IllegalTransition:
            assert {**self.router.state(), "now": None} == {**before, "now": None}, "a refused event changed something"
            self.effects_told.append(None)
            return []
        self.effects_told.append(effects)
        for effect in effects:
            self.follow(effect)
        if isinstance(event, TELEPHONY):
            settled = self.router.state()
            assert self.router.handle(event, self.now) == [], f"{event} said twice had effects"
            assert self.router.state() == settled, f"{event} said twice changed something"
        return effects

    def follow(self, effect: Effect) -> None:
        if isinstance(effect, CallChanged) and effect.state is CallState.ENDED:
            assert effect.call not in self.ended, f"{effect.call} ended twice"
            self.ended.append(effect.call)
        if isinstance(effect, OfferMade):
            self.check_offer(effect)
        if isinstance(effect, AskOutside):
            assert effect.to in ("partner", KEYED), f"{effect.to} was dialled"
        if isinstance(effect, SendCall):
            assert not effect.destination.isdigit() or effect.destination == KEYED, f"{effect.destination} was dialled"
        if isinstance(effect, DialBack):
            assert effect.attempt not in self.dialled, f"{effect.attempt} was dialled twice"
            self.dialled.append(effect.attempt)
        if isinstance(effect, CallbackChanged) and effect.state is CallbackState.DIALLING:
            call = self.router._state.calls[effect.call]
            assert call.queue is not None and open_now(self.router._state, call.queue), "called back while closed"

    def check_offer(self, made: OfferMade) -> None:
        state = self.router._state
        assert made.agent in made.candidates or made.candidate_count > len(made.candidates)
        if made.step:
            call = state.calls[made.call]
            assert call.stage is not None
            skills = state.roster.agents[made.agent].plan.skills
            assert satisfies(call.stage.in_force.need, made.agent, skills), f"{made.agent} was offered {made.call} against {made.need}"
            assert call.stage.in_force.name == self.step_in_force(made.call)

    def step_in_force(self, call_id: CallId) -> str:
        """The step in force from first principles: the elapsed wait's, or the next that somebody logged in matches."""
        state = self.router._state
        call = state.calls[call_id]
        assert call.queue is not None
        needs = bind_requirement(call.queue.requirement, call.values())
        waited = seconds(micros(self.now) - call.waits_from_us)
        reached = step_at(needs, waited)
        there = [one for one in state.roster.company if one.state is not AgentState.LOGGED_OUT and one.planned]
        if call.personal is not None and waited < call.personal[1] and call.personal[0] in [one.id for one in there]:
            return PERSONAL
        for step in needs.steps[reached:]:
            if any(satisfies(step.need, one.id, one.plan.skills) for one in there):
                return step.name
        return needs.steps[reached].name

    def call(self, number: int) -> CallId:
        return CallId(f"main-{self.generation}.{number}")

    # ---- what happens ------------------------------------------------------------------------------------------------------------

    @initialize(strategy=st.sampled_from(Strategy), mandatory=st.booleans(), there=st.sets(names_drawn))
    def begin(self, strategy: Strategy, mandatory: bool, there: set[AgentId]) -> None:
        self.deliver(PlanLoaded(plan(strategy, mandatory)))
        for one in COMPANY:
            if one.id in there:
                self.deliver(AgentLoggedIn(one.id, one.phone))
                self.deliver(AgentWentReady(one.id))

    @rule(pause=st.floats(0.0, 40.0))
    def time_passes(self, pause: float) -> None:
        end = self.now + timedelta(seconds=pause)
        while (due := self.router.next_deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            self.deliver(Ticked())
        self.now = end

    @rule(pause=st.floats(0.0, 200.0))
    def the_runner_sleeps_over_its_deadlines(self, pause: float) -> None:
        self.now += timedelta(seconds=pause)

    @rule(number=calls_drawn)
    def a_caller_arrives(self, number: int) -> None:
        fresh = self.call(number) not in self.router.calls() and self.call(number) not in self.ended
        self.deliver(CallArrived(self.call(number), NUMBERS[number % len(NUMBERS)], "", "400", "unified"))
        if fresh:
            self.arrived.append(self.call(number))

    @rule(number=calls_drawn, choice=st.sampled_from(LINES))
    def a_caller_chooses(self, number: int, choice: str) -> None:
        self.deliver(MenuChosen(self.call(number), "product", "1", choice))

    @rule(
        number=calls_drawn, line=st.sampled_from(LINES), level=st.sampled_from(Level), language=st.sampled_from(LANGUAGES),
        segment=st.sampled_from(["standard", "key-account"]), urgent=st.booleans(), preferred=st.none() | names_drawn,
    )  # fmt: skip
    def a_caller_is_understood(
        self, number: int, line: str, level: Level, language: str, segment: str, urgent: bool, preferred: AgentId | None
    ) -> None:
        call = self.call(number)
        if call not in self.router.calls():
            self.a_caller_arrives(number)
        self.deliver(CallQueued(call, line, level, language, segment, urgent, preferred, case="c1" if level is Level.L3 else ""))

    @rule(number=calls_drawn)
    def a_caller_leaves(self, number: int) -> None:
        self.deliver(CallerLeft(self.call(number)))

    @rule()
    def a_checkpoint_is_made(self) -> None:
        self.checkpoints.add(len(self.story))

    @rule()
    def new_callers_have_new_ids(self) -> None:
        self.generation += 1

    @rule(number=calls_drawn)
    def the_exchange_diverts(self, number: int) -> None:
        if self.call(number) in self.router.calls():
            self.deliver(CallDiverted(self.call(number), "survival"))

    @rule(
        data=st.data(),
        what=st.sampled_from(["ringing", "answered", "answered", "missed", "failed"]),
        cause=st.sampled_from(MissCause),
    )
    def news_of_an_offer(self, data: st.DataObject, what: str, cause: MissCause) -> None:
        made = [effect.offer for effects in self.effects_told for effect in effects or () if isinstance(effect, OfferMade)]
        if not made:
            return
        offer = data.draw(st.sampled_from(made[-6:]), label="offer")
        self.deliver({
            "ringing": OfferRinging(offer), "answered": OfferAnswered(offer), "missed": OfferMissed(offer, cause),
            "failed": OfferFailed(offer, "no"),
        }[what])  # fmt: skip

    @rule(number=calls_drawn, name=names_drawn)
    def a_talk_ends(self, number: int, name: AgentId) -> None:
        self.deliver(TalkEnded(self.call(number), name))

    @rule(data=st.data())
    def a_real_talk_ends(self, data: st.DataObject) -> None:
        talking = [(call.id, call.agent) for call in self.router.calls().values() if call.state is CallState.TALKING and call.agent]
        if talking:
            call, name = data.draw(st.sampled_from(talking), label="talk")
            self.deliver(TalkEnded(call, name))

    @rule(number=calls_drawn, unsure=st.booleans(), command=st.sampled_from(
        ["HoldCall", "StopRinging", "SendCall", "HangUpCall", "JoinCaller", "JoinCaller", "Confer", "HangUpPhones"]
    ))  # fmt: skip
    def a_command_fails(self, number: int, command: str, unsure: bool) -> None:
        self.deliver(CommandFailed(self.call(number), command, "refused", unsure))

    @rule(data=st.data(), number=st.sampled_from(["139", "138", ""]))
    def a_waiting_caller_wants_a_callback(self, data: st.DataObject, number: str) -> None:
        waiting = [call.id for call in self.router._state.room]
        if waiting:
            self.deliver(CallbackWanted(data.draw(st.sampled_from(waiting), label="call"), number))

    @rule(data=st.data(), reached=st.booleans(), cause=st.sampled_from(MissCause))
    def news_of_a_callback(self, data: st.DataObject, reached: bool, cause: MissCause) -> None:
        dialled = [effect for effects in self.effects_told for effect in effects or () if isinstance(effect, DialBack)]
        if dialled:
            dial = data.draw(st.sampled_from(dialled[-4:]), label="attempt")
            outcome = CallbackReached(dial.call, dial.attempt) if reached else CallbackUnreached(dial.call, dial.attempt, cause)
            self.deliver(outcome)

    @rule(
        data=st.data(), where=st.sampled_from(["printers.L2", "servers.L1", "teapots.L1", "out", "nobody", KEYED, "110"]),
        to_agent=st.none() | names_drawn,
        packet=st.booleans(),
    )  # fmt: skip
    def an_agent_hands_his_call_on(self, data: st.DataObject, where: str, to_agent: AgentId | None, packet: bool) -> None:
        talking = [(call.id, call.agent) for call in self.router.calls().values() if call.agent]
        if talking:
            call, name = data.draw(st.sampled_from(talking), label="talk")
            out, to_queue = ("partner" if where == "out" else None), (QueueId(where) if "." in where else None)
            number = where if where.isdigit() else None
            self.deliver(CallHandedOn(call, name, to_queue, to_agent, out, Handover("tried") if packet else None, number))

    @rule(data=st.data(), to_queue=st.sampled_from(["printers.L2", "servers.L1", "servers.L3"]), name=st.none() | names_drawn,
          packet=st.booleans(), own=st.booleans(), news=st.integers(0, 3))  # fmt: skip
    def an_agent_asks_another(
        self, data: st.DataObject, to_queue: str, name: AgentId | None, packet: bool, own: bool, news: int
    ) -> None:
        """``news``: how far it goes at once: read, ringing, answered."""
        self.somebody_talks()
        talking = [(call.id, call.agent) for call in self.router.calls().values() if call.agent]
        if talking:
            call, asking = data.draw(st.sampled_from(talking), label="talk")
            queue_asked = None if name and own else QueueId(to_queue)
            self.deliver(ConsultAsked(call, asking, queue_asked, name, Handover("tried") if packet else None))
            consult = self.router.calls()[call].consult
            for event in (HandoverAcknowledged, OfferRinging, OfferAnswered)[:news] if consult is not None else ():
                self.deliver(event(consult.id))

    def somebody_talks(self) -> None:
        """All agents come who can; and unless somebody talks, whoever is being offered a call takes it, or else a caller comes first."""
        for one in COMPANY:
            self.deliver(AgentLoggedIn(one.id, one.phone))
            self.deliver(AgentWentReady(one.id))
        if any(call.state is CallState.TALKING and call.agent for call in self.router.calls().values()):
            return
        if not self.router._state.offers:
            fresh = CallId(f"main-talker{len(self.story)}")
            self.deliver(CallArrived(fresh, "137", "", "400", "unified"))
            self.arrived.append(fresh)
            self.deliver(CallQueued(fresh, "servers", Level.L2, "en"))
        for offer in list(self.router._state.offers):
            self.deliver(OfferAnswered(offer))

    @rule(data=st.data(), answered=st.booleans())
    def an_agent_asks_outside(self, data: st.DataObject, answered: bool) -> None:
        self.somebody_talks()
        talking = [(call.id, call.agent) for call in self.router.calls().values() if call.agent]
        if talking:
            call, asking = data.draw(st.sampled_from(talking), label="talk")
            where = data.draw(st.sampled_from(PLACES_OUTSIDE), label="where")
            self.deliver(ConsultAsked(call, asking, to_destination=where.get("to_destination"), to_number=where.get("to_number")))
            consult = self.router.calls()[call].consult
            if consult is not None and consult.offer is None and answered:
                self.deliver(OutsideAnswered(call, consult.id))

    @rule(data=st.data(), what=st.sampled_from(
        ["rings", "read", "answered", "answered", "asker leaves", "asked leaves", "missed", "failed", "conference", "conference"]
    ))  # fmt: skip
    def news_of_a_consultation(self, data: st.DataObject, what: str) -> None:
        consults = [(call, call.consult) for call in self.router.calls().values() if call.consult is not None]
        if not consults:
            return
        call, consult = data.draw(st.sampled_from(consults), label="consultation")
        assert call.agent is not None
        common: dict[str, Event] = {"asker leaves": TalkEnded(call.id, call.agent), "conference": ConferenceWanted(call.id, call.agent)}
        inside: dict[str, Event] = {
            "rings": OfferRinging(consult.id), "read": HandoverAcknowledged(consult.id), "answered": OfferAnswered(consult.id),
            "asked leaves": TalkEnded(call.id, consult.agent or call.agent), "missed": OfferMissed(consult.id, MissCause.NO_ANSWER),
            "failed": OfferFailed(consult.id, "no"),
        }  # fmt: skip
        outside: dict[str, Event] = {
            "answered": OutsideAnswered(call.id, consult.id), "asked leaves": OutsideLeft(call.id, consult.id),
            "missed": OutsideMissed(call.id, consult.id, MissCause.BUSY), "failed": OutsideFailed(call.id, consult.id, "no"),
        }  # fmt: skip
        event = {**common, **(inside if consult.offer is not None else outside)}.get(what)
        if event is not None:
            self.deliver(event)

    @rule(data=st.data(), gives=st.booleans())
    def an_agent_ends_his_consultation(self, data: st.DataObject, gives: bool) -> None:
        asking = [(call.id, call.agent) for call in self.router.calls().values() if call.agent]
        asking = [(call, name) for call, name in asking if self.router.calls()[call].consult is not None] or asking
        if asking:
            call, name = data.draw(st.sampled_from(asking), label="call")
            self.deliver(ConsultCompleted(call, name) if gives else ConsultTakenBack(call, name))

    @rule(number=calls_drawn)
    def caller_and_agent_are_not_put_together(self, number: int) -> None:
        self.deliver(JoinFailed(self.call(number)))

    @rule(data=st.data())
    def a_handover_is_read(self, data: st.DataObject) -> None:
        offers = list(self.router._state.offers)
        if offers:
            self.deliver(HandoverAcknowledged(data.draw(st.sampled_from(offers), label="offer")))

    @rule(number=calls_drawn)
    def a_callback_is_called_off(self, number: int) -> None:
        self.deliver(CallbackCancelled(self.call(number), "boss"))

    @rule(name=names_drawn, phone=st.none() | st.sampled_from(PHONES))
    def an_agent_logs_in(self, name: AgentId, phone: PhoneId | None) -> None:
        own = next(one.phone for one in COMPANY if one.id == name)
        self.deliver(AgentLoggedIn(name, phone or own))

    @rule(name=names_drawn)
    def an_agent_logs_out(self, name: AgentId) -> None:
        self.deliver(AgentLoggedOut(name))

    @rule(name=names_drawn)
    def an_agent_goes_ready(self, name: AgentId) -> None:
        self.deliver(AgentWentReady(name))

    @rule(name=names_drawn, reason=st.sampled_from(["lunch", "break", "mood"]))
    def an_agent_goes_not_ready(self, name: AgentId, reason: str) -> None:
        self.deliver(AgentWentNotReady(name, reason))

    @rule(name=names_drawn, disposition=st.sampled_from(["", "solved", "nonsense"]))
    def an_agent_ends_wrap_up(self, name: AgentId, disposition: str) -> None:
        self.deliver(WrapUpEnded(name, disposition))

    @rule(name=names_drawn, more=st.sampled_from([-1.0, 30.0, 800.0]))
    def an_agent_extends_wrap_up(self, name: AgentId, more: float) -> None:
        self.deliver(WrapUpExtended(name, more))

    @rule(name=names_drawn, wanted=st.sampled_from(AgentState))
    def a_supervisor_forces(self, name: AgentId, wanted: AgentState) -> None:
        self.deliver(AgentStateForced(name, wanted, "because", "boss"))

    @rule(name=names_drawn, connected=st.booleans())
    def a_desk_comes_or_goes(self, name: AgentId, connected: bool) -> None:
        self.deliver(DeskSeen(name, connected))

    @rule(phone=st.sampled_from(PHONES), reachable=st.booleans())
    def a_phone_comes_or_goes(self, phone: PhoneId, reachable: bool) -> None:
        self.deliver(PhoneSeen(phone, reachable))

    @rule(strategy=st.sampled_from(Strategy), mandatory=st.booleans(), staff=st.sets(names_drawn, min_size=1))
    def the_plan_changes(self, strategy: Strategy, mandatory: bool, staff: set[AgentId]) -> None:
        waiting = [call.id for call in self.router._state.room]
        agents = tuple(replace(one, skills={**one.skills, "language:en": 2}) for one in COMPANY if one.id in staff)
        self.deliver(PlanLoaded(plan(strategy, mandatory, agents)))
        assert all(call in self.router.calls() for call in waiting), "a waiting call was lost by a new plan"

    @rule(data=st.data(), phones=st.sets(st.sampled_from(PHONES)))
    def the_exchange_is_looked_at(self, data: st.DataObject, phones: set[PhoneId]) -> None:
        known = [call for call in self.router.calls() if data.draw(st.booleans(), label=f"{call} is there")]
        strangers = [CallId(f"main-stranger{len(self.story)}")] if data.draw(st.booleans(), label="a stranger") else []
        often = ["hold", "talk", "consult"]
        places = st.sampled_from([*often, *often, "menu", "offer", "conference", "survival", "after", "out"])
        calls = tuple(self.seen(data, call, data.draw(places)) for call in [*known, *strangers])
        self.deliver(ExchangeSeen("main", calls, tuple(sorted(phones))))
        self.arrived += strangers
        for seen in calls:
            assert seen.call in self.router.calls(), "a call that the exchange has was lost"

    def seen(self, data: st.DataObject, call: CallId, place: str) -> SeenCall:
        """Where the exchange may have a call: often as it is believed, else anywhere."""
        live = self.router.calls().get(call)
        own = [] if live is None or live.offer is None else [live.offer.phone] * 4
        asked = [] if live is None or live.consult is None else [live.consult.phone] * 4
        phone = data.draw(st.sampled_from([*own, *asked, *PHONES]))
        if place not in ("consult", "conference"):
            return SeenCall(call, place, phone)
        return SeenCall(call, place, phone, data.draw(st.sampled_from([None, *asked, *own, *PHONES])), data.draw(st.booleans()))

    # ---- what always holds ---------------------------------------------------------------------------------------------------------

    @invariant()
    def no_call_is_lost_or_ends_twice(self) -> None:
        live = list(self.router.calls())
        assert len(set(self.ended)) == len(self.ended)
        assert sorted([*live, *self.ended]) == sorted(self.arrived)

    @invariant()
    def open_offers_tie_one_call_to_one_agent(self) -> None:
        state = self.router._state
        offers = list(state.offers.values())
        asked = [offer for offer in offers if offer.consult]
        offers = [offer for offer in offers if not offer.consult]
        assert len({offer.call.id for offer in offers}) == len(offers)
        assert len({offer.agent.id for offer in [*offers, *asked]}) == len(offers) + len(asked)
        for offer in offers:
            calls, agent_state = JOINT[offer.state]
            assert offer.call.state in calls and offer.agent.state is agent_state, f"{offer.id} is {offer.state}"
            assert offer.call.offer is offer and offer.agent.offer is offer

    @invariant()
    def whoever_is_asked_is_tied_to_a_call_that_has_an_agent(self) -> None:
        state = self.router._state
        for call in self.router.calls().values():
            assert (call.consult is None) <= (call.state is not CallState.CONSULTING)
            if call.consult is None:
                continue
            offers, call_state, agent_state = JOINT_OF_CONSULT[call.consult.state]
            offer = call.consult.offer
            if offer is None:
                assert call.state is call_state and call.offer is not None and call.agent == call.offer.agent.id
                assert (call.consult.overdue_us is not None) == (call.consult.state is ConsultState.RINGING)
                continue
            assert offer.state in offers and call.state is call_state and offer.agent.state is agent_state
            assert offer.consult and offer.call is call and offer.agent.offer is offer and offer.agent.call == call.id
            assert call.offer is not None and call.offer is not offer and call.agent == call.offer.agent.id != offer.agent.id
            assert state.offers[offer.id] is offer
        consults = [call.consult.offer for call in self.router.calls().values() if call.consult is not None]
        assert [offer for offer in state.offers.values() if offer.consult and offer not in consults] == []

    @invariant()
    def nobody_is_reserved_or_talking_without_an_offer(self) -> None:
        for one in self.router._state.roster.company:
            assert (one.offer is not None) == (one.state in (AgentState.RESERVED, AgentState.TALKING))
        for call in self.router.calls().values():
            assert (call.state in (CallState.OFFERED, CallState.CALLING_BACK)) <= (call.offer is not None)
            with_an_offer = (CallState.OFFERED, CallState.TALKING, CallState.CONSULTING, CallState.CALLING_BACK)
            assert (call.offer is not None) <= (call.state in with_an_offer)
            assert (call.state in (CallState.PROMISED, CallState.CALLING_BACK)) <= call.promised

    @invariant()
    def whoever_waits_is_in_the_room_in_the_order_of_virtual_arrival(self) -> None:
        state = self.router._state
        room = list(state.room)
        waiting = (CallState.WAITING, CallState.PROMISED)
        assert {call.id for call in room} == {call.id for call in self.router.calls().values() if call.state in waiting}
        heads = state.plan.head_start_seconds
        keys = [(call.arrived_us - call.head_start_us(heads), call.number) for call in room]
        assert keys == sorted(keys)
        for waited_in in {*state.waiting_in, *(call.queue_id for call in room)}:
            assert state.waiting_in[waited_in] == sum(call.queue_id == waited_in for call in room)  # type: ignore[index]
        lines = [place[2].id for stage in state.room.stages() for place in stage.line]
        assert sorted(lines) == sorted(call.id for call in room)

    @invariant()
    def the_masks_are_true(self) -> None:
        roster = self.router._state.roster
        for one in roster.company:
            assert {state for state, mask in roster.in_state.items() if mask & one.bit} == {one.state}
            reachable = one.phone is None or self.router._state.reachable.get(one.phone, True)
            assert bool(roster.unreachable & one.bit) == (not reachable)
            free = one.state is AgentState.READY and reachable and one.rests_until_us is None
            assert bool(roster.free.mask & one.bit) == one.free == free

    @invariant()
    def nobody_waits_for_an_agent_who_could_have_him(self) -> None:
        from acd.barring import barred

        state, due = self.router._state, self.router.next_deadline()
        if due is not None and due <= state.now:
            return  # something stale came while a deadline had passed; the tick will see to it
        for call in state.room:
            assert call.stage is not None
            left = call.stage.in_force.admits & state.roster.free.mask & ~barred(state, call)
            assert not left, f"{call.id} waits though {left:b} are free"

    @invariant()
    def a_board_is_as_if_it_were_the_first(self) -> None:
        state, board = self.router._state, self.router.board(self.now)
        assert repr(board) == repr(LiveView().board(state, self.now))
        plans = {queue.id: queue for queue in (*state.plan.queues, *(call.queue for call in state.calls.values() if call.queue))}
        for row in board.queues:
            admits = state.first_step.get(row.queue, state.roster.admission.everybody)
            alone = of_newcomer(state, plans[row.queue], admits)
            assert row.expected_wait_seconds == (alone if alone is None else approx(alone))

    @invariant()
    def what_is_due_is_not_forgotten(self) -> None:
        due = self.router.next_deadline()
        for one in self.router._state.roster.company:
            assert one.state is not AgentState.WRAP_UP or due is not None
        for offer in self.router._state.offers.values():
            assert offer.state is OfferState.ACCEPTED or due is not None

    def teardown(self) -> None:
        """The same events again, on another router: the same effects, byte for byte, and the same state. Now and then what that one
        knows is written down, and yet another goes on from there."""
        for place, ((at, event), told) in enumerate(zip(self.story, self.effects_told, strict=True)):
            if place in self.checkpoints:
                self.twin = gone_on_from(self.twin)
            try:
                again = repr(self.twin.handle(event, at))
                assert again == repr(told), f"{event} at {at}: {again} instead of {told}"
            except IllegalTransition:
                assert told is None
        assert self.twin.state() == self.router.state()


def gone_on_from(router: Router) -> Router:
    other = Router()
    other.recall(unpack(pack(router.memory, ROOMS), ROOMS))
    assert other.state() == router.state()
    return other


Hotline.TestCase.settings = settings(
    max_examples=60 * EFFORT,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestHotline = Hotline.TestCase
