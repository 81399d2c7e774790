"""The one who is asked about another agent's call: his offer, from the asking to the end of the consultation.

Decides what each end of it means for the caller, for the agent who has him, and for the one who was asked. One of a queue who does not take
it is followed by another, ``MOST_ASKED`` in all. Whatever comes to nothing brings the agent back to his caller; when it was
the agent who put his phone down, the call is the other one's if they talked, and else waits again at its old place. It does not know who
may be asked (``acd.colleagues``), nor how telephones are put together.

Agent and caller talk on until the other one's phone is to ring; only then the caller is held.
"""

from __future__ import annotations

from dataclasses import replace

from acd import moving, offering
from acd.calls import Call, Consult, Question
from acd.colleagues import Chosen, of_queue
from acd.effects import ConsultChanged, HangUpPhones, JoinCaller, OfferChanged, OfferMade, StartConsult, WithdrawPop
from acd.explanation import NAMES_OF_CANDIDATES, decided_by, names, screen_pop
from acd.instants import seconds
from acd.model import AgentId, CallState, ConsultState, MissCause, NobodyFree, OfferState
from acd.offer import Offer
from acd.plan import QueuePlan
from acd.queueing import join
from acd.roster import Agent
from acd.state import State, agent_enters, call_enters, release
from acd.tables import CONSULT, OFFER, AgentInput, CallInput, ConsultInput, OfferInput

MOST_ASKED = 3
"""So many of a queue are asked, one after the other, before the agent hears that nobody took it."""


def ask(state: State, call: Call, chosen: Chosen, question: Question, tried: tuple[AgentId, ...] = ()) -> None:
    """Reserve the one who is asked: the explanation, the reservation, the pop, and the ringing, unless he has something to read first."""
    agent, asking, target = chosen.agent, call.agent, state.queue_for(question.product_line, question.level)
    call.attempts += 1
    offer = offering.opened(state, call, agent)
    offer.consult = True
    call.consult = consult = Consult(offer, question, tried)
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
    _tell(state, consult, "asked")
    offer.acknowledged = not _reads(agent, question)
    if offer.acknowledged:
        _begin(state, consult)


def _reads(agent: Agent, question: Question) -> bool:
    """Whether there is something that he reads before his phone rings; without a page there is nothing to read it on."""
    return question.handover is not None and agent.desk_connected


def _begin(state: State, consult: Consult) -> None:
    offer = consult.offer
    call = offer.call
    assert call.queue is not None and call.offer is not None, "only a call of a queue, with an agent, is asked about"
    call_enters(state, call, CallInput.CONSULT_BEGUN)
    _go_on(state, consult, ConsultInput.BEGUN)
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
        _begin(state, consult)


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
    _go_on(state, consult, ConsultInput.ANSWERED)


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
    _back(state, call, ConsultInput.MISSED, join_caller=not rings_at_once)
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
        _back(state, call, ConsultInput.FAILED)


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
    _back(state, call, happened, join_caller=join_caller)


def complete(state: State, call: Call, *, join_caller: bool = True, parts: bool = True) -> None:
    """The call is the other one's, and of the queue in which he was asked; the agent does his after-call work.

    ``parts``: his phone was not put down, and is let go.
    """
    consult, own = call.consult, call.offer
    assert consult is not None and own is not None, "only a call that an agent asks about is completed"
    offer, target = consult.offer, _target(state, consult)
    _go_on(state, consult, ConsultInput.COMPLETED)
    question = consult.question
    moving.give(state, call, own.agent.id, target, question.to_queue, question.to_agent, question.handover)
    offering.close(state, own)
    offering.begin_wrap_up(state, own.agent, call.queue)
    moving.settle(call, target)
    call.consult, call.offer, call.agent = None, offer, offer.agent.id
    offer.consult = False
    call_enters(state, call, CallInput.CONSULT_OVER)
    if join_caller:
        state.say(JoinCaller(call.id, offer.phone, parts))


def agent_left(state: State, call: Call) -> None:
    """The agent put his phone down: the call is the other one's if they talked; else it waits at its old place, with what he wrote."""
    consult, own = call.consult, call.offer
    assert consult is not None and own is not None, "only an agent who asks can leave a consultation"
    if consult.state is ConsultState.TALKING:
        complete(state, call, parts=False)
        return
    _release(state, call, ConsultInput.AGENT_LEFT)
    _go_on(state, consult, ConsultInput.AGENT_LEFT)
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
    _release(state, call, ConsultInput.CALLER_LEFT)
    _go_on(state, consult, ConsultInput.CALLER_LEFT)
    call.consult = None
    if call.state is CallState.CONSULTING:
        state.say(HangUpPhones(call.id))


def unjoined(state: State, call: Call) -> None:
    """The caller was to be put together with an agent whose phone is gone: he waits at his old place. Said again, it changes nothing."""
    if call.state not in (CallState.TALKING, CallState.AFTER) or call.product_line is None:
        return
    if call.consult is not None:
        let_go(state, call, ConsultInput.FAILED, join_caller=False)
    if call.offer is not None:
        agent = call.offer.agent
        offering.close(state, call.offer)
        offering.begin_wrap_up(state, agent, call.queue)
    join(state, call, CallInput.REQUEUED)


def _back(state: State, call: Call, happened: ConsultInput, *, join_caller: bool = True) -> None:
    consult = call.consult
    assert consult is not None, "it was asked about"
    parts = consult.state is ConsultState.TALKING and happened is not ConsultInput.CONSULTED_LEFT
    _go_on(state, consult, happened)
    call.consult = None
    if call.state is CallState.CONSULTING:
        call_enters(state, call, CallInput.CONSULT_OVER)
        if join_caller and call.offer is not None:
            state.say(JoinCaller(call.id, call.offer.phone, parts))


def _release(state: State, call: Call, happened: ConsultInput) -> None:
    """The one who was asked is free at once, or, when they talked, has after-call work as after any conversation."""
    consult = call.consult
    assert consult is not None, "it was asked about"
    offer = consult.offer
    if offer.state is OfferState.ACCEPTED:
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


def _go_on(state: State, consult: Consult, happened: ConsultInput) -> None:
    consult.state = CONSULT.after(consult.state, happened)
    _tell(state, consult, happened.value)


def _tell(state: State, consult: Consult, why: str) -> None:
    offer = consult.offer
    assert offer.call.agent is not None, "an agent asks"
    state.say(ConsultChanged(offer.call.id, offer.call.agent, offer.agent.id, offer.id, consult.state, why))
