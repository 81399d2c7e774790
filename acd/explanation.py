"""Why this agent, and why nobody yet: what people are told about the router's decisions.

Decides nothing about calls. Every explanation is bounded: names are cut to the first few in the order of agents' ids, counts are not cut.
"""

from __future__ import annotations

from acd.barring import refusing, resting
from acd.calls import Call
from acd.choice import RULES
from acd.effects import OfferMade, ScreenPop, Skipped
from acd.instants import seconds
from acd.model import AgentId, AgentState, CallbackOrder, Level
from acd.offer import Offer
from acd.plan import CallbackRules, QueuePlan
from acd.stages import Stage
from acd.state import State

NAMES_OF_CANDIDATES = 8
NAMES_OF_SKIPPED = 3

_OCCUPIED = {
    AgentState.TALKING: "talking",
    AgentState.RESERVED: "reserved for another call",
    AgentState.WRAP_UP: "in wrap-up",
    AgentState.NOT_READY: "not ready",
}
_NO_PHONE = "phone can't be rung"
_ALONE = "left alone after a miss or a failure"
_MISSED = "missed this call before"
_FAILED = "an offer of this call to them failed"
_OTHERS = "don't match"
"""These are counted, not named: they are nearly everybody."""
_NAMED = (_NO_PHONE, _ALONE, _MISSED, _FAILED)
"""Reasons that are about single agents: they are told by name."""


def offer_made(state: State, offer: Offer, candidates: int) -> OfferMade:
    """The explanation of an offer that is about to be made; ``candidates`` is the mask of those who could have got it."""
    call = offer.call
    assert call.stage is not None and call.queue is not None and call.place is not None, "an offer is made to a waiting call"
    step = call.stage.in_force
    return OfferMade(
        offer.id, call.id, offer.agent.id, call.queue.id, call.attempts, step.name, step.text, call.queue.strategy.value,
        _rule(call.queue, candidates.bit_count()), seconds(state.now_us - call.arrived_us), names(state, candidates, NAMES_OF_CANDIDATES),
        candidates.bit_count(), _skipped(state, call, candidates), state.room.ahead(call.place),
    )  # fmt: skip


def screen_pop(state: State, offer: Offer, made: OfferMade) -> ScreenPop:
    """What the agent sees before his phone rings."""
    call = offer.call
    return ScreenPop(
        offer.id, call.id, offer.agent.id, call.ani, call.ani_name, call.dnis, call.entry, call.path, call.product_line or "",
        call.level or Level.L1, call.language or "", call.segment, call.urgent, call.arrived_at, made.waited_seconds,
        f"{made.rule}; {made.step}: {made.need}", made.attempt, call.handover, call.bounces,
        call.customers, call.customer, call.case, callback=_number(call), callback_order=_order(call),
    )  # fmt: skip


def _number(call: Call) -> str:
    return call.callback.number if call.promised and call.callback is not None else ""


def _order(call: Call) -> CallbackOrder:
    rules = (call.queue.callback if call.queue is not None else None) or CallbackRules()
    return rules.order


def names(state: State, mask: int, most: int) -> tuple[AgentId, ...]:
    """The first few agents of a mask."""
    company = state.roster.company
    found: list[AgentId] = []
    while mask and len(found) < most:
        lowest = mask & -mask
        found.append(company[lowest.bit_length() - 1].id)
        mask ^= lowest
    return tuple(found)


def _rule(queue: QueuePlan, count: int) -> str:
    return "the only free agent who matches" if count == 1 else f"{RULES[queue.strategy]} of {count} free agents who match"


def _skipped(state: State, call: Call, candidates: int) -> tuple[Skipped, ...]:
    groups = passed_over(state, call, candidates)
    return tuple([Skipped(reason, mask.bit_count(), _some(state, reason, mask)) for reason, mask in groups])


def _some(state: State, reason: str, mask: int) -> tuple[AgentId, ...]:
    return () if reason is _OTHERS else names(state, mask, NAMES_OF_SKIPPED)


def passed_over(state: State, call: Call, candidates: int = 0) -> list[tuple[str, int]]:
    """Reason -> mask of the logged-in agents who are not among ``candidates``, for a waiting call."""
    assert call.stage is not None, "a waiting call has a stage"
    roster, admits = state.roster, call.stage.in_force.admits
    groups = _occupied(state, admits)
    ready = roster.in_state[AgentState.READY] & admits
    if roster.unreachable:
        groups.append((_NO_PHONE, ready & roster.unreachable))
    if roster.resting:
        groups.append((_ALONE, ready & roster.resting))
    if call.refusals:
        groups.append((_MISSED, roster.free.mask & admits & refusing(state, call)))
    if call.rests:
        groups.append((_FAILED, roster.free.mask & admits & resting(state, call)))
    groups.append((_OTHERS, roster.logged_in & ~admits))
    return [(reason, left) for reason, mask in groups if mask and (left := mask & ~candidates)]


def _occupied(state: State, admits: int) -> list[tuple[str, int]]:
    return [(reason, state.roster.in_state[occupied] & admits) for occupied, reason in _OCCUPIED.items()]


def in_short(state: State, stage: Stage) -> str:
    """Why nobody takes the calls of a stage, in a sentence that is the same for all of them."""
    step, logged_in = stage.in_force, state.roster.logged_in
    if not step.admits & logged_in:
        return f"nobody who matches {step.text} is logged in"
    states = [f"{mask.bit_count()} {reason}" for reason, mask in _occupied(state, step.admits) if mask]
    ready = state.roster.in_state[AgentState.READY] & step.admits
    away = ready & ~state.roster.free.mask
    states += [f"{away.bit_count()} can't be rung now"] if away else []
    free = ready & ~away
    states += [f"{free.bit_count()} free, but not for this call now"] if free else []
    return f"all who match {step.text} are occupied: {', '.join(states)}"


def why_resting(call: Call) -> str:
    """Why a call that rests is offered to nobody."""
    if call.promised and call.callback is not None and call.callback.on_line:
        return "the caller, who is promised a callback, may still be on the line"
    if call.callback is not None and call.callback.unreached:
        return "the customer was not reached when he was called back; he is tried again later"
    if call.promised and call.callback is not None and call.callback.next_at is not None:
        return "the customer is promised a callback, and is called when the queue opens"
    if call.promised and not call.failures:
        return "the customer is promised a callback, and has just rung in himself"
    if call.hearing:
        return "the caller hears of the incident first"
    return "offers of this call kept failing; it is tried again shortly"


def at_length(state: State, call: Call, now_us: int) -> str:
    """Why nobody takes this call at ``now_us``, with all that is known; for a call that doesn't wait, what it is doing."""
    if call.stage is None or call.place is None or call.queue is None:
        return _doing(call)
    waited_us = max(now_us, state.now_us) - call.arrived_us
    parts = [
        f"{call.id} has waited {seconds(waited_us):.0f} s, in queue {call.queue.id} since {call.queued_at:%H:%M:%S}",
        f"step {call.stage.in_force.name} asks for {call.stage.in_force.text}",
        in_short(state, call.stage) if not call.rests_until_us else why_resting(call),
        *_particular(state, call),
        f"{state.room.ahead(call.place)} waiting calls are before it",
        *_relaxing(call, waited_us - call.talked_us),
    ]
    return "; ".join(parts) + "."


def _doing(call: Call) -> str:
    agent = f" with {call.agent}" if call.agent else ""
    return f"{call.id} is not waiting: it is {call.state}{agent} since {call.state_since:%H:%M:%S}."


def _particular(state: State, call: Call) -> list[str]:
    told = [(reason, mask) for reason, mask in passed_over(state, call) if reason in _NAMED]
    return [f"{reason}: {', '.join(names(state, mask, NAMES_OF_CANDIDATES))}" for reason, mask in told]


def _relaxing(call: Call, waited_us: int) -> list[str]:
    stage = call.stage
    if stage is None or stage.until_us is None or stage.after is None:
        return []
    return [f"in {seconds(max(stage.until_us - waited_us, 0)):.0f} s step {stage.after.name} asks for {stage.after.text}"]
