"""What callers do, as the menu and the exchange tell it: they arrive, choose, are understood, leave, or are taken elsewhere.

Decides what each of these means in whatever state the call is; what is late or said twice means nothing.
"""

from __future__ import annotations

from acd import callbacks, consulted, desk, offering
from acd.calls import Call, Callback
from acd.deadlines import Due
from acd.effects import Announce, CallChanged, HangUpCall, JoinCaller, SendCall
from acd.events import (
    CallArrived,
    CallbackCancelled,
    CallbackReached,
    CallbackUnreached,
    CallbackWanted,
    CallDiverted,
    CallerLeft,
    CallerRecognised,
    CallQueued,
    CommandFailed,
    JoinFailed,
    MenuChosen,
    TalkEnded,
)
from acd.instants import span
from acd.model import AgentId, CallId, CallState, ConsultState, EndCause, IllegalTransition, MissCause, OfferState
from acd.offer import Offer
from acd.queueing import join, stop_waiting, wait
from acd.state import State, call_enters, release
from acd.tables import CALL, CallInput, ConsultInput

LONGEST_PATH = 64
"""Menu choices kept of a call; nobody goes further, but a broken menu might."""
MOST_REDOS = 10
"""So often a failed command is given again before the matter is left to the next look at the exchange."""

_NEVER_REDONE = frozenset({Announce.__name__})
"""Commands that would be stale by then; the next one of their kind says it better."""

_LEFT: dict[CallState, EndCause] = {
    CallState.MENU: EndCause.ABANDONED_IN_MENU,
    CallState.WAITING: EndCause.ABANDONED_WAITING,
    CallState.OFFERED: EndCause.ABANDONED_RINGING,
    CallState.AFTER: EndCause.AGENT_HUNG_UP,
    CallState.DIVERTED: EndCause.DIVERTED,
}
"""How the exchange's bare "the caller hung up" is refined by what the call was doing."""


def arrived(state: State, event: CallArrived) -> None:
    """A new call, in the menu."""
    if event.call not in state.calls and event.call not in state.ended:
        begin(state, event.call, event.ani, event.ani_name, event.dnis, event.entry)
        callbacks.hold_off(state, event.ani)


def begin(state: State, call_id: CallId, ani: str = "", ani_name: str = "", dnis: str = "", entry: str = "") -> Call:
    """Take up a call; its wait is counted from now."""
    state.arrivals += 1
    call = Call(call_id, state.arrivals, ani, ani_name, dnis, entry, state.now, state.now_us, CALL.start, state.now)
    state.calls[call_id] = call
    state.say(CallChanged(call_id, call.state, None, None))
    return call


def chose(state: State, event: MenuChosen) -> None:
    """One more choice on the call's way through the menu."""
    call = state.calls.get(event.call)
    choice = (event.menu, event.digits, event.choice)
    if call is not None and call.state is CallState.MENU and choice not in call.path and len(call.path) < LONGEST_PATH:
        call.path += (choice,)


def recognised(state: State, event: CallerRecognised) -> None:
    """Who calls is known."""
    call = state.calls.get(event.call)
    if call is not None:
        call.customers = event.customers


def queued(state: State, event: CallQueued) -> None:
    """It is known what the call is about: it waits."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.MENU:
        return
    call.product_line, call.level, call.language = event.product_line, event.level, event.language
    call.segment, call.urgent, call.preferred_agent = event.segment, event.urgent, event.preferred_agent
    call.customer, call.case = event.customer, event.case
    _take_over_promise(state, call)
    join(state, call, CallInput.QUEUED)


def _take_over_promise(state: State, call: Call) -> None:
    """A caller who is promised a callback calls again: his call takes the old one's place over, and nobody rings him any more."""
    promised = state.promised.get(call.ani)
    if call.ani and promised is not None:
        call.arrived_us = promised.arrived_us
        free_agent(state, promised, "the customer called again")
        callbacks.cancel(state, promised, callbacks.BY_CALLER)
        end(state, promised, EndCause.CALLBACK_CANCELLED)


def callback_wanted(state: State, event: CallbackWanted) -> None:
    """A waiting caller wants to be called back, where his queue allows it and his number can be dialled."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.WAITING or call.queue is None or call.queue.callback is None:
        return
    number = event.number or call.ani
    if not callbacks.dialable(state, number):
        return
    earlier = state.promised.get(number)
    callbacks.promise(state, call, number)
    if earlier is not None:
        state.promised[number] = earlier
        callbacks.cancel(state, call, callbacks.BY_CALLER, f"promised already to {earlier.id}")
        end(state, call, EndCause.CALLBACK_CANCELLED)


def callback_reached(state: State, event: CallbackReached) -> None:
    """The customer is on the line."""
    call = state.calls.get(event.call)
    if call is not None and callbacks.is_attempt(call, event.attempt):
        callbacks.reached(state, call)


def callback_unreached(state: State, event: CallbackUnreached) -> None:
    """The customer was not reached."""
    call = state.calls.get(event.call)
    if call is not None and callbacks.is_attempt(call, event.attempt):
        give_up_attempt(state, call, event.cause)


def callback_overdue(state: State, callback: Callback) -> None:
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


def callback_cancelled(state: State, event: CallbackCancelled) -> None:
    """Somebody calls the promise off. Raises IllegalTransition when there is none, or it is being kept right now."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.PROMISED:
        raise IllegalTransition(f"{event.call} is not promised a callback")
    callbacks.cancel(state, call, event.by, event.reason)
    end(state, call, EndCause.CALLBACK_CANCELLED)


def left(state: State, event: CallerLeft) -> None:
    """The caller's channel is gone."""
    call = state.calls.get(event.call)
    if call is not None and call.promised:
        callbacks.said_goodbye(state, call)
    elif call is not None and callbacks.was_lost(call):
        lost(state, call)
    elif call is not None:
        refined = _LEFT.get(call.state, event.cause) if event.cause is EndCause.CALLER_HUNG_UP else event.cause
        end(state, call, refined)


def end(state: State, call: Call, cause: EndCause) -> None:
    """The visit is over, whatever the call was doing."""
    if call.promised:
        state.figures.flowed_out(call)
    elif call.state in (CallState.WAITING, CallState.OFFERED):
        state.figures.abandoned(call, state.now_us, state.plan.short_abandon_seconds)
    let_go(state, call)
    call_enters(state, call, CallInput.ENDED, cause)
    desk.talk_over(state, call)
    forget(state, call, cause)


def forget(state: State, call: Call, cause: EndCause) -> None:
    """An ended call: only its id is remembered."""
    call.rests_until_us = call.rest_ends_us = call.redo_us = None
    callbacks.forget(state, call)
    del state.calls[call.id]
    state.remember_ended(call.id, cause)


def let_go(state: State, call: Call) -> None:
    """Take the call out of the room, and back from an agent whom it is being offered to, or who is asked about it."""
    consulted.drop(state, call)
    if call.place is not None:
        stop_waiting(state, call)
    elif call.offer is not None and call.offer.state is not OfferState.ACCEPTED:
        offering.rescind(state, call.offer, "the caller left")


def diverted(state: State, event: CallDiverted) -> None:
    """The exchange took the call elsewhere."""
    if event.call in state.ended:
        return
    call = state.calls.get(event.call) or begin(state, event.call)
    if call.promised:
        return
    divert(state, call, event.destination)


def divert(state: State, call: Call, destination: str) -> None:
    """Out of the queue for good; said again, it changes nothing."""
    if CALL.allows(call.state, CallInput.DIVERTED):
        let_go(state, call)
        state.figures.flowed_out(call)
        call.destination = destination
        call_enters(state, call, CallInput.DIVERTED)
        desk.talk_over(state, call)


def agent_left(state: State, event: TalkEnded) -> None:
    """The agent's leg is gone; the caller may still be there."""
    call = state.calls.get(event.call)
    if call is not None and call.state is CallState.CALLING_BACK and call.agent == event.agent:
        agent_gave_up(state, call)
    elif call is not None and call.consult is not None:
        _left_consultation(state, call, event.agent)
    elif call is not None and call.state is CallState.TALKING and call.agent == event.agent:
        call_enters(state, call, CallInput.AGENT_LEFT)
        desk.talk_over(state, call)


def _left_consultation(state: State, call: Call, agent: AgentId) -> None:
    consult = call.consult
    if call.agent == agent:
        consulted.agent_left(state, call)
    elif consult is not None and consult.state is ConsultState.TALKING and consult.offer.agent.id == agent:
        consulted.let_go(state, call, ConsultInput.CONSULTED_LEFT)


def join_failed(state: State, event: JoinFailed) -> None:
    """The caller was to be put together with an agent whose phone is gone."""
    call = state.calls.get(event.call)
    if call is not None:
        consulted.unjoined(state, call)


def agent_gave_up(state: State, call: Call) -> None:
    """The agent hung up before the customer answered: the attempt does not count, but another one is not made at once, for the customer's
    phone may have rung; and this agent comes last then.
    """
    offer = call.offer
    assert offer is not None, "an agent who calls back has an offer"
    free_agent(state, call, "the agent hung up")
    call.refusals = {**(call.refusals or {}), offer.agent.id: (call.refusals or {}).get(offer.agent.id, 0) + 1}
    state.deadlines.set(Due.CALL_RESTED, call, state.now_us + span(offering.LONGEST_REST_SECONDS))
    offering.return_call(state, call)


def offer_failed(state: State, offer: Offer, detail: str) -> None:
    """Carrying an offer out failed: the ringing of the agent, or, when he is on the line for a callback, of the customer."""
    if offer.call.state is CallState.CALLING_BACK:
        free_agent(state, offer.call, detail)
        offering.rest_after_failure(state, offer.call, offer.agent)
        offering.return_call(state, offer.call)
    else:
        offering.failed(state, offer, detail)


def command_failed(state: State, event: CommandFailed) -> None:
    """A command about a call failed: it is given again after a while, if it still makes sense then."""
    call = state.calls.get(event.call)
    if event.command in _NEVER_REDONE:
        return
    if call is not None and event.command == JoinCaller.__name__:
        consulted.unjoined(state, call)
    elif call is not None and call.redo_us is None and call.redo_count < MOST_REDOS:
        call.redo, call.redo_count = event.command, call.redo_count + 1
        state.deadlines.set(Due.COMMAND_AGAIN, call, state.now_us + span(offering.rest_seconds(call.redo_count)))


def redo(state: State, call: Call) -> None:
    """Give the command that failed again, unless the call has moved on."""
    if call.redo == HangUpCall.__name__:
        state.say(HangUpCall(call.id))
    elif call.state is CallState.WAITING:
        state.to_hold[call.id] = call
    elif call.redo == SendCall.__name__ and call.state is CallState.DIVERTED and call.destination is not None:
        state.say(SendCall(call.id, call.destination))
    elif call.redo == SendCall.__name__ and callbacks.still_here(call):
        state.say(SendCall(call.id, call.callback.said if call.callback is not None else callbacks.PROMISED))
