"""Names on either side of the border: call ids and Uniqueids, phones and devices, the dialplan's contexts.

Decides how one is made of the other. It knows no event and no connection; above the adapters a call id is opaque.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from acd.model import CallId, OfferId, PhoneId, line_to

_EXCHANGE = re.compile(r"[a-z0-9]+")


class Context(StrEnum):
    """The dialplan's contexts, as ``docs/architecture.md`` lists them."""

    ENTRY = "hotline-entry"
    HOLD = "hotline-hold"
    AGENT = "hotline-agent"
    CONNECT = "hotline-connect"
    JOIN = "hotline-join"
    PARKED = "hotline-parked"
    JOIN_OUTSIDE = "hotline-join-outside"
    CONFERENCE = "hotline-conference"
    CALLBACK = "hotline-callback"
    AFTER = "hotline-after"
    SURVEY = "hotline-survey"
    OUT = "hotline-out"
    SURVIVAL = "hotline-survival"
    TAKEOVER = "hotline-takeover"


CONTEXTS = frozenset(map(str, Context))

CONSULT = "hotline-consult"
"""Where an agent's phone rings another one, while his caller is in hold. No caller is ever there."""
KEEPS = "hotline-keeps"
"""Where an agent's phone is while his caller is on hold."""
CONSULT_OUTSIDE = "hotline-consult-outside"
"""Where it rings somebody outside the house: the extension is the destination's name."""
CONSULTED = "hotline-consulted"
"""Where the other phone is for a moment when the one that rang it was put down."""


WATCH = "hotline-watch"
"""Where a supervisor's phone hears a conversation, under the mode's name. No caller is ever there."""


def asked_phone(context: str, exten: str) -> PhoneId | None:
    """Who is rung by an agent's phone that is at this place of the dialplan; None at any other place."""
    if context == CONSULT_OUTSIDE:
        return line_to(exten)
    return PhoneId(exten) if context == CONSULT else None


_OFFER = re.compile(r"(.+)/(o[0-9]+)")
_LEG = re.compile(r"(o[0-9]+)\.(.+)")


def leg_of_offer(offer: OfferId) -> str:
    """The Uniqueid that an agent's channel is given who is rung before the customer of a callback: it says for which offer it is.

    It does not begin with the call's: Asterisk gives no channel an id that another one's begins with (checked on 22.10).
    Raises ValueError when this is no offer's id.
    """
    found = _OFFER.fullmatch(offer)
    if found is None:
        raise ValueError(f"not an offer's id: {offer!r}")
    return f"{found[2]}.{exchange_and_uniqueid(CallId(found[1]))[1]}"


def offer_of_leg(exchange: str, uniqueid: str) -> tuple[CallId, OfferId] | None:
    """The call and the offer that such a channel is for; None for any other channel."""
    found = _LEG.fullmatch(uniqueid)
    if found is None:
        return None
    call = call_id(exchange, found[2])
    return call, OfferId(f"{call}/{found[1]}")


_WATCH = re.compile(r"(.+)/(w[0-9]+)")
_WATCHING_LEG = re.compile(r"(w[0-9]+)\.(.+)")


def leg_of_watch(watch: str) -> str:
    """The Uniqueid that a supervisor's channel is given who hears a conversation. Raises ValueError when this is no watch's id."""
    found = _WATCH.fullmatch(watch)
    if found is None:
        raise ValueError(f"not a watch's id: {watch!r}")
    return f"{found[2]}.{exchange_and_uniqueid(CallId(found[1]))[1]}"


def watch_of_leg(exchange: str, uniqueid: str) -> tuple[CallId, str] | None:
    """The call and the watch that such a channel is for; None for any other channel."""
    found = _WATCHING_LEG.fullmatch(uniqueid)
    if found is None:
        return None
    call = call_id(exchange, found[2])
    return call, f"{call}/{found[1]}"


NEWS = "hotline-news"
"""Where somebody is who was rung to hear that an incident is solved. He is no caller, unless he wants an engineer."""
_NEWS = re.compile(r"(.+)/(n[0-9]+)")


def leg_of_news(key: str) -> str:
    """The Uniqueid that the channel is given of who is told that an incident is solved. Raises ValueError when this is no such key."""
    found = _NEWS.fullmatch(key)
    if found is None:
        raise ValueError(f"not the key of news: {key!r}")
    return f"{found[2]}.{exchange_and_uniqueid(CallId(found[1]))[1]}"


def call_id(exchange: str, uniqueid: str) -> CallId:
    """The id of the call whose caller's channel has ``uniqueid`` on ``exchange``.

    Raises ValueError when the exchange's name has anything but small letters and digits: the first ``-`` of a call id ends it.
    """
    if not _EXCHANGE.fullmatch(exchange):
        raise ValueError(f"an exchange's name has only a-z and 0-9, not {exchange!r}")
    return CallId(f"{exchange}-{uniqueid}")


def exchange_and_uniqueid(call: CallId) -> tuple[str, str]:
    """The exchange and the Uniqueid (which may have a ``-`` of its own) that ``call`` was made of; ValueError when it was not."""
    exchange, dash, uniqueid = call.partition("-")
    if not dash or not uniqueid or not _EXCHANGE.fullmatch(exchange):
        raise ValueError(f"not a call id: {call!r}")
    return exchange, uniqueid


@dataclass(frozen=True, slots=True)
class DialPattern:
    """How an agent's phone is dialled, e.g. ``PJSIP/{phone}``; the same string names the phone's device.

    Raises ValueError unless ``{phone}`` occurs once and ends the pattern: with anything behind it (``PJSIP/{phone}@trunk``) the device
    is the trunk, and Asterisk could not tell which phone can be reached.
    """

    pattern: str
    _prefix: str = field(init=False)

    def __post_init__(self) -> None:
        prefix, found, suffix = self.pattern.partition("{phone}")
        if not found or suffix or "/" not in prefix:
            raise ValueError(f"a dial pattern is <technology>/…{{phone}}, with the phone at its end, not {self.pattern!r}")
        object.__setattr__(self, "_prefix", prefix)

    def device(self, phone: PhoneId) -> str:
        """The device, and dial string, of ``phone``."""
        return self._prefix + phone

    def phone_of_device(self, device: str) -> PhoneId | None:
        """The phone whose device this is; None when it isn't one of ours."""
        return self._phone(device)

    def phone_of_channel(self, channel: str) -> PhoneId | None:
        """The phone that a channel such as ``PJSIP/1001-0000000a`` leads to; None when it isn't one of ours."""
        device, dash, serial = channel.rpartition("-")
        return self._phone(device) if dash and serial else None

    def _phone(self, device: str) -> PhoneId | None:
        phone = device.removeprefix(self._prefix)
        return PhoneId(phone) if phone and phone != device else None
