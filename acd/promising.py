"""Callbacks that agents promise for a later time: promised, due, called off.

Decides which promises can be made: to a number that may be dialled, at a time that is to come and at which the queue is open. Until it is
due, a promise is nobody's turn and no call. Then it is a call that arrives at that moment, waits for the agent who promised it alone for as
long as one that is handed to a certain agent, and after that for whoever its queue would take; from then on it is a callback like any
other (``acd.callbacks``). It is in no queue's offered calls: nobody rang in.
"""

from __future__ import annotations

from typing import Final

from acd import callers, calling_back
from acd.appointment import Appointment, CallbackPromised, NotPromised
from acd.callbacks import BY_CALLER, dialable
from acd.calls import Callback
from acd.deadlines import Due
from acd.effects import CallbackChanged
from acd.events import CallbackCancelled
from acd.hours import is_open, local_clock, moment_of, opens_at
from acd.instants import micros, span
from acd.model import CallbackState, CallId
from acd.plan import Plan, QueuePlan
from acd.queueing import wait
from acd.state import State, call_enters
from acd.tables import CallInput

FARTHEST_DAYS: Final = 60
"""Nobody is promised anything for later than that."""
SOON_SECONDS: Final = 3600.0
MORNING_SECONDS: Final = 9 * 3600.0


def promised(state: State, event: CallbackPromised) -> None:
    """Keep the promise until it is due; raises NotPromised."""
    queue = state.queue_for(event.product_line, event.level)
    due_us = _due_us(state, event)
    known = event.callback in state.calls or event.callback in state.ended or event.callback in state.appointments
    refuse_unless(not known, "illegal_transition", f"{event.callback} is known already")
    refuse_unless(can_be_promised(state.plan), "no_callbacks", "no queue calls anybody back")
    refuse_unless(dialable(state, event.number), "number_not_dialled", "this number can't be called back")
    check_time(state.plan, queue, due_us, state.now_us)
    earlier = any(one.promise.number == event.number for one in state.appointments.values())
    refuse_unless(not earlier and event.number not in state.promised, "promised_already", "a callback is promised to this number already")
    one = state.appointments[event.callback] = Appointment(event.callback, event, state.now)
    state.deadlines.set(Due.PROMISE_DUE, one, due_us)
    _tell(state, one, CallbackState.PROMISED, event.agent, event.note)


def _due_us(state: State, promise: CallbackPromised) -> int:
    return micros(promise.due_at) - span(state.plan.ahead_seconds)


def clock_was_set(state: State) -> None:
    """What was promised is the wall clock's time."""
    for one in state.appointments.values():
        state.deadlines.set(Due.PROMISE_DUE, one, _due_us(state, one.promise))


def refuse_unless(holds: bool, code: str, why: str) -> None:
    """Raise NotPromised unless it ``holds``."""
    if not holds:
        raise NotPromised(code, why)


def can_be_promised(plan: Plan) -> bool:
    """Whether the exchange may dial customers: it is set up so when some queue calls back."""
    return any(queue.callback is not None for queue in plan.queues)


def check_time(plan: Plan, queue: QueuePlan, due_us: int, now_us: int) -> None:
    """Raise NotPromised unless ``due_us`` is to come, within ``FARTHEST_DAYS``, and while ``queue`` is open by its hours."""
    refuse_unless(due_us > now_us, "time_is_past", "that time is past")
    refuse_unless(due_us <= now_us + span(FARTHEST_DAYS * 86_400.0), "time_too_far", f"that is more than {FARTHEST_DAYS} days ahead")
    refuse_unless(is_open(plan, queue, due_us), "closed_then", f"{queue.id} is closed then")


def usual_times(plan: Plan, queue: QueuePlan, now_us: int) -> dict[str, int]:
    """What is promised with one click, by name, in microseconds: ``in_an_hour``, if the queue is open then, and ``next_morning``,
    tomorrow at nine by the queue's clocks, or when it opens next."""
    soon = (now_us + span(SOON_SECONDS)) // span(60.0) * span(60.0)
    tomorrow = local_clock(plan, queue, now_us).replace(hour=0, minute=0, second=0, microsecond=0)
    morning = opens_at(plan, queue, moment_of(plan, queue, micros(tomorrow) + span(86_400.0 + MORNING_SECONDS)))
    times = {"in_an_hour": soon, "next_morning": morning}
    return {name: at_us for name, at_us in times.items() if is_open(plan, queue, at_us)}


def due(state: State, one: Appointment) -> None:
    """The promise is a call from now on, unless a callback to the same number waits already."""
    del state.appointments[one.id]
    promise = one.promise
    earlier = state.promised.get(promise.number)
    if earlier is not None:
        _tell(state, one, CallbackState.CANCELLED, BY_CALLER, f"promised already to {earlier.id}")
        return
    if not dialable(state, promise.number):
        _tell(state, one, CallbackState.CANCELLED, "plan", "this number is not dialled any more")
        return
    call = callers.begin(state, one.id, promise.number, promise.ani_name, promise.dnis, promise.entry)
    call.product_line, call.level, call.language = promise.product_line, promise.level, promise.language
    call.segment, call.urgent = promise.segment, promise.urgent
    call.customers, call.customer, call.case = promise.customers, promise.customer, promise.case
    call.queue = state.queue_for(promise.product_line, promise.level)
    call.queued_at, call.queued_us = state.now, state.now_us
    call.promises = 1
    call.callback = Callback(_id(one.id), promise.number, call, one.promised_at, on_line=False, of=promise)
    call.personal = (promise.agent, state.plan.personal_wait_seconds)
    state.promised[promise.number] = call
    call_enters(state, call, CallInput.PROMISE_DUE)
    wait(state, call)


def cancelled(state: State, event: CallbackCancelled) -> None:
    """Somebody calls the promise off, whether it is due yet or not; raises IllegalTransition as ``calling_back.cancelled`` does."""
    one = state.appointments.pop(event.call, None)
    if one is None:
        calling_back.cancelled(state, event)
        return
    one.due_us = None
    _tell(state, one, CallbackState.CANCELLED, event.by, event.reason)


def _id(call: CallId) -> str:
    """As ``acd.callbacks.promise`` names the first promise of a call."""
    return f"{call}/b"


def _tell(state: State, one: Appointment, now: CallbackState, by: str, reason: str) -> None:
    next_at = one.promise.due_at if one.due_us is not None and now is CallbackState.PROMISED else None
    state.say(CallbackChanged(one.id, one.promise.number, now, 0, next_at, _id(one.id), one.queue_id, by=by, reason=reason))
