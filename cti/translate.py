"""Asterisk's events, as plain mappings, into the engine's neutral events.

Decides what an event means for a call, an offer or a phone; and keeps the little that this needs: which leg is
for which offer, from ``DialBegin`` to ``Hangup``. It knows neither the connection the events came by, nor what the router
makes of them; what it is asked about a channel that is none of ours, it answers with nothing.

What Asterisk 22.10 sends was recorded (``tests/transcripts/ami``). Three things are not as one might think:

* ``DialEnd`` says NOANSWER for 403, 404, 480, 500 and 603 alike, so why a phone did not take a call is only known from the ``Cause`` in
  the ``Hangup`` of its channel, which follows at once.
* a phone that cannot be dialled at all (not registered, not qualified, not configured) has neither ``DialBegin`` nor ``DialEnd`` nor a
  channel. So the dialplan sends ``UserEvent(HotlineMissed,…)`` after every ``Dial`` that was not answered; where a ``DialBegin`` came
  before it, it tells nothing new. (Both are sent by the caller's own thread, so their order is certain; that of the leg's ``Hangup``
  is not.)
* which of the two legs of a conversation has its ``Hangup`` first is chance (each third or sixth time the wrong one), so it doesn't tell
  who ended it. ``HangupRequest`` does: it is sent, first of all, for the leg whose phone said goodbye.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from acd.events import (
    CallArrived,
    CallbackReached,
    CallbackUnreached,
    CallbackWanted,
    CallDiverted,
    CallerLeft,
    CallQueued,
    Event,
    IncidentHeard,
    JoinFailed,
    NewsWanted,
    OfferAnswered,
    OfferMissed,
    OfferRinging,
    PhoneSeen,
    SurveyAnswered,
    TalkEnded,
)
from acd.model import AgentId, CallId, Level, MissCause, OfferId, PhoneId, outside_of
from acd.news import EngineerWanted, NewsTold, NewsUntold
from acd.outsiders import OutsideAnswered, OutsideLeft, OutsideMissed
from acd.recording import RecordingBegan
from acd.supervision import TakeOverFailed, WatchBegan, WatchEnded
from cti.names import CONTEXTS, Context, DialPattern, asked_phone, call_id, leg_of_offer, offer_of_leg, watch_of_leg

EVENTS: Final[tuple[str, ...]] = (
    "DialBegin", "DialEnd", "FullyBooted", "Hangup", "HangupRequest", "OriginateResponse", "PeerStatus", "UserEvent",
)  # fmt: skip
"""The only events that are needed. ``manager.conf`` lets them alone through: ``eventfilter(name(Hangup)) =`` and so on. ``FullyBooted``
is for the adapter: to whoever logs in later it comes past every filter, but to whoever logs in while Asterisk boots it does not.
The answers to actions pass all filters. (Checked on 22.10.)"""

READ_PRIVILEGES: Final[tuple[str, ...]] = ("call", "system", "user")
"""``call`` for Dial*, Hangup* and OriginateResponse, ``system`` for PeerStatus and FullyBooted, ``user`` for UserEvent."""

WRITE_PRIVILEGES: Final[tuple[str, ...]] = ("call", "user")
"""``call`` for Redirect, Hangup, Setvar, Status and DeviceStateList, ``user`` for UserEvent. Neither ``system``
nor ``command``: who learns the password can move calls, not run programs."""

DIALLING_PRIVILEGE: Final = "originate"
"""Only where customers are called back, or supervisors listen: there is no other way to make Asterisk dial somebody while no channel
exists. Who learns the password can then place calls at the house's expense; without ``system`` he still can't run programs by it."""

DIVERTED: Final = "HotlineDiverted"
MISSED: Final = "HotlineMissed"
CALLBACK: Final = "HotlineCallback"
"""He pressed the key for being called back."""
CALLED_BACK: Final = "HotlineCalledBack"
"""He has answered; ``Attempt`` is the variable that the engine gave the channel."""
UNJOINED: Final = "HotlineUnjoined"
"""The agent's phone that he was to be put together with is gone; he is on his way to hold."""
NOT_CONFIRMED: Final = "HotlineNotConfirmed"
"""Somebody answered, and did not press the key by which a customer says that he is there: an answering machine."""
WAITS: Final = "HotlineWaits"
"""He is about to hear an announcement: the engine may say whether it is the offer of a callback."""
INCIDENT_HEARD: Final = "HotlineHeard"
"""He has heard of the incident that the engine let him be told of."""
NEWS_WANTED: Final = "HotlineNews"
"""He pressed the key for being told when it is solved."""
NOT_TAKEN: Final = "HotlineNotTaken"
"""The supervisor's phone that he was to come to did not answer; he is on his way to hold."""
WATCHING: Final = "HotlineWatching"
"""Of a supervisor's own channel: he has answered, and hears the conversation from now on."""
CODE: Final = "HotlineCode"
"""An agent's phone has dialled a feature code, and waits to be told how it went."""
NEWS_TOLD: Final = "HotlineTold"
"""He who was rung to be told that an incident is solved has heard it …"""
NEWS_UNTOLD: Final = "HotlineUntold"
"""… has hung up before …"""
ENGINEER: Final = "HotlineEngineer"
"""… or has pressed the key for an engineer."""
SURVEY: Final = "HotlineSurvey"
RECORDING: Final = "HotlineRecording"
"""User events that the dialplan sends about its own caller."""
SURVEY_ANSWERS: Final[Mapping[str, str]] = {"score": "[1-5]", "solved": "[12]", "comment": r"[A-Za-z0-9.-]{1,70}\.wav"}
"""Question -> the answers that it can have."""

_OF_CALLER: Final[Mapping[str, Callable[[CallId, Mapping[str, str]], Event]]] = {
    DIVERTED: lambda call, event: CallDiverted(call, event["Destination"]),
    CALLBACK: lambda call, event: CallbackWanted(call),
    CALLED_BACK: lambda call, event: CallbackReached(call, event["Attempt"]),
    UNJOINED: lambda call, event: JoinFailed(call),
    NOT_CONFIRMED: lambda call, event: CallbackUnreached(call, event["Attempt"], MissCause.NO_ANSWER),
    INCIDENT_HEARD: lambda call, event: IncidentHeard(call),
    NEWS_WANTED: lambda call, event: NewsWanted(call),
    NOT_TAKEN: lambda call, event: TakeOverFailed(call),
}
"""What those mean of which the caller's call says enough."""

_OF_NEWS: Final[Mapping[str, Callable[[CallId, str], Event]]] = {NEWS_TOLD: NewsTold, NEWS_UNTOLD: NewsUntold}
_LEVELS: Final = frozenset(level.value for level in Level)

UNREACHED_BY_REASON: Final[Mapping[str, MissCause]] = {"1": MissCause.NO_ANSWER, "3": MissCause.NO_ANSWER, "5": MissCause.BUSY}
"""``Reason`` of a failed OriginateResponse -> why the customer was not reached: hung up, rang out, busy. Any other, 0 above all, says
no more than that (22.10 says 0 for 486 too)."""

MISS_BY_CAUSE: Final[Mapping[str, MissCause]] = {
    "0": MissCause.NO_ANSWER,  # the ring time was over
    "16": MissCause.NO_ANSWER,  # normal clearing: the leg was ended from outside
    "17": MissCause.BUSY,  # 486, 600
    "18": MissCause.NO_ANSWER,  # 408
    "19": MissCause.NO_ANSWER,  # 480
    "21": MissCause.REJECTED,  # 403, 603
    "34": MissCause.BUSY,  # 503
}
"""Hangup cause (Q.850) of an unanswered leg -> why the call was missed. Any other (1 for 404, 22 for 410, 28 for 484,
38 for 500, 58 for 488 …) says that the phone cannot take calls: ``UNREGISTERED``."""

NEVER_RANG: Final = ("0", "0")
"""Cause and ChannelState of a leg that timed out without any answer, not even 180: nobody is at the phone's address."""

UP: Final = "6"
"""ChannelState of a leg that was answered."""


@dataclass(slots=True)
class Leg:
    """An agent's channel, or that of somebody outside whom he asks, from ``DialBegin`` (or the look after a connect) to its ``Hangup``."""

    call: CallId
    phone: PhoneId
    offer: OfferId | None = None
    agent: AgentId | None = None
    """Who answered it."""
    answered: bool = False
    cancelled: bool = False
    """The engine took the offer back, or the caller left: no one missed anything."""

    @property
    def outside(self) -> bool:
        """Whether it leads out of the house; ``offer`` names the asking then."""
        return bool(outside_of(self.phone))


OpenOffer = Callable[[CallId, PhoneId], OfferId | None]
"""The offer that is open now between a call and a phone."""
AgentAt = Callable[[PhoneId], AgentId | None]
"""The agent who is logged in at a phone now."""


class Translator:
    """Translates the events of one exchange, in the order in which Asterisk sent them."""

    def __init__(self, exchange: str, dial: DialPattern, open_offer: OpenOffer, agent_at: AgentAt) -> None:
        self._exchange = exchange
        self._dial = dial
        self._open_offer = open_offer
        self._agent_at = agent_at
        self._legs: dict[str, Leg] = {}
        self._dialling: set[CallId] = set()
        """Calls whose ``Dial`` has rung a phone and has not said yet how it ended."""
        self._leaving: set[CallId] = set()
        """Calls whose caller has said goodbye and whose channel is still there."""
        self._talking: dict[CallId, list[Leg]] = {}
        """Who talks about a call, until that is known to be over: an agent, and perhaps another whom he asks."""

    def start_from(self, legs: Mapping[str, Leg]) -> None:
        """Forget all legs but these (channel's Uniqueid -> leg): what was seen after a (re)connect."""
        self._legs = dict(legs)
        self._dialling = {leg.call for leg in legs.values() if not leg.answered}
        self._leaving.clear()
        self._talking = {}
        for leg in legs.values():
            if leg.answered:
                self._talking.setdefault(leg.call, []).append(leg)

    def legs_of(self, call: CallId) -> Mapping[str, PhoneId]:
        """The agents' channels that a call has now: Uniqueid -> phone."""
        return {uniqueid: leg.phone for uniqueid, leg in self._legs.items() if leg.call == call}

    def translate(self, event: Mapping[str, str]) -> Iterable[Event]:
        """What ``event`` means; nothing, when it is not about us or lacks a field that it should have."""
        means = _MEANINGS.get(event.get("Event", ""))
        try:
            return means(self, event) if means else ()
        except KeyError:  # a field is missing: not an event that Asterisk sends
            return ()

    # ---- an agent's leg --------------------------------------------------------------------------------------------------

    def _dial_began(self, event: Mapping[str, str]) -> Iterable[Event]:
        if alone := offer_of_leg(self._exchange, event["DestUniqueid"]):
            return self._alone_began(event, *alone)
        asking = self._legs.get(event["Uniqueid"])
        if asking is None:
            phone = PhoneId(event["Exten"]) if event["Context"] == Context.CONNECT else None
        else:
            phone = asked_phone(event["Context"], event["Exten"])
        if phone is None:
            return ()
        call = self._call(event["Uniqueid"]) if asking is None else asking.call
        leg = self._legs[event["DestUniqueid"]] = Leg(call, phone, self._open_offer(call, phone))
        self._dialling.add(call)
        return (OfferRinging(leg.offer),) if leg.offer and not leg.outside else ()

    def _alone_began(self, event: Mapping[str, str], call: CallId, offer: OfferId) -> Iterable[Event]:
        """An agent is rung before the customer of a callback: nobody dials him, so the event has no caller."""
        phone = self._dial.phone_of_channel(event["DestChannel"])
        if phone is None:
            return ()
        self._legs[event["DestUniqueid"]] = Leg(call, phone, offer)
        return (OfferRinging(offer),)

    def _dial_ended(self, event: Mapping[str, str]) -> Iterable[Event]:
        leg = self._legs.get(event["DestUniqueid"])
        if leg is None:
            return ()
        leg.answered, leg.cancelled = event["DialStatus"] == "ANSWER", event["DialStatus"] == "CANCEL"
        if leg.answered or leg.cancelled:
            self._dialling.discard(leg.call)
        return self._answered(leg, asked=event.get("Uniqueid") in self._legs) if leg.answered else ()

    def _answered(self, leg: Leg, asked: bool) -> Iterable[Event]:
        """One who is asked comes to the agent who talks; any other one comes after him."""
        before = () if asked else self._talks_ended(leg.call)
        leg.agent = self._agent_at(leg.phone)
        self._talking.setdefault(leg.call, []).append(leg)
        if not leg.offer:
            return before
        return (*before, OutsideAnswered(leg.call, leg.offer) if leg.outside else OfferAnswered(leg.offer))

    def _asked_to_hang_up(self, event: Mapping[str, str]) -> Iterable[Event]:
        """One side said goodbye. (An unanswered phone that refuses does too: that is told when it is known how its dial ended. Of a
        supervisor who listened, his ``Hangup`` tells.)"""
        leg = self._legs.get(event["Uniqueid"])
        if leg is None:
            return () if watch_of_leg(self._exchange, event["Uniqueid"]) else self._caller_leaves(event)
        return self._leg_over(leg)

    def _hung_up(self, event: Mapping[str, str]) -> Iterable[Event]:
        if watch := watch_of_leg(self._exchange, event["Uniqueid"]):
            return (WatchEnded(*watch),)
        leg = self._legs.pop(event["Uniqueid"], None)
        if leg is None:
            return self._caller_hung_up(event)
        if leg.answered:
            return self._leg_over(leg)
        return (_missed(leg.call, leg.offer, leg.phone, miss_cause(event)),) if leg.offer and not leg.cancelled else ()

    def _leg_over(self, leg: Leg) -> Iterable[Event]:
        """Told once for each conversation, and not at all when the caller ended it: then ``CallerLeft`` says everything."""
        talking = self._talking.get(leg.call, [])
        if leg not in talking:
            return ()
        talking.remove(leg)
        if not talking:
            del self._talking[leg.call]
        if leg.outside:
            return (OutsideLeft(leg.call, leg.offer),) if leg.offer else ()
        return (TalkEnded(leg.call, leg.agent),) if leg.agent else ()

    def _talks_ended(self, call: CallId) -> tuple[Event, ...]:
        return tuple(TalkEnded(call, leg.agent) for leg in self._talking.pop(call, []) if leg.agent)

    # ---- the caller's leg ------------------------------------------------------------------------------------------------

    def _caller_leaves(self, event: Mapping[str, str]) -> Iterable[Event]:
        """A caller may have come in by another way (then Linkedid is older) and may have left our contexts (a partner's number)."""
        call = self._call(event["Uniqueid"])
        if event["Uniqueid"] != event["Linkedid"] and event["Context"] not in CONTEXTS:
            return ()
        if call in self._leaving:
            return ()
        self._leaving.add(call)
        self._talking.pop(call, None)
        return (CallerLeft(call),)

    def _caller_hung_up(self, event: Mapping[str, str]) -> Iterable[Event]:
        """Not told again when the caller said goodbye before."""
        left, call = self._caller_leaves(event), self._call(event["Uniqueid"])
        self._leaving.discard(call)
        self._dialling.discard(call)
        return left

    def _user_event(self, event: Mapping[str, str]) -> Iterable[Event]:
        name = event["UserEvent"]
        if name == MISSED:
            return self._dial_failed(event)
        if name in _OF_NEWS:
            return (_OF_NEWS[name](CallId(event["Attempt"].rpartition("/")[0]), event["Attempt"]),)
        if name == ENGINEER:
            return self._engineer_wanted(event)
        if name == SURVEY:
            return self._surveyed(event)
        if name == RECORDING:
            return self._recording_began(event)
        if name == WATCHING:
            watch = watch_of_leg(self._exchange, event["Uniqueid"])
            return (WatchBegan(*watch),) if watch else ()
        of_caller = _OF_CALLER.get(name)
        return (of_caller(self._call(event["Uniqueid"]), event),) if of_caller else ()

    def _engineer_wanted(self, event: Mapping[str, str]) -> Iterable[Event]:
        """He is a caller from now on, whose queue the engine gave his channel; no menu asks him anything."""
        call, (line, _, level) = self._call(event["Uniqueid"]), event["Queue"].partition(".")
        if level not in _LEVELS:
            return ()
        return (
            CallArrived(call, event["Number"], "", "", ""), EngineerWanted(call, event["Attempt"]),
            CallQueued(call, line, Level(level), event["Language"], event["Segment"]),
        )  # fmt: skip

    def _surveyed(self, event: Mapping[str, str]) -> Iterable[Event]:
        question, answer = event["Question"], event["Answer"]
        fits = question in SURVEY_ANSWERS and re.fullmatch(SURVEY_ANSWERS[question], answer)
        return (SurveyAnswered(self._call(event["Uniqueid"]), question, answer),) if fits else ()

    def _recording_began(self, event: Mapping[str, str]) -> Iterable[Event]:
        call, epoch = self._call(event["Uniqueid"]), event["Epoch"]
        return (RecordingBegan(call, f"{call}-{epoch}"),) if re.fullmatch(r"\d{9,11}", epoch) else ()

    def _dial_failed(self, event: Mapping[str, str]) -> Iterable[Event]:
        """Where no phone has the extension, ``Exten`` is ``i``, and ``Phone`` says which it was."""
        asking, phone = self._legs.get(event["Uniqueid"]), PhoneId(event.get("Phone") or event["Exten"])
        if asking is not None:
            phone = asked_phone(event.get("Context", ""), phone) or phone
        call = self._call(event["Uniqueid"]) if asking is None else asking.call
        if call in self._dialling:
            self._dialling.discard(call)
            return ()
        offer = self._open_offer(call, phone)
        return (_missed(call, offer, phone, MissCause.UNREGISTERED),) if offer else ()

    # ---- a customer who is called back ------------------------------------------------------------------------------------------

    def _originated(self, event: Mapping[str, str]) -> Iterable[Event]:
        """That he has answered is told by his own channel, so that it comes before all else that it does.

        Of an agent who is rung alone, his channel's ``Hangup`` tells why he did not answer, unless he never had one.
        """
        if event["Response"] != "Failure":
            return ()
        call, _, attempt = event["ActionID"].rpartition("/")
        if attempt.startswith("w"):
            return (WatchEnded(CallId(call), event["ActionID"], "the phone was not answered"),)
        if attempt.startswith("o"):
            offer = OfferId(event["ActionID"])
            return () if leg_of_offer(offer) in self._legs else (OfferMissed(offer, MissCause.UNREGISTERED),)
        cause = UNREACHED_BY_REASON.get(event["Reason"], MissCause.UNREGISTERED)
        if attempt.startswith("n"):
            return (NewsUntold(CallId(call), event["ActionID"], cause.value),)
        return (CallbackUnreached(CallId(call), event["ActionID"], cause),)

    # ---- phones ------------------------------------------------------------------------------------------------------------

    def _peer_status(self, event: Mapping[str, str]) -> Iterable[Event]:
        phone = self._dial.phone_of_device(event["Peer"])
        return (PhoneSeen(phone, event["PeerStatus"] in _REACHABLE),) if phone else ()

    def _call(self, uniqueid: str) -> CallId:
        return call_id(self._exchange, uniqueid)


def _missed(call: CallId, offer: OfferId, phone: PhoneId, cause: MissCause) -> Event:
    return OutsideMissed(call, offer, cause) if outside_of(phone) else OfferMissed(offer, cause)


def miss_cause(hangup: Mapping[str, str]) -> MissCause:
    """Why an unanswered leg was missed, from its ``Hangup``."""
    if (hangup["Cause"], hangup["ChannelState"]) == NEVER_RANG:
        return MissCause.UNREGISTERED
    return MISS_BY_CAUSE.get(hangup["Cause"], MissCause.UNREGISTERED)


_REACHABLE: Final = frozenset({"Reachable", "Registered", "Lagged"})
"""Of the PeerStatus values (PJSIP sends Reachable and Unreachable, other channel drivers all of them) those that let a phone be rung."""

_MEANINGS: Final[Mapping[str, Callable[[Translator, Mapping[str, str]], Iterable[Event]]]] = {
    "DialBegin": Translator._dial_began,
    "DialEnd": Translator._dial_ended,
    "Hangup": Translator._hung_up,
    "HangupRequest": Translator._asked_to_hang_up,
    "OriginateResponse": Translator._originated,
    "PeerStatus": Translator._peer_status,
    "UserEvent": Translator._user_event,
}
