"""The picture corrected by what an exchange really has.

Decides what follows when the router's belief and the exchange's word differ; the exchange is always right. What is believed and
isn't there is over. Who is in hold waits and is served, known or not: a caller of whom nothing is known waits in the plan's first
queue. Who talks to an agent's phone talks to that agent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from acd import callbacks, callers, calling_back, consulted, desk, ending, offering, outside, overflow, watching
from acd.calls import Call, Consult
from acd.effects import HangUpCall, HangUpPhones, JoinCaller, OfferChanged, OfferMade, SendCall
from acd.events import ExchangeSeen, SeenCall
from acd.instants import micros, seconds, span
from acd.model import CallbackState, CallState, ConsultState, EndCause, Level, MissCause, OfferId, OfferState, PhoneId, line_to
from acd.offer import Offer
from acd.queueing import UNKNOWN_LINE, requeue
from acd.roster import Agent
from acd.state import State, agent_enters, call_enters
from acd.tables import AGENT, CALL, CONSULT, AgentInput, CallInput, ConsultInput

_ON_THE_LINE = ("hold", "offer", "talk")
SURVIVAL = "survival"


def seen(state: State, event: ExchangeSeen) -> None:
    """Correct everything that is believed about one exchange."""
    _end_absent(state, event)
    _mark_phones(state, event)
    for call in state.calls.values():
        if call.watches and call.id.startswith(f"{event.exchange}-"):
            watching.only(state, call, event.watches)
    for there in event.calls:
        if _may_live(state, there):
            call = state.calls.get(there.call) or callers.begin(state, there.call)
            if call.promised:
                _called_back(state, call, there)
            if not call.promised:
                _settle_consultation(state, call, there)
                _CORRECT.get(there.place, _ignore)(state, call, there)
            if call.dropped:  # the order may have been lost with the engine, or the connection
                state.say(HangUpCall(call.id))


def _may_live(state: State, there: SeenCall) -> bool:
    """An ended call that is still listed has just ended; only one that was given up unseen comes back."""
    if state.ended.get(there.call) is EndCause.GONE_UNSEEN:
        del state.ended[there.call]
    return there.call not in state.ended


def _end_absent(state: State, event: ExchangeSeen) -> None:
    there = {call.call for call in event.calls}
    prefix = f"{event.exchange}-"
    judged_until_us = state.now_us - span(event.age_seconds)
    for call in list(state.calls.values()):
        absent = call.id.startswith(prefix) and call.id not in there
        if absent and call.promised:
            callbacks.said_goodbye(state, call)
        elif absent and micros(call.arrived_at) <= judged_until_us:  # its place in line may be that of an earlier call
            ending.end(state, call, EndCause.GONE_UNSEEN)


def _mark_phones(state: State, event: ExchangeSeen) -> None:
    reachable = dict.fromkeys(event.reachable_phones)
    for phone in reachable:
        state.home[phone] = event.exchange
        desk.mark_phone(state, phone, True)
    for phone in _known_phones(state):
        if phone not in reachable and state.home.get(phone, event.exchange) == event.exchange:
            desk.mark_phone(state, phone, False)


def _known_phones(state: State) -> list[PhoneId]:
    planned = (agent.phone for agent in state.plan.agents)
    return list(dict.fromkeys([*planned, *state.roster.at_phone, *state.reachable]))


def _ignore(state: State, call: Call, there: SeenCall) -> None:
    """In the menu, or in a place that nothing is known of: whatever comes of it will be told."""


def _called_back(state: State, call: Call, there: SeenCall) -> None:
    """A caller who is promised a callback may still be hanging up; once he was called, he is on the line because he answered."""
    callback = call.callback
    if callback is None or callback.attempts == 0 or there.place not in _ON_THE_LINE:
        return
    if callback.state is CallbackState.PROMISED:
        callbacks.reached_late(state, call)
    else:
        callbacks.reached(state, call, ring=False)


def _settle_consultation(state: State, call: Call, there: SeenCall) -> None:
    """Where the exchange has the caller no longer held beside two agents, it is over; what follows is by his place, as for any call."""
    consult, own = call.consult, call.offer
    if consult is None or own is None or there.place in ("menu", "consult", "conference"):
        return
    theirs = there.phone == consult.phone or (consult.offer is None and there.phone != own.phone)
    if there.place == "talk" and theirs and consult.state in consulted.TOGETHER:
        consulted.complete(state, call, join_caller=False)
    elif there.place != "talk" or there.phone != own.phone or consult.state is not ConsultState.ASKED:
        consulted.let_go(state, call, ConsultInput.FAILED, join_caller=False)
        if there.place == "hold":  # all phones but his are gone: what was written goes with him
            call.handover = consult.question.handover or call.handover


def _in_consultation(state: State, call: Call, there: SeenCall) -> None:
    """The caller is held, and an agent's phone rings or talks to another: as believed, or not yet joined as decided, or nobody's."""
    consult, own = call.consult, None if call.offer is None else call.offer.phone
    if consult is not None and consult.state is ConsultState.CONFERENCE and (own, consult.phone) == (there.phone, there.consulted):
        consulted.kept_out(state, call)
    elif call.state is CallState.CONSULTING and consult is not None and own == there.phone:
        _compare(state, call, consult, there)
    elif call.state is CallState.DIVERTED and there.consulted is not None and there.consulted == line_to(call.destination or ""):
        state.say(JoinCaller(call.id, there.consulted, there.consulted_talks))
    elif call.state is CallState.TALKING and own in (there.phone, there.consulted) and own is not None:
        if consult is not None:
            consulted.let_go(state, call, ConsultInput.FAILED)
        state.say(JoinCaller(call.id, own, there.consulted_talks))
    else:
        if consult is not None:
            consulted.let_go(state, call, ConsultInput.FAILED, join_caller=False)
        state.say(HangUpPhones(call.id))
        _in_hold(state, call, there)


def _compare(state: State, call: Call, consult: Consult, there: SeenCall) -> None:
    offer = consult.offer
    if consult.phone == there.consulted:
        if offer is None:
            _compare_outside(state, call, there)
        elif there.consulted_talks:
            consulted.answered(state, offer)
        else:
            consulted.ringing(state, offer)
    elif consult.state is ConsultState.TALKING:
        consulted.let_go(state, call, ConsultInput.CONSULTED_LEFT)
    elif offer is None:
        consulted.back(state, call, ConsultInput.MISSED)
    else:
        consulted.missed(state, offer, MissCause.NO_ANSWER)


def _compare_outside(state: State, call: Call, there: SeenCall) -> None:
    if there.consulted_talks:
        outside.talks(state, call)


def _in_conference(state: State, call: Call, there: SeenCall) -> None:
    """All three hear each other: as believed; or the caller is with one of the two from now on, as decided; or it is nobody's decision."""
    consult, own = call.consult, None if call.offer is None else call.offer.phone
    if consult is not None and (own, consult.phone) == (there.phone, there.consulted):
        _compare(state, call, consult, there)
        if CONSULT.allows(consult.state, ConsultInput.CALLER_JOINS):
            consulted.caller_joins(state, call)
    elif call.state is CallState.TALKING and own is not None and own in (there.phone, there.consulted):
        if consult is not None:
            consulted.let_go(state, call, ConsultInput.FAILED, join_caller=False)
        state.say(JoinCaller(call.id, own, parts=True))
    elif call.state is CallState.DIVERTED and there.consulted is not None and there.consulted == line_to(call.destination or ""):
        state.say(JoinCaller(call.id, there.consulted, parts=True))
    else:
        if consult is not None:
            consulted.let_go(state, call, ConsultInput.FAILED, join_caller=False)
        state.say(HangUpPhones(call.id))
        _being_offered(state, call, replace(there, phone=None))


def _in_hold(state: State, call: Call, there: SeenCall) -> None:
    if call.state is CallState.OFFERED and call.offer is not None:
        if call.offer.acknowledged:  # else he is held until the agent has read what was handed over
            offering.failed(state, call.offer, "the exchange has the caller in hold")
    elif call.state is CallState.DIVERTED and call.outside and call.given_away_by is not None:
        consulted.unjoined(state, call)  # he was in talk before: he has come back from there
    elif call.state is not CallState.WAITING:
        _wait_again(state, call)
    state.to_hold.pop(call.id, None)


def _wait_again(state: State, call: Call) -> None:
    if call.offer is not None:
        desk.talk_over(state, call)
    since_us, sent_away = micros(call.state_since), call.state is CallState.DIVERTED
    requeue(state, call)
    if sent_away:  # the order to send him was lost: what sent him may do so again
        overflow.look_again(state, call, since_us)


def _being_offered(state: State, call: Call, there: SeenCall) -> None:
    offer = call.offer
    if offer is not None and offer.phone == there.phone:
        offering.ringing(state, offer)
        return
    if offer is not None and offer.state is not OfferState.ACCEPTED:
        offering.failed(state, offer, "the exchange rings another phone")
    elif call.state is not CallState.WAITING:
        _wait_again(state, call)
    state.to_hold[call.id] = call


def _in_talk(state: State, call: Call, there: SeenCall) -> None:
    if call.state is CallState.DIVERTED and there.phone is not None and state.agent_at(there.phone) is None:
        return  # with somebody outside the house, whom he was given over to
    if call.state is CallState.TALKING:
        if call.offer is None or there.phone in (None, call.offer.phone):
            return
        call_enters(state, call, CallInput.AGENT_LEFT)  # to another one: while nobody was looking, the exchange's own queue took him
        desk.talk_over(state, call)
    if call.offer is not None and call.offer.phone == there.phone:
        offering.answered(state, call.offer)
        return
    if call.offer is not None:
        offering.failed(state, call.offer, "the exchange has the caller in talk elsewhere")
    agent = None if there.phone is None else state.agent_at(there.phone)
    if agent is not None and agent.offer is not None:
        _free(state, agent.offer)
    if call.place is not None:
        ending.let_go(state, call)
    if agent is not None and AGENT.allows(agent.state, AgentInput.FOUND_TALKING):
        _adopt_talk(state, call, agent)
    else:
        call_enters(state, call, CallInput.FOUND_TALKING)


def _free(state: State, offer: Offer) -> None:
    if offer.state is OfferState.ACCEPTED and offer.call.promised:
        calling_back.agent_gave_up(state, offer.call)
    elif offer.call.consult is not None:
        _free_of_consultation(state, offer, offer.call.consult)
    elif offer.state is OfferState.ACCEPTED:
        call_enters(state, offer.call, CallInput.AGENT_LEFT)
        desk.talk_over(state, offer.call)
    else:
        offering.failed(state, offer, "the exchange has the agent in talk with another caller")


def _free_of_consultation(state: State, offer: Offer, consult: Consult) -> None:
    """One of two agents who believed to talk, or ring, about one call talks to another caller."""
    if offer is consult.offer:
        consulted.let_go(state, offer.call, ConsultInput.FAILED)
    else:
        consulted.agent_left(state, offer.call)


def _adopt_talk(state: State, call: Call, agent: Agent) -> None:
    """A conversation that nobody told of: an offer is written down for it, so that its story is whole."""
    assert agent.phone is not None, "an agent who talks sits at a phone"
    call.attempts += 1
    offer = Offer(OfferId(f"{call.id}/o{call.attempts}"), call, agent, agent.phone, OfferState.ACCEPTED, state.now, None)
    state.offers[offer.id] = offer
    queue = call.queue_id or state.queue_for(call.product_line or UNKNOWN_LINE, call.level or Level.L1).id
    state.say(OfferMade(
        offer.id, call.id, agent.id, queue, call.attempts, "", "", "", "found talking when the exchange was looked at",
        seconds(state.now_us - call.arrived_us), (agent.id,), 1, (), 0,
    ))  # fmt: skip
    state.say(OfferChanged(offer.id, call.id, agent.id, offer.state))
    call.offer, call.agent, agent.offer, agent.call = offer, agent.id, offer, call.id
    agent.wrap_ends_us = None
    agent.calls_taken += 1
    state.figures.answered(call, state.now_us)
    call_enters(state, call, CallInput.FOUND_TALKING)
    agent_enters(state, agent, AgentInput.FOUND_TALKING, "call")


def _after(state: State, call: Call, there: SeenCall) -> None:
    """A diverted call stays one (the table says so): the place is the same while a destination is being said to him, or dialled."""
    if call.state is CallState.TALKING:
        call_enters(state, call, CallInput.AGENT_LEFT)
        desk.talk_over(state, call)
    elif CALL.allows(call.state, CallInput.FOUND_AFTER):
        ending.let_go(state, call)
        call_enters(state, call, CallInput.FOUND_AFTER)


def _out(state: State, call: Call, there: SeenCall) -> None:
    """The order to send him there was carried out, whatever was told of it: given again, it would cut what he hears there short."""
    call.redos = tuple(command for command in call.redos if command != SendCall.__name__)
    _after(state, call, there)


def _in_survival(state: State, call: Call, there: SeenCall) -> None:
    callers.divert(state, call, SURVIVAL)


_CORRECT: Mapping[str, Callable[[State, Call, SeenCall], None]] = {
    "menu": _ignore,
    "hold": _in_hold,
    "offer": _being_offered,
    "talk": _in_talk,
    "consult": _in_consultation,
    "conference": _in_conference,
    "survival": _in_survival,
    "after": _after,
    "out": _out,
}
