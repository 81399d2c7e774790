"""A new plan comes into force while calls are alive.

Decides what changes for whom:

- A *waiting call* keeps its place and its clock; what it needs, in which step it is, its head start and the strategy are the new
  plan's from this moment. If the new plan no longer has its queue, anybody may take it.
  Overflow rules that look at its joining are not asked again; those of elapsed wait and of closing time are the new plan's.
- A *call in the menu* is understood by the new plan when it is queued.
- An *offered or talking call* goes on untouched; the wrap-up after it is the new plan's.
- An *agent who stays* keeps his state, phone and idle time; his skills are the new ones from this moment. A running wrap-up keeps
  its time-box.
- A *new agent* is logged out and may log in.
- A *removed agent* who is ready or not ready is logged out at once, with cause ``removed``; one who is reserved, talking or in
  wrap-up finishes that first. If a later plan has him again before that, he stays.
- A *promised callback* that rests because its queue is closed rests until that opens by the new plan's hours; and so does who is to be
  told that his incident is solved.
- A plan for a *wall clock that was set* (``acd.hours.shifted``) leaves all durations as they are. Queues open and close, promises
  fall due and supervisors' words end by the new time; who waits in a queue that is closed by it meets its rule for closing time.
- *Offers* that are open, and misses that were counted, stay. Ring times hold from the next offer on.
"""

from __future__ import annotations

from acd import callbacks, promising, switching, telling
from acd.deadlines import Due
from acd.instants import next_midnight
from acd.model import AgentId, AgentState
from acd.overflow import watch_hours
from acd.plan import AgentPlan, Plan, QueuePlan
from acd.queueing import wait
from acd.roster import Agent, Roster
from acd.stages import Stages
from acd.state import State, agent_enters
from acd.tables import AgentInput
from acd.waiting import WaitingRoom
from skills.admission import Admission
from skills.requirement import bind_requirement

REMOVED = "removed"
_LANGUAGE = "language:"
_LEAVES_AT_ONCE = (AgentState.READY, AgentState.NOT_READY)


def load(state: State, plan: Plan) -> None:
    """Put ``plan`` in force."""
    if plan.zone_offset_seconds != state.plan.zone_offset_seconds:
        state.day_ends_us = next_midnight(state.now_us, plan.zone_offset_seconds)
    was_ahead_seconds, state.plan = state.plan.ahead_seconds, plan
    state.queues = {(queue.product_line, str(queue.level)): queue for queue in plan.queues}
    planned = {agent.id: agent for agent in plan.agents}
    for agent in state.roster.company:
        _keep_or_remove(state, agent, planned)
    _seat(state, planned)
    spoken = languages_of(plan)
    state.first_step = {queue.id: first_step(state.roster.admission, queue, spoken) for queue in plan.queues}
    _line_up_again(state)
    if plan.ahead_seconds != was_ahead_seconds:
        _clock_was_set(state)
    telling.go_on(state, state.teller)


def _clock_was_set(state: State) -> None:
    promising.clock_was_set(state)
    switching.clock_was_set(state)
    state.deadlines.set(Due.OPENING, state.opening, state.now_us)


def _keep_or_remove(state: State, agent: Agent, planned: dict[AgentId, AgentPlan]) -> None:
    agent.planned = agent.id in planned
    if agent.planned:
        agent.plan = planned[agent.id]
        agent.next_home = None if agent.next_home == REMOVED else agent.next_home
    elif agent.state in _LEAVES_AT_ONCE:
        agent_enters(state, agent, AgentInput.SENT_HOME, REMOVED)
    elif agent.state is not AgentState.LOGGED_OUT:
        agent.next_home = REMOVED


def _seat(state: State, planned: dict[AgentId, AgentPlan]) -> None:
    old = state.roster
    staying = {agent.id: agent for agent in old.company if agent.planned or agent.state is not AgentState.LOGGED_OUT}
    company = []
    for index, agent_id in enumerate(sorted({*staying, *planned})):
        agent = staying.get(agent_id) or _newcomer(state, planned[agent_id])
        agent.index, agent.bit = index, 1 << index
        company.append(agent)
    state.roster = Roster(company, (queue.strategy for queue in state.plan.queues))
    for agent in company:
        _sit_again(state, agent)


def _newcomer(state: State, plan: AgentPlan) -> Agent:
    """His page may be open already: whoever signs in before the plan has him, or was in an earlier one."""
    open_ = plan.id in state.open_desks
    return Agent(plan.id, plan, 0, 0, 0.0, AgentState.LOGGED_OUT, state.now, state.now_us, desk_connected=open_)


def _sit_again(state: State, agent: Agent) -> None:
    roster = state.roster
    if agent.phone is not None:
        roster.at_phone[agent.phone] = agent
        if not state.reachable.get(agent.phone, True):
            roster.unreachable |= agent.bit
    if agent.rests_until_us is not None:
        roster.resting |= agent.bit
    roster.refresh(agent)


def languages_of(plan: Plan) -> list[str]:
    """Languages that some agent speaks."""
    skills = (skill for agent in plan.agents for skill in agent.skills)
    return list(dict.fromkeys(skill.removeprefix(_LANGUAGE) for skill in skills if skill.startswith(_LANGUAGE)))


def first_step(admission: Admission, queue: QueuePlan, spoken: list[str]) -> int:
    """The agents whom the first step of the queue's requirement admits, in some language."""
    values = {"product_line": queue.product_line, "level": str(queue.level), "segment": "standard"}
    mask = 0
    for language in spoken or [""]:
        bound = bind_requirement(queue.requirement, {**values, "language": language})
        mask |= admission.mask(bound.steps[0].need)
    return mask


def _line_up_again(state: State) -> None:
    waiting = list(state.room)
    state.room = WaitingRoom()
    state.stages = Stages(state.roster.admission.mask)
    state.refused.clear()
    state.logged_in_before, state.at_work_before = state.roster.logged_in, state.roster.at_work
    for call in state.calls.values():
        if call.queue is not None:
            call.queue = state.queue_for(call.queue.product_line, call.queue.level)
    state.waiting_in.clear()
    for call in waiting:
        call.place = call.stage = None
        callbacks.forget_hours(state, call)
        wait(state, call)
    watch_hours(state)
