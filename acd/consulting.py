"""What an agent wants who asks another one about his call: to ask, to give the call over, or to go back to the caller.

Decides who is asked: a certain agent if he is free; or, of a queue, whom its strategy takes of those whom the first step of its requirement
with somebody free admits. Nobody is waited for: the caller has an agent, who can be told at once. What follows is in ``acd.consulted``.
"""

from __future__ import annotations

from acd import consulted, desk, offering
from acd.calls import Call, Consult
from acd.choice import RULES
from acd.effects import OfferMade
from acd.events import ConsultAsked, ConsultCompleted, ConsultTakenBack
from acd.explanation import NAMES_OF_CANDIDATES, names
from acd.handing_on import target_of
from acd.instants import seconds
from acd.model import AgentId, CallId, CallState, IllegalTransition, NobodyFree
from acd.moving import signed
from acd.plan import QueuePlan
from acd.roster import Agent
from acd.state import State
from acd.tables import CONSULT, ConsultInput


def asked(state: State, event: ConsultAsked) -> None:
    """Ask somebody. Raises IllegalTransition as ``ConsultAsked`` says."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.TALKING or call.agent != event.agent or call.queue is None:
        raise IllegalTransition(f"{event.agent} does not talk to {event.call}")
    if call.consult is not None:
        raise IllegalTransition(f"{event.agent} asks {call.consult.offer.agent.id} already")
    target = target_of(state, call, event)
    agent, candidates, rule = _certain(state, event.to_agent) if event.to_agent else _of_queue(state, call, target)
    call.attempts += 1
    offer = offering.opened(state, call, agent)
    offer.consult = True
    made = OfferMade(
        offer.id, call.id, agent.id, target.id, call.attempts, "", "", "" if event.to_agent else target.strategy.value,
        f"asked by {event.agent}: {rule}", seconds(state.now_us - call.arrived_us), names(state, candidates, NAMES_OF_CANDIDATES),
        candidates.bit_count(), (), 0,
    )  # fmt: skip
    handover = signed(event.handover, event.agent)
    consult = Consult(offer, target.product_line, target.level, event.to_queue, event.to_agent, handover)
    consulted.ask(state, consult, made)


def _certain(state: State, agent_id: AgentId) -> tuple[Agent, int, str]:
    agent = desk.known(state, agent_id)
    if not agent.free:
        raise NobodyFree(f"{agent_id} can't be asked now: {agent.state.replace('_', ' ')}")
    return agent, agent.bit, "by name"


def _of_queue(state: State, call: Call, target: QueuePlan) -> tuple[Agent, int, str]:
    values = {**call.values(), "product_line": target.product_line, "level": str(target.level)}
    for stage in state.stages.first(target, values).following():
        candidates = stage.admits & state.roster.free.mask
        if candidates:
            agent = state.roster.free.first(target.strategy, stage.need, candidates)
            count = candidates.bit_count()
            rule = f"{RULES[target.strategy]} of {count} free agents who match"
            return agent, candidates, "the only free agent who matches" if count == 1 else rule
    raise NobodyFree(f"nobody of {target.id} is free now")


def completed(state: State, event: ConsultCompleted) -> None:
    """Give the call over to the one who was asked."""
    call, consult = _own(state, event.call, event.agent)
    CONSULT.after(consult.state, ConsultInput.COMPLETED)
    consulted.complete(state, call)


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
