"""How a call comes to wait, and how what it needs relaxes.

Decides which stage of its requirement a call is in by its elapsed wait, and tells when the step in force changes. It does not
know who is free: it leaves a lead for ``acd.matching``.
"""

from __future__ import annotations

from acd import announcing, callbacks, incidents, overflow
from acd.calls import Call
from acd.deadlines import Due
from acd.effects import CallChanged, HoldCall, StepEntered
from acd.hours import Opening
from acd.instants import seconds
from acd.model import CallState, Level
from acd.overflow import Occasion
from acd.plan import Overflow, QueuePlan
from acd.stages import PERSONAL, Stage
from acd.state import State, call_enters
from acd.tables import CallInput

UNKNOWN_LINE = "unknown"
"""What a call is about of which nothing is known, in a plan without queues."""


def requeue(state: State, call: Call) -> None:
    """He is in hold, and waits; somebody of whom it is not known what he wants does so in the plan's first queue."""
    if call.product_line is None or call.level is None:
        first = state.plan.queues[0] if state.plan.queues else None
        call.product_line, call.level = (first.product_line, first.level) if first else (UNKNOWN_LINE, Level.L1)
    join(state, call, CallInput.REQUEUED)


def join(state: State, call: Call, happened: CallInput) -> None:
    """The call begins to wait in the queue of its product line and level."""
    assert call.product_line is not None and call.level is not None, "a call joins a queue when it is known what it is about"
    call.queue = state.queue_for(call.product_line, call.level)
    if call.queued_at is None:
        call.queued_at, call.queued_us = state.now, state.now_us
    state.figures.joined(call)
    if happened is CallInput.QUEUED and not _overflow_at_once(state, call):
        return
    call_enters(state, call, happened)
    wait(state, call)
    if happened is CallInput.QUEUED:
        incidents.meet(state, call)
    state.to_hold[call.id] = call


def _overflow_at_once(state: State, call: Call) -> bool:
    while (rule := overflow.rule_for(state, call, Occasion.JOINING)) is not None:
        if rule.to_callback:
            call_enters(state, call, CallInput.QUEUED)
            wait(state, call)
            send_elsewhere(state, call, rule)
            return False
        if not overflow.move(state, call, rule):
            return False
    return True


def elsewhere_at_once(state: State, call: Call) -> bool:
    """A call that waits is as one that joins its queue: its rules of joining send it elsewhere; whether one did."""
    sent = False
    while call.state is CallState.WAITING and (rule := overflow.rule_for(state, call, Occasion.JOINING)) is not None:
        send_elsewhere(state, call, rule)
        sent = True
    return sent


def wait(state: State, call: Call) -> None:
    """Put a waiting call at the place that its virtual arrival gives it, in the stage that its wait has reached."""
    assert call.queue is not None, "a waiting call has a queue"
    stage = _reached(state, call, _first_stage(state, call, call.queue))
    _open(state, stage)
    state.room.add(call, call.arrived_us - call.head_start_us(state.plan.head_start_seconds), stage)
    state.waiting_in[call.queue.id] = state.waiting_in.get(call.queue.id, 0) + 1
    if call.refusals:
        state.refused[call.id] = call
    overflow.keep_watch(state, call)
    announcing.watch(state, call)
    callbacks.keep_hours(state, call)
    _stay(state, call, stage)


def promise(state: State, call: Call, number: str, said: str = callbacks.PROMISED) -> None:
    """Promise a waiting caller that he is called back; where that has a head start, his place is another one from then on."""
    before = call.head_start_us(state.plan.head_start_seconds)
    callbacks.promise(state, call, number, said)
    if call.head_start_us(state.plan.head_start_seconds) != before:
        stop_waiting(state, call)
        wait(state, call)


def _first_stage(state: State, call: Call, queue: QueuePlan) -> Stage:
    first = state.stages.first(queue, call.values())
    if call.personal is None:
        return first
    stage = state.stages.personal(*call.personal, first)
    if stage.admits & state.roster.logged_in:
        return stage
    call.personal = None  # he is not there: what the call needs relaxes as if nobody had been named
    return first


def stop_waiting(state: State, call: Call) -> None:
    """Take a waiting call out of the room: offered, or gone."""
    state.room.remove(call)
    state.refused.pop(call.id, None)
    call.stage_ends_us = call.overflow_us = None
    if call.queue is not None:
        state.waiting_in[call.queue.id] -= 1


def relax(state: State, call: Call) -> None:
    """The call's stage is over."""
    if call.place is None or call.stage is None:
        return
    stage = _reached(state, call, call.stage)
    _open(state, stage)
    state.room.advance(call, stage)
    _stay(state, call, stage)


def overflow_due(state: State, call: Call) -> None:
    """A waiting call's overflow rules may hold now."""
    if call.state is not CallState.WAITING:
        return
    rule = overflow.rule_for(state, call, Occasion.WAITED)
    if rule is None:
        overflow.keep_watch(state, call)
    else:
        send_elsewhere(state, call, rule)


def hours_changed(state: State, opening: Opening) -> None:
    """Some queue opened or closed: at closing time, rules may send those away who wait."""
    for call, rule in overflow.closing(state):
        send_elsewhere(state, call, rule)
    for call in state.room:
        callbacks.keep_hours(state, call)
    overflow.watch_hours(state)


def send_elsewhere(state: State, call: Call, rule: Overflow) -> None:
    """Take a waiting call out of its queue, to where the rule says."""
    if rule.to_callback:
        overflow.tell(state, call, rule)
        promise(state, call, call.ani, overflow.said_of(rule))
        return
    stop_waiting(state, call)
    if overflow.move(state, call, rule):
        state.say(CallChanged(call.id, call.state, call.queue_id, call.agent))
        wait(state, call)


def refit(state: State) -> None:
    """Who is logged in has changed: steps that nobody can match are skipped, and come into force again when somebody can."""
    logged_in = state.roster.logged_in
    if logged_in == state.logged_in_before:
        return
    state.logged_in_before = logged_in
    for stage in state.room.stages():
        in_force = stage.matchable(logged_in)
        if in_force is not stage.in_force and stage.name == PERSONAL and stage.after is not None:
            _stop_waiting_for_one(state, stage, stage.after)
        elif in_force is not stage.in_force:
            stage.in_force = in_force
            for place in stage.line:
                tell_step(state, place[2])
                state.lead_calls[place[2].id] = place[2]


def _stop_waiting_for_one(state: State, stage: Stage, after: Stage) -> None:
    """The agent whom these calls were handed to has gone home."""
    for _, _, call in list(stage.line):
        call.personal = None
        reached = _reached(state, call, after)
        _open(state, reached)
        state.room.advance(call, reached)
        _stay(state, call, reached)


def tell_step(state: State, call: Call) -> None:
    """Say which step is in force for a waiting call, unless that was said."""
    assert call.stage is not None, "a waiting call has a stage"
    step, told = call.stage.in_force, call.told
    if step is not told:
        call.told = step
        if told is None or (told.name, told.need) != (step.name, step.need):
            state.say(StepEntered(call.id, step.name, step.text, seconds(state.now_us - call.arrived_us)))


def hold(state: State) -> None:
    """Hold the callers who must be held and whose agent is not being rung at once."""
    for call in state.to_hold.values():
        unread = call.offer is not None and not call.offer.acknowledged
        if (call.state is CallState.WAITING or unread) and call.queue is not None:
            state.say(HoldCall(call.id, call.queue.id, call.language or ""))
            incidents.tell(state, call)
    state.to_hold.clear()


def _stay(state: State, call: Call, stage: Stage) -> None:
    if stage.until_us is not None:
        state.deadlines.set(Due.STAGE_OVER, call, call.waits_from_us + stage.until_us)
    tell_step(state, call)
    state.lead_calls[call.id] = call


def _reached(state: State, call: Call, stage: Stage) -> Stage:
    waited = state.now_us - call.waits_from_us
    while stage.until_us is not None and stage.after is not None and waited >= stage.until_us:
        stage = stage.after
    return stage


def _open(state: State, stage: Stage) -> None:
    if not stage.line:
        stage.in_force = stage.matchable(state.roster.logged_in)
