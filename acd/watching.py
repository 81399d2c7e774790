"""Supervisors who listen to conversations, whisper to the agent, or talk with both.

Decides whose conversation can be heard at which phone, and what is known of who hears what. One phone hears one conversation. It does not
know how the exchange lets somebody hear another one, nor who may.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from acd.calls import Call
from acd.model import AgentId, CallId, CallState, IllegalTransition, PhoneId
from acd.state import State
from acd.steering import require_own_phone
from acd.supervision import EndWatch, WatchAsked, WatchBegan, WatchCall, WatchChanged, WatchEnded, WatchMode, WatchStopped


@dataclass(slots=True, eq=False)
class Watch:
    """One supervisor's phone at one conversation."""

    id: str
    """``<call>/w<number>``."""
    agent: AgentId
    phone: PhoneId
    mode: WatchMode
    by: str
    since: datetime
    on: bool = False
    """The phone was answered."""


def asked(state: State, event: WatchAsked) -> None:
    """Ring his phone, or change what it does. Raises IllegalTransition when nobody talks, or the phone is in use."""
    call = state.calls.get(event.call)
    if call is None or call.state is not CallState.TALKING or call.offer is None:
        raise IllegalTransition(f"nobody talks to {event.call} now")
    if event.phone == call.offer.phone:
        raise IllegalTransition(f"{event.phone} is the phone of {call.offer.agent.id} himself")
    require_own_phone(state, event.phone)
    watch = next((one for one in call.watches if one.phone == event.phone), None)
    if watch is None:
        _end_others(state, event.phone)
        _begin(state, call, event)
    elif watch.mode is not event.mode:
        watch.mode, watch.by = event.mode, event.by
        _tell(state, call, watch, "on" if watch.on else "asked", event.why)
        state.say(WatchCall(watch.id, call.id, call.offer.phone, watch.phone, watch.mode, state.plan.ring_seconds, switch=True))


def _begin(state: State, call: Call, event: WatchAsked) -> None:
    assert call.offer is not None, "somebody talks"
    call.watches_asked += 1
    watch = Watch(f"{call.id}/w{call.watches_asked}", call.offer.agent.id, event.phone, event.mode, event.by, state.now)
    call.watches = (*call.watches, watch)
    _tell(state, call, watch, "asked", event.why)
    state.say(WatchCall(watch.id, call.id, call.offer.phone, watch.phone, watch.mode, state.plan.ring_seconds))


def _end_others(state: State, phone: PhoneId) -> None:
    """It hears one conversation at a time."""
    for call in state.calls.values():
        for watch in call.watches:
            if watch.phone == phone:
                state.say(EndWatch(watch.id, call.id))


def stopped(state: State, event: WatchStopped) -> None:
    """Let his phone go; said again, it changes nothing."""
    call = state.calls.get(event.call)
    for watch in () if call is None else call.watches:
        if watch.phone == event.phone:
            state.say(EndWatch(watch.id, event.call))


def began(state: State, event: WatchBegan) -> None:
    """He hears it; said late or again, it changes nothing."""
    call, watch = _known(state, event.call, event.watch)
    if call is not None and watch is not None and not watch.on:
        watch.on, watch.since = True, state.now
        _tell(state, call, watch, "on", "")


def ended(state: State, event: WatchEnded) -> None:
    """He does not hear it any more; said late or again, it changes nothing."""
    call, watch = _known(state, event.call, event.watch)
    if call is not None and watch is not None:
        _forget(state, call, watch, event.detail)


def only(state: State, call: Call, there: Collection[str]) -> None:
    """The exchange was looked at: watches of the call that are not there are over."""
    for watch in call.watches:
        if watch.id not in there:
            _forget(state, call, watch, "gone when the exchange was looked at")


def _known(state: State, call_id: CallId, watch_id: str) -> tuple[Call | None, Watch | None]:
    call = state.calls.get(call_id)
    return call, None if call is None else next((one for one in call.watches if one.id == watch_id), None)


def _forget(state: State, call: Call, watch: Watch, detail: str) -> None:
    call.watches = tuple(one for one in call.watches if one is not watch)
    _tell(state, call, watch, "over", detail)


def _tell(state: State, call: Call, watch: Watch, now: str, why: str) -> None:
    state.say(WatchChanged(watch.id, call.id, watch.agent, watch.phone, watch.mode, now, watch.by, why))
