"""A callback in place of waiting: the caller hangs up, his call keeps its place, and is offered like any other when its turn comes.

Decides what the attempts at a callback mean. A callback never jumps the line and is never an abandon: the wait clock of its call goes
on. Of two for one number the earlier stays. A customer who calls again by himself takes his old place over.
"""

from __future__ import annotations

from acd.calls import Call, Callback
from acd.deadlines import Due
from acd.effects import CallbackChanged, DialBack
from acd.expectation import of_call
from acd.instants import instant, span
from acd.model import CallbackState, CallState
from acd.offer import Offer
from acd.plan import CallbackRules
from acd.state import State, call_enters
from acd.tables import CALLBACK, CallbackInput, CallInput

_DEFAULT = CallbackRules()


def rules_of(call: Call) -> CallbackRules:
    """The rules of the call's queue; a queue that has lost them keeps the promises that were made."""
    return (call.queue.callback if call.queue is not None else None) or _DEFAULT


def worth_offering(state: State, call: Call) -> bool:
    """Whether a waiting caller is to be offered a callback now."""
    rules = None if call.queue is None else call.queue.callback
    if rules is None or call.state is not CallState.WAITING or call.place is None:
        return False
    if rules.when_ahead is not None and state.room.ahead(call.place) >= rules.when_ahead:
        return True
    expected = of_call(state, call)
    return rules.when_expected_seconds is not None and (expected is None or expected >= rules.when_expected_seconds)


def promise(state: State, call: Call, number: str) -> None:
    """The caller hangs up and keeps his place."""
    call.callback = Callback(f"{call.id}/b", number, call)
    state.promised[number] = call
    state.to_hold.pop(call.id, None)
    call_enters(state, call, CallInput.CALLBACK_WANTED)
    _tell(state, call.callback)


def attempt(state: State, offer: Offer) -> None:
    """The call's turn has come: dial."""
    call, rules = offer.call, rules_of(offer.call)
    callback = call.callback
    assert callback is not None and call.queue is not None, "only a promised call is called back"
    callback.attempts += 1
    _change(state, callback, CallbackInput.ATTEMPTED)
    state.say(DialBack(
        offer.id, call.id, offer.agent.id, offer.phone, state.plan.ring_seconds, call.queue.id, callback.number, callback.attempt,
        rules.order, rules.ring_seconds,
    ))  # fmt: skip


def expect_customer(state: State, call: Call) -> None:
    """The agent is on the line; the customer is being dialled."""
    assert call.callback is not None, "only a promised call is called back"
    call_enters(state, call, CallInput.CUSTOMER_DIALLED)
    patience = span(rules_of(call).ring_seconds + state.plan.ring_grace_seconds)
    state.deadlines.set(Due.CALLBACK_OVERDUE, call.callback, state.now_us + patience)


def reached(state: State, call: Call) -> None:
    """The customer is on the line; if the agent is too, they talk."""
    callback = call.callback
    assert callback is not None, "only a promised call is called back"
    callback.overdue_us = None
    state.promised.pop(callback.number, None)
    _change(state, callback, CallbackInput.REACHED)
    if call.state is CallState.CALLING_BACK:
        state.figures.answered(call, state.now_us)
        call_enters(state, call, CallInput.ANSWERED)


def withdraw(state: State, call: Call) -> None:
    """The attempt ended by the agent's side: it does not count."""
    callback = call.callback
    if callback is not None and CALLBACK.allows(callback.state, CallbackInput.WITHDRAWN):
        callback.overdue_us = None
        _change(state, callback, CallbackInput.WITHDRAWN)


def count_unreached(state: State, call: Call) -> bool:
    """The customer was not reached; whether it is tried again. It is, after a pause, at the old place."""
    callback, rules = call.callback, rules_of(call)
    assert callback is not None, "only a promised call is called back"
    callback.overdue_us = None
    callback.unreached += 1
    if callback.unreached >= rules.most_attempts:
        _change(state, callback, CallbackInput.EXHAUSTED)
        return False
    next_us = state.now_us + span(rules.retry_after_seconds)
    state.deadlines.set(Due.CALL_RESTED, call, next_us)
    _change(state, callback, CallbackInput.UNREACHED, next_us)
    return True


def cancel(state: State, call: Call) -> None:
    """The promise is off; the call is ended by the caller of this."""
    if call.callback is not None and CALLBACK.allows(call.callback.state, CallbackInput.CANCELLED):
        call.callback.overdue_us = None
        _change(state, call.callback, CallbackInput.CANCELLED)


def forget(state: State, call: Call) -> None:
    """An ended call keeps no promise."""
    if call.callback is not None and state.promised.get(call.callback.number) is call:
        del state.promised[call.callback.number]


def _change(state: State, callback: Callback, happened: CallbackInput, next_us: int | None = None) -> None:
    callback.state = CALLBACK.after(callback.state, happened)
    _tell(state, callback, next_us)


def _tell(state: State, callback: Callback, next_us: int | None = None) -> None:
    next_at = None if next_us is None else instant(next_us)
    state.say(CallbackChanged(callback.call.id, callback.number, callback.state, callback.unreached, next_at))


def is_attempt(call: Call, attempt_key: str) -> bool:
    """Whether the key is that of the attempt under way; what is said about another one is stale."""
    callback = call.callback
    return callback is not None and callback.state is CallbackState.DIALLING and callback.attempt == attempt_key
