"""What an agent wants who asks another one about his call: to ask, to give the call over, to go back to the caller, or to
let him join.

Decides whether it is possible now. Who is asked is in ``acd.colleagues``, what follows in ``acd.consulted``.
"""

from __future__ import annotations

from acd import colleagues, consulted, lines_out, outside
from acd.calls import Call, Consult, Question
from acd.effects import Confer
from acd.events import ConferenceWanted, ConsultAsked, ConsultCompleted, ConsultTakenBack
from acd.handing_on import target_of
from acd.model import AgentId, CallId, CallState, IllegalTransition
from acd.moving import signed
from acd.state import State
from acd.tables import CONSULT, ConsultInput


def asked(state: State, event: ConsultAsked) -> None:
    """Ask somebody. Raises IllegalTransition as ``ConsultAsked`` says."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.TALKING or call.agent != event.agent or call.queue is None:
        raise IllegalTransition(f"{event.agent} does not talk to {event.call}")
    if call.consult is not None:
        raise IllegalTransition(f"{event.agent} asks {call.consult.agent or call.consult.outside} already")
    if event.to_destination is not None or event.to_number is not None:
        _outside(state, call, event)
        return
    target = target_of(state, call, event)
    chosen = colleagues.certain(state, event.to_agent) if event.to_agent else colleagues.of_queue(state, call, target)
    consulted.ask(state, call, chosen, Question(
        target.product_line, target.level, event.to_queue, event.to_agent, signed(event.handover, event.agent)
    ))  # fmt: skip


def _outside(state: State, call: Call, event: ConsultAsked) -> None:
    to = event.to_destination or lines_out.require(state.plan, event.to_number or "")
    if event.to_destination is not None and to not in state.plan.outside_lines:
        raise IllegalTransition(f"nobody can be asked at {to}")
    assert call.queue is not None, "only a call of a queue is asked about"
    outside.ask(state, call, to, Question(call.queue.product_line, call.queue.level, None, None, signed(event.handover, event.agent)))


def completed(state: State, event: ConsultCompleted) -> None:
    """Give the call over to the one who was asked."""
    call, consult = _own(state, event.call, event.agent)
    CONSULT.after(consult.state, ConsultInput.COMPLETED)
    consulted.complete(state, call)


def conference(state: State, event: ConferenceWanted) -> None:
    """Let the caller join the two."""
    call, _ = _own(state, event.call, event.agent)
    consulted.caller_joins(state, call)
    assert call.offer is not None, "an agent asks"
    state.say(Confer(call.id, call.offer.phone))


def taken_back(state: State, event: ConsultTakenBack) -> None:
    """Go back to the caller."""
    call, consult = _own(state, event.call, event.agent)
    CONSULT.after(consult.state, ConsultInput.TAKEN_BACK)
    consulted.let_go(state, call, ConsultInput.TAKEN_BACK)


def _own(state: State, call_id: CallId, agent: AgentId) -> tuple[Call, Consult]:
    call = state.calls.get(call_id)
    if call is None or call.consult is None or call.agent != agent:
        raise IllegalTransition(f"{agent} asks nobody about {call_id}")
    return call, call.consult
