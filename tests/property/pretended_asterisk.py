"""An Asterisk of a few callers and phones, as the engine knows it: by orders, events and lists, which may be late or lost.

It puts callers into hold, rings phones and lets people talk, as the dialplan does; it dials customers who are called back, and rings agents
alone for them. Its events go through the real translator, its lists through the real look. It consults nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from acd.effects import DialBack, Effect, HangUpCall, HoldCall, RingAgent, SendCall, StopRinging
from acd.events import Event, ExchangeSeen
from acd.model import CallbackOrder, CallId, OfferId, PhoneId
from acd.ports import EffectFailed
from acd.router import Router
from cti.names import DialPattern, exchange_and_uniqueid, leg_of_offer
from cti.seen import look
from cti.translate import Translator
from tests.unit.acd.scene import NINE
from tests.unit.cti_ami.fake_asterisk import channel, device

DIAL = DialPattern("PJSIP/{phone}")
NO_PHONE = PhoneId("")


@dataclass(slots=True)
class Visit:
    """One caller, and the phone that rings or talks for him."""

    uniqueid: str
    context: str = "hotline-entry"
    exten: str = "s"
    leg: str = ""
    phone: PhoneId = NO_PHONE
    up: bool = False


@dataclass(slots=True)
class Alone:
    """A phone that rings, or is on the line, for a customer who is dialled later."""

    call: CallId
    offer: OfferId
    phone: PhoneId
    up: bool = False


@dataclass(slots=True)
class PretendedAsterisk:
    """What is there, and what the engine has yet to hear."""

    router: Router
    phones: tuple[PhoneId, ...]
    visits: dict[CallId, Visit] = field(default_factory=dict)
    dialled: dict[CallId, DialBack] = field(default_factory=dict)
    """Customers whose telephones ring."""
    since: dict[CallId, datetime] = field(default_factory=dict)
    """When they began to."""
    now: datetime = NINE
    alone: dict[str, Alone] = field(default_factory=dict)
    """By the channel's Uniqueid, until the customer is there."""
    unheard: list[dict[str, str]] = field(default_factory=list)
    connected: bool = True
    legs: int = 0
    translator: Translator = field(init=False)

    def __post_init__(self) -> None:
        self.translator = self._new_translator()

    def _new_translator(self) -> Translator:
        return Translator("main", DIAL, self.router.open_offer, self.router.agent_at)

    # ---- the connection --------------------------------------------------------------------------------------------------------------

    def is_cut(self) -> None:
        """Nothing is heard of what happens from now on."""
        self.connected = False
        self.unheard.clear()

    def is_back(self) -> ExchangeSeen:
        """The engine looks at what is there."""
        self.connected, self.translator = True, self._new_translator()
        channels = [one for visit in self.visits.values() for one in self._channels(visit)]
        channels += [self._channel_of(uniqueid, one) for uniqueid, one in self.alone.items()]
        devices = [device(DIAL.device(phone), "NOT_INUSE") for phone in self.phones]
        seen = look("main", DIAL, channels, devices, self.router.open_offer, self.router.agent_at)
        self.translator.start_from(seen.legs)
        for uniqueid in seen.forgotten:
            self.alone_is_over(uniqueid)
        return seen.seen

    def _channels(self, visit: Visit) -> list[dict[str, str]]:
        caller = channel(visit.uniqueid, visit.context, visit.exten, application="Dial")
        if not visit.leg:
            return [caller]
        name = f"{DIAL.device(visit.phone)}-{visit.leg}"
        if visit.context == "hotline-callback":
            beside = channel(visit.leg, "hotline-agent", "s", application="Bridge", name=name)
            return [{**caller, "BridgeID": "b"}, {**beside, "ChannelState": "6", "BridgeID": "b"}]
        leg = channel(visit.leg, "phones", "", linkedid=visit.uniqueid, application="AppDial", name=name)
        return [caller, {**leg, "ChannelState": "6" if visit.up else "5"}]

    def _channel_of(self, uniqueid: str, one: Alone) -> dict[str, str]:
        context, application = ("hotline-agent", "Wait") if one.up else ("phones", "AppDial2")
        found = channel(uniqueid, context, "s", application=application, name=f"{DIAL.device(one.phone)}-{uniqueid}")
        return {**found, "ChannelState": "6" if one.up else "5"}

    def next_news(self) -> list[Event]:
        """What the oldest event that was not heard means."""
        return list(self.translator.translate(self.unheard.pop(0))) if self.unheard else []

    def _tell(self, **event: str) -> None:
        if self.connected:
            self.unheard.append(event)

    # ---- what people do --------------------------------------------------------------------------------------------------------------

    def answers(self, call: CallId) -> None:
        """The phone that rings for him is answered, unless somebody talks at it."""
        visit = self.visits[call]
        if self._talks(visit.phone):
            self.does_not_answer(call)
            return
        visit.up = True
        self._tell(Event="DialEnd", Uniqueid=visit.uniqueid, DestUniqueid=visit.leg, DialStatus="ANSWER")

    def does_not_answer(self, call: CallId) -> None:
        """It has rung for long enough: he is back in hold."""
        visit = self.visits[call]
        phone = visit.phone
        self._tell(Event="DialEnd", Uniqueid=visit.uniqueid, DestUniqueid=visit.leg, DialStatus="NOANSWER")
        self._leg_gone(visit, "19")
        self._tell(Event="UserEvent", UserEvent="HotlineMissed", Uniqueid=visit.uniqueid, Exten=phone, Context="hotline-connect")
        visit.context, visit.exten = "hotline-hold", "printers.L1"

    def agent_hangs_up(self, call: CallId) -> None:
        """The agent who talks to him does."""
        visit = self.visits[call]
        self._goodbye("HangupRequest", visit.leg, visit.uniqueid, "phones")
        self._leg_gone(visit, "16")
        visit.context, visit.exten = "hotline-after", "s"

    def leaves(self, call: CallId) -> None:
        """He hangs up."""
        visit = self.visits.pop(call)
        self._goodbye("HangupRequest", visit.uniqueid, visit.uniqueid, visit.context)
        self._park(visit)
        self._goodbye("Hangup", visit.uniqueid, visit.uniqueid, visit.context)

    def it_is(self, now: datetime) -> None:
        """No telephone outside rings for longer than was ordered."""
        self.now = now
        for call, order in list(self.dialled.items()):
            if (now - self.since[call]).total_seconds() >= order.ring_seconds:
                self.customer_does_not_answer(call)

    def wants_callback(self, call: CallId) -> None:
        """He presses the key in hold."""
        self._tell(Event="UserEvent", UserEvent="HotlineCallback", Uniqueid=self.visits[call].uniqueid)

    def customer_answers(self, call: CallId) -> None:
        """He who is dialled does: he is in hold, or with the agent who waits for him."""
        order = self.dialled.pop(call)
        visit = self.visits[call] = Visit(exchange_and_uniqueid(call)[1], "hotline-hold", order.queue)
        self._tell(Event="UserEvent", UserEvent="HotlineCalledBack", Uniqueid=visit.uniqueid, Attempt=order.attempt)
        leg = leg_of_offer(order.offer)
        waits = self.alone.get(leg)
        if order.order is CallbackOrder.AGENT_FIRST and waits is not None and waits.up:
            del self.alone[leg]
            visit.context, visit.exten, visit.leg, visit.phone, visit.up = "hotline-callback", "s", leg, waits.phone, True

    def customer_does_not_answer(self, call: CallId, reason: str = "3") -> None:
        """It has rung for long enough, or was let off."""
        order = self.dialled.pop(call)
        self._tell(Event="OriginateResponse", Response="Failure", ActionID=order.attempt, Reason=reason)

    def alone_answers(self, uniqueid: str) -> None:
        """An agent who is rung alone does, and waits, unless he talks."""
        if self._talks(self.alone[uniqueid].phone):
            self.alone_is_over(uniqueid, "17")
            return
        self.alone[uniqueid].up = True
        self._tell(Event="DialEnd", Uniqueid="", DestUniqueid=uniqueid, DialStatus="ANSWER")

    def _talks(self, phone: PhoneId) -> bool:
        return any(one.up and one.phone == phone for one in (*self.visits.values(), *self.alone.values()))

    def alone_is_over(self, uniqueid: str, cause: str = "16") -> None:
        """He hangs up, does not answer, or is let go."""
        one = self.alone.pop(uniqueid)
        if not one.up:
            self._tell(Event="OriginateResponse", Response="Failure", ActionID=one.offer, Reason="3")
        self._goodbye("Hangup", uniqueid, uniqueid, "phones", cause)

    def _park(self, visit: Visit) -> None:
        if visit.leg and not visit.up:
            self._tell(Event="DialEnd", Uniqueid=visit.uniqueid, DestUniqueid=visit.leg, DialStatus="CANCEL")
        if visit.leg:
            self._leg_gone(visit, "16")

    def _leg_gone(self, visit: Visit, cause: str) -> None:
        self._goodbye("Hangup", visit.leg, visit.uniqueid, "phones", cause)
        visit.leg, visit.phone, visit.up = "", NO_PHONE, False

    def _goodbye(self, event: str, uniqueid: str, linkedid: str, context: str, cause: str = "16") -> None:
        self._tell(Event=event, Uniqueid=uniqueid, Linkedid=linkedid, Context=context, Cause=cause, ChannelState="6")

    # ---- what it is ordered ----------------------------------------------------------------------------------------------------------

    def does(self, command: Effect) -> None:
        """Carry an order out. Raises EffectFailed for a caller who is not there."""
        if isinstance(command, DialBack):
            self._dials(command)
            return
        if isinstance(command, RingAgent) and command.alone:
            self._rings_alone(command)
            return
        if isinstance(command, StopRinging) and command.hang_up:
            self._lets_off(command)
            return
        if not isinstance(command, (HoldCall, RingAgent, StopRinging, SendCall, HangUpCall)):
            return
        visit = self.visits.get(command.call)
        if visit is None:
            raise EffectFailed("no such channel")
        if isinstance(command, HangUpCall):
            self.leaves(command.call)
            return
        assert not (isinstance(command, StopRinging) and visit.up), "who talks already was taken for one whose phone does not ring"
        self._park(visit)
        if isinstance(command, RingAgent):
            self.legs += 1
            visit.context, visit.exten, visit.leg, visit.phone = "hotline-connect", command.phone, f"2.{self.legs}", command.phone
            self._tell(
                Event="DialBegin", Uniqueid=visit.uniqueid, DestUniqueid=visit.leg, Exten=command.phone, Context="hotline-connect",
                DestChannel=f"{DIAL.device(command.phone)}-{visit.leg}",
            )  # fmt: skip
        elif isinstance(command, SendCall):
            visit.context, visit.exten = "hotline-out", command.destination
        else:
            visit.context, visit.exten = "hotline-hold", command.queue

    def _dials(self, command: DialBack) -> None:
        assert command.call not in self.dialled, "a customer whose telephone rings is dialled again"
        self.dialled[command.call], self.since[command.call] = command, self.now
        if command.call in self.visits:  # Asterisk gives no channel an id that another one has
            self.customer_does_not_answer(command.call, "0")

    def _rings_alone(self, command: RingAgent) -> None:
        leg = leg_of_offer(command.offer)
        self.alone[leg] = Alone(command.call, command.offer, command.phone)
        self._tell(
            Event="DialBegin", Uniqueid="", DestUniqueid=leg, Exten="", Context="", DestChannel=f"{DIAL.device(command.phone)}-{leg}",
        )  # fmt: skip

    def _lets_off(self, command: StopRinging) -> None:
        """As the adapter does: whatever has the call's Uniqueid, and the agent who was rung alone."""
        if command.call in self.dialled:
            self.customer_does_not_answer(command.call, "1")
        elif command.call in self.visits:
            self.leaves(command.call)
        if (leg := leg_of_offer(command.offer)) in self.alone:
            self.alone_is_over(leg)
