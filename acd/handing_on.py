"""A call handed on by the agent who talks to it: L1 to L2 to L3, to a certain engineer, or out of the house.

Decides that the call keeps its place in line and its wait clock goes on from where it stood, that the agent does his
after-call work. It does not know who will take it.
"""

from __future__ import annotations

from acd import callers, consulted, desk, lines_out, moving
from acd.calls import Call
from acd.effects import HoldCall, SendCall
from acd.events import CallHandedOn, CallQueued, ConsultAsked
from acd.instants import seconds
from acd.model import CallState, IllegalTransition
from acd.plan import QueuePlan
from acd.queueing import wait
from acd.state import State, call_enters
from acd.tables import CallInput, ConsultInput

_LEFT_BY_PHONE = frozenset({CallState.TALKING, CallState.AFTER, CallState.DIVERTED})
"""Where a caller is whom an agent's phone transfers."""


def handed_on(state: State, event: CallHandedOn) -> None:
    """Hand the call on. Raises IllegalTransition as ``CallHandedOn`` says."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.TALKING or call.agent != event.agent:
        raise IllegalTransition(f"{event.agent} does not talk to {event.call}")
    if call.consult is not None:
        whom = call.consult.agent or call.consult.outside
        raise IllegalTransition(f"{event.agent} asks {whom} about {event.call}: he gives it over, or takes it back")
    if event.to_destination is not None or event.to_number is not None:
        to = event.to_destination or lines_out.require(state.plan, event.to_number or "")
        moving.give_away(state, call, event.agent, to, event.handover)
        callers.divert(state, call, to)
        state.say(SendCall(call.id, to))
        return
    _requeue(state, call, event, target_of(state, call, event))


def queued(state: State, event: CallQueued) -> None:
    """It is known what the call is about: for the first time, or because an agent transferred the caller by his telephone.

    Such a transfer may be told before or after the end of the conversation: which of the two comes first is chance.
    """
    call = state.calls.get(event.call)
    if call is not None and call.state is CallState.DIVERTED and call.queued_by == event:
        return  # said twice: a rule of its queue has answered it already
    if call is not None and (call.state is CallState.MENU or call.state in _LEFT_BY_PHONE):
        call.queued_by = event
    if call is None or call.state not in _LEFT_BY_PHONE:
        callers.queued(state, event)
        return
    target = state.queue_for(event.product_line, event.level)
    call.language = event.language
    if event.handed_over_by is None:  # by a menu, which knows more than a short code
        call.segment, call.urgent, call.preferred_agent = event.segment, event.urgent, event.preferred_agent
    by = call.agent or call.talked_to
    if by is None:  # one of the exchange's own queues had connected them
        moving.settle(call, target)
        call_enters(state, call, CallInput.REQUEUED)
        wait(state, call)
        state.to_hold[call.id] = call
    else:
        _requeue(state, call, CallHandedOn(call.id, by, target.id), target)


def target_of(state: State, call: Call, event: CallHandedOn | ConsultAsked) -> QueuePlan:
    """The queue that the call goes to; for a certain agent, and no queue named, its own. Raises IllegalTransition when there is none."""
    if event.to_agent is not None:
        desk.known(state, event.to_agent)
    if event.to_agent == event.agent:
        raise IllegalTransition(f"{event.agent} can't hand a call on to himself")
    if event.to_queue is None and event.to_agent is None:
        raise IllegalTransition("a call is handed on to a queue, an agent or a destination")
    target = call.queue if event.to_queue is None else next((queue for queue in state.plan.queues if queue.id == event.to_queue), None)
    if target is None:
        raise IllegalTransition(f"there is no queue {event.to_queue}")
    return target


def _requeue(state: State, call: Call, event: CallHandedOn, target: QueuePlan) -> None:
    if call.consult is not None:  # his telephone transferred the caller meanwhile
        consulted.let_go(state, call, ConsultInput.FAILED, join_caller=False)
    moving.give(state, call, event.agent, target, event.to_queue, event.to_agent, event.handover)
    desk.talk_over(state, call)
    moving.settle(call, target)
    call_enters(state, call, CallInput.REQUEUED)
    waited = seconds(state.now_us - call.waits_from_us)
    call.personal = None if event.to_agent is None else (event.to_agent, waited + state.plan.personal_wait_seconds)
    wait(state, call)
    _leave_talk(state, call, target)


def _leave_talk(state: State, call: Call, target: QueuePlan) -> None:
    """Held before anything else is done when the receiver must read first: the giver may put his phone down at once, and
    until the caller is taken out of the conversation that would end the call."""
    if call.handover is None:
        state.to_hold[call.id] = call
    else:
        state.say(HoldCall(call.id, target.id, call.language or ""))
