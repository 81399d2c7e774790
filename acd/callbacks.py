"""A callback in place of waiting: the caller hangs up, his call keeps its place, and is offered like any other when its turn comes.

Decides what the attempts at a callback mean. A callback never jumps the line and is never an abandon: the wait clock of its call goes
on. Of two for one number the earlier stays. A customer who calls again by himself takes his old place over.
"""

from __future__ import annotations

from acd.calls import Call, Callback
from acd.deadlines import Due
from acd.effects import CallbackChanged, DialBack, RingAgent, SendCall
from acd.expectation import of_call
from acd.instants import instant, span
from acd.model import CallbackOrder, CallbackState, CallState, MissCause
from acd.numbers import is_dialable
from acd.offer import Offer
from acd.opening import rings_from
from acd.plan import CallbackRules
from acd.state import State, call_enters
from acd.tables import CALLBACK, CallbackInput, CallInput

PROMISED = "callback.promised"
"""The destination at which a caller hears that he will be called back, and is let go. No name of the configuration has a dot."""
PROMISED_WHEN_OPEN = "callback.when_open"
"""The same, when the queue is closed."""
GOODBYE_SECONDS = 20.0
"""So long nobody is called back, unless he has hung up before: he still hears that he will be."""

AFTER_RINGING_SECONDS = 30.0
"""So long nobody is called back whose phone may have rung a moment ago, and stopped through no fault of his."""
IN_MENU_SECONDS = 120.0
"""So long nobody is called back who has rung in himself, and has not come to a queue yet."""
IN_VAIN_REMEMBERED = 50
"""So many callbacks that came to nothing are shown, for the rest of the day."""
BY_CALLER = "caller"
"""Who calls a promise off by calling again himself."""

_DEFAULT = CallbackRules()


def rules_of(call: Call) -> CallbackRules:
    """The rules of the call's queue; a queue that has lost them keeps the promises that were made."""
    return (call.queue.callback if call.queue is not None else None) or _DEFAULT


def dialable(state: State, number: str) -> bool:
    """Whether somebody can, and may, be called at ``number``: a withheld one can't, nor what is no number."""
    return is_dialable(number) and state.plan.callback_numbers.allow(number)


def worth_offering(state: State, call: Call, now_us: int) -> bool:
    """Whether a waiting caller is to be offered a callback at ``now_us``."""
    rules = None if call.queue is None else call.queue.callback
    if rules is None or call.state is not CallState.WAITING or call.place is None or not dialable(state, call.ani):
        return False
    if rules.when_ahead is not None and state.room.ahead(call.place) >= rules.when_ahead:
        return True
    if rules.when_waited_seconds is not None and now_us - call.waits_from_us >= span(rules.when_waited_seconds):
        return True
    expected = of_call(state, call)
    return rules.when_expected_seconds is not None and (expected is None or expected >= rules.when_expected_seconds)


def possible(state: State, call: Call) -> bool:
    """Whether a rule may promise the caller a callback: his number can be dialled, and nobody is promised one there."""
    return call.queue is not None and call.queue.callback is not None and dialable(state, call.ani) and call.ani not in state.promised


def promise(state: State, call: Call, number: str, said: str = PROMISED) -> None:
    """The caller is told so at the destination ``said``, hangs up, and keeps his place."""
    call.promises += 1
    again = "" if call.promises == 1 else f"{call.promises}-"
    call.callback = Callback(f"{call.id}/b{again}", number, call, state.now, said=said)
    state.promised[number] = call
    state.to_hold.pop(call.id, None)
    call_enters(state, call, CallInput.CALLBACK_WANTED)
    state.deadlines.set(Due.CALL_RESTED, call, state.now_us + span(GOODBYE_SECONDS))
    keep_hours(state, call)
    state.say(SendCall(call.id, said))
    _tell(state, call.callback)


def hold_off(state: State, ani: str) -> None:
    """Who is promised a callback rings in himself: he is not called while he is in the menu."""
    call = state.promised.get(ani)
    if call is not None and call.state is CallState.PROMISED:
        until_us = max(state.now_us + span(IN_MENU_SECONDS), call.rests_until_us or 0)
        state.deadlines.set(Due.CALL_RESTED, call, until_us)


def still_here(call: Call) -> bool:
    """Whether the caller may still be on the line to whom a callback was promised."""
    return call.promised and call.callback is not None and call.callback.on_line


def said_goodbye(state: State, call: Call) -> None:
    """The caller who was promised a callback has hung up: he can be called from now on."""
    if still_here(call) and call.callback is not None:
        call.callback.on_line = False
        call.rests_until_us = None
        rested(state, call)


def rested(state: State, call: Call) -> None:
    """Nothing keeps the call from being offered any more, but for a callback the hours of its queue: nobody is called back at night."""
    call.hearing = False
    keep_hours(state, call)
    state.lead_calls[call.id] = call


def keep_hours(state: State, call: Call) -> None:
    """A promised call rests as long as nobody is called back: mostly while its queue is closed."""
    callback = call.callback
    if callback is None or call.queue is None or call.state is not CallState.PROMISED:
        return
    callback.no_line = not state.plan.calls_back
    from_us = max(state.now_us, call.rests_until_us or 0)
    opens_us = rings_from(state, call.queue, from_us)
    if opens_us > from_us:
        _rest(state, callback, from_us, opens_us)


def forget_hours(state: State, call: Call) -> None:
    """The hours may be others from now on: who waits for the queue to open rests only as long as he would without that."""
    callback = call.callback
    if callback is not None and callback.opens_us is not None and callback.opens_us == call.rests_until_us:
        _rest(state, callback, callback.rested_us, max(callback.rested_us, state.now_us))


def _rest(state: State, callback: Callback, rested_us: int, until_us: int) -> None:
    """Not tried before ``until_us``: it has rested enough at ``rested_us``, and its queue opens then."""
    callback.rested_us, callback.opens_us = rested_us, until_us if until_us > max(rested_us, state.now_us) else None
    callback.next_at = instant(until_us)
    state.deadlines.set(Due.CALL_RESTED, callback.call, until_us)


def attempt(state: State, offer: Offer) -> None:
    """The call's turn has come: dial."""
    call, rules = offer.call, rules_of(offer.call)
    callback = call.callback
    assert callback is not None and call.queue is not None, "only a promised call is called back"
    callback.attempts += 1
    callback.on_line, callback.next_at = False, None
    _change(state, callback, CallbackInput.ATTEMPTED)
    if rules.order is CallbackOrder.CUSTOMER_FIRST:
        _dial(state, offer, CallbackOrder.CUSTOMER_FIRST)
        state.deadlines.set(Due.OFFER_OVERDUE, offer, state.now_us + _patience(state, rules))
    else:
        state.say(RingAgent(
            offer.id, call.id, offer.agent.id, offer.phone, state.plan.ring_seconds, call.queue.id, offer.agent.plan.auto_answer, alone=True
        ))  # fmt: skip


def _dial(state: State, offer: Offer, order: CallbackOrder) -> None:
    """Once for each attempt."""
    call, callback, rules = offer.call, offer.call.callback, rules_of(offer.call)
    assert call.queue is not None and callback is not None, "only a promised call is called back"
    if callback.dialled == callback.attempts:
        return
    callback.dialled = callback.untold = callback.attempts
    state.say(DialBack(
        offer.id, call.id, offer.agent.id, offer.phone, state.plan.ring_seconds, call.queue.id, callback.number, callback.attempt,
        order, rules.ring_seconds, call.language or "",
    ))  # fmt: skip


def dial_customer(state: State, offer: Offer) -> None:
    """The agent is on the line: now the customer is dialled."""
    call = offer.call
    assert call.callback is not None, "only a promised call is called back"
    call_enters(state, call, CallInput.CUSTOMER_DIALLED)
    _dial(state, offer, CallbackOrder.AGENT_FIRST)
    state.deadlines.set(Due.CALLBACK_OVERDUE, call.callback, state.now_us + _patience(state, rules_of(call)))


def _patience(state: State, rules: CallbackRules) -> int:
    """How long, in microseconds, to wait for word of a customer who is dialled."""
    return span(rules.ring_seconds + rules.confirm_seconds + state.plan.ring_grace_seconds)


def awaits_customer(offer: Offer) -> bool:
    """Whether the agent is reserved while the customer is being dialled, first: no word of him means that he was not reached."""
    callback = offer.call.callback
    dialling = callback is not None and callback.state is CallbackState.DIALLING and callback.dialled == callback.attempts
    return dialling and not offer.consult and offer.call.state is CallState.OFFERED


def reached(state: State, call: Call, *, ring: bool = True) -> None:
    """The customer is on the line; if the agent is too, they talk, else his phone is rung, unless it is already."""
    callback = call.callback
    assert callback is not None, "only a promised call is called back"
    callback.overdue_us, callback.untold = None, 0
    state.promised.pop(callback.number, None)
    _change(state, callback, CallbackInput.REACHED)
    if call.state is CallState.CALLING_BACK:
        state.figures.answered(call, state.now_us)
        call_enters(state, call, CallInput.ANSWERED)
    elif ring and call.offer is not None:
        _ring_agent(state, call.offer)


def reached_late(state: State, call: Call) -> None:
    """The customer is on the line though the attempt was given up: he waits at his place."""
    callback = call.callback
    assert callback is not None, "only a promised call is called back"
    state.promised.pop(callback.number, None)
    callback.untold = 0
    _change(state, callback, CallbackInput.REACHED)
    call.rests_until_us = None
    call_enters(state, call, CallInput.REQUEUED)


def _ring_agent(state: State, offer: Offer) -> None:
    """He has been reserved since before the customer was dialled, and sees him."""
    call, plan = offer.call, state.plan
    assert call.queue is not None, "an offered call has a queue"
    patience = span(rules_of(call).greeting_seconds + plan.ring_seconds + plan.ring_grace_seconds)
    state.deadlines.set(Due.OFFER_OVERDUE, offer, state.now_us + patience)
    state.say(RingAgent(
        offer.id, call.id, offer.agent.id, offer.phone, plan.ring_seconds, call.queue.id, offer.agent.plan.auto_answer
    ))  # fmt: skip


def withdraw(state: State, call: Call) -> None:
    """The attempt ended by the agent's side: it does not count."""
    callback = call.callback
    if callback is not None and CALLBACK.allows(callback.state, CallbackInput.WITHDRAWN):
        callback.overdue_us = None
        _change(state, callback, CallbackInput.WITHDRAWN)


def spare(state: State, call: Call) -> None:
    """The agent's side ended the attempt: if the customer's phone may have rung, it does not ring again at once."""
    callback = call.callback
    if call.promised and callback is not None and callback.dialled == callback.attempts:
        state.deadlines.set(Due.CALL_RESTED, call, state.now_us + span(AFTER_RINGING_SECONDS))


def let_ring_out(state: State, call: Call) -> None:
    """His phone may be ringing, though nobody knows: he is not dialled again before that is over."""
    until_us = state.now_us + _patience(state, rules_of(call))
    state.deadlines.set(Due.CALL_RESTED, call, max(until_us, call.rests_until_us or 0))


def count_unreached(state: State, call: Call, cause: MissCause | None) -> bool:
    """The customer was not reached; whether it is tried again. It is, after a pause, at the old place."""
    callback, rules = call.callback, rules_of(call)
    assert callback is not None, "only a promised call is called back"
    callback.overdue_us = None
    callback.unreached += 1
    if callback.unreached >= rules.most_attempts:
        _change(state, callback, CallbackInput.EXHAUSTED, cause=cause)
        state.in_vain.append(callback)
        del state.in_vain[:-IN_VAIN_REMEMBERED]
        return False
    next_us = state.now_us + span(rules.retry_after_seconds)
    _rest(state, callback, next_us, next_us if call.queue is None else rings_from(state, call.queue, next_us))
    _change(state, callback, CallbackInput.UNREACHED, cause=cause)
    return True


def cancel(state: State, call: Call, by: str, reason: str = "") -> None:
    """The promise is off; the call is ended by the caller of this."""
    if call.callback is not None and CALLBACK.allows(call.callback.state, CallbackInput.CANCELLED):
        call.callback.overdue_us = call.callback.next_at = None
        _change(state, call.callback, CallbackInput.CANCELLED, by=by, reason=reason)


def forget(state: State, call: Call) -> None:
    """An ended call keeps no promise."""
    if call.callback is not None and state.promised.get(call.callback.number) is call:
        del state.promised[call.callback.number]


def was_lost(call: Call) -> bool:
    """Whether a caller who leaves now was called back, and nobody has talked to him since."""
    was_reached = call.callback is not None and call.callback.state is CallbackState.REACHED
    return was_reached and call.talked_us == 0 and call.state in (CallState.WAITING, CallState.OFFERED)


def _change(
    state: State, callback: Callback, happened: CallbackInput, cause: MissCause | None = None, by: str = "", reason: str = ""
) -> None:
    callback.state, callback.since = CALLBACK.after(callback.state, happened), state.now
    _tell(state, callback, cause, by, reason)


def _tell(state: State, callback: Callback, cause: MissCause | None = None, by: str = "", reason: str = "") -> None:
    state.say(CallbackChanged(
        callback.call.id, callback.number, callback.state, callback.unreached, callback.next_at, callback.id, callback.call.queue_id,
        callback.attempts, cause, by, reason,
    ))  # fmt: skip


def is_late(call: Call, attempt_key: str) -> bool:
    """Whether the attempt was given up without the exchange having told how it went, as when no answer came to the order to dial."""
    callback = call.callback
    untold = callback is not None and callback.untold == callback.attempts > 0 and callback.attempt == attempt_key
    return untold and call.state is CallState.PROMISED


def is_attempt(call: Call, attempt_key: str) -> bool:
    """Whether the key is that of the attempt under way; what is said about another one is stale."""
    callback = call.callback
    return callback is not None and callback.state is CallbackState.DIALLING and callback.attempt == attempt_key
