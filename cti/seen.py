"""What an Asterisk really has, from the lists it gives on request, as one ``ExchangeSeen``.

Decides where each caller is and which phones can be rung. It does not ask (the adapter does), and it does not know what the
engine believed before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from acd.events import ExchangeSeen, SeenCall
from acd.model import CallId, PhoneId, outside_of
from cti.names import Context, DialPattern, asked_phone, call_id, offer_of_leg, watch_of_leg
from cti.translate import UP, AgentAt, Leg, OpenOffer

PLACES: Final[Mapping[str, str]] = {
    Context.ENTRY: "menu",
    Context.HOLD: "hold",
    Context.CONNECT: "offer",  # or "talk", when the agent's leg is up
    Context.JOIN: "hold",  # or "talk", when the agent's leg is up; else he is on his way to hold
    Context.PARKED: "after",  # or "talk", when the agent's leg is up; else he is on his way there
    Context.JOIN_OUTSIDE: "after",
    Context.CONFERENCE: "offer",  # or "conference", or "talk" when one agent is left; else he is alone, and not in hold
    Context.CALLBACK: "hold",  # a customer who was called back has answered, and is on his way to hold
    Context.AFTER: "after",
    Context.SURVEY: "after",
    Context.TAKEOVER: "after",  # a supervisor has him, or his phone rings
    Context.OUT: "out",
    Context.SURVIVAL: "survival",  # or "talk", when an agent's leg is up
}
"""Context of the caller's channel -> ``SeenCall.place``. Channels elsewhere are not ours, or are agents' legs."""

NATIVE: Final = "AppQueue"
OUTGOING: Final = frozenset({"AppDial", "AppDial2", NATIVE})
"""What Asterisk names as the application of a channel that ``Dial`` or ``Queue`` made: never a caller, whatever its context is."""

UNREACHABLE: Final = frozenset({"UNAVAILABLE", "INVALID"})
"""Device states of a phone that cannot be rung: never registered, expired, or not answering its qualify."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an exchange: what the engine is told, and the agents' legs (Uniqueid -> leg) for the translator to go on from."""

    seen: ExchangeSeen
    legs: Mapping[str, Leg]
    parked: frozenset[CallId] = frozenset()
    """Whose caller is on hold."""
    forgotten: tuple[str, ...] = ()
    """Uniqueids of phones that ring alone, or wait alone on the line, for an offer that is over."""


def look(
    exchange: str,
    dial: DialPattern,
    channels: Sequence[Mapping[str, str]],
    devices: Iterable[Mapping[str, str]],
    open_offer: OpenOffer,
    agent_at: AgentAt,
) -> Look:
    """``channels`` are the items of a ``Status`` list, ``devices`` those of a ``DeviceStateList``."""
    callers = [channel for channel in channels if channel["Context"] in PLACES and channel["Application"] not in OUTGOING]
    connecting = {caller["Linkedid"]: caller for caller in callers if caller["Context"] == Context.CONNECT}
    legs: dict[str, Leg] = {}
    for channel in channels:
        caller = connecting.get(channel["Linkedid"])
        if caller and channel["Application"] in OUTGOING:
            call, phone = call_id(exchange, caller["Uniqueid"]), PhoneId(caller["Exten"])
            answered = channel["ChannelState"] == UP
            legs[channel["Uniqueid"]] = Leg(call, phone, open_offer(call, phone), agent_at(phone) if answered else None, answered)
    legs |= _native_talks(exchange, dial, channels, callers, agent_at)
    legs |= _joined(exchange, dial, channels, callers, agent_at)
    talking = {leg.call: leg.phone for leg in legs.values() if leg.answered}
    alone, forgotten = _rung_alone(exchange, dial, channels, open_offer, agent_at)
    legs |= alone
    bridges = {call_id(exchange, caller["Uniqueid"]): caller.get("BridgeID") for caller in callers}
    talking |= {
        leg.call: leg.phone for channel in channels
        if (leg := alone.get(channel["Uniqueid"])) and channel.get("BridgeID") and channel["BridgeID"] == bridges.get(leg.call)
    }  # fmt: skip
    calls = tuple(_seen_call(call_id(exchange, caller["Uniqueid"]), caller, talking) for caller in callers)
    consults = _consults(exchange, dial, channels, callers, open_offer, agent_at)
    for consult in consults:
        legs |= consult.legs
    apart = {consult.seen.call: consult.seen for consult in consults}
    calls = tuple(apart.get(call.call, call) for call in calls)
    heard = tuple(found[1] for channel in channels if (found := watch_of_leg(exchange, channel["Uniqueid"])))
    parked = frozenset(call_id(exchange, caller["Uniqueid"]) for caller in callers if caller["Context"] == Context.PARKED)
    return Look(ExchangeSeen(exchange, calls, tuple(_reachable(dial, devices)), watches=heard), legs, parked, forgotten)


def _rung_alone(
    exchange: str, dial: DialPattern, channels: Sequence[Mapping[str, str]], open_offer: OpenOffer, agent_at: AgentAt
) -> tuple[dict[str, Leg], tuple[str, ...]]:
    """Agents who are rung, or wait on the line, for the customer of a callback; by the leg's Uniqueid, which says for which offer. And
    those for whom no customer will come any more."""
    legs: dict[str, Leg] = {}
    forgotten: list[str] = []
    for channel in channels:
        found, phone = offer_of_leg(exchange, channel["Uniqueid"]), dial.phone_of_channel(channel["Channel"])
        if found and phone:
            answered = channel["ChannelState"] == UP
            offer = open_offer(found[0], phone)
            if offer != found[1] and _waits_alone(channel):
                legs[channel["Uniqueid"]] = Leg(found[0], phone, None, None, answered)
                forgotten.append(channel["Uniqueid"])
            else:
                legs[channel["Uniqueid"]] = Leg(found[0], phone, offer, agent_at(phone) if answered else None, answered)
    return legs, tuple(forgotten)


def _waits_alone(channel: Mapping[str, str]) -> bool:
    """Whether it rings, or waits for the customer: it neither talks, nor is on hold, nor asks another one."""
    return (channel["ChannelState"] != UP or channel["Context"] == Context.AGENT) and not channel.get("BridgeID")


def _native_talks(
    exchange: str, dial: DialPattern, channels: Sequence[Mapping[str, str]], callers: Sequence[Mapping[str, str]], agent_at: AgentAt
) -> dict[str, Leg]:
    """Conversations that Asterisk's own queues made, by the leg's Uniqueid: whoever has one is not free.

    Only of phones where somebody is logged in. At any other it is nobody's conversation, and its caller stays in survival's care.
    """
    in_queue = {caller["Linkedid"]: caller for caller in callers if caller["Context"] == Context.SURVIVAL}
    legs: dict[str, Leg] = {}
    for channel in channels:
        caller = in_queue.get(channel["Linkedid"])
        if caller and (channel["Application"], channel["ChannelState"]) == (NATIVE, UP):
            phone = dial.phone_of_channel(channel["Channel"])
            agent = agent_at(phone) if phone else None
            if phone and agent:
                legs[channel["Uniqueid"]] = Leg(call_id(exchange, caller["Uniqueid"]), phone, None, agent, True)
    return legs


def _joined(
    exchange: str, dial: DialPattern, channels: Sequence[Mapping[str, str]], callers: Sequence[Mapping[str, str]], agent_at: AgentAt
) -> dict[str, Leg]:
    """Agents' legs of callers who were put together with one again, or are on hold, where the caller's extension is the phone's, or who
    were in conference with two: they hear each other."""
    there = {caller["Linkedid"]: caller for caller in callers if caller["Context"] in (Context.JOIN, Context.PARKED, Context.CONFERENCE)}
    legs: dict[str, Leg] = {}
    for channel in channels:
        caller, phone = there.get(channel["Linkedid"]), dial.phone_of_channel(channel["Channel"])
        if not caller or not phone or channel["ChannelState"] != UP or channel is caller:
            continue
        hears = bool(caller.get("BridgeID")) and channel.get("BridgeID") == caller["BridgeID"]
        if hears if caller["Context"] == Context.CONFERENCE else phone == caller["Exten"]:
            legs[channel["Uniqueid"]] = Leg(call_id(exchange, caller["Uniqueid"]), phone, None, agent_at(phone), True)
    return legs


@dataclass(frozen=True, slots=True)
class _Consult:
    seen: SeenCall
    legs: Mapping[str, Leg]


def _consults(
    exchange: str,
    dial: DialPattern,
    channels: Sequence[Mapping[str, str]],
    callers: Sequence[Mapping[str, str]],
    open_offer: OpenOffer,
    agent_at: AgentAt,
) -> list[_Consult]:
    """Callers in hold, or in conference, whose agent's phone rings, or talks to, another one: all of them have the caller's Linkedid."""
    beside = {caller["Linkedid"]: caller for caller in callers if caller["Context"] in _BESIDE}
    consults = []
    for asking in channels:
        caller, phone = beside.get(asking["Linkedid"]), dial.phone_of_channel(asking["Channel"])
        other = asked_phone(asking["Context"], asking["Exten"])
        if caller and phone and other and asking["Application"] not in OUTGOING:
            call = call_id(exchange, caller["Uniqueid"])
            legs = {asking["Uniqueid"]: Leg(call, phone, open_offer(call, phone), agent_at(phone), True)}
            talks = None
            for channel in channels:
                if channel["Linkedid"] == asking["Linkedid"] and channel not in (caller, asking) and _is(dial, channel, other):
                    talks = channel["ChannelState"] == UP
                    legs[channel["Uniqueid"]] = Leg(call, other, open_offer(call, other), agent_at(other) if talks else None, talks)
            place = _BESIDE[caller["Context"]] if talks else "consult"
            consults.append(_Consult(SeenCall(call, place, phone, None if talks is None else other, bool(talks)), legs))
    return consults


_BESIDE: Final[Mapping[str, str]] = {Context.HOLD: "consult", Context.CONFERENCE: "conference"}


def _is(dial: DialPattern, channel: Mapping[str, str], phone: PhoneId) -> bool:
    """Whether it is the phone's. Of those that lead out of the house, a call has one at most, and Asterisk made it."""
    return dial.phone_of_channel(channel["Channel"]) == phone or bool(outside_of(phone))


def _seen_call(call: CallId, caller: Mapping[str, str], talking: Mapping[CallId, PhoneId]) -> SeenCall:
    if call in talking:
        return SeenCall(call, "talk", talking[call])
    place = PLACES[caller["Context"]]
    return SeenCall(call, place, PhoneId(caller["Exten"]) if caller["Context"] == Context.CONNECT else None)


def _reachable(dial: DialPattern, devices: Iterable[Mapping[str, str]]) -> Iterable[PhoneId]:
    for device in devices:
        phone = dial.phone_of_device(device["Device"])
        if phone and device["State"] not in UNREACHABLE:
            yield phone
