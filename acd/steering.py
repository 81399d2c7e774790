"""A supervisor's hand on one call: who takes it, which queue it is in, how soon its turn comes, and whether it goes on at all.

Decides what each order means and when it is refused. Only a waiting call is assigned, moved or raised: what is being offered or talked
to is in somebody's hand already. The wait clock is never set back. It does not know who may order, nor how callers are moved.
"""

from __future__ import annotations

from typing import Final

from acd import callers, desk, moving, overflow
from acd.calls import Call
from acd.effects import CallChanged, HangUpCall, HoldCall
from acd.events import CommandFailed
from acd.instants import micros, seconds, span
from acd.model import AgentState, CallId, CallState, IllegalTransition, PhoneId
from acd.queueing import stop_waiting, wait
from acd.state import State, call_enters
from acd.supervision import CallAssigned, CallDropped, CallMoved, CallRaised, CallSteered, CallTakenOver, TakeOver, TakeOverFailed
from acd.tables import CallInput

MOST_RAISED_SECONDS: Final = 3600.0
"""A call is raised or lowered by an hour at most: whoever waits longer than that is not overtaken by a word."""
SUPERVISOR: Final = "supervisor:"
"""Begins the destination of a call that was taken over; the user's name follows. No name of the configuration has a colon."""
_SEATED: Final = (AgentState.READY, AgentState.RESERVED, AgentState.TALKING)


def assigned(state: State, event: CallAssigned) -> None:
    """The call waits for this agent alone, for as long as a call that was handed to him would, then for whoever its queue would take."""
    call = _waiting(state, event.call)
    if event.agent is not None and desk.known(state, event.agent).state is AgentState.LOGGED_OUT:
        raise IllegalTransition(f"{event.agent} is not logged in")
    waited = seconds(state.now_us - call.waits_from_us)
    call.personal = None if event.agent is None else (event.agent, waited + state.plan.personal_wait_seconds)
    _tell(state, call, "unassigned" if event.agent is None else "assigned", event.agent or "", event)
    _wait_anew(state, call)


def moved(state: State, event: CallMoved) -> None:
    """The call waits in the other queue, at the place that its wait so far gives it there."""
    call = _waiting(state, event.call)
    target = next((queue for queue in state.plan.queues if queue.id == event.queue), None)
    if target is None:
        raise IllegalTransition(f"there is no queue {event.queue}")
    if call.queue is not None and call.queue.id == target.id:
        raise IllegalTransition(f"{call.id} is in {target.id} already")
    _tell(state, call, "moved", target.id, event)
    stop_waiting(state, call)
    call.personal = None
    moving.settle(call, target)
    state.say(CallChanged(call.id, call.state, call.queue_id, call.agent))
    state.say(HoldCall(call.id, target.id, call.language or ""))  # first of all: whoever is rung now may not answer
    wait(state, call)


def raised(state: State, event: CallRaised) -> None:
    """The call's turn comes earlier or later, against calls of all queues that its agents serve."""
    call = _waiting(state, event.call)
    if abs(event.seconds) > MOST_RAISED_SECONDS:
        raise IllegalTransition(f"a call is raised or lowered by at most {MOST_RAISED_SECONDS:g} s")
    _tell(state, call, "raised", f"{event.seconds:g}", event)
    call.raised_us = span(event.seconds)
    _wait_anew(state, call)


def dropped(state: State, event: CallDropped) -> None:
    """The caller is hung up on; the call is over when the exchange says that he is gone."""
    call = _live(state, event.call)
    if call.promised:
        raise IllegalTransition(f"{call.id} has no caller on the line: call the promise off instead")
    call.dropped = True
    _tell(state, call, "dropped", "", event)
    state.say(HangUpCall(call.id))


def taken_over(state: State, event: CallTakenOver) -> None:
    """The caller leaves his queue, or his agent, for the supervisor's phone; the agent does his after-call work."""
    call = _live(state, event.call)
    if call.state not in (CallState.WAITING, CallState.TALKING) or call.queue is None:
        raise IllegalTransition(f"{call.id} is {call.state}: only a call that waits or is talked to can be taken over")
    require_own_phone(state, event.phone)
    _tell(state, call, "taken_over", event.phone, event)
    if call.state is CallState.WAITING:  # HOTLINE_QUEUE is set where he is held: he comes back there
        state.to_hold.pop(call.id, None)
    callers.divert(state, call, f"{SUPERVISOR}{event.by}")
    state.say(TakeOver(call.id, event.phone, state.plan.ring_seconds))


def not_taken_over(state: State, event: TakeOverFailed) -> None:
    """Nobody answered: the caller waits again, at his old place. Said late, it changes nothing."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.DIVERTED or not (call.destination or "").startswith(SUPERVISOR):
        return
    state.say(CallSteered(call.id, "not_taken_over", "", (call.destination or "").removeprefix(SUPERVISOR), ""))
    call.destination = None
    since_us = micros(call.state_since)
    call_enters(state, call, CallInput.REQUEUED)
    wait(state, call)
    overflow.look_again(state, call, since_us)
    state.to_hold[call.id] = call


def command_failed(state: State, event: CommandFailed) -> None:
    """A command about a call failed: who could not be taken over waits again. Where no answer came he may be at the supervisor's phone
    already: the look that follows tells where he is.
    """
    if event.command == TakeOver.__name__:
        if not event.unsure:
            not_taken_over(state, TakeOverFailed(event.call))
    else:
        callers.command_failed(state, event)


def require_own_phone(state: State, phone: PhoneId) -> None:
    """Refuse a phone at which somebody takes calls: it would be in use, or an agent's caller would meet a busy line."""
    agent = state.agent_at(phone)
    if agent is not None and agent.state in _SEATED:
        raise IllegalTransition(f"{agent.id} takes calls at phone {phone}")


def _waiting(state: State, call_id: CallId) -> Call:
    call = _live(state, call_id)
    if call.state is not CallState.WAITING or call.place is None:
        raise IllegalTransition(f"{call.id} does not wait: it is {call.state}")
    return call


def _live(state: State, call_id: CallId) -> Call:
    call = state.calls.get(call_id)
    if call is None:
        raise IllegalTransition(f"there is no call {call_id} now")
    return call


def _wait_anew(state: State, call: Call) -> None:
    stop_waiting(state, call)
    wait(state, call)


def _tell(state: State, call: Call, what: str, to: str, event: CallAssigned | CallMoved | CallRaised | CallDropped | CallTakenOver) -> None:
    state.say(CallSteered(call.id, what, to, event.by, event.why))
