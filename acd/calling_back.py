"""What happens to promised callbacks, as customers, agents, supervisors and the exchange tell it.

Decides what each of these means for the call, its agent and its place in line; what the attempts mean for the promise itself is in
``acd.callbacks``. What is late or said twice means nothing.
"""

from __future__ import annotations

from acd import callbacks, offering
from acd.calls import Call, Callback
from acd.ending import end
from acd.events import CallbackCancelled, CallbackReached, CallbackUnreached, CallbackWanted
from acd.model import CallState, EndCause, IllegalTransition, MissCause
from acd.offer import Offer
from acd.queueing import promise, stop_waiting, wait
from acd.state import State, call_enters, release
from acd.tables import CallInput


def take_over(state: State, call: Call) -> None:
    """A caller who is promised a callback calls again: his call takes the old one's place over, and nobody rings him any more."""
    promised = state.promised.get(call.ani)
    if call.ani and promised is not None:
        call.arrived_us = promised.arrived_us
        free_agent(state, promised, "the customer called again")
        callbacks.cancel(state, promised, callbacks.BY_CALLER)
        end(state, promised, EndCause.CALLBACK_CANCELLED)


def wanted(state: State, event: CallbackWanted) -> None:
    """A waiting caller wants to be called back, where his queue allows it and his number can be dialled."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.WAITING or call.queue is None or call.queue.callback is None:
        return
    number = event.number or call.ani
    if not callbacks.dialable(state, number):
        return
    earlier = state.promised.get(number)
    promise(state, call, number)
    if earlier is not None:
        state.promised[number] = earlier
        callbacks.cancel(state, call, callbacks.BY_CALLER, f"promised already to {earlier.id}")
        end(state, call, EndCause.CALLBACK_CANCELLED)


def reached(state: State, event: CallbackReached) -> None:
    """The customer is on the line."""
    call = state.calls.get(event.call)
    if call is not None and callbacks.is_attempt(call, event.attempt):
        callbacks.reached(state, call)
    elif call is not None and callbacks.is_late(call, event.attempt):
        callbacks.reached_late(state, call)
        state.lead_calls[call.id] = call


def unreached(state: State, event: CallbackUnreached) -> None:
    """The customer was not reached."""
    call = state.calls.get(event.call)
    if call is not None and call.callback is not None and call.callback.attempt == event.attempt:
        call.callback.untold = 0
    if call is not None and callbacks.is_attempt(call, event.attempt):
        give_up_attempt(state, call, event.cause)


def overdue(state: State, callback: Callback) -> None:
    """No news of the customer came in time."""
    give_up_attempt(state, callback.call, None)


def give_up_attempt(state: State, call: Call, cause: MissCause | None) -> None:
    """The agent is free of it; the call is back at its place, or over after too many attempts."""
    free_agent(state, call, "the customer was not reached")
    if callbacks.count_unreached(state, call, cause):
        call_enters(state, call, CallInput.RETURNED_TO_PROMISE)
        wait(state, call)
    else:
        end(state, call, EndCause.CALLBACK_GIVEN_UP)


def free_agent(state: State, call: Call, why: str) -> None:
    """Whoever is reserved for a callback, or on the line for it, is free of it; all that rings stops."""
    offer = call.offer
    if offer is None:
        return
    offering.stop_ringing(state, offer)
    if call.state is CallState.OFFERED:
        offering.rescind(state, offer, why)
    else:
        agent = offer.agent
        offering.close(state, offer)
        agent.call = None
        release(state, agent, "callback_unreached")


def lost(state: State, call: Call) -> None:
    """A customer who was called back is gone before anybody talked to him: that attempt was in vain."""
    assert call.callback is not None, "only a promised call is called back"
    if call.place is not None:
        stop_waiting(state, call)
    elif call.offer is not None:
        offering.rescind(state, call.offer, "the customer hung up")
    again = callbacks.count_unreached(state, call, None)
    if not again or call.callback.number in state.promised:
        callbacks.cancel(state, call, callbacks.BY_CALLER, "promised to a later call of his")
        end(state, call, EndCause.CALLBACK_CANCELLED if again else EndCause.CALLBACK_GIVEN_UP)
        return
    state.promised[call.callback.number] = call
    call_enters(state, call, CallInput.CALLBACK_WANTED if call.state is CallState.WAITING else CallInput.RETURNED_TO_PROMISE)
    wait(state, call)


def cancelled(state: State, event: CallbackCancelled) -> None:
    """Somebody calls the promise off. Raises IllegalTransition when there is none, or it is being kept right now."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.PROMISED:
        raise IllegalTransition(f"{event.call} is not promised a callback")
    callbacks.cancel(state, call, event.by, event.reason)
    end(state, call, EndCause.CALLBACK_CANCELLED)


def agent_gave_up(state: State, call: Call) -> None:
    """The agent hung up before the customer answered: the attempt does not count, and this agent comes last then."""
    offer = call.offer
    assert offer is not None, "an agent who calls back has an offer"
    free_agent(state, call, "the agent hung up")
    call.refusals = {**(call.refusals or {}), offer.agent.id: (call.refusals or {}).get(offer.agent.id, 0) + 1}
    callbacks.spare(state, call)
    offering.return_call(state, call)


def offer_failed(state: State, offer: Offer, detail: str, *, unsure: bool) -> None:
    """Carrying an offer out failed, or nobody knows: the ringing of the agent, or, when he is on the line for a callback, of the
    customer."""
    if offer.call.state is CallState.CALLING_BACK:
        free_agent(state, offer.call, detail)
        offering.rest_after_failure(state, offer.call, offer.agent)
        offering.return_call(state, offer.call)
    else:
        if offer.call.promised and offer.call.callback is not None and offer.call.callback.untold != offer.call.callback.attempts:
            offering.stop_ringing(state, offer)  # he may be rung alone all the same
        offering.failed(state, offer, detail)
    callback = offer.call.callback
    if unsure and offer.call.state is CallState.PROMISED and callback is not None and callback.untold == callback.attempts > 0:
        callbacks.let_ring_out(state, offer.call)
