"""An Asterisk of a few callers and phones, as the engine knows it: by orders, events and lists, which may be late or lost.

It puts callers into hold, rings phones and lets people talk, as the dialplan does. Its events go through the real translator, its lists
through the real look. It asks nobody and consults nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from acd.effects import Effect, HangUpCall, HoldCall, RingAgent, SendCall, StopRinging
from acd.events import Event, ExchangeSeen
from acd.model import CallId, PhoneId
from acd.ports import EffectFailed
from acd.router import Router
from cti.names import DialPattern
from cti.seen import look
from cti.translate import Translator
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
class PretendedAsterisk:
    """What is there, and what the engine has yet to hear."""

    router: Router
    phones: tuple[PhoneId, ...]
    visits: dict[CallId, Visit] = field(default_factory=dict)
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
        devices = [device(DIAL.device(phone), "NOT_INUSE") for phone in self.phones]
        seen = look("main", DIAL, channels, devices, self.router.open_offer, self.router.agent_at)
        self.translator.start_from(seen.legs)
        return seen.seen

    def _channels(self, visit: Visit) -> list[dict[str, str]]:
        caller = channel(visit.uniqueid, visit.context, visit.exten, application="Dial")
        if not visit.leg:
            return [caller]
        name = f"{DIAL.device(visit.phone)}-{visit.leg}"
        leg = channel(visit.leg, "phones", "", linkedid=visit.uniqueid, application="AppDial", name=name)
        return [caller, {**leg, "ChannelState": "6" if visit.up else "5"}]

    def next_news(self) -> list[Event]:
        """What the oldest event that was not heard means."""
        return list(self.translator.translate(self.unheard.pop(0))) if self.unheard else []

    def _tell(self, **event: str) -> None:
        if self.connected:
            self.unheard.append(event)

    # ---- what people do --------------------------------------------------------------------------------------------------------------

    def answers(self, call: CallId) -> None:
        """The phone that rings for him is answered."""
        visit = self.visits[call]
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
