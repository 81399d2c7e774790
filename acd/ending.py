"""How a call ends: whatever it was doing, everybody is free of it, and only its id is remembered.

Decides how an end counts: as an abandon, or as flowed out. Why it ended is its callers' matter.
"""

from __future__ import annotations

from acd import callbacks, consulted, desk, offering
from acd.calls import Call
from acd.model import CallState, EndCause, OfferState
from acd.queueing import stop_waiting
from acd.state import State, call_enters
from acd.supervision import WatchChanged
from acd.tables import CallInput


def end(state: State, call: Call, cause: EndCause) -> None:
    """The visit is over, whatever the call was doing."""
    if call.promised or call.dropped:
        state.figures.flowed_out(call)
    elif call.state in (CallState.WAITING, CallState.OFFERED):
        state.figures.abandoned(call, state.now_us, state.plan.short_abandon_seconds)
    let_go(state, call)
    call_enters(state, call, CallInput.ENDED, cause)
    desk.talk_over(state, call)
    for watch in call.watches:  # the exchange lets a supervisor go with the one he hears, and may tell so only later
        state.say(WatchChanged(watch.id, call.id, watch.agent, watch.phone, watch.mode, "over", watch.by, "the call is over"))
    forget(state, call, cause)


def forget(state: State, call: Call, cause: EndCause) -> None:
    """An ended call: only its id is remembered."""
    call.rests_until_us = call.rest_ends_us = call.redo_us = None
    callbacks.forget(state, call)
    del state.calls[call.id]
    state.remember_ended(call.id, cause)


def let_go(state: State, call: Call) -> None:
    """Take the call out of the room, and back from an agent whom it is being offered to, or who is asked about it."""
    consulted.drop(state, call)
    if call.place is not None:
        stop_waiting(state, call)
    elif call.offer is not None and call.offer.state is not OfferState.ACCEPTED:
        offering.rescind(state, call.offer, "the caller left")
