"""A call handed on by the agent who talks to it: L1 to L2 to L3, to a certain engineer, or out.

Decides that the call keeps its place in line and its wait clock goes on from where it stood, that the agent does his
after-call work, and what counts as a bounce: a call that comes back to a queue which had handed it on. It does not know who will take it.
"""

from __future__ import annotations

from dataclasses import replace

from acd import callers, desk
from acd.calls import Call
from acd.effects import HandedOn, HoldCall, SendCall
from acd.events import CallHandedOn, CallQueued
from acd.instants import seconds
from acd.model import CallState, IllegalTransition
from acd.plan import QueuePlan
from acd.queueing import wait
from acd.state import State, call_enters
from acd.tables import CallInput

_LEFT_BY_PHONE = frozenset({CallState.TALKING, CallState.AFTER, CallState.DIVERTED})
"""Where a caller is whom an agent's phone transfers."""


def handed_on(state: State, event: CallHandedOn) -> None:
    """Hand the call on. Raises IllegalTransition as ``CallHandedOn`` says."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.TALKING or call.agent != event.agent:
        raise IllegalTransition(f"{event.agent} does not talk to {event.call}")
    if event.to_destination is not None:
        _tell(state, call, event, bounced=False)
        callers.divert(state, call, event.to_destination)
        state.say(SendCall(call.id, event.to_destination))
        return
    _requeue(state, call, event, _target(state, call, event))


def queued(state: State, event: CallQueued) -> None:
    """It is known what the call is about: for the first time, or because an agent transferred the caller by his telephone.

    Such a transfer may be told before or after the end of the conversation: which of the two comes first is chance.
    """
    call = state.calls.get(event.call)
    if call is None or call.state not in _LEFT_BY_PHONE:
        callers.queued(state, event)
        return
    target = state.queue_for(event.product_line, event.level)
    call.language = event.language
    if event.handed_over_by is None:  # by a menu, which knows more than a short code
        call.segment, call.urgent, call.preferred_agent = event.segment, event.urgent, event.preferred_agent
    by = call.agent or call.talked_to
    if by is None:  # one of the exchange's own queues had connected them
        call.queue, call.product_line, call.level, call.been_in = target, target.product_line, target.level, ()
        call_enters(state, call, CallInput.REQUEUED)
        wait(state, call)
        state.to_hold[call.id] = call
    else:
        _requeue(state, call, CallHandedOn(call.id, by, target.id), target)


def _target(state: State, call: Call, event: CallHandedOn) -> QueuePlan:
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
    bounced = event.to_queue is not None and target.id in call.handed_on_by
    _tell(state, call, event, bounced)
    call.bounces += bounced
    if call.queue is not None and call.queue.id != target.id:
        call.handed_on_by = (*call.handed_on_by, call.queue.id)
    call.handover = None if event.handover is None else replace(event.handover, by=event.agent)
    call.refusals = {event.agent: 1}
    if call.preferred_agent == event.agent:  # he is not waited for again
        call.preferred_agent = None
    desk.talk_over(state, call)
    call.queue, call.product_line, call.level, call.been_in = target, target.product_line, target.level, ()
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


def _tell(state: State, call: Call, event: CallHandedOn, bounced: bool) -> None:
    state.say(HandedOn(
        call.id, event.agent, call.queue_id, event.to_queue, event.to_agent, event.to_destination, event.handover, bounced,
    ))  # fmt: skip
