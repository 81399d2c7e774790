"""Asterisk's events, as plain mappings, into the engine's neutral events.

Decides what an event means for a call, an offer or a phone; and keeps the little that this needs: which legs are being rung
for which offer, from ``DialBegin`` to ``Hangup``. It knows neither the connection the events came by, nor what the router
makes of them; what it is asked about a channel that is none of ours, it answers with nothing.

What Asterisk 22.10 sends was recorded (``tests/transcripts/ami``). Two things are not as one might think:

* ``DialEnd`` says NOANSWER for 403, 404, 480, 500 and 603 alike, so why a phone did not take a call is only known from the ``Cause`` in
  the ``Hangup`` of its channel, which follows at once.
* a phone that cannot be dialled at all (not registered, not qualified, not configured) has neither ``DialBegin`` nor ``DialEnd`` nor a
  channel. The dialplan says so itself: ``UserEvent(HotlineMissed,…)`` when ``Dial`` came to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from acd.events import CallDiverted, CallerLeft, Event, OfferAnswered, OfferMissed, OfferRinging, PhoneSeen, TalkEnded
from acd.model import AgentId, CallId, MissCause, OfferId, PhoneId
from cti.names import CONTEXTS, Context, DialPattern, call_id

EVENTS: Final[tuple[str, ...]] = ("DialBegin", "DialEnd", "Hangup", "PeerStatus", "UserEvent")
"""The only events that are needed. ``manager.conf`` lets them alone through: ``eventfilter(name(Hangup)) =`` and so on. (``FullyBooted``,
which the adapter waits for after a login, and the answers to actions pass every filter; checked on 22.10.)"""

READ_PRIVILEGES: Final[tuple[str, ...]] = ("call", "system", "user")
"""``call`` for Dial* and Hangup, ``system`` for PeerStatus and FullyBooted, ``user`` for UserEvent."""

WRITE_PRIVILEGES: Final[tuple[str, ...]] = ("call", "user")
"""``call`` for Redirect, Hangup, Setvar, Status and DeviceStateList, ``user`` for UserEvent. Neither ``system``,
``command`` nor ``originate``: who learns the password can move calls, not run programs."""

DIVERTED: Final = "HotlineDiverted"
MISSED: Final = "HotlineMissed"
"""User events that the dialplan sends about its own caller."""

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


@dataclass(slots=True)
class Leg:
    """An agent's channel, from ``DialBegin`` (or the look after a connect) to its ``Hangup``."""

    call: CallId
    phone: PhoneId
    offer: OfferId | None = None
    agent: AgentId | None = None
    """Who answered it."""
    answered: bool = False
    cancelled: bool = False
    """The engine took the offer back, or the caller left: no one missed anything."""


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

    def start_from(self, legs: Mapping[str, Leg]) -> None:
        """Forget all legs but these (channel's Uniqueid -> leg): what was seen after a (re)connect."""
        self._legs = dict(legs)

    def translate(self, event: Mapping[str, str]) -> Iterable[Event]:
        """What ``event`` means; nothing, when it is not about us or lacks a field that it should have."""
        means = _MEANINGS.get(event.get("Event", ""))
        try:
            return means(self, event) if means else ()
        except KeyError:  # a field is missing: not an event that Asterisk sends
            return ()

    # ---- an agent's leg --------------------------------------------------------------------------------------------------

    def _dial_began(self, event: Mapping[str, str]) -> Iterable[Event]:
        if event["Context"] != Context.CONNECT:
            return ()
        call, phone = self._call(event["Uniqueid"]), PhoneId(event["Exten"])
        leg = self._legs[event["DestUniqueid"]] = Leg(call, phone, self._open_offer(call, phone))
        return (OfferRinging(leg.offer),) if leg.offer else ()

    def _dial_ended(self, event: Mapping[str, str]) -> Iterable[Event]:
        leg = self._legs.get(event["DestUniqueid"])
        if leg is None:
            return ()
        status = event["DialStatus"]
        leg.cancelled = status == "CANCEL"
        return self._answered(leg) if status == "ANSWER" else ()

    def _answered(self, leg: Leg) -> Iterable[Event]:
        leg.agent, leg.answered = self._agent_at(leg.phone), True
        return (OfferAnswered(leg.offer),) if leg.offer else ()

    def _hung_up(self, event: Mapping[str, str]) -> Iterable[Event]:
        leg = self._legs.pop(event["Uniqueid"], None)
        if leg is None:
            return self._caller_hung_up(event)
        if leg.answered:
            return (TalkEnded(leg.call, leg.agent),) if leg.agent else ()
        return (OfferMissed(leg.offer, miss_cause(event)),) if leg.offer and not leg.cancelled else ()

    # ---- the caller's leg ------------------------------------------------------------------------------------------------

    def _caller_hung_up(self, event: Mapping[str, str]) -> Iterable[Event]:
        """A caller may have come in by another way (then Linkedid is older) and may have left our contexts (a partner's number)."""
        came_in = event["Uniqueid"] == event["Linkedid"]
        return (CallerLeft(self._call(event["Uniqueid"])),) if came_in or event["Context"] in CONTEXTS else ()

    def _user_event(self, event: Mapping[str, str]) -> Iterable[Event]:
        name = event["UserEvent"]
        if name == DIVERTED:
            return (CallDiverted(self._call(event["Uniqueid"]), event["Destination"]),)
        return self._dial_failed(event) if name == MISSED else ()

    def _dial_failed(self, event: Mapping[str, str]) -> Iterable[Event]:
        """``Dial`` came to nothing. If there is a leg, its Hangup will say why; if there was one, it has, and the offer is not open."""
        call, phone = self._call(event["Uniqueid"]), PhoneId(event["Exten"])
        offer = self._open_offer(call, phone)
        rung = any(leg.call == call for leg in self._legs.values())
        return (OfferMissed(offer, MissCause.UNREGISTERED),) if offer and not rung else ()

    # ---- phones ------------------------------------------------------------------------------------------------------------

    def _peer_status(self, event: Mapping[str, str]) -> Iterable[Event]:
        phone = self._dial.phone_of_device(event["Peer"])
        return (PhoneSeen(phone, event["PeerStatus"] in _REACHABLE),) if phone else ()

    def _call(self, uniqueid: str) -> CallId:
        return call_id(self._exchange, uniqueid)


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
    "PeerStatus": Translator._peer_status,
    "UserEvent": Translator._user_event,
}
