"""The life cycle of an offer: made, ringing, and then accepted, missed, rescinded or failed.

Decides what each end of an offer means for its call and its agent. A missed or failed one brings the call back to its old place. After
a miss the agent is treated as the plan says for the cause; after a failure nobody is to blame, but the pair, and whoever keeps
failing, is left alone for a while that doubles up to ``LONGEST_REST_SECONDS``, so that a broken exchange is not asked in a hot loop.
It does not know how an offer is carried out.
"""

from __future__ import annotations

from acd import announcing, callbacks, incidents, overflow
from acd.calls import Call
from acd.deadlines import Due
from acd.effects import OfferChanged, RingAgent, StopRinging, WithdrawPop
from acd.explanation import offer_made, screen_pop
from acd.instants import micros, span
from acd.model import AgentId, CallState, MissCause, OfferId, OfferState
from acd.offer import Offer
from acd.plan import QueuePlan, Rona
from acd.queueing import stop_waiting, wait
from acd.roster import Agent
from acd.state import State, agent_enters, call_enters, release
from acd.tables import OFFER, AgentInput, CallInput, OfferInput

FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 30.0


def make(state: State, call: Call, agent: Agent, candidates: int) -> None:
    """Reserve ``agent`` for the waiting ``call``: first the explanation, then the reservation, then the pop, then the ringing."""
    call.attempts += 1
    offer = opened(state, call, agent)
    made = offer_made(state, offer, candidates)
    pop = screen_pop(state, offer, made)
    stop_waiting(state, call)
    state.say(made)
    state.say(OfferChanged(offer.id, call.id, agent.id, offer.state))
    call.offer, call.agent = offer, agent.id
    call_enters(state, call, CallInput.RESERVED)
    agent.offer, agent.call, agent.last_offer = offer, call.id, state.offers_made
    agent_enters(state, agent, AgentInput.RESERVED, "call")
    state.say(pop)
    # Without a page there is nothing to read it on: he is told by phone, rather than miss the call.
    offer.acknowledged = call.handover is None or not agent.desk_connected
    if offer.acknowledged:
        _ring(state, offer)


def _ring(state: State, offer: Offer) -> None:
    call = offer.call
    if call.promised:
        callbacks.attempt(state, offer)
    elif call.queue is not None:
        agent = offer.agent
        state.say(RingAgent(
            offer.id, call.id, agent.id, offer.phone, state.plan.ring_seconds, call.queue.id, agent.plan.auto_answer
        ))  # fmt: skip


def acknowledged(state: State, offer: Offer) -> None:
    """The agent has read what was handed over with the call: his phone rings. Said again, it changes nothing."""
    if not offer.acknowledged:
        offer.acknowledged = True
        expect_news(state, offer)
        _ring(state, offer)


def opened(state: State, call: Call, agent: Agent) -> Offer:
    """A new offer of the call to the agent, of which news is expected."""
    assert agent.phone is not None, "a ready agent sits at a phone"
    state.offers_made += 1
    offer_id = OfferId(f"{call.id}/o{call.attempts}")
    offer = Offer(offer_id, call, agent, agent.phone, OfferState.PENDING, state.now, None)
    state.offers[offer_id] = offer
    expect_news(state, offer)
    return offer


def expect_news(state: State, offer: Offer) -> None:
    """The exchange has so long from now on to tell of the offer."""
    patience = span(state.plan.ring_seconds + state.plan.ring_grace_seconds)
    state.deadlines.set(Due.OFFER_OVERDUE, offer, state.now_us + patience)


def ringing(state: State, offer: Offer) -> None:
    """The phone is being rung; said again, it changes nothing."""
    if OFFER.allows(offer.state, OfferInput.RANG):
        change(state, offer, OfferInput.RANG)
        offer.rang_us = state.now_us
        expect_news(state, offer)
        offer.call.failures = offer.agent.failures = 0


def answered(state: State, offer: Offer) -> None:
    """Agent and caller are connected; said again, it changes nothing."""
    if OFFER.allows(offer.state, OfferInput.ANSWERED):
        change(state, offer, OfferInput.ANSWERED)
        _count_rings(state, offer, answered=True)
        offer.overdue_us = None
        connect(state, offer)


def _count_rings(state: State, offer: Offer, *, answered: bool) -> None:
    """The three-rings rule: of the phones that rang, how many were answered in time. A caller who leaves meanwhile proves nothing."""
    if offer.rang_us is None:
        return
    in_time = answered and state.now_us - offer.rang_us <= span(state.plan.answer_within_seconds)
    offer.agent.rung += 1
    offer.agent.rung_in_time += in_time
    if offer.call.queue_id is not None:
        state.figures.rang(offer.call.queue_id, in_time)


def connect(state: State, offer: Offer) -> None:
    """The offer was accepted: both talk."""
    call, agent = offer.call, offer.agent
    agent.calls_taken += 1
    agent.misses.clear()
    if call.promised:
        callbacks.dial_customer(state, offer)
    else:
        state.figures.answered(call, state.now_us)
        announcing.forget(call)
        call_enters(state, call, CallInput.ANSWERED)
    agent_enters(state, agent, AgentInput.ANSWERED, "call")


def missed(state: State, offer: Offer, cause: MissCause) -> None:
    """The agent's side did not take it: he is treated as the plan says for the cause, the call is back at its old place."""
    if not OFFER.allows(offer.state, OfferInput.MISSED):
        return
    call, agent = offer.call, offer.agent
    _count_rings(state, offer, answered=False)
    _end(state, offer, OfferInput.MISSED, cause)
    call.refusals = call.refusals or {}
    call.refusals[agent.id] = call.refusals.get(agent.id, 0) + 1
    treat_miss(state, agent, cause)
    callbacks.spare(state, call)
    return_call(state, call)


def failed(state: State, offer: Offer, detail: str) -> None:
    """Carrying it out failed: both are free of it, and the caller is held, wherever the failure left him."""
    if not OFFER.allows(offer.state, OfferInput.FAILED):
        return
    call, agent = offer.call, offer.agent
    _end(state, offer, OfferInput.FAILED, detail=detail)
    rest_after_failure(state, call, agent)
    release(state, agent, "offer_failed")
    return_call(state, call)
    state.to_hold[call.id] = call


def overdue(state: State, offer: Offer) -> None:
    """No news of the offer came in time: take it back as failed, or, if the agent did not acknowledge the handover, as missed."""
    if not offer.acknowledged:
        missed(state, offer, MissCause.NO_ANSWER)
        return
    stop_ringing(state, offer)
    failed(state, offer, "no news from the exchange")


def phone_lost(state: State, offer: Offer) -> None:
    """The phone can't be rung any more while it was being rung."""
    if OFFER.allows(offer.state, OfferInput.MISSED):
        stop_ringing(state, offer)
        missed(state, offer, MissCause.PHONE_LOST)


def rescind(state: State, offer: Offer, detail: str) -> None:
    """Take the offer back, the agent is free at once. What becomes of the call is the caller's matter."""
    agent = offer.agent
    _end(state, offer, OfferInput.RESCINDED, detail=detail)
    release(state, agent, "rescinded")


def return_call(state: State, call: Call) -> None:
    """Back to waiting, or to the promise of a callback, at the old place."""
    if call.promised:
        callbacks.withdraw(state, call)
    offered_us = micros(call.state_since)
    call_enters(state, call, CallInput.RETURNED_TO_PROMISE if call.promised else CallInput.RETURNED)
    wait(state, call)
    overflow.look_again(state, call, offered_us)
    incidents.tell(state, call)


def stop_ringing(state: State, offer: Offer) -> None:
    """Let the phone stop, and the caller be held, if he is on the line."""
    call = offer.call
    if call.queue is not None:
        state.say(StopRinging(offer.id, call.id, call.queue.id, call.language or "", hang_up=call.promised))


def close(state: State, offer: Offer) -> None:
    """The offer binds its call and its agent no longer."""
    del state.offers[offer.id]
    offer.overdue_us = None
    offer.call.offer = offer.call.agent = None
    offer.agent.offer = None
    if offer.call.state is CallState.OFFERED:
        offer.agent.call = None


def change(state: State, offer: Offer, happened: OfferInput, cause: MissCause | None = None, detail: str = "") -> None:
    """The offer's next state, and its notice."""
    offer.state = OFFER.after(offer.state, happened)
    state.say(OfferChanged(offer.id, offer.call.id, offer.agent.id, offer.state, cause, detail))


def begin_wrap_up(state: State, agent: Agent, queue: QueuePlan | None) -> None:
    """The conversation is over for the agent: he does the after-call work of ``queue``, if it has any."""
    wrap_seconds = queue.wrap_up_seconds if queue is not None else 0.0
    if wrap_seconds <= 0:
        release(state, agent, "call")
        agent.call = None
        return
    agent_enters(state, agent, AgentInput.TALK_OVER, "call")
    agent.wrap_mandatory = queue is not None and queue.wrap_up_mandatory
    state.deadlines.set(Due.WRAP_UP_OVER, agent, state.now_us + span(wrap_seconds))


def _end(state: State, offer: Offer, happened: OfferInput, cause: MissCause | None = None, detail: str = "") -> None:
    change(state, offer, happened, cause, detail)
    state.say(WithdrawPop(offer.id, offer.agent.id, offer.state))
    close(state, offer)


def treat_miss(state: State, agent: Agent, cause: MissCause) -> None:
    """What the plan says for an agent who did not take an offer; he is free of it."""
    rule = state.plan.rona.get(cause, Rona())
    agent.misses[cause] = agent.misses.get(cause, 0) + 1
    agent.idle_since_us = state.now_us
    if agent.misses[cause] >= rule.misses_to_not_ready or agent.desk_left:
        agent.misses.clear()
        agent.next_reason = agent.next_reason or f"rona:{cause}"
    elif rule.retry_after_seconds > 0:
        leave_alone(state, agent, rule.retry_after_seconds)
    release(state, agent, f"missed:{cause}")


def leave_alone(state: State, agent: Agent, rest_seconds: float) -> None:
    """No offers to the agent for so long."""
    until_us = state.now_us + span(rest_seconds)
    state.roster.rest(agent, until_us)
    state.deadlines.set(Due.AGENT_RESTED, agent, until_us)


def rest_after_failure(state: State, call: Call, agent: Agent) -> None:
    """Who keeps failing is left alone, longer each time.

    Not the agent for whom a customer was to be called back: if no line goes out, others can still be put through to him.
    """
    _rest_pair(state, call, agent.id)
    call.failures += 1
    agent.failures += not call.promised
    if call.failures > 1:
        state.deadlines.set(Due.CALL_RESTED, call, state.now_us + span(rest_seconds(call.failures - 1)))
    if agent.failures > 1 and not call.promised:
        leave_alone(state, agent, rest_seconds(agent.failures - 1))


def _rest_pair(state: State, call: Call, agent: AgentId) -> None:
    call.rests = call.rests or {}
    count = call.rests.get(agent, (0, 0))[0] + 1
    call.rests[agent] = (count, state.now_us + span(rest_seconds(count)))
    set_pair_deadline(state, call)


def set_pair_deadline(state: State, call: Call) -> None:
    """When the first agent to whom an offer of this call failed may be tried again."""
    ends = [until_us for _, until_us in (call.rests or {}).values() if until_us > state.now_us]
    if ends:
        state.deadlines.set(Due.PAIR_RESTED, call, min(ends))


def rest_seconds(failures: int) -> float:
    """How long to leave alone what failed so often in a row."""
    return min(FIRST_REST_SECONDS * 2.0 ** min(failures - 1, 10), LONGEST_REST_SECONDS)
