"""Somebody outside the house who is asked about a call: a partner, a manufacturer.

Decides what his telephone's news mean for the agent who asks and his caller. Nobody is reserved, nothing is read before, and there is no
offer: he is no agent of the house. How such a consultation ends is in ``acd.consulted``, as for any; given over to him, the call is out of
the house, as if it had been handed on to there.
"""

from __future__ import annotations

from acd import consulted
from acd.calls import Call, Consult, Question
from acd.deadlines import Due
from acd.effects import AskOutside
from acd.instants import span
from acd.model import ConsultState, OfferId
from acd.outsiders import OutsideAnswered, OutsideFailed, OutsideLeft, OutsideMissed, OutsideNews
from acd.state import State, call_enters
from acd.tables import CONSULT, CallInput, ConsultInput


def ask(state: State, call: Call, to: str, question: Question) -> None:
    """The caller is held, and the telephone outside is rung."""
    assert call.queue is not None and call.offer is not None, "only a call of a queue, with an agent, is asked about"
    call.asked_outside += 1
    consult = Consult(OfferId(f"{call.id}/x{call.asked_outside}"), None, question, outside=to)
    call.consult = consult
    consulted.tell(state, call, "asked")
    call_enters(state, call, CallInput.CONSULT_BEGUN)
    consulted.go_on(state, call, ConsultInput.BEGUN)
    patience = span(state.plan.outside_ring_seconds + state.plan.ring_grace_seconds)
    state.deadlines.set(Due.OUTSIDE_OVERDUE, consult, state.now_us + patience)
    state.say(AskOutside(consult.id, call.id, to, call.queue.id, call.offer.phone, call.language or ""))


def answered(state: State, event: OutsideAnswered) -> None:
    """He and the agent talk; said again, or too late, it changes nothing."""
    call = _asking(state, event)
    if call is not None:
        talks(state, call)


def talks(state: State, call: Call) -> None:
    """He and the agent talk; said again, it changes nothing."""
    consult = call.consult
    if consult is not None and CONSULT.allows(consult.state, ConsultInput.ANSWERED):
        consult.overdue_us = None
        consulted.go_on(state, call, ConsultInput.ANSWERED)


def missed(state: State, event: OutsideMissed) -> None:
    """He did not take it: the agent is back with the caller."""
    _in_vain(state, event, ConsultInput.MISSED)


def failed(state: State, event: OutsideFailed) -> None:
    """He could not be rung: the agent is back with the caller."""
    _in_vain(state, event, ConsultInput.FAILED)


def _in_vain(state: State, event: OutsideNews, happened: ConsultInput) -> None:
    call = _asking(state, event)
    if call is not None and call.consult is not None and call.consult.state is ConsultState.RINGING:
        consulted.back(state, call, happened)


def left(state: State, event: OutsideLeft) -> None:
    """He put his phone down while they talked."""
    call = _asking(state, event)
    if call is not None and call.consult is not None and call.consult.state in consulted.TOGETHER:
        consulted.let_go(state, call, ConsultInput.CONSULTED_LEFT)


def overdue(state: State, consult: Consult) -> None:
    """No news came in time."""
    call = next((one for one in state.calls.values() if one.consult is consult), None)
    if call is not None:
        consulted.back(state, call, ConsultInput.FAILED)


def _asking(state: State, event: OutsideNews) -> Call | None:
    """The call, if it is this asking that is under way."""
    call = state.calls.get(event.call)
    return call if call is not None and call.consult is not None and call.consult.id == event.consult else None
