"""Incidents: a fault of a whole product line, of which its callers are told before anybody is rung for them.

Decides who is told what and when: whoever joins a queue of the line hears it first, and is offered to nobody until he has; whoever waits
already hears it at the next pause of his music. Each caller hears it once. Who wants to know when it is solved has his number noted,
once. It does not know what the text says, nor how it is spoken.
"""

from __future__ import annotations

from acd import telling
from acd.callbacks import dialable
from acd.calls import Call
from acd.deadlines import Due
from acd.effects import IncidentChanged, NumberNoted, TellIncident
from acd.events import IncidentDeclared, IncidentHeard, IncidentSolved, NewsWanted
from acd.incident import Incident
from acd.instants import span
from acd.model import CallState, IllegalTransition
from acd.state import State

HEARING_SECONDS = 40.0
"""So long, at most, a caller hears of an incident and is offered to nobody; the exchange mostly tells earlier that he has."""
SOLVED_KEPT = 20
"""So many solved incidents are kept, with the numbers of who wanted to be told; the records have all."""


def declared(state: State, event: IncidentDeclared) -> None:
    """A supervisor switches it on. Raises IllegalTransition for a line or a text that the plan has not, and while one runs there."""
    if event.product_line not in {queue.product_line for queue in state.plan.queues}:
        raise IllegalTransition(f"there is no product line {event.product_line}")
    if event.text not in state.plan.incident_texts:
        raise IllegalTransition(f"{event.text or 'nothing'} is not one of the texts: {', '.join(state.plan.incident_texts)}")
    if running(state, event.product_line) is not None:
        raise IllegalTransition(f"{event.product_line} has an incident already")
    state.incidents_declared += 1
    incident = Incident(f"{event.product_line}-{state.incidents_declared}", event.product_line, event.text, state.now, event.by)
    state.incidents[incident.id] = incident
    _say(state, incident)
    for call in _waiting_for(state, event.product_line):
        tell(state, call)


def solved(state: State, event: IncidentSolved) -> None:
    """A supervisor switches it off: nobody hears of it any more, and who asked for it is told, if the supervisor says so. Raises
    IllegalTransition when it does not run, or when nobody can be told.
    """
    incident = state.incidents.get(event.incident)
    if incident is None or incident.solved_at is not None:
        raise IllegalTransition(f"there is no incident {event.incident}")
    if event.tell:
        telling.require_line(state)
    incident.solved_at, incident.solved_by = state.now, event.by
    _say(state, incident)
    for call in _waiting_for(state, incident.product_line):
        if call.incident == incident.id and not call.incident_heard:
            state.say(TellIncident(call.id, "", False))
            may_be_offered(state, call)
    if event.tell:
        telling.begin(state, incident)
    _forget_oldest(state)


def running(state: State, product_line: str | None) -> Incident | None:
    """The incident that callers of the line are told of now."""
    return next((one for one in state.incidents.values() if one.product_line == product_line and one.solved_at is None), None)


def meet(state: State, call: Call) -> None:
    """A call joins a queue: where there is an incident, its caller is to hear of that before anybody is rung for him."""
    incident = running(state, call.product_line)
    if incident is not None and call.incident != incident.id:
        call.hearing = True
        state.deadlines.set(Due.CALL_RESTED, call, state.now_us + span(HEARING_SECONDS))


def tell(state: State, call: Call) -> None:
    """The caller is held: tell him of the incident of his product line, unless he was told."""
    incident = running(state, call.product_line)
    if incident is None or call.incident == incident.id or call.state is not CallState.WAITING:
        return
    call.incident, call.incident_heard = incident.id, False
    state.say(TellIncident(call.id, incident.text, dialable(state, call.ani) and call.ani not in incident.numbers))


def heard(state: State, event: IncidentHeard) -> None:
    """The caller has heard it, to the end or as far as he wanted; said again, it changes nothing."""
    call = state.calls.get(event.call)
    if call is None or call.incident is None or call.incident_heard:
        return
    call.incident_heard = True
    if (incident := state.incidents.get(call.incident)) is not None:
        incident.heard += 1
    may_be_offered(state, call)


def may_be_offered(state: State, call: Call) -> None:
    """Nothing is left to hear."""
    if call.hearing and call.state is CallState.WAITING:
        call.hearing, call.rests_until_us = False, None
        state.lead_calls[call.id] = call


def news_wanted(state: State, event: NewsWanted) -> None:
    """The caller wants to be told when it is solved; his number is noted, once. It may have been solved meanwhile."""
    call = state.calls.get(event.call)
    incident = None if call is None or call.incident is None else state.incidents.get(call.incident)
    if call is not None and incident is not None and dialable(state, call.ani) and call.ani not in incident.numbers:
        incident.numbers[call.ani] = state.now
        news = telling.note(incident, call, state.now)
        state.say(NumberNoted(call.id, incident.id, call.ani))
        telling.meet(state, incident, news)


def _waiting_for(state: State, product_line: str) -> list[Call]:
    return [call for call in state.room if call.state is CallState.WAITING and call.product_line == product_line]


def _say(state: State, incident: Incident) -> None:
    state.say(IncidentChanged(
        incident.id, incident.product_line, incident.text, incident.declared_at, incident.declared_by, incident.solved_at,
        incident.solved_by, incident.heard, tuple(incident.numbers),
    ))  # fmt: skip


def _forget_oldest(state: State) -> None:
    over = [one.id for one in state.incidents.values() if one.solved_at is not None and not telling.goes_on(one)]
    for incident in over[:-SOLVED_KEPT]:
        del state.incidents[incident]
