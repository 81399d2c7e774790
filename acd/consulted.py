"""The one who is asked about another agent's call: his offer, if he is an agent, from the asking to the end of the consultation.

Decides what each end of it means for the caller, for the agent who has him, and for the one who was asked. One of a queue who does not take
it is followed by another, ``MOST_ASKED`` in all. Whatever comes to nothing brings the agent back to his caller; when it was
the agent who put his phone down, the call is the other one's if they talked, and else waits again at its old place. It does not know who
may be asked (``acd.colleagues``), nor how telephones are put together.

Agent and caller talk on until the other one's phone is to ring; only then the caller is held. All three may talk: whichever of the two
leaves then, the caller has the other one. How somebody outside the house is asked is in ``acd.outside``.
"""

from __future__ import annotations

from dataclasses import replace

from acd import moving, offering, overflow
from acd.calls import Call, Consult, Question
from acd.colleagues import Chosen, of_queue
from acd.effects import CallChanged, ConsultChanged, HangUpPhones, JoinCaller, OfferChanged, OfferMade, StartConsult, WithdrawPop
from acd.explanation import NAMES_OF_CANDIDATES, decided_by, names, screen_pop
from acd.instants import micros, seconds
from acd.model import AgentId, CallState, ConsultState, MissCause, NobodyFree, OfferState
from acd.offer import Offer
from acd.plan import QueuePlan
from acd.queueing import elsewhere_at_once, join, requeue
from acd.roster import Agent
from acd.state import State, agent_enters, call_enters, release
from acd.tables import CONSULT, OFFER, AgentInput, CallInput, ConsultInput, OfferInput

TOGETHER = frozenset({ConsultState.TALKING, ConsultState.CONFERENCE})
"""The agent and the one he asks talk."""
MOST_ASKED = 3
"""So many of a queue are asked, one after the other, before the agent hears that nobody took it."""


def ask(state: State, call: Call, chosen: Chosen, question: Question, tried: tuple[AgentId, ...] = ()) -> None:
    """Reserve the one who is asked: the explanation, the reservation, the pop, and the ringing, unless he has something to read first."""
    agent, asking, target = chosen.agent, call.agent, state.queue_for(question.product_line, question.level)
    call.attempts += 1
    offer = offering.opened(state, call, agent)
    offer.consult = True
    call.consult = Consult(offer.id, offer, question, tried=tried)
    made = OfferMade(
        offer.id, call.id, agent.id, target.id, call.attempts, "", "", "" if question.to_agent else target.strategy.value,
        f"asked by {asking}: {chosen.rule}", seconds(state.now_us - call.arrived_us),
        names(state, chosen.candidates, NAMES_OF_CANDIDATES), chosen.candidates.bit_count(), (), 0,
    )  # fmt: skip
    state.say(made)
    state.say(OfferChanged(offer.id, call.id, agent.id, offer.state))
    agent.offer, agent.call, agent.last_offer = offer, call.id, state.offers_made
    agent_enters(state, agent, AgentInput.RESERVED, "consult")
    pop = screen_pop(state, offer, made)
    state.say(replace(
        pop, product_line=question.product_line, level=question.level, handover=question.handover, consulted_by=asking, why_you=made.rule,
        reasons=(decided_by(made),),
    ))  # fmt: skip
    tell(state, call, "asked")
    offer.acknowledged = not _reads(agent, question)
    if offer.acknowledged:
        _begin(state, offer)


def _reads(agent: Agent, question: Question) -> bool:
    """Whether there is something that he reads before his phone rings; without a page there is nothing to read it on."""
    return question.handover is not None and agent.desk_connected


def _begin(state: State, offer: Offer) -> None:
    call = offer.call
    assert call.queue is not None and call.offer is not None, "only a call of a queue, with an agent, is asked about"
    call_enters(state, call, CallInput.CONSULT_BEGUN)
    go_on(state, call, ConsultInput.BEGUN)
    state.say(StartConsult(
        offer.id, call.id, offer.agent.id, offer.phone, state.plan.ring_seconds, call.queue.id, call.offer.phone, call.language or ""
    ))  # fmt: skip


# ---- news of his offer -------------------------------------------------------------------------------------------------------------


def acknowledged(state: State, offer: Offer) -> None:
    """He has read what is handed over: his phone rings. Said again, it changes nothing."""
    consult = offer.call.consult
    if consult is not None and not offer.acknowledged:
        offer.acknowledged = True
        offering.expect_news(state, offer)
        _begin(state, offer)


def ringing(state: State, offer: Offer) -> None:
    """His phone is being rung; said again, or too early, it changes nothing."""
    if offer.acknowledged:
        offering.ringing(state, offer)


def answered(state: State, offer: Offer) -> None:
    """Both agents talk; said again, or too early, it changes nothing."""
    consult = offer.call.consult
    if consult is None or not CONSULT.allows(consult.state, ConsultInput.ANSWERED):
        return
    offering.change(state, offer, OfferInput.ANSWERED)
    offer.overdue_us = None
    agent = offer.agent
    agent.calls_taken += 1
    agent.misses.clear()
    agent_enters(state, agent, AgentInput.ANSWERED, "consult")
    agent.talking_queue = _target(state, consult).id
    go_on(state, offer.call, ConsultInput.ANSWERED)


def missed(state: State, offer: Offer, cause: MissCause) -> None:
    """He did not take it, and is treated as the plan says for the cause; the agent is back with the caller, and, of a queue, another one is
    asked."""
    call = offer.call
    consult = call.consult
    if consult is None or not OFFER.allows(offer.state, OfferInput.MISSED):
        return
    _end_untaken(state, offer, OfferInput.MISSED, cause)
    offering.treat_miss(state, offer.agent, cause)
    tried = (*consult.tried, offer.agent.id)
    chosen = _another(state, call, consult.question, tried)
    rings_at_once = chosen is not None and not _reads(chosen.agent, consult.question)
    back(state, call, ConsultInput.MISSED, join_caller=not rings_at_once)
    if chosen is not None:
        ask(state, call, chosen, consult.question, tried)


def _another(state: State, call: Call, question: Question, tried: tuple[AgentId, ...]) -> Chosen | None:
    """Who is asked next; None when the agent asked for a certain one, when nobody is left, or when enough were asked."""
    if question.to_agent is not None or len(tried) >= MOST_ASKED:
        return None
    try:
        return of_queue(state, call, state.queue_for(question.product_line, question.level), tried)
    except NobodyFree:
        return None


def failed(state: State, offer: Offer, detail: str) -> None:
    """It could not be carried out: nobody is to blame, and the agent is back with the caller."""
    if OFFER.allows(offer.state, OfferInput.FAILED):
        call = offer.call
        _end_untaken(state, offer, OfferInput.FAILED, detail=detail)
        release(state, offer.agent, "offer_failed")
        back(state, call, ConsultInput.FAILED)


def overdue(state: State, offer: Offer) -> None:
    """No news came in time, or he did not read what is handed over."""
    if offer.acknowledged:
        failed(state, offer, "no news from the exchange")
    else:
        missed(state, offer, MissCause.NO_ANSWER)


def phone_lost(state: State, offer: Offer) -> None:
    """His phone can't be rung any more while it was being rung."""
    missed(state, offer, MissCause.PHONE_LOST)


# ---- how it ends -------------------------------------------------------------------------------------------------------------------


def let_go(state: State, call: Call, happened: ConsultInput, *, join_caller: bool = True) -> None:
    """The agent is back with the caller; the one who was asked is free, or does his after-call work.

    Without ``join_caller`` the exchange has them together, or will be told otherwise by the caller of this.
    """
    _release(state, call, happened)
    back(state, call, happened, join_caller=join_caller)


def complete(state: State, call: Call, *, join_caller: bool = True, parts: bool = True) -> None:
    """The call is the other one's, and of the queue in which he was asked; the agent does his after-call work.

    ``parts``: his phone was not put down, and is let go.
    """
    consult = call.consult
    assert consult is not None, "only a call that an agent asks about is completed"
    go_on(state, call, ConsultInput.COMPLETED)
    if consult.offer is None:
        _give_away(state, call, consult)
    else:
        _give(state, call, consult, consult.offer)
    if join_caller:
        state.say(JoinCaller(call.id, consult.phone, parts))


def _give(state: State, call: Call, consult: Consult, offer: Offer) -> None:
    own, target, question = call.offer, _target(state, consult), consult.question
    assert own is not None, "an agent asks"
    moving.give(state, call, own.agent.id, target, question.to_queue, question.to_agent, question.handover)
    offering.close(state, own)
    offering.begin_wrap_up(state, own.agent, call.queue)
    moving.settle(call, target)
    call.consult, call.offer, call.agent = None, offer, offer.agent.id
    offer.consult = False
    if call.state is CallState.CONSULTING:
        call_enters(state, call, CallInput.CONSULT_OVER)
    else:  # in a conference he talked to both: now it is this one who has him
        state.say(CallChanged(call.id, call.state, call.queue_id, call.agent))


def _give_away(state: State, call: Call, consult: Consult) -> None:
    """Out of the house: as when the agent had handed the call on to there."""
    own = call.offer
    assert own is not None, "an agent asks"
    moving.give_away(state, call, own.agent.id, consult.outside, consult.question.handover)
    moving.aim(state, call, consult.outside)
    call.consult, call.queued_by = None, None
    state.figures.flowed_out(call)
    call_enters(state, call, CallInput.DIVERTED)
    offering.close(state, own)
    offering.begin_wrap_up(state, own.agent, call.queue)


def agent_left(state: State, call: Call) -> None:
    """The agent put his phone down: the call is the other one's if they talked; else it waits at its old place, with what he wrote."""
    consult, own = call.consult, call.offer
    assert consult is not None and own is not None, "only an agent who asks can leave a consultation"
    if consult.state in TOGETHER:
        complete(state, call, parts=False)
        return
    _release(state, call, ConsultInput.AGENT_LEFT)
    go_on(state, call, ConsultInput.AGENT_LEFT)
    call.consult = None
    call.handover, call.refusals = consult.question.handover, {own.agent.id: 1}
    offering.close(state, own)
    offering.begin_wrap_up(state, own.agent, call.queue)
    join(state, call, CallInput.REQUEUED)


def drop(state: State, call: Call) -> None:
    """The caller is gone: the telephones of both agents are let go."""
    consult = call.consult
    if consult is None:
        return
    apart = call.state is CallState.CONSULTING or consult.state is ConsultState.CONFERENCE
    _release(state, call, ConsultInput.CALLER_LEFT)
    go_on(state, call, ConsultInput.CALLER_LEFT)
    call.consult = None
    if apart:
        state.say(HangUpPhones(call.id))


def unjoined(state: State, call: Call) -> None:
    """The caller was to be put together with an agent whose phone is gone, or with somebody outside the house who was not there: he waits
    at his old place. Said again, it changes nothing.
    """
    went_out = call.state is CallState.DIVERTED and call.outside
    if not (went_out or call.state in (CallState.TALKING, CallState.AFTER)):
        return
    if call.consult is not None and call.consult.state is ConsultState.CONFERENCE:
        kept_out(state, call)
        return
    if call.consult is not None:
        let_go(state, call, ConsultInput.FAILED, join_caller=False)
    if call.offer is not None:
        agent = call.offer.agent
        offering.close(state, call.offer)
        offering.begin_wrap_up(state, agent, call.queue)
    since_us, went_by_rule = micros(call.state_since), went_out and call.given_away_by is None
    moving.came_back(state, call)
    requeue(state, call)
    if went_out and not (went_by_rule and elsewhere_at_once(state, call)):
        overflow.look_again(state, call, since_us)


def back(state: State, call: Call, happened: ConsultInput, *, join_caller: bool = True) -> None:
    """The agent is with the caller again, and nobody is asked any more."""
    consult = call.consult
    assert consult is not None, "it was asked about"
    parts = consult.state in TOGETHER and happened is not ConsultInput.CONSULTED_LEFT
    apart = call.state is CallState.CONSULTING or consult.state is ConsultState.CONFERENCE
    go_on(state, call, happened)
    call.consult, consult.overdue_us = None, None
    if call.state is CallState.CONSULTING:
        call_enters(state, call, CallInput.CONSULT_OVER)
    if apart and join_caller and call.offer is not None:
        state.say(JoinCaller(call.id, call.offer.phone, parts))


# ---- all three ---------------------------------------------------------------------------------------------------------------------


def caller_joins(state: State, call: Call) -> None:
    """All three talk. Raises IllegalTransition unless the two of them do."""
    go_on(state, call, ConsultInput.CALLER_JOINS)
    call_enters(state, call, CallInput.CONSULT_OVER)


def kept_out(state: State, call: Call) -> None:
    """The caller is held still, and the two talk on without him."""
    go_on(state, call, ConsultInput.CALLER_KEPT_OUT)
    call_enters(state, call, CallInput.CONSULT_BEGUN)


# ---- in common ---------------------------------------------------------------------------------------------------------------------


def _release(state: State, call: Call, happened: ConsultInput) -> None:
    """The one who was asked is free at once, or, when they talked, has after-call work as after any conversation."""
    consult = call.consult
    assert consult is not None, "it was asked about"
    offer = consult.offer
    if offer is None:
        consult.overdue_us = None
    elif offer.state is OfferState.ACCEPTED:
        _close(state, offer)
        offering.begin_wrap_up(state, offer.agent, _target(state, consult))
    else:
        _end_untaken(state, offer, OfferInput.RESCINDED, detail=happened.value)
        release(state, offer.agent, "rescinded")


def _end_untaken(state: State, offer: Offer, happened: OfferInput, cause: MissCause | None = None, detail: str = "") -> None:
    offering.change(state, offer, happened, cause, detail)
    state.say(WithdrawPop(offer.id, offer.agent.id, offer.state))
    _close(state, offer)
    offer.agent.call = None


def _close(state: State, offer: Offer) -> None:
    del state.offers[offer.id]
    offer.overdue_us = None
    offer.agent.offer = None


def _target(state: State, consult: Consult) -> QueuePlan:
    return state.queue_for(consult.question.product_line, consult.question.level)


def go_on(state: State, call: Call, happened: ConsultInput) -> None:
    """The consultation's next state, and its notice. Raises IllegalTransition before anything changed."""
    consult = call.consult
    assert consult is not None, "it is asked about"
    consult.state = CONSULT.after(consult.state, happened)
    tell(state, call, happened.value)


def tell(state: State, call: Call, why: str) -> None:
    """How the consultation stands."""
    consult = call.consult
    assert consult is not None and call.agent is not None, "an agent asks"
    state.say(ConsultChanged(call.id, call.agent, consult.agent, consult.id, consult.state, why, consult.outside))
