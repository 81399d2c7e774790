"""Why this agent, and why nobody yet: what people are told about the router's decisions.

Decides nothing about calls. Every explanation is bounded: names are cut to the first few in the order of agents' ids, counts are not cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from acd.appointment import CallbackPromised, Promised
from acd.barring import refusing, resting
from acd.calls import Call
from acd.choice import RULES
from acd.effects import OfferMade, ScreenPop, Skipped
from acd.instants import seconds
from acd.model import AgentId, AgentState, CallbackOrder, Level
from acd.offer import Offer
from acd.plan import CallbackRules, QueuePlan
from acd.reason import Reason
from acd.stages import Stage
from acd.state import State

NAMES_OF_CANDIDATES = 8
NAMES_OF_SKIPPED = 3
KEPT = 8192
"""So many explanations are not worded anew."""

_OCCUPIED = (AgentState.TALKING, AgentState.RESERVED, AgentState.WRAP_UP, AgentState.NOT_READY)
_NO_PHONE = "phone_gone"
_ALONE = "left_alone"
_MISSED = "missed_before"
_FAILED = "failed_before"
_OTHERS = "no_match"
"""These are counted, not named: they are nearly everybody."""
_NAMED = (_NO_PHONE, _ALONE, _MISSED, _FAILED)
"""Reasons that are about single agents: they are told by name."""

ONLY, BY_NAME = "only_free", "by_name"
"""How it was decided, besides the strategies' own names."""

ENGLISH: Mapping[str, str] = {
    "talking": "talking",
    "reserved": "reserved for another call",
    "wrap_up": "in wrap-up",
    "not_ready": "not ready",
    "not_ringable": "can't be rung now",
    "free_not_for_this": "free, but not for this call now",
    _NO_PHONE: "phone can't be rung",
    _ALONE: "left alone after a miss or a failure",
    _MISSED: "missed this call before",
    _FAILED: "an offer of this call to them failed",
    _OTHERS: "don't match",
    "nobody_logged_in": "nobody who matches {need} is logged in",
    "all_occupied": "all who match {need} are occupied",
    "still_on_line": "the caller, who is promised a callback, may still be on the line",
    "not_reached": "the customer was not reached when he was called back; he is tried again later",
    "no_line": "the customer is promised a callback, but there is no line on which he can be called (callbacks, in the configuration)",
    "when_open": "the customer is promised a callback, and is called when the queue opens",
    "rang_in": "the customer is promised a callback, and has just rung in himself",
    "hears_incident": "the caller hears of the incident first",
    "kept_failing": "offers of this call kept failing; it is tried again shortly",
    "has_waited": "{call} has waited {seconds:.0f} s, in queue {name} since {since:%H:%M:%S}",
    "step_asks": "step {name} asks for {need}",
    "ahead": "{count} waiting calls are before it",
    "relaxes": "in {seconds:.0f} s step {name} asks for {need}",
}
"""Each reason as a sentence, or as what so many agents are. The pages have words of their own."""
_COUNTED = (*(occupied.value for occupied in _OCCUPIED), "not_ringable", "free_not_for_this")
"""Parts of ``all_occupied``."""


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
        reasons=(decided_by(made), Reason("step_asks", name=made.step, need=made.need)), phone=offer.phone,
        promise=_kept(call), promises=_promised_to(state, call.ani),
    )  # fmt: skip


def _kept(call: Call) -> Promised | None:
    of = call.callback.of if call.promised and call.callback is not None else None
    return None if of is None else _said(of)


def _promised_to(state: State, number: str) -> tuple[Promised, ...]:
    """What agents have promised to who has this number, and is not due yet."""
    return tuple(_said(one.promise) for one in state.appointments.values() if number and one.promise.number == number)


def _said(promise: CallbackPromised) -> Promised:
    return Promised(promise.agent, promise.due_at, promise.note)


def decided_by(made: OfferMade) -> Reason:
    """What made it this agent."""
    return Reason(BY_NAME if not made.strategy else ONLY if made.candidate_count == 1 else made.strategy, made.candidate_count)


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
    return tuple([Skipped(ENGLISH[reason], mask.bit_count(), _some(state, reason, mask)) for reason, mask in groups])


def _some(state: State, reason: str, mask: int) -> tuple[AgentId, ...]:
    return () if reason == _OTHERS else names(state, mask, NAMES_OF_SKIPPED)


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
    return [(occupied.value, state.roster.in_state[occupied] & admits) for occupied in _OCCUPIED]


def in_short(state: State, stage: Stage) -> tuple[tuple[Reason, ...], str]:
    """Why nobody takes the calls of a stage, as reasons and in English; the same for all of them."""
    step, roster = stage.in_force, state.roster
    if not step.admits & roster.logged_in:
        return _nobody_logged_in(step.text)
    ready = roster.in_state[AgentState.READY] & step.admits
    away = ready & ~roster.free.mask
    counts = [(roster.in_state[occupied] & step.admits).bit_count() for occupied in _OCCUPIED]
    return _all_occupied(step.text, (*counts, away.bit_count(), (ready & ~away).bit_count()))


@lru_cache(maxsize=KEPT)
def _nobody_logged_in(need: str) -> tuple[tuple[Reason, ...], str]:
    reasons = (Reason("nobody_logged_in", need=need),)
    return reasons, english(reasons)


@lru_cache(maxsize=KEPT)
def _all_occupied(need: str, counts: tuple[int, ...]) -> tuple[tuple[Reason, ...], str]:
    """``counts`` goes with ``_COUNTED``. Asked for each stage with every live view, and nearly always as before."""
    groups = (Reason(code, count) for code, count in zip(_COUNTED, counts, strict=True) if count)
    reasons = (Reason("all_occupied", need=need), *groups)
    return reasons, english(reasons)


def why_resting(call: Call) -> Reason:
    """Why a call that rests is offered to nobody."""
    if call.promised and call.callback is not None and call.callback.on_line:
        return Reason("still_on_line")
    if call.promised and call.callback is not None and call.callback.no_line:
        return Reason("no_line")
    if call.callback is not None and call.callback.unreached:
        return Reason("not_reached")
    if call.promised and call.callback is not None and call.callback.next_at is not None:
        return Reason("when_open")
    if call.promised and not call.failures:
        return Reason("rang_in")
    return Reason("hears_incident" if call.hearing else "kept_failing")


def why_nobody(state: State, call: Call, now_us: int) -> tuple[Reason, ...]:
    """Why nobody takes this call at ``now_us``, with all that is known; nothing for a call that doesn't wait."""
    if call.stage is None or call.place is None or call.queue is None:
        return ()
    waited_us = max(now_us, state.now_us) - call.arrived_us
    return (
        Reason("has_waited", name=call.queue.id, seconds=seconds(waited_us)),
        Reason("step_asks", name=call.stage.in_force.name, need=call.stage.in_force.text),
        *(in_short(state, call.stage)[0] if not call.rests_until_us else (why_resting(call),)),
        *_particular(state, call),
        Reason("ahead", state.room.ahead(call.place)),
        *_relaxing(call, waited_us - call.talked_us),
    )


def at_length(state: State, call: Call, now_us: int) -> str:
    """``why_nobody`` in English; for a call that doesn't wait, what it is doing."""
    reasons = why_nobody(state, call, now_us)
    return english(reasons, call.id, call.queued_at) + "." if reasons else _doing(call)


def english(reasons: Sequence[Reason], call: str = "", since: datetime | None = None) -> str:
    """The reasons in a sentence; ``call`` and ``since`` (when it was queued) are for ``has_waited``."""
    counted = ", ".join(f"{one.count} {ENGLISH[one.code]}" for one in reasons if one.code in _COUNTED)
    return "; ".join(_part(one, call, since, counted) for one in reasons if one.code not in _COUNTED)


def _part(reason: Reason, call: str, since: datetime | None, counted: str) -> str:
    text = ENGLISH[reason.code].format(
        call=call, since=since, count=reason.count, name=reason.name, need=reason.need, seconds=reason.seconds
    )
    if reason.code == "all_occupied":
        return f"{text}: {counted}"
    return f"{text}: {', '.join(reason.agents)}" if reason.agents else text


def _doing(call: Call) -> str:
    agent = f" with {call.agent}" if call.agent else ""
    return f"{call.id} is not waiting: it is {call.state}{agent} since {call.state_since:%H:%M:%S}."


def _particular(state: State, call: Call) -> list[Reason]:
    told = [(code, mask) for code, mask in passed_over(state, call) if code in _NAMED]
    return [Reason(code, mask.bit_count(), agents=names(state, mask, NAMES_OF_CANDIDATES)) for code, mask in told]


def _relaxing(call: Call, waited_us: int) -> list[Reason]:
    stage = call.stage
    if stage is None or stage.until_us is None or stage.after is None:
        return []
    return [Reason("relaxes", name=stage.after.name, need=stage.after.text, seconds=seconds(max(stage.until_us - waited_us, 0)))]
