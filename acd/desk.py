"""What agents and supervisors do, and what their phones and desks tell.

Decides which of their commands are allowed: what the agent's table does not allow raises IllegalTransition before anything is changed.
"Not ready" while reserved or talking, or in a mandatory wrap-up, is noted and takes effect at the end of that. A ``ready`` or ``logged
out`` in the middle of a call is refused; a supervisor's "not ready" or "logged out" takes an offer back at once and lets a
conversation end first.
"""

from __future__ import annotations

from acd import callbacks, consulted, offering
from acd.calls import Call
from acd.deadlines import Due
from acd.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentStateForced,
    AgentWentNotReady,
    AgentWentReady,
    DeskSeen,
    PhoneSeen,
    WrapUpEnded,
    WrapUpExtended,
)
from acd.instants import span
from acd.model import AgentId, AgentState, IllegalTransition, PhoneId
from acd.roster import Agent
from acd.state import State, agent_enters, release, sit_down, watch_ghost
from acd.tables import AGENT, AgentInput, ConsultInput

_FORCED: dict[AgentState, AgentInput] = {
    AgentState.READY: AgentInput.WENT_READY,
    AgentState.NOT_READY: AgentInput.WENT_NOT_READY,
    AgentState.LOGGED_OUT: AgentInput.LOGGED_OUT,
}


def known(state: State, agent_id: AgentId) -> Agent:
    """The agent of that id; raises IllegalTransition when the plan has none."""
    agent = state.roster.agents.get(agent_id)
    if agent is None or not (agent.planned or agent.state is not AgentState.LOGGED_OUT):
        raise IllegalTransition(f"there is no agent {agent_id}")
    return agent


def logged_in(state: State, event: AgentLoggedIn) -> None:
    """An agent sat down at a phone."""
    agent = known(state, event.agent)
    AGENT.after(agent.state, AgentInput.LOGGED_IN)
    other = state.agent_at(event.phone)
    if other is not None:
        raise IllegalTransition(f"{other.id} is logged in at phone {event.phone}")
    sit_down(state, agent, event.phone)
    agent_enters(state, agent, AgentInput.LOGGED_IN, "login")


def logged_out(state: State, event: AgentLoggedOut) -> None:
    """An agent left."""
    agent_enters(state, known(state, event.agent), AgentInput.LOGGED_OUT, "logout")


def went_ready(state: State, event: AgentWentReady) -> None:
    """An agent takes calls; this ends a wrap-up that is not mandatory."""
    agent = known(state, event.agent)
    AGENT.after(agent.state, AgentInput.WENT_READY)
    if agent.state is AgentState.WRAP_UP and agent.wrap_mandatory:
        raise IllegalTransition(f"{agent.id} is in a mandatory wrap-up: it ends by a disposition")
    _be_ready(state, agent, "ready")


def _be_ready(state: State, agent: Agent, cause: str) -> None:
    agent.misses.clear()
    agent.failures = 0
    agent.next_reason = agent.next_home = None
    state.roster.rest(agent, None)
    _leave_wrap_up(agent)
    agent_enters(state, agent, AgentInput.WENT_READY, cause)
    agent.call = None


def went_not_ready(state: State, event: AgentWentNotReady) -> None:
    """An agent takes no calls, now or as soon as the present one allows."""
    agent = known(state, event.agent)
    if event.reason not in state.plan.not_ready_reasons:
        raise IllegalTransition(f"{event.reason or 'no reason'} is not one of the reasons: {', '.join(state.plan.not_ready_reasons)}")
    entered = AGENT.after(agent.state, AgentInput.WENT_NOT_READY)
    if entered is agent.state is AgentState.NOT_READY and agent.cause == event.reason:
        return
    if entered is agent.state is not AgentState.NOT_READY or (agent.state is AgentState.WRAP_UP and agent.wrap_mandatory):
        agent.next_reason = event.reason
        return
    _be_not_ready(state, agent, event.reason)


def _be_not_ready(state: State, agent: Agent, cause: str) -> None:
    _leave_wrap_up(agent)
    agent.next_reason = None
    agent_enters(state, agent, AgentInput.WENT_NOT_READY, cause)
    agent.call = None


def wrap_up_ended(state: State, event: WrapUpEnded) -> None:
    """After-call work is done."""
    agent = known(state, event.agent)
    if agent.state is not AgentState.WRAP_UP:
        raise IllegalTransition(f"{agent.id} is not in wrap-up")
    if event.disposition and event.disposition not in state.plan.dispositions:
        raise IllegalTransition(f"{event.disposition} is not one of the dispositions: {', '.join(state.plan.dispositions)}")
    if agent.wrap_mandatory and not event.disposition:
        raise IllegalTransition("a mandatory wrap-up ends by a disposition")
    _end_wrap_up(state, agent, event.disposition or "wrap_up_ended")


def wrap_up_over(state: State, agent: Agent) -> None:
    """The time for after-call work is up."""
    _end_wrap_up(state, agent, "wrap_up_over")


def _end_wrap_up(state: State, agent: Agent, cause: str) -> None:
    _leave_wrap_up(agent)
    release(state, agent, cause)
    agent.call = None


def _leave_wrap_up(agent: Agent) -> None:
    agent.wrap_ends_us = None
    agent.wrap_extended_us = 0


def wrap_up_extended(state: State, event: WrapUpExtended) -> None:
    """More time for the after-call work, within the plan's limit."""
    agent = known(state, event.agent)
    if agent.state is not AgentState.WRAP_UP or agent.wrap_ends_us is None:
        raise IllegalTransition(f"{agent.id} is not in wrap-up")
    more_us = span(event.seconds)
    limit_seconds = state.plan.wrap_up_extension_limit_seconds
    if more_us <= 0 or agent.wrap_extended_us + more_us > span(limit_seconds):
        raise IllegalTransition(f"a wrap-up can be extended by more than 0 and at most {limit_seconds:g} s in all")
    agent.wrap_extended_us += more_us
    state.deadlines.set(Due.WRAP_UP_OVER, agent, agent.wrap_ends_us + more_us)


def forced(state: State, event: AgentStateForced) -> None:
    """A supervisor set an agent's state."""
    agent = known(state, event.agent)
    happened = _FORCED.get(event.state)
    if happened is None or agent.state is event.state:
        raise IllegalTransition(f"{agent.id} can't be forced from {agent.state} to {event.state}")
    cause = f"forced:{event.by}"
    if agent.offer is not None:
        _force_in_call(state, agent, event.state, cause)
        return
    AGENT.after(agent.state, happened)
    if happened is AgentInput.WENT_READY:
        _be_ready(state, agent, cause)
    elif happened is AgentInput.WENT_NOT_READY:
        _be_not_ready(state, agent, cause)
    else:
        agent_enters(state, agent, AgentInput.LOGGED_OUT, cause)


def _force_in_call(state: State, agent: Agent, wanted: AgentState, cause: str) -> None:
    if wanted is AgentState.READY:
        raise IllegalTransition(f"{agent.id} is {agent.state}: he can't be forced to be ready")
    if wanted is AgentState.LOGGED_OUT:
        agent.next_home = cause
    else:
        agent.next_reason = cause
    if agent.state is AgentState.RESERVED and agent.offer is not None:
        offer = agent.offer
        if offer.consult:
            consulted.let_go(state, offer.call, ConsultInput.FAILED)
            return
        offering.stop_ringing(state, offer)
        offering.rescind(state, offer, cause)
        callbacks.spare(state, offer.call)
        offering.return_call(state, offer.call)


def talk_over(state: State, call: Call) -> None:
    """The conversation is over for the agent, if there was one: he does his after-call work."""
    offer = call.offer
    if offer is None:
        return
    agent = offer.agent
    offering.close(state, offer)
    offering.begin_wrap_up(state, agent, call.queue)


def rested(state: State, agent: Agent) -> None:
    """The agent was left alone long enough."""
    state.roster.rest(agent, None)
    state.lead_agents[agent.id] = agent


def phone_seen(state: State, event: PhoneSeen) -> None:
    """A phone can, or cannot, be rung."""
    mark_phone(state, event.phone, event.reachable)


def mark_phone(state: State, phone: PhoneId, reachable: bool) -> None:
    """Note it; an offer that is being made to a lost phone is missed."""
    state.reachable[phone] = reachable
    agent = state.agent_at(phone)
    if agent is None:
        return
    state.roster.mark(agent, unreachable=not reachable)
    state.lead_agents[agent.id] = agent
    watch_ghost(state, agent)
    if not reachable and agent.offer is not None:
        (consulted if agent.offer.consult else offering).phone_lost(state, agent.offer)


def desk_seen(state: State, event: DeskSeen) -> None:
    """The agent's page is, or is not, connected: without it he keeps working by phone, but one miss is enough to take him out."""
    if event.connected:
        state.open_desks[event.agent] = None
    else:
        state.open_desks.pop(event.agent, None)
    agent = state.roster.agents.get(event.agent)
    if agent is not None:
        there = agent.state is not AgentState.LOGGED_OUT
        agent.desk_left = there and not event.connected and (agent.desk_connected or agent.desk_left)
        agent.desk_connected = event.connected
        watch_ghost(state, agent)


def ghost(state: State, agent: Agent) -> None:
    """A ready agent has had neither phone nor desk for too long."""
    if agent.state is AgentState.READY:
        agent_enters(state, agent, AgentInput.STOOD_DOWN, "ghost")
