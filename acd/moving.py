"""What changes about a call that one agent gives to another: what goes with it, where people see it, and whether it has bounced.

Decides what counts as a bounce: a call that comes back to a queue which had handed it on, by an agent or because nobody outside the house
was there to take it. It does not know how the call gets there.
"""

from __future__ import annotations

from dataclasses import replace

from acd.calls import Call
from acd.effects import CameBack, HandedOn
from acd.lines_out import leads_out
from acd.model import AgentId, Handover, QueueId
from acd.numbers import is_dialable
from acd.plan import QueuePlan
from acd.state import State


def give(
    state: State, call: Call, by: AgentId, target: QueuePlan, to_queue: QueueId | None, to_agent: AgentId | None, handover: Handover | None
) -> None:
    """``by`` gives the call away; it stands under its old queue until ``settle``, for his after-call work is that queue's."""
    bounced = to_queue is not None and target.id in call.handed_on_by
    state.say(HandedOn(call.id, by, call.queue_id, to_queue, to_agent, None, handover, bounced))
    call.bounces += bounced
    if call.queue is not None and call.queue.id != target.id:
        call.handed_on_by = (*call.handed_on_by, call.queue.id)
    call.handover = signed(handover, by)
    _not_to(call, by)


def _not_to(call: Call, by: AgentId) -> None:
    """Who gave it away gets it again only when nobody else is left, and is not waited for."""
    call.refusals = {by: 1}
    if call.preferred_agent == by:
        call.preferred_agent = None


def give_away(state: State, call: Call, by: AgentId, to: str, handover: Handover | None) -> None:
    """``by`` gives the call out of the house, to a destination or a number; what he wrote is there still should nobody answer."""
    number = is_dialable(to)
    state.say(HandedOn(
        call.id, by, call.queue_id, None, None, None if number else to, handover, bounced=False, to_number=to if number else None,
    ))  # fmt: skip
    call.handover, call.given_away_by = signed(handover, by), by
    _not_to(call, by)


def aim(state: State, call: Call, destination: str) -> None:
    """The call is sent out of its queue, to ``destination``."""
    call.destination, call.outside = destination, leads_out(state.plan, destination)


def came_back(state: State, call: Call) -> None:
    """Nobody outside the house was there to take it: it has bounced, if an agent had given it away."""
    if call.destination is None or not call.outside:
        return
    call.nobody_at = (*call.nobody_at, call.destination)
    if call.given_away_by is not None:
        call.bounces += 1
        state.say(CameBack(call.id, call.queue_id, call.destination, call.given_away_by))
    call.destination, call.outside, call.given_away_by = None, False, None


def settle(call: Call, target: QueuePlan) -> None:
    """The call is of ``target`` from now on."""
    call.queue, call.product_line, call.level, call.been_in = target, target.product_line, target.level, ()


def signed(handover: Handover | None, by: AgentId) -> Handover | None:
    """What is handed over, with the name of who wrote it."""
    return None if handover is None else replace(handover, by=by)
