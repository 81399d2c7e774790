"""The live view, read off the router's state. Decides nothing, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from acd.appointment import Appointment
from acd.board import (
    AgentView,
    Board,
    CallView,
    IncidentView,
    MessageView,
    PromiseView,
    QueueView,
    SwitchView,
    WatchView,
)
from acd.callbacks import rules_of
from acd.calls import Call, Callback
from acd.expectation import Load, load, of_newcomer_under
from acd.explanation import english, in_short, why_resting
from acd.figures import QueueCount
from acd.forecast import average_handling_time, average_speed_of_answer, service_levels
from acd.incident import Incident
from acd.instants import instant, micros, seconds
from acd.model import AgentState, CallbackState, CallId, CallState, QueueId
from acd.news import NewsState
from acd.opening import open_now
from acd.plan import CallbackRules, QueuePlan
from acd.reason import Reason
from acd.roster import Agent
from acd.state import SERVED, State
from acd.telling import goes_on

_Whys = dict[int, tuple[tuple[Reason, ...], str]]
"""Number of a step -> why nobody takes the calls for which it is in force, once for all of them."""
_Fields = tuple[Any, ...]
"""Those of a ``CallView``, in its order."""


class LiveView:
    """One board after the other. A call that looks as it did is shown by the same object: many wait, few change."""

    def __init__(self) -> None:
        self._shown: dict[CallId, tuple[_Fields, CallView]] = {}

    def board(self, state: State, now: datetime) -> Board:
        """Everything that is going on."""
        self._shown = dict(self._rows(state))
        calls = tuple([view for _, view in self._shown.values()])
        return Board(now, calls, agents(state), _queues(state, micros(now)), _promises(state), _incidents(state), _messages(state))

    def _rows(self, state: State) -> Iterator[tuple[CallId, tuple[_Fields, CallView]]]:
        whys: _Whys = {}
        for call in state.calls.values():
            fields = _call(state, call, whys)
            before = self._shown.get(call.id)
            yield call.id, before if before is not None and before[0] == fields else (fields, CallView(*fields))


def agents(state: State) -> tuple[AgentView, ...]:
    """Everybody who takes calls, and whoever does no more but is still at work. Costs nothing for callers who wait."""
    return tuple(_agent(state, agent) for agent in state.roster.company if agent.planned or agent.state is not AgentState.LOGGED_OUT)


def _messages(state: State) -> tuple[MessageView, ...]:
    return tuple(MessageView(one.id, one.text, one.by, one.at, one.to, tuple(one.read)) for one in state.messages.values())


def _incidents(state: State) -> tuple[IncidentView, ...]:
    return tuple(map(_incident, state.incidents.values()))


def _incident(one: Incident) -> IncidentView:
    now = [news.state for news in one.news.values()]
    engineers = now.count(NewsState.ENGINEER)
    return IncidentView(
        one.id, one.product_line, one.text, one.declared_at, one.declared_by, one.heard, len(one.numbers), one.solved_at, one.solved_by,
        goes_on(one), now.count(NewsState.TOLD) + engineers, engineers, now.count(NewsState.IN_VAIN),
    )  # fmt: skip


def _promises(state: State) -> tuple[PromiseView, ...]:
    open_ones = [call.callback for call in state.calls.values() if call.promised and call.callback is not None]
    promises = sorted([*state.in_vain, *open_ones], key=lambda callback: (callback.promised_at, callback.id))
    return *(_promise(callback) for callback in promises), *(_appointment(state, one) for one in state.appointments.values())


def _appointment(state: State, one: Appointment) -> PromiseView:
    of = one.promise
    rules = state.queue_for(of.product_line, of.level).callback or CallbackRules()
    return PromiseView(
        one.id, of.number, of.ani_name, one.queue_id, CallbackState.PROMISED, one.promised_at, one.promised_at, 0, 0, rules.most_attempts,
        of.due_at, None, rules.order, of.agent, of.due_at, of.note,
    )  # fmt: skip


def _promise(callback: Callback) -> PromiseView:
    call, rules = callback.call, rules_of(callback.call)
    return PromiseView(
        call.id, callback.number, call.ani_name, call.queue_id, callback.state, callback.since or callback.promised_at,
        callback.promised_at,
        callback.attempts, callback.unreached, rules.most_attempts, callback.next_at, call.agent, rules.order,
        *(() if callback.of is None else (callback.of.agent, callback.of.due_at, callback.of.note)),
    )  # fmt: skip


def _call(state: State, call: Call, whys: _Whys) -> _Fields:
    waiting = call.place is not None and call.stage is not None
    reasons, why = _why(state, call, whys) if waiting else ((), "")
    return (
        call.id, call.state, call.state_since, call.ani, call.ani_name, call.dnis, call.entry, call.arrived_at, call.queued_at,
        call.queue_id, call.product_line, call.level, call.language, call.segment, call.urgent, call.agent,
        call.stage.in_force.name if waiting and call.stage else None, why,
        None if call.callback is None else call.callback.number, None if call.consult is None else call.consult.agent,
        reasons,
        call.personal[0] if waiting and call.personal else None, seconds(call.raised_us),
        tuple([WatchView(one.phone, one.mode, one.by, one.since, one.on) for one in call.watches]),
        "" if call.consult is None else call.consult.outside,
    )  # fmt: skip


def _why(state: State, call: Call, whys: _Whys) -> tuple[tuple[Reason, ...], str]:
    if call.rests_until_us is not None:
        resting = (why_resting(call),)
        return resting, english(resting)
    if call.stage is None:
        return (), ""
    in_force = call.stage.in_force.number
    if in_force not in whys:
        whys[in_force] = in_short(state, call.stage)
    return whys[in_force]


def _agent(state: State, agent: Agent) -> AgentView:
    reachable = agent.phone is None or state.reachable.get(agent.phone, True)
    wrap_up_ends_at = None if agent.wrap_ends_us is None else instant(agent.wrap_ends_us)
    return AgentView(
        agent.id, agent.plan.name, agent.plan.team, agent.state, agent.state_since, agent.cause, agent.phone, reachable,
        agent.desk_connected, agent.call, agent.calls_taken, wrap_up_ends_at, agent.rung, agent.rung_in_time,
    )  # fmt: skip


def _queues(state: State, now_us: int) -> tuple[QueueView, ...]:
    in_queue: dict[QueueId, list[Call]] = {}
    plans: dict[QueueId, QueuePlan] = {queue.id: queue for queue in state.plan.queues}
    for call in state.calls.values():
        if call.queue is not None:
            plans.setdefault(call.queue.id, call.queue)
            in_queue.setdefault(call.queue.id, []).append(call)
    carried = load(state)
    return tuple(_queue(state, queue, in_queue.get(queue_id, []), carried, now_us) for queue_id, queue in plans.items())


def _queue(state: State, queue: QueuePlan, calls: list[Call], carried: Load, now_us: int) -> QueueView:
    waiting = [call.arrived_at for call in calls if call.state is CallState.WAITING]
    count = state.figures.queues.get(queue.id, QueueCount())
    outcomes = count.outcomes()
    admits = state.first_step.get(queue.id, state.roster.admission.everybody)
    handled_seconds = seconds(count.handling_us)
    ready = admits & state.roster.in_state[AgentState.READY]
    return QueueView(
        queue.id, queue.product_line, queue.level, len(waiting), min(waiting, default=None),
        sum(call.state is CallState.OFFERED for call in calls), sum(call.state in SERVED for call in calls),
        ready.bit_count(), count.offered, outcomes.answered, outcomes.answered_in_time, outcomes.abandoned, outcomes.flowed_out,
        average_speed_of_answer(seconds(count.waits_us), outcomes.answered), average_handling_time(handled_seconds, 0.0, count.handled),
        of_newcomer_under(carried, state, queue, admits), service_levels(outcomes), count.announced, count.announced_right,
        state.figures.calibration(queue.id).trusted(state.now_us), count.rung, count.rung_in_time,
        service_levels(state.figures.lately(queue.id, now_us)), queue.service_level_seconds, _at_work(state, admits),
        open_now(state, queue), _switched(state, queue), any(rule.when_closed for rule in queue.overflow),
    )  # fmt: skip


def _at_work(state: State, admits: int) -> dict[AgentState, int]:
    roster = state.roster
    return {one: (roster.in_state[one] & admits).bit_count() for one in AgentState if one is not AgentState.LOGGED_OUT}


def _switched(state: State, queue: QueuePlan) -> SwitchView | None:
    switch = state.switches.get(queue.id)
    return None if switch is None else SwitchView(switch.opened, switch.until, switch.by, switch.why, switch.since)
