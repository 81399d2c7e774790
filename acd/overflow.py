"""Where a call goes instead of waiting: overflow and closing rules.

Decides by the queue's rules: the first one whose conditions all hold, when the call joins, after a rule's elapsed wait, and at closing
time. A call that talks is left alone, one that is being offered until that comes to nothing; nobody is sent to a queue that is closed. It
does not know what a destination is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Final

from acd import callbacks
from acd.calls import Call
from acd.deadlines import Due
from acd.effects import CallOverflowed, SendCall
from acd.expectation import of_newcomer
from acd.hours import is_during, next_change, opening_word
from acd.instants import seconds, span
from acd.model import CallState
from acd.moving import aim, settle
from acd.opening import open_now
from acd.plan import Overflow, QueuePlan
from acd.state import State, call_enters
from acd.tables import CallInput

LOOK_AGAIN_SECONDS: Final = 30.0
"""A rule whose wait is over, but whose other conditions did not hold or whose target was closed, is looked at so often."""


class Occasion(Enum):
    """When rules are looked at, and which."""

    JOINING = "joining"
    WAITED = "waited"
    CLOSING = "closing"


_LOOKED_AT: Mapping[Occasion, Callable[[Overflow], bool]] = {
    Occasion.JOINING: lambda rule: True,
    Occasion.WAITED: lambda rule: rule.after_seconds is not None,
    Occasion.CLOSING: lambda rule: rule.also_waiting,
}


def rule_for(state: State, call: Call, occasion: Occasion) -> Overflow | None:
    """The rule that sends the call elsewhere on this occasion."""
    queue = call.queue
    if queue is None or not queue.overflow:
        return None
    rules = (rule for rule in queue.overflow if _LOOKED_AT[occasion](rule))
    return next((rule for rule in rules if _holds(state, call, queue, rule) and _target(state, call, rule)), None)


def _holds(state: State, call: Call, queue: QueuePlan, rule: Overflow) -> bool:
    waited_us = state.now_us - call.waits_from_us
    return (
        (not rule.when_closed or not open_now(state, queue))
        and (not rule.during or is_during(state.plan, queue, rule.during, state.now_us))
        and (rule.after_seconds is None or waited_us >= span(rule.after_seconds))
        and (rule.when_waiting is None or _others_waiting(state, call, queue) >= rule.when_waiting)
        and (rule.when_expected_seconds is None or _expects(state, call, queue) >= rule.when_expected_seconds)
    )


def _others_waiting(state: State, call: Call, queue: QueuePlan) -> int:
    return state.waiting_in.get(queue.id, 0) - (call.place is not None)


def _expects(state: State, call: Call, queue: QueuePlan) -> float:
    first = state.stages.first(queue, call.values()).matchable(state.roster.logged_in)
    expected = of_newcomer(state, queue, first.admits)
    return float("inf") if expected is None else expected


def _target(state: State, call: Call, rule: Overflow) -> QueuePlan | str | None:
    if rule.to_destination is not None:
        return None if rule.to_destination in call.nobody_at else rule.to_destination
    if rule.to_callback:
        return said_of(rule) if callbacks.possible(state, call) else None
    if call.queue is None or rule.to_queue in (*call.been_in, call.queue.id):
        return None
    target = next((queue for queue in state.plan.queues if queue.id == rule.to_queue), None)
    return target if target is not None and open_now(state, target) else None


def said_of(rule: Overflow) -> str:
    """Where a caller hears that he will be called back."""
    return callbacks.PROMISED_WHEN_OPEN if rule.when_closed else callbacks.PROMISED


def tell(state: State, call: Call, rule: Overflow) -> None:
    """Say that the rule was applied."""
    assert call.queue is not None, "a rule is a queue's"
    waited = seconds(state.now_us - call.arrived_us)
    state.say(CallOverflowed(call.id, rule.name, call.queue.id, rule.to_queue, rule.to_destination, waited, rule.to_callback))


def move(state: State, call: Call, rule: Overflow) -> bool:
    """Do what the rule says with a call that is not in the room; whether it is still to wait, now in another queue."""
    target = _target(state, call, rule)
    assert call.queue is not None and target is not None, "a rule that applies has a target"
    tell(state, call, rule)
    if isinstance(target, QueuePlan):
        been_in = (*call.been_in, call.queue.id)
        settle(call, target)
        call.been_in = been_in
        return True
    state.figures.flowed_out(call)
    aim(state, call, target)
    call_enters(state, call, CallInput.DIVERTED)
    state.to_hold.pop(call.id, None)
    send(state, call)
    return False


def send(state: State, call: Call) -> None:
    """Let a diverted call go to its destination, which may tell when its queue opens again."""
    assert call.destination is not None, "a diverted call has a destination"
    queue = call.queue if call.destination in state.plan.tells_opening else None
    state.say(SendCall(call.id, call.destination, "" if queue is None else opening_word(state.plan, queue, state.now_us)))


def keep_watch(state: State, call: Call) -> None:
    """Look at the rules again when the next of them may hold by elapsed wait, and now and then at those that may hold later."""
    if call.queue is None or not call.queue.overflow:
        return
    again = state.now_us + span(LOOK_AGAIN_SECONDS)
    ends = (call.waits_from_us + span(rule.after_seconds) for rule in call.queue.overflow if rule.after_seconds is not None)
    following = min((end if end > state.now_us else again for end in ends), default=None)
    if following is not None:
        state.deadlines.set(Due.OVERFLOW, call, following)


def look_again(state: State, call: Call, since_us: int) -> None:
    """A call that was being offered since ``since_us`` waits again: what the rules would have done with it meanwhile is done now."""
    rules = () if call.queue is None else call.queue.overflow
    ends = (call.waits_from_us + span(rule.after_seconds) for rule in rules if rule.after_seconds is not None)
    if any(since_us < end <= state.now_us for end in ends):
        state.deadlines.set(Due.OVERFLOW, call, state.now_us)
    if not any(rule.also_waiting for rule in rules):
        return
    changed_us = next_change(state.plan, since_us)
    is_closed = call.queue is not None and not open_now(state, call.queue)  # by hand, for instance, which no calendar tells
    if is_closed or (changed_us is not None and changed_us <= state.now_us):
        state.deadlines.set(Due.OPENING, state.opening, state.now_us)


def watch_hours(state: State) -> None:
    """Look at the hours again when the next queue opens or closes."""
    following = next_change(state.plan, state.now_us)
    if following is None:
        state.opening.next_us = None
    else:
        state.deadlines.set(Due.OPENING, state.opening, following)


def closing(state: State) -> Iterator[tuple[Call, Overflow]]:
    """The waiting calls that the closing of their queues sends away, in order of virtual arrival, one after the other."""
    for call in [call for call in state.room if call.state is CallState.WAITING]:
        if (rule := rule_for(state, call, Occasion.CLOSING)) is not None:
            yield call, rule
