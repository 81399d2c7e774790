"""The router's whole state, and the two ways in which anything in it changes its own state: ``call_enters`` and ``agent_enters``.

Every change goes through the tables (``acd.tables``) and is told by a notice. What leads where is decided by the modules that use
this one; each of them is a handful of functions over ``State``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from acd.appointment import Appointment
from acd.calls import Call, Callback
from acd.deadlines import Deadlines, Due
from acd.effects import AgentChanged, CallChanged, Effect
from acd.figures import Figures
from acd.hours import Opening, Switch
from acd.incident import Incident
from acd.instants import micros, next_midnight, span
from acd.model import AgentId, AgentState, CallId, CallState, EndCause, Level, OfferId, PhoneId, QueueId, queue_of
from acd.news import Teller
from acd.offer import Offer
from acd.plan import Plan, QueuePlan
from acd.roster import Agent, Roster
from acd.stages import Stages
from acd.tables import AGENT, CALL, AgentInput, CallInput
from acd.waiting import WaitingRoom
from skills.expression import EVERYBODY
from skills.requirement import Requirement, Step

if TYPE_CHECKING:
    from acd.messages import Message

ENDED_REMEMBERED = 20_000
"""So many ended calls are remembered, so that what is said about them later is recognised as stale."""

SERVED = frozenset({CallState.TALKING, CallState.CONSULTING})
"""Somebody has the caller in hand: his wait clock stands still."""
_BUSY = frozenset({AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP})
_ANYBODY = Requirement((Step("anybody", EVERYBODY),))


def _empty_roster() -> Roster:
    return Roster([], [])


@dataclass(slots=True)
class State:
    """Everything the router knows. Owned by one router."""

    plan: Plan = field(default_factory=Plan)
    queues: dict[tuple[str, str], QueuePlan] = field(default_factory=dict)
    """(product line, level) -> queue."""
    first_step: dict[QueueId, int] = field(default_factory=dict)
    """Mask of the agents whom the first step of a queue of the plan admits, for a standard call in some language."""
    roster: Roster = field(default_factory=_empty_roster)
    stages: Stages = field(init=False)
    room: WaitingRoom = field(default_factory=WaitingRoom)
    calls: dict[CallId, Call] = field(default_factory=dict)
    """Live calls in order of arrival."""
    ended: dict[CallId, EndCause] = field(default_factory=dict)
    """The last calls that ended, and how."""
    promised: dict[str, Call] = field(default_factory=dict)
    """Number -> the call that is promised a callback there."""
    appointments: dict[CallId, Appointment] = field(default_factory=dict)
    """Callbacks that agents have promised for later, in that order."""
    in_vain: list[Callback] = field(default_factory=list)
    """The last callbacks of this day whose customers were not reached in all attempts: somebody should know."""
    incidents: dict[str, Incident] = field(default_factory=dict)
    """Running ones, and the last that were solved, in the order in which they were declared."""
    incidents_declared: int = 0
    teller: Teller = field(default_factory=Teller)
    switches: dict[QueueId, Switch] = field(default_factory=dict)
    """Queues that go by a supervisor's word and not by their hours."""
    messages: dict[str, Message] = field(default_factory=dict)
    """The last messages to the desks, the oldest first."""
    messages_sent: int = 0
    offers: dict[OfferId, Offer] = field(default_factory=dict)
    """Open offers."""
    reachable: dict[PhoneId, bool] = field(default_factory=dict)
    """Phones that were seen; others count as reachable."""
    home: dict[PhoneId, str] = field(default_factory=dict)
    """The exchange at which a phone was last seen registered."""
    open_desks: dict[AgentId, None] = field(default_factory=dict)
    """Whose page is connected, in the plan or not yet."""
    deadlines: Deadlines = field(default_factory=Deadlines)
    figures: Figures = field(default_factory=Figures)
    arrivals: int = 0
    offers_made: int = 0
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    now_us: int = 0
    day_ends_us: int = 0

    out: list[Effect] = field(default_factory=list)
    """The effects of the event in hand."""
    lead_calls: dict[CallId, Call] = field(default_factory=dict)
    """Waiting calls for whom an agent may have become possible."""
    lead_agents: dict[AgentId, Agent] = field(default_factory=dict)
    """Agents who may have become free."""
    to_hold: dict[CallId, Call] = field(default_factory=dict)
    """Callers who must be held, unless they are offered at once."""
    refused: dict[CallId, Call] = field(default_factory=dict)
    """Waiting calls that somebody missed."""
    waiting_in: dict[QueueId, int] = field(default_factory=dict)
    """How many wait in each queue."""
    opening: Opening = field(default_factory=Opening)
    logged_in_before: int = 0
    at_work_before: int = 0
    """Only kept while somebody waits whom somebody missed."""

    def __post_init__(self) -> None:
        self.stages = Stages(self.roster.admission.mask)

    def say(self, effect: Effect) -> None:
        """Add an effect of the event in hand."""
        self.out.append(effect)

    def advance_clock(self, now: datetime) -> None:
        """Time goes on; it never runs backwards in here."""
        now_us = micros(now)
        if now_us > self.now_us:
            self.now, self.now_us = now, now_us

    def begin_day(self) -> None:
        """Count from nothing when the day is another one than at the last event."""
        if self.now_us >= self.day_ends_us:
            self.day_ends_us = next_midnight(self.now_us, self.plan.zone_offset_seconds)
            self.figures.queues.clear()
            self.in_vain.clear()
            self.roster.new_day()

    def queue_for(self, product_line: str, level: Level) -> QueuePlan:
        """The queue of the plan, or, when it has none, one that anybody may serve: nobody is turned away."""
        known = self.queues.get((product_line, level))
        return known or QueuePlan(queue_of(product_line, level), product_line, level, _ANYBODY)

    def agent_at(self, phone: PhoneId) -> Agent | None:
        """Who is logged in at ``phone``."""
        return self.roster.at_phone.get(phone)

    def remember_ended(self, call: CallId, cause: EndCause) -> None:
        """What is said about this call from now on is stale."""
        self.ended[call] = cause
        if len(self.ended) > ENDED_REMEMBERED:
            del self.ended[next(iter(self.ended))]

    def queue_ids(self) -> list[QueueId]:
        """The plan's queues and those of live calls."""
        live = (call.queue.id for call in self.calls.values() if call.queue is not None)
        return list(dict.fromkeys([*(queue.id for queue in self.plan.queues), *live]))


def call_enters(state: State, call: Call, happened: CallInput, cause: EndCause | None = None) -> None:
    """The call's next state after ``happened``, and its notice. Raises IllegalTransition before anything changed."""
    entered = CALL.after(call.state, happened)
    if call.state in SERVED:
        call.talked_us += state.now_us - micros(call.state_since)
        call.talked_to = call.agent
    call.state = entered
    call.state_since = state.now
    state.say(CallChanged(call.id, call.state, call.queue_id, call.agent, cause))


def agent_enters(state: State, agent: Agent, happened: AgentInput, cause: str) -> None:
    """The agent's next state after ``happened``, and its notice. Raises IllegalTransition before anything changed."""
    previous, since = agent.state, agent.state_since
    entered = AGENT.after(previous, happened)
    if previous in _BUSY:
        agent.busy_us += state.now_us - agent.since_us
    if entered is AgentState.READY and previous is not AgentState.RESERVED:
        agent.idle_since_us = state.now_us
    agent.state_since, agent.since_us, agent.cause = state.now, state.now_us, cause
    _count_handling(state, agent, entered)
    state.roster.move(agent, entered)
    state.say(AgentChanged(agent.id, entered, cause, agent.phone, previous, since, agent.call))
    if entered is AgentState.READY:
        state.lead_agents[agent.id] = agent
        watch_ghost(state, agent)
    elif entered is AgentState.LOGGED_OUT:
        _leave_phone(state, agent)


def _count_handling(state: State, agent: Agent, entered: AgentState) -> None:
    if entered is AgentState.TALKING:
        call = None if agent.call is None else state.calls.get(agent.call)
        agent.talking_since_us, agent.talking_queue = state.now_us, None if call is None else call.queue_id
    elif entered is not AgentState.WRAP_UP and agent.talking_since_us is not None:
        if agent.talking_queue is not None:
            state.figures.handled(agent.talking_queue, state.now_us - agent.talking_since_us, state.now_us)
        agent.talking_since_us = agent.talking_queue = None


def release(state: State, agent: Agent, cause: str) -> None:
    """Nothing keeps the agent any more: he is ready, unless he or somebody else had asked for something else meanwhile."""
    home, reason = agent.next_home, agent.next_reason
    agent.next_home = agent.next_reason = None
    if home is not None:
        agent_enters(state, agent, AgentInput.SENT_HOME, home)
    elif reason is not None:
        agent_enters(state, agent, AgentInput.STOOD_DOWN, reason)
    else:
        agent_enters(state, agent, AgentInput.RELEASED, cause)


def watch_ghost(state: State, agent: Agent) -> None:
    """Begin to count, or stop counting, how long a ready agent has neither phone nor desk."""
    gone = agent.state is AgentState.READY and not agent.desk_connected and bool(state.roster.unreachable & agent.bit)
    if not gone:
        agent.ghost_us = None
    elif agent.ghost_us is None:
        state.deadlines.set(Due.GHOST, agent, state.now_us + span(state.plan.ghost_after_seconds))


def sit_down(state: State, agent: Agent, phone: PhoneId) -> None:
    """The agent is at ``phone`` from now on."""
    agent.phone = phone
    state.roster.at_phone[phone] = agent
    state.roster.mark(agent, unreachable=not state.reachable.get(phone, True))


def _leave_phone(state: State, agent: Agent) -> None:
    if agent.phone is not None:
        del state.roster.at_phone[agent.phone]
    agent.phone = agent.call = agent.next_home = agent.next_reason = agent.wrap_ends_us = None
    agent.misses.clear()
    agent.failures = 0
    agent.desk_left, agent.ghost_us = False, None
    state.roster.rest(agent, None)
    state.roster.mark(agent, unreachable=False)
