"""What callers do, as the menu and the exchange tell it: they arrive, choose, are understood, leave, or are taken elsewhere.

Decides what each of these means in whatever state the call is; what is late or said twice means nothing.
"""

from __future__ import annotations

from acd import callbacks, calling_back, consulted, desk, incidents, moving, offering, overflow
from acd.calls import Call
from acd.deadlines import Due
from acd.effects import Announce, CallChanged, Confer, HangUpCall, JoinCaller, SendCall, TellIncident
from acd.ending import end, let_go
from acd.events import (
    CallArrived,
    CallDiverted,
    CallerLeft,
    CallerRecognised,
    CallQueued,
    CommandFailed,
    JoinFailed,
    MenuChosen,
    TalkEnded,
)
from acd.instants import span
from acd.model import AgentId, CallId, CallState, ConsultState, EndCause
from acd.news import TellSolved
from acd.queueing import join
from acd.state import State, call_enters
from acd.supervision import EndWatch, WatchCall
from acd.tables import CALL, CallInput, ConsultInput

LONGEST_PATH = 64
"""Menu choices kept of a call; nobody goes further, but a broken menu might."""
MOST_REDOS = 10
"""So often each failed command is given again before the matter is left to the next look at the exchange."""

_NEVER_REDONE = frozenset({Announce.__name__, TellIncident.__name__})
"""Commands that would be stale by then. Who could not be told of an incident is not kept waiting for that."""
_LEFT_TO_THE_EXCHANGE = frozenset({WatchCall.__name__, EndWatch.__name__, TellSolved.__name__})
"""Commands of which only a missing answer is told here: what came of them is seen there, or is over when its time is."""

_LEFT: dict[CallState, EndCause] = {
    CallState.MENU: EndCause.ABANDONED_IN_MENU,
    CallState.WAITING: EndCause.ABANDONED_WAITING,
    CallState.OFFERED: EndCause.ABANDONED_RINGING,
    CallState.AFTER: EndCause.AGENT_HUNG_UP,
    CallState.DIVERTED: EndCause.DIVERTED,
}
"""How the exchange's bare "the caller hung up" is refined by what the call was doing."""


def arrived(state: State, event: CallArrived) -> None:
    """A new call, in the menu; or one that a look at the exchange has found before its session said who calls."""
    call = state.calls.get(event.call)
    if (call is not None and (call.ani or call.dnis)) or event.call in state.ended:
        return
    if call is None:
        call = begin(state, event.call)
    call.ani, call.ani_name, call.dnis, call.entry = event.ani, event.ani_name, event.dnis, event.entry
    callbacks.hold_off(state, event.ani)


def begin(state: State, call_id: CallId, ani: str = "", ani_name: str = "", dnis: str = "", entry: str = "") -> Call:
    """Take up a call; its wait is counted from now."""
    state.arrivals += 1
    call = Call(call_id, state.arrivals, ani, ani_name, dnis, entry, state.now, state.now_us, CALL.start, state.now)
    state.calls[call_id] = call
    state.say(CallChanged(call_id, call.state, None, None))
    return call


def chose(state: State, event: MenuChosen) -> None:
    """One more choice on the call's way through the menu."""
    call = state.calls.get(event.call)
    choice = (event.menu, event.digits, event.choice)
    if call is not None and call.state is CallState.MENU and choice not in call.path and len(call.path) < LONGEST_PATH:
        call.path += (choice,)


def recognised(state: State, event: CallerRecognised) -> None:
    """Who calls is known."""
    call = state.calls.get(event.call)
    if call is not None:
        call.customers = event.customers


def queued(state: State, event: CallQueued) -> None:
    """It is known what the call is about: it waits."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.MENU:
        return
    call.product_line, call.level, call.language = event.product_line, event.level, event.language
    call.segment, call.urgent, call.preferred_agent = event.segment, event.urgent, event.preferred_agent
    call.customer, call.case = event.customer, event.case
    calling_back.take_over(state, call)
    join(state, call, CallInput.QUEUED)


def left(state: State, event: CallerLeft) -> None:
    """The caller's channel is gone."""
    call = state.calls.get(event.call)
    if call is not None and call.promised:
        callbacks.said_goodbye(state, call)
    elif call is not None and callbacks.was_lost(call) and not call.dropped:
        calling_back.lost(state, call)
    elif call is not None:
        refined = _LEFT.get(call.state, event.cause) if event.cause is EndCause.CALLER_HUNG_UP else event.cause
        end(state, call, EndCause.HUNG_UP_BY_SUPERVISOR if call.dropped else refined)


def diverted(state: State, event: CallDiverted) -> None:
    """The exchange took the call elsewhere."""
    if event.call in state.ended:
        return
    call = state.calls.get(event.call) or begin(state, event.call)
    if call.promised:
        return
    divert(state, call, event.destination)


def divert(state: State, call: Call, destination: str) -> None:
    """Out of the queue for good; said again, it changes nothing."""
    if CALL.allows(call.state, CallInput.DIVERTED):
        let_go(state, call)
        state.figures.flowed_out(call)
        moving.aim(state, call, destination)
        call.queued_by = None
        call_enters(state, call, CallInput.DIVERTED)
        desk.talk_over(state, call)


def agent_left(state: State, event: TalkEnded) -> None:
    """The agent's leg is gone; the caller may still be there."""
    call = state.calls.get(event.call)
    if call is not None and call.state is CallState.CALLING_BACK and call.agent == event.agent:
        calling_back.agent_gave_up(state, call)
    elif call is not None and call.consult is not None:
        _left_consultation(state, call, event.agent)
    elif call is not None and call.state is CallState.TALKING and call.agent == event.agent:
        call_enters(state, call, CallInput.AGENT_LEFT)
        desk.talk_over(state, call)


def _left_consultation(state: State, call: Call, agent: AgentId) -> None:
    consult = call.consult
    if call.agent == agent:
        consulted.agent_left(state, call)
    elif consult is not None and consult.state in consulted.TOGETHER and consult.agent == agent:
        consulted.let_go(state, call, ConsultInput.CONSULTED_LEFT)


def join_failed(state: State, event: JoinFailed) -> None:
    """The caller was to be put together with an agent whose phone is gone."""
    call = state.calls.get(event.call)
    if call is not None:
        consulted.unjoined(state, call)


def command_failed(state: State, event: CommandFailed) -> None:
    """A command about a call failed, or no answer to it came: it is given again after a while, if it still makes sense then."""
    call = state.calls.get(event.call)
    if call is None or event.command in _LEFT_TO_THE_EXCHANGE:
        return
    if event.command in _NEVER_REDONE:
        incidents.may_be_offered(state, call)
    elif event.command == Confer.__name__:
        if not event.unsure and call.consult is not None and call.consult.state is ConsultState.CONFERENCE:
            consulted.kept_out(state, call)
    elif event.command == JoinCaller.__name__:
        if not event.unsure:  # else they may talk already: the look that follows tells where he is
            consulted.unjoined(state, call)
    else:
        _give_again(state, call, event.command)


def _give_again(state: State, call: Call, command: str) -> None:
    """With whatever else of this call is to be given again; the soonest moment counts."""
    counts = call.redo_counts = call.redo_counts or {}
    given = counts.get(command, 0)
    if command not in call.redos and given < MOST_REDOS:
        call.redos, counts[command] = (*call.redos, command), given + 1
        again_us = state.now_us + span(offering.rest_seconds(given + 1))
        state.deadlines.set(Due.COMMAND_AGAIN, call, again_us if call.redo_us is None else min(again_us, call.redo_us))


def redo(state: State, call: Call) -> None:
    """Give the commands that failed again, unless the call has moved on."""
    commands, call.redos = call.redos, ()
    for command in commands:
        _redo(state, call, command)


def _redo(state: State, call: Call, command: str) -> None:
    if command == HangUpCall.__name__:
        state.say(HangUpCall(call.id))
    elif call.state is CallState.WAITING or (call.offer is not None and not call.offer.acknowledged and not call.promised):
        state.to_hold[call.id] = call  # he waits, though perhaps for somebody who reads what was handed over
    elif command == SendCall.__name__ and call.state is CallState.DIVERTED and call.destination is not None:
        overflow.send(state, call)
    elif command == SendCall.__name__ and callbacks.still_here(call):
        state.say(SendCall(call.id, call.callback.said if call.callback is not None else callbacks.PROMISED))
