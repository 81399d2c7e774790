"""The router: events in, effects out. The one owner of the state; it does no I/O and knows no clock.

Decides the order of things within one event: what the event itself means; then what has fallen due by ``now``; then who gets whom;
then who must be held. What each event means is in the modules of ``_HANDLERS``; ``acd.matching`` decides who gets whom.

Equal events at equal times give equal effects, byte for byte: nothing in here depends on chance, on the order of a set, or on when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from acd import (
    announcing,
    callbacks,
    callers,
    calling_back,
    consulted,
    consulting,
    desk,
    exchange,
    handing_on,
    incidents,
    messages,
    offering,
    outside,
    promising,
    replan,
    snapshot,
    steering,
    switching,
    telling,
    view,
    watching,
)
from acd.appointment import CallbackPromised
from acd.board import AgentView, Board
from acd.calls import Call
from acd.deadlines import Due
from acd.effects import Effect
from acd.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentStateForced,
    AgentWentNotReady,
    AgentWentReady,
    CallArrived,
    CallbackCancelled,
    CallbackReached,
    CallbackUnreached,
    CallbackWanted,
    CallDiverted,
    CallerLeft,
    CallerRecognised,
    CallHandedOn,
    CallQueued,
    CommandFailed,
    ConferenceWanted,
    ConsultAsked,
    ConsultCompleted,
    ConsultTakenBack,
    DeskSeen,
    Event,
    ExchangeSeen,
    HandoverAcknowledged,
    IncidentDeclared,
    IncidentHeard,
    IncidentSolved,
    JoinFailed,
    MenuChosen,
    NewsWanted,
    OfferAnswered,
    OfferFailed,
    OfferMissed,
    OfferRinging,
    PhoneSeen,
    PlanLoaded,
    SurveyAnswered,
    TalkEnded,
    Ticked,
    WrapUpEnded,
    WrapUpExtended,
)
from acd.expectation import of_call
from acd.explanation import at_length, why_nobody
from acd.instants import instant, micros
from acd.matching import lead_refused, match
from acd.model import AgentId, CallId, CallState, HalfDone, IllegalTransition, OfferId, OfferState, PhoneId
from acd.news import EngineerWanted, News, NewsTold, NewsUntold
from acd.offer import Offer
from acd.outsiders import OutsideAnswered, OutsideFailed, OutsideLeft, OutsideMissed
from acd.plan import Plan
from acd.queueing import hold, hours_changed, overflow_due, refit, relax
from acd.reason import Reason
from acd.recording import RecordingBegan, RecordingPaused
from acd.state import State
from acd.supervision import (
    CallAssigned,
    CallDropped,
    CallMoved,
    CallRaised,
    CallTakenOver,
    MessageRead,
    MessageSent,
    QueueSwitched,
    TakeOverFailed,
    WatchAsked,
    WatchBegan,
    WatchEnded,
    WatchStopped,
)


class Router:
    """Routes calls to agents. Begins empty: the first event is ``PlanLoaded``."""

    def __init__(self) -> None:
        self._state = State()
        self._view = view.LiveView()

    @property
    def plan(self) -> Plan:
        """The plan in force."""
        return self._state.plan

    def handle(self, event: Event, now: datetime) -> list[Effect]:
        """Take in ``event``, which was taken at ``now`` (aware; never earlier than the last one), and return what follows, in order.

        Raises IllegalTransition, and changes nothing, when the state tables or the plan do not allow what an agent or a supervisor asks
        for; HalfDone when a fault stopped it half-way. What the telephone network says too late or twice changes nothing and gives [].
        """
        state = self._state
        state.advance_clock(now)
        state.begin_day()
        state.out = []
        try:
            self._take(state, event)
        except Exception as fault:
            if isinstance(fault, IllegalTransition) and not state.out:
                raise
            raise HalfDone(state.out) from fault
        return state.out

    def _take(self, state: State, event: Event) -> None:
        _HANDLERS[type(event)](state, event)
        if state.out or state.lead_agents or state.lead_calls or state.to_hold or type(event) is Ticked:
            _let_due(state)
            refit(state)
            lead_refused(state)
            match(state)
            hold(state)

    def is_stale(self, event: Event) -> bool:
        """Whether this was told before: a caller is gone whose visit is over. Nothing follows from it."""
        return type(event) is CallerLeft and event.call in self._state.ended

    def next_deadline(self) -> datetime | None:
        """When to come back with a ``Ticked``, if nothing happens before; an aware UTC datetime."""
        at_us = self._state.deadlines.next()
        return None if at_us is None else instant(at_us)

    def board(self, now: datetime) -> Board:
        """The live view."""
        return self._view.board(self._state, now)

    def agent_views(self) -> tuple[AgentView, ...]:
        """The agents of the live view alone."""
        return view.agents(self._state)

    def explain_waiting(self, call: CallId, now: datetime) -> str:
        """Why nobody takes this call, or what it is doing. Raises KeyError when there is no such live call."""
        return at_length(self._state, self._state.calls[call], micros(now))

    def reasons_waiting(self, call: CallId, now: datetime) -> tuple[Reason, ...]:
        """The same for readers of any language; nothing for a call that does not wait. Raises KeyError as ``explain_waiting`` does."""
        return why_nobody(self._state, self._state.calls[call], micros(now))

    def expected_wait(self, call: CallId) -> float | None:
        """Expected seconds until a waiting call is answered; None when that can't be said. Raises KeyError as ``explain_waiting`` does."""
        return of_call(self._state, self._state.calls[call])

    def may_call_back(self, call: CallId, now: datetime) -> bool:
        """Whether a waiting caller is to be offered a callback now. Raises KeyError as ``explain_waiting`` does."""
        return callbacks.worth_offering(self._state, self._state.calls[call], micros(now))

    def incident_numbers(self, incident: str) -> tuple[News, ...]:
        """Who wants to be told when the incident is solved, and how far that is, the first first; to be looked at only. Raises KeyError
        when the incident is not known.
        """
        return tuple(self._state.incidents[incident].news.values())

    def open_offer(self, call: CallId, phone: PhoneId) -> OfferId | None:
        """The open offer (pending, ringing, or accepted and talking) that ties ``call`` to ``phone``; for a ``line_to`` somebody outside
        the house, what names his being asked."""
        live = self._state.calls.get(call)
        parties = () if live is None else (live.offer, live.consult)
        return next((one.id for one in parties if one is not None and one.phone == phone), None)

    def agent_at(self, phone: PhoneId) -> AgentId | None:
        """The agent who is logged in at ``phone``."""
        agent = self._state.agent_at(phone)
        return None if agent is None else agent.id

    def offer_is_open(self, offer: OfferId) -> bool:
        """Whether the offer is pending or ringing, or its agent waits for a customer: whether it still makes sense to ring for it."""
        known = self._state.offers.get(offer)
        return known is not None and (
            known.state in (OfferState.PENDING, OfferState.RINGING) or known.call.state is CallState.CALLING_BACK
        )

    def open_desks(self) -> list[AgentId]:
        """Whose page is connected, as far as was told."""
        return list(self._state.open_desks)

    def calls(self) -> Mapping[CallId, Call]:
        """The live calls, to be looked at only."""
        return self._state.calls

    @property
    def memory(self) -> State:
        """All that it knows, for a checkpoint; not to be changed, and out of date after the next event."""
        self._state.deadlines.forget_stale()
        return self._state

    def recall(self, memory: State) -> None:
        """Go on from what another router knew; it is this one's own from now on."""
        self._state = memory

    def state(self) -> dict[str, Any]:
        """The whole state as plain data: two routers that were given the same events have equal ones."""
        return snapshot.of(self._state)


def _let_due(state: State) -> None:
    for kind, thing in state.deadlines.take_due(state.now_us):
        _DUE[kind](state, thing)


def _about_offer(act: Callable[..., None], of_consult: Callable[..., None], *fields: str) -> Callable[[State, Any], None]:
    """What to do with an event about an offer, or about that of one who is asked, if it is still open."""

    def handler(state: State, event: Any) -> None:
        offer = state.offers.get(event.offer)
        if offer is not None:
            (of_consult if offer.consult else act)(state, offer, *(getattr(event, name) for name in fields))

    return handler


def _offer_failed(state: State, event: OfferFailed) -> None:
    offer = state.offers.get(event.offer)
    if offer is not None and offer.consult:
        consulted.failed(state, offer, event.detail)
    elif offer is not None:
        calling_back.offer_failed(state, offer, event.detail, unsure=event.unsure)


def _offer_overdue(state: State, offer: Offer) -> None:
    if callbacks.awaits_customer(offer):
        calling_back.give_up_attempt(state, offer.call, None)
    else:
        (consulted if offer.consult else offering).overdue(state, offer)


def _nothing(state: State, event: Ticked | SurveyAnswered | RecordingBegan | RecordingPaused) -> None:
    """Time alone: what has fallen due is looked at after every event. Or what only the records take note of."""


def _lead(state: State, call: Call) -> None:
    state.lead_calls[call.id] = call


def _pair_rested(state: State, call: Call) -> None:
    offering.set_pair_deadline(state, call)
    _lead(state, call)


_HANDLERS: Mapping[type, Callable[[State, Any], None]] = {
    PlanLoaded: lambda state, event: replan.load(state, event.plan),
    CallArrived: callers.arrived,
    CallerRecognised: callers.recognised,
    MenuChosen: callers.chose,
    CallQueued: handing_on.queued,
    CallerLeft: callers.left,
    CallbackWanted: calling_back.wanted,
    CallbackReached: calling_back.reached,
    CallbackUnreached: calling_back.unreached,
    CallbackCancelled: promising.cancelled,
    CallbackPromised: promising.promised,
    CallDiverted: callers.diverted,
    OfferRinging: _about_offer(offering.ringing, consulted.ringing),
    OfferAnswered: _about_offer(offering.answered, consulted.answered),
    OfferMissed: _about_offer(offering.missed, consulted.missed, "cause"),
    OfferFailed: _offer_failed,
    CommandFailed: steering.command_failed,
    TalkEnded: callers.agent_left,
    SurveyAnswered: _nothing,
    RecordingBegan: _nothing,
    RecordingPaused: _nothing,
    CallHandedOn: handing_on.handed_on,
    HandoverAcknowledged: _about_offer(offering.acknowledged, consulted.acknowledged),
    ConsultAsked: consulting.asked,
    ConsultCompleted: consulting.completed,
    ConsultTakenBack: consulting.taken_back,
    ConferenceWanted: consulting.conference,
    OutsideAnswered: outside.answered,
    OutsideMissed: outside.missed,
    OutsideFailed: outside.failed,
    OutsideLeft: outside.left,
    JoinFailed: callers.join_failed,
    PhoneSeen: desk.phone_seen,
    AgentLoggedIn: desk.logged_in,
    AgentLoggedOut: desk.logged_out,
    AgentWentReady: desk.went_ready,
    AgentWentNotReady: desk.went_not_ready,
    WrapUpEnded: desk.wrap_up_ended,
    WrapUpExtended: desk.wrap_up_extended,
    AgentStateForced: desk.forced,
    DeskSeen: desk.desk_seen,
    IncidentDeclared: incidents.declared,
    IncidentSolved: incidents.solved,
    IncidentHeard: incidents.heard,
    NewsWanted: incidents.news_wanted,
    NewsTold: telling.told,
    NewsUntold: telling.untold,
    EngineerWanted: telling.engineer_wanted,
    CallAssigned: steering.assigned,
    CallMoved: steering.moved,
    CallRaised: steering.raised,
    CallDropped: steering.dropped,
    CallTakenOver: steering.taken_over,
    TakeOverFailed: steering.not_taken_over,
    WatchAsked: watching.asked,
    WatchStopped: watching.stopped,
    WatchBegan: watching.began,
    WatchEnded: watching.ended,
    QueueSwitched: switching.switched,
    MessageSent: messages.sent,
    MessageRead: messages.read,
    Ticked: _nothing,
    ExchangeSeen: exchange.seen,
}

_DUE: Mapping[Due, Callable[[State, Any], None]] = {
    Due.OVERFLOW: overflow_due,
    Due.OPENING: hours_changed,
    Due.STAGE_OVER: relax,
    Due.CALL_RESTED: callbacks.rested,
    Due.PAIR_RESTED: _pair_rested,
    Due.COMMAND_AGAIN: callers.redo,
    Due.ANNOUNCEMENT: announcing.due,
    Due.AGENT_RESTED: desk.rested,
    Due.GHOST: desk.ghost,
    Due.WRAP_UP_OVER: desk.wrap_up_over,
    Due.OFFER_OVERDUE: _offer_overdue,
    Due.OUTSIDE_OVERDUE: outside.overdue,
    Due.CALLBACK_OVERDUE: calling_back.overdue,
    Due.SWITCH_OVER: switching.over,
    Due.PROMISE_DUE: promising.due,
    Due.NEWS: telling.go_on,
}
